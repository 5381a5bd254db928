"""The line to one municipality's own register: asks, and believes an answer only when it is the one that was asked for.

Whoever is silent costs a decision a bounded time and others nothing (the gate of `outbound`). An answer about another person
or municipality, or of an older version than one seen before, is put on record as an incident and refused (INV-1, INV-6).
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from threading import Lock
from typing import NoReturn, TypeVar

from issuing_center import eventlog
from issuing_center.outbound import HttpFetcher, NotAskedError, StatusError, TooLargeError, UnreachableError
from issuing_center.register.port import (
    Application,
    Evidence,
    InconsistentRegisterError,
    RegisterIncidentError,
    RegisterUnavailableError,
    RegistrationState,
    UnknownMunicipalityError,
)
from issuing_center.register.records import MunicipalityName, ResidentId
from issuing_center.register.remote import messages
from issuing_center.register.remote.messages import (
    Applied,
    Apply,
    Ask,
    AskState,
    Dossier,
    Find,
    Found,
    MalformedAnswerError,
    PackageEntry,
    StateTold,
    Taken,
)
from issuing_center.register.serials import serial_text

TIMEOUT_S = 3.0
"""For a whole exchange. A kiosk waits ten seconds for a proof: the responder's three, and two exchanges with a register."""
CLOCK_SKEW = timedelta(minutes=5)
"""How far a register may be ahead of our clock; beyond it, it claims a freshness that it cannot have (INV-11)."""
_FILES_KEPT = 64

AnswerT = TypeVar("AnswerT", Found, Dossier, Applied, StateTold)


