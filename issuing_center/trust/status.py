"""Revocation status: the port, and the policy "OCSP first, then a fresh CRL, otherwise nothing".

The CRL steps in when the responder cannot be *reached*. It never steps in for an
answer that came and was refused: such an answer is an attack or a fault that somebody has to see. The
module knows neither HTTP nor ASN.1.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol, assert_never

from issuing_center.trust.anchors import Generation
from issuing_center.trust.verdict import AnswerFault, RevocationMethod, UndeterminedReason


@dataclass(frozen=True, slots=True)
class NotRevoked:
    """An authentic and fresh source says that the certificate is not revoked."""

    method: RevocationMethod


@dataclass(frozen=True, slots=True)
class Revoked:
    """An authentic and fresh source says that the certificate is revoked."""

    on_hold: bool
    """Reason certificateHold; every other reason, or none, is False."""
    method: RevocationMethod


@dataclass(frozen=True, slots=True)
class Unclear:
    """No authentic and fresh source says either."""

    reason: UndeterminedReason
    fault: AnswerFault | None = None
    """What was wrong with the answer; None when none was refused."""


class RevocationStatus(Protocol):
    """Port: whether one certificate of a pinned generation is revoked."""

    def check(self, serial: int, issuer: Generation, now: datetime) -> NotRevoked | Revoked | Unclear:
        """Ask; never raises for anything the world does. Thread-safe."""


class ListedStatus(Enum):
    """What an imported CRL says of a serial number."""

    NOT_LISTED = "not-listed"
    REVOKED = "revoked"
    ON_HOLD = "on-hold"


class RevocationLists(Protocol):
    """Port: imported CRLs; in memory today, a database tomorrow."""

    def look_up(self, serial: int, issuer: Generation, now: datetime) -> ListedStatus | None:
        """Look a serial number up; None when no CRL of this generation is fresh at `now`."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An answer came and is not to be believed."""

    fault: AnswerFault


@dataclass(frozen=True, slots=True)
class UnknownToResponder:
    """The authentic and fresh answer is `unknown`."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer: time-out, refused or broken connection, HTTP error, or a responder that says it cannot answer now."""


OcspOutcome = NotRevoked | Revoked | UnknownToResponder | Rejected | Unreachable


class OnlineStatus(Protocol):
    """Port: one OCSP exchange."""

    def ask(self, serial: int, issuer: Generation, now: datetime) -> OcspOutcome:
        """Ask the responder and verify its answer."""


@dataclass(frozen=True, slots=True)
class OcspThenCrl:
    """Asks online first and a list only in silence; undetermined when neither is fresh."""

    online: OnlineStatus
    lists: RevocationLists

    def check(self, serial: int, issuer: Generation, now: datetime) -> NotRevoked | Revoked | Unclear:
        """Ask online; only when nobody answers, look into the lists."""
        outcome = self.online.ask(serial, issuer, now)
        match outcome:
            case NotRevoked() | Revoked():
                return outcome
            case UnknownToResponder():
                return Unclear(UndeterminedReason.STATUS_UNKNOWN)
            case Rejected(fault):
                return Unclear(UndeterminedReason.STATUS_REJECTED, fault)
            case Unreachable():
                return _from_list(self.lists.look_up(serial, issuer, now))
            case _:
                assert_never(outcome)


def _from_list(listed: ListedStatus | None) -> NotRevoked | Revoked | Unclear:
    match listed:
        case None:
            return Unclear(UndeterminedReason.NO_FRESH_STATUS)
        case ListedStatus.NOT_LISTED:
            return NotRevoked(RevocationMethod.CRL)
        case ListedStatus.REVOKED:
            return Revoked(on_hold=False, method=RevocationMethod.CRL)
        case ListedStatus.ON_HOLD:
            return Revoked(on_hold=True, method=RevocationMethod.CRL)
        case _:
            assert_never(listed)
