"""What the center needs of a register, whoever keeps it."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from issuing_center.register.records import (
    MunicipalityName,
    MunicipalitySettings,
    Resident,
    ResidentId,
    StopSignal,
)


class UnknownMunicipalityError(LookupError):
    """The register has no such municipality."""


class InconsistentRegisterError(Exception):
    """The register contradicts itself: two fees on one day, no head of a household. Nothing may be issued from it."""


class RegisterSnapshot(Protocol):
    """One municipality's register in one committed version; every answer is of that version (INV-5)."""

    @property
    def as_of(self) -> datetime:
        """Instant of the master system up to which this version is complete (INV-11)."""
        ...

    @property
    def version(self) -> int:
        """Number of this version; every committed change has its own."""
        ...

    def applicant(self, resident_id: ResidentId) -> Resident | None:
        """Give a resident's record; None when there is none here, or it was removed."""
        ...

    def household(self, resident_id: ResidentId) -> tuple[Resident, ...]:
        """Give the resident's household without those removed: the head first, the rest in the register's order.

        Empty when the resident is not here or was removed. Raises InconsistentRegisterError unless exactly one is the
        head.
        """
        ...

    def stops(self, resident_id: ResidentId, at: datetime) -> tuple[StopSignal, ...]:
        """Give every stop signal in force that touches the resident: theirs, their household's, any member's, the municipality's."""
        ...

    def municipality(self, on: date) -> MunicipalitySettings | None:
        """Give mayor, fees, offers and hours valid on a day in Japan; None when no mayor is on record for it (INV-19).

        Raises InconsistentRegisterError when two periods of validity overlap on that day.
        """
        ...


class Register(Protocol):
    """The registers of all municipalities that issue here."""

    def municipalities(self) -> tuple[MunicipalityName, ...]:
        """List the municipalities in the order of their readings."""
        ...

    def find_by_certificate(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """Find whose authentication certificate this is; None when it is linked to nobody living in that municipality."""
        ...

    def snapshot(self, municipality_code: str) -> AbstractContextManager[RegisterSnapshot]:
        """Open one consistent reading of one municipality; raises UnknownMunicipalityError.

        Keep it open for a decision and not for a drawing: PostgreSQL cannot tidy up behind a snapshot.
        """
        ...