class RegisterLink:
    """The line to one municipality's own register. Thread-safe; holds nothing of anybody between two questions."""

    def __init__(
        self,
        name: MunicipalityName,
        url: str,
        fetcher: HttpFetcher,
        now: Callable[[], datetime],
    ) -> None:
        """Take the municipality's names, the address where it answers, what speaks mutual TLS with it, and the clock."""
        self.name = name
        self._url = url
        self._fetcher = fetcher
        self.now = now
        self._lock = Lock()
        self._newest: tuple[int, datetime] | None = None
        """Highest version and age that were answered; none may be lower in an answer to a later question."""
        self._files: dict[str, bytes] = {}
        self.packages: list[PackageEntry] = []
        """The settings packages that the latest answer named."""

    def find(self, issuer_key_id: bytes, serial: int, *, registered: bool) -> ResidentId | None:
        """Find whose certificate this is; None when it leads to nobody. Raises ValueError for an impossible serial."""
        question = Find(
            request=token_hex(16),
            municipality=self.name.code,
            issuer_key_id=issuer_key_id,
            serial=serial_text(serial),
            registered=registered,
        )
        found = self._answer(messages.FIND_PATH, question, Found).resident
        return None if found is None else ResidentId(found)

    def ask(self, resident_id: ResidentId | None, at: datetime, version: int | None = None) -> Dossier:
        """Get one version of the register as far as a decision about a person at an instant needs it.

        With a `version`, of that one or not at all (RegisterUnavailableError). Raises UnknownMunicipalityError and
        InconsistentRegisterError.
        """
        newest = self._newest
        question = Ask(
            request=token_hex(16),
            municipality=self.name.code,
            resident=resident_id,
            at=at,
            version=version,
        )
        dossier = self._answer(messages.DOSSIER_PATH, question, Dossier)
        answered_about = None if dossier.person is None else dossier.person.resident
        if answered_about != resident_id or version not in (None, dossier.version):
            self.incident("register-other-answer")
        # Seen before the question was asked: versions answered meanwhile to others say nothing about the order.
        if newest is not None and (dossier.version < newest[0] or dossier.as_of < newest[1]):
            self.incident("register-went-back")
        if dossier.as_of > self.now() + CLOCK_SKEW:
            self.refuse("as_of")
        with self._lock:
            known = self._newest or (dossier.version, dossier.as_of)
            self._newest = (max(known[0], dossier.version), max(known[1], dossier.as_of))
            if dossier.version == self._newest[0]:
                self.packages = dossier.packages
        return dossier

    def apply(self, application: Application, evidence: Evidence, reception_number: str, at: datetime) -> Applied:
        """Hand in an application for 利用登録; the municipality has it durably when this gives.

        Where no answer comes, nobody knows whether it arrived: sent again, it is the same application.
        """
        question = Apply(
            request=token_hex(16),
            municipality=self.name.code,
            issuer_key_id=application.issuer_key_id,
            serial=serial_text(application.serial),
            honseki=application.honseki,
            hittosha=application.hittosha,
            telephone=application.telephone,
            reception_number=reception_number,
            received_at=at,
            kiosk=evidence.kiosk_id,
            idempotency_key=evidence.idempotency_key,
            request_sha256=evidence.request_sha256,
            statement=evidence.statement,
            certificate=evidence.certificate,
            signature=evidence.signature,
        )
        applied = self._answer(messages.APPLY_PATH, question, Applied)
        if (applied.taken is Taken.RECEIVED) is not (applied.reception_number is not None):
            self.refuse("reception_number")
        return applied

    def state(self, issuer_key_id: bytes, serial: int) -> RegistrationState:
        """Ask how far the latest application of a certificate has come."""
        question = AskState(
            request=token_hex(16),
            municipality=self.name.code,
            issuer_key_id=issuer_key_id,
            serial=serial_text(serial),
        )
        return self._answer(messages.STATE_PATH, question, StateTold).state

    def file(self, sha256: str) -> bytes:
        """Get a settings package or a seal drawing by its digest, once a process: it cannot change."""
        known = self._files.get(sha256)
        if known is not None:
            return known
        try:
            content = self._fetcher.get(
                self._url + messages.file_path(self.name.code, sha256), messages.LARGEST_ANSWER_BYTES
            )
        except (UnreachableError, TooLargeError) as error:
            self._failed(error)
        if hashlib.sha256(content).hexdigest() != sha256:
            self.refuse("file")
        with self._lock:
            if len(self._files) >= _FILES_KEPT:
                self._files.clear()
            self._files[sha256] = content
        return content

    def known_file(self, sha256: str) -> bytes | None:
        """Give a file that was got before; None when it was not, or was given up. Asks nobody."""
        return self._files.get(sha256)

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def refuse(self, fault: str) -> NoReturn:
        """Write down which part of an answer is not to be believed, and raise InconsistentRegisterError."""
        eventlog.write(eventlog.RegisterAnswerRefused(self.name.code, fault))
        raise InconsistentRegisterError(fault)

    def incident(self, name: str) -> NoReturn:
        """Raise RegisterIncidentError: the answer is one that must never be given."""
        raise RegisterIncidentError(name, self.name.code)

    def _answer(self, path: str, question: Find | Ask | Apply | AskState, kind: type[AnswerT]) -> AnswerT:
        try:
            body = self._fetcher.post(
                self._url + path, messages.encode(question), "application/json", messages.LARGEST_ANSWER_BYTES
            )
            answer = messages.decode(body, kind)
        except (UnreachableError, TooLargeError) as error:
            self._failed(error)
        except MalformedAnswerError:
            self.refuse("message")
        if (answer.request, answer.municipality) != (question.request, question.municipality):
            self.incident("register-other-answer")
        return answer

    def _failed(self, error: UnreachableError | TooLargeError) -> NoReturn:
        match error:
            case TooLargeError():
                self.refuse("too large")
            case StatusError(status=404):
                raise UnknownMunicipalityError
            case StatusError(status=messages.MOVED_STATUS):
                fault = "changed meanwhile"
            case StatusError(status=status):
                fault = f"status {status}"
            case NotAskedError():
                fault = "not asked"
            case _:
                fault = "no answer"
        eventlog.write(eventlog.RegisterAway(self.name.code, fault))
        raise RegisterUnavailableError(fault)
