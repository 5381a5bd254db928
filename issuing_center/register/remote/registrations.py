"""Applications for 利用登録 to all municipalities: each to whoever keeps the register it is about, and reviews it there.

An application to a municipality that keeps its own register is never written down here: it has a name, a telephone number
and a certificate with an address in it, and nobody here decides on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from issuing_center.register.port import (
    AlreadyApplied,
    Application,
    Evidence,
    KeyReused,
    Received,
    RegistrationState,
    UseRegistrations,
)
from issuing_center.register.remote.link import RegisterLink
from issuing_center.register.remote.messages import Taken


@dataclass(frozen=True, slots=True)
class SeveralRegistrations:
    """`UseRegistrations` of several registers."""

    embedded: UseRegistrations
    remote: Mapping[str, RegisterLink]
    """Lines to those kept elsewhere, by municipality code."""

    def state(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> RegistrationState:
        """Tell how far the latest application of a certificate at a municipality has come."""
        link = self.remote.get(municipality_code)
        if link is None:
            return self.embedded.state(issuer_key_id, serial, municipality_code)
        return link.state(issuer_key_id, serial)

    def apply(
        self, application: Application, evidence: Evidence, reception_number: str, now: datetime
    ) -> Received | AlreadyApplied | KeyReused:
        """Take an application in, durably, wherever it belongs. Raises RegisterUnavailableError where nobody answers."""
        link = self.remote.get(application.municipality_code)
        if link is None:
            return self.embedded.apply(application, evidence, reception_number, now)
        applied = link.apply(application, evidence, reception_number, now)
        match applied.taken:
            case Taken.RECEIVED:
                assert applied.reception_number is not None, "the line gives it with what was received"
                return Received(applied.reception_number)
            case Taken.ALREADY_APPLIED:
                return AlreadyApplied()
            case Taken.KEY_REUSED:
                return KeyReused()
            case _:
                assert_never(applied.taken)
