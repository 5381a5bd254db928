"""What the center needs of a register, whoever keeps it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from issuing_center.municipal.package import SettingsPackage
from issuing_center.register.holdings import (
    AbolishedSeal,
    KosekiInProcessing,
    OwnFuhyo,
    OwnKoseki,
    Risai,
    SealRegistration,
    TaxRecord,
    UndeclaredYear,
)
from issuing_center.register.records import (
    MunicipalityName,
    MunicipalitySettings,
    RecordStop,
    Resident,
    ResidentId,
    StopSignal,
)


class UnknownMunicipalityError(LookupError):
    """The register has no such municipality."""


class RegisterUnavailableError(Exception):
    """The register cannot be asked now, or changed while it was being asked. Nothing was learned; ask again later."""


class InconsistentRegisterError(Exception):
    """The register contradicts itself: two fees on one day, no head of a household. Nothing may be issued from it."""


class RegisterIncidentError(InconsistentRegisterError):
    """The register answered what it never must: about somebody else, or of an older version than before (INV-1, INV-6)."""

    def __init__(self, incident: str, municipality_code: str) -> None:
        """Keep the incident's static name and the municipality, for the record."""
        super().__init__(incident)
        self.incident = incident
        self.municipality_code = municipality_code


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

    def stops_of_record(self, kind: str, resident_id: ResidentId, at: datetime) -> tuple[RecordStop, ...]:
        """Give every stop signal in force that touches anybody of the 戸籍 ("koseki") or 附票 ("fuhyo") of this person.

        Those of the municipality; of residents who hold the same record, their own and their household's; and those put
        on persons of the record themselves, who may live elsewhere. Without such a record, the municipality's alone.
        """
        ...

    def municipality(self, on: date) -> MunicipalitySettings | None:
        """Give mayor, seal, fees, offers and hours valid on a day in Japan; None when the municipality has none (INV-19).

        They come from the settings package with the highest version of those whose first day has come.
        """
        ...

    def complete_until(self, certificate_kind: str) -> datetime:
        """Give the instant up to which everything is in that a certificate of this kind depends on (INV-11).

        Never later than `as_of`: a certificate is as old as the oldest feed behind it.
        """
        ...

    def seal(self, resident_id: ResidentId) -> SealRegistration | AbolishedSeal | None:
        """Give the resident's 印鑑登録; None when there never was one."""
        ...

    def tax(self, resident_id: ResidentId, year: int) -> TaxRecord | UndeclaredYear | None:
        """Give the resident's tax data of a 年度; None when this municipality has no data on file for it."""
        ...

    def tax_years(self, resident_id: ResidentId) -> tuple[int, ...]:
        """Give the 年度 with declared data on file, newest first; which of them are offered is the settings' business."""
        ...

    def koseki(self, resident_id: ResidentId) -> OwnKoseki | KosekiInProcessing | None:
        """Give the 戸籍 kept here in which the person stands; None when there is none, or they left it (除籍).

        Takes a resident of this municipality, or the handle that `find_registered` gave for somebody who lives elsewhere.
        """
        ...

    def fuhyo(self, resident_id: ResidentId) -> OwnFuhyo | None:
        """Give the 附票 kept here in which the person stands, likewise; None when there is none, or they left it."""
        ...

    def risai(self, resident_id: ResidentId) -> tuple[Risai, ...]:
        """Give the surveyed damage the resident may have certified, latest first; empty when there is none."""
        ...


class Register(Protocol):
    """The registers of all municipalities that issue here."""

    def municipalities(self) -> tuple[MunicipalityName, ...]:
        """List the municipalities in the order of their readings."""
        ...

    def rules(self, on: date) -> Mapping[str, SettingsPackage]:
        """Give the rules in force on a day in Japan, by municipality code, as far as they are known here.

        Asks nobody who is far away: the rules of a municipality that keeps its own register are those it told last, and
        may be missing. Good for what a screen says beforehand, and for no decision.
        """
        ...

    def find_by_certificate(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """Find whose authentication certificate this is; None when it is linked to nobody living in that municipality."""
        ...

    def find_registered(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """Find the holder's entry in a 戸籍 of a municipality they do not live in, by their 利用登録.

        None unless a registration of this very certificate is in the state registered. The handle is good for `koseki`
        and `fuhyo` of that municipality and nothing else.
        """
        ...

    def snapshot(
        self, municipality_code: str, about: ResidentId | None = None, at: datetime | None = None
    ) -> AbstractContextManager[RegisterSnapshot]:
        """Open one consistent reading of one municipality; raises UnknownMunicipalityError.

        `about` is who it is going to be asked about, if one person, and `at` the instant of the decision: a register that
        is far away answers everything about them at once, and any other question may find that it has changed meanwhile
        (RegisterUnavailableError).

        Keep it open for a decision and not for a drawing: PostgreSQL cannot tidy up behind a snapshot.
        """
        ...


@dataclass(frozen=True, slots=True)
class Application:
    """An application for 利用登録 as it came from a kiosk, verified."""

    municipality_code: str
    """Of the 本籍."""
    issuer_key_id: bytes = field(repr=False)
    """With `serial`, the authentication certificate that is to be registered."""
    serial: int = field(repr=False)
    honseki: str = field(repr=False)
    hittosha: str = field(repr=False)
    telephone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How an application came; the same `kiosk_id` and `idempotency_key` are the same application."""

    kiosk_id: str
    idempotency_key: str
    request_sha256: str
    statement: bytes = field(repr=False)
    """The bytes that the applicant signed."""
    certificate: bytes = field(repr=False)
    """署名用電子証明書, DER."""
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """The application is on record, now or from before."""

    reception_number: str


@dataclass(frozen=True, slots=True)
class AlreadyApplied:
    """This certificate has an application at the municipality that was not rejected."""


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The idempotency key belongs to another application."""


class RegistrationState(Enum):
    """How far an application for 利用登録 has come."""

    NONE = "none"
    """There is none of this certificate; never stored."""
    RECEIVED = "received"
    REVIEWING = "reviewing"
    REGISTERED = "registered"
    REJECTED = "rejected"


class UseRegistrations(Protocol):
    """Applications for 利用登録: taken from kiosks, decided by staff of the 本籍地."""

    def state(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> RegistrationState:
        """Tell how far the latest application of an authentication certificate at a municipality has come."""
        ...

    def apply(
        self, application: Application, evidence: Evidence, reception_number: str, now: datetime
    ) -> Received | AlreadyApplied | KeyReused:
        """Take an application in, durably; one that came before, by its evidence, keeps the number it has."""
        ...
