"""One version of a municipality's own register: read out of an answer when it is asked for, and checked on the way.

Knows no HTTP. What stands in an answer is held against what was asked and against itself; what does not fit is refused, and a
record of somebody else is an incident (INV-1).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from msgspec import Raw

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
from issuing_center.register.port import InconsistentRegisterError
from issuing_center.register.records import (
    MunicipalityName,
    MunicipalitySettings,
    RecordStop,
    Resident,
    ResidentId,
    StopSignal,
)
from issuing_center.register.remote.link import RegisterLink
from issuing_center.register.remote.messages import (
    Dossier,
    MalformedAnswerError,
    PackageEntry,
    Person,
    Signal,
    read,
)
from issuing_center.register.settings_sql import parsed, settings_of

RecordT = TypeVar("RecordT")


class RemoteSnapshot:
    """A `RegisterSnapshot` out of one answer; asks again, for the very same version, about anybody else."""

    def __init__(self, link: RegisterLink, about: ResidentId | None, at: datetime | None) -> None:
        """Ask at once, so that whatever is wrong with the line shows before the first question."""
        self._link = link
        self._at = link.now() if at is None else at
        self._head = link.ask(about, self._at)
        self._persons = {(about, self._at): self._head.person}
        self._households: dict[ResidentId, tuple[Resident, ...]] = {}

    @property
    def as_of(self) -> datetime:
        """Instant of the master system up to which this version is complete (INV-11)."""
        return self._head.as_of

    @property
    def version(self) -> int:
        """Number of this version."""
        return self._head.version

    def applicant(self, resident_id: ResidentId) -> Resident | None:
        """Give a resident's record; None when there is none here, or it was removed."""
        members = self.household(resident_id)
        return next((member for member in members if member.resident_id == resident_id), None)

    def household(self, resident_id: ResidentId) -> tuple[Resident, ...]:
        """Give the resident's household without those removed: the head first, the rest in the register's order."""
        known = self._households.get(resident_id)
        if known is None:
            person = self._person(resident_id)
            known = self._read(person, "household", person.household, tuple[Resident, ...])
            self._check_household(resident_id, known)
            self._households[resident_id] = known
        return known

    def stops(self, resident_id: ResidentId, at: datetime) -> tuple[StopSignal, ...]:
        """Give every stop signal in force that touches the resident: theirs, their household's, any member's, the municipality's."""
        return tuple(map(_stop, self._person(resident_id, at).signals))

    def stops_of_record(self, kind: str, resident_id: ResidentId, at: datetime) -> tuple[RecordStop, ...]:
        """Give every stop signal in force that touches anybody of the 戸籍 or 附票 of this person."""
        signals = self._person(resident_id, at).record_signals
        if kind not in signals:
            # None told and none in force are two things: who does not tell could have a protected person in it.
            self._link.refuse("record_signals")
        return tuple(RecordStop(_stop(each.signal), each.person_key) for each in signals[kind])

    def municipality(self, on: date) -> MunicipalitySettings | None:
        """Give mayor, seal, fees, offers and hours valid on a day in Japan; None when the municipality has none (INV-19)."""
        entry = _in_force(self._head.packages, on)
        if entry is None:
            return None
        name = _name(self._head)
        settings = settings_of(name, self._link.file(entry.sha256), entry.sha256, on, self._link.file)
        if settings is not None and settings.rules.name.code != name.code:
            self._link.incident("register-other-answer")
        return settings

    def complete_until(self, certificate_kind: str) -> datetime:
        """Give the instant up to which everything is in that a certificate of this kind depends on (INV-11)."""
        return min(self.as_of, self._head.complete_until.get(certificate_kind, self.as_of))

    def seal(self, resident_id: ResidentId) -> SealRegistration | AbolishedSeal | None:
        """Give the resident's 印鑑登録; None when there never was one."""
        person = self._person(resident_id)
        seal: SealRegistration | None = self._read(person, "seal", person.seal, SealRegistration | None)
        if seal is None and person.seal_abolished_on is not None:
            return AbolishedSeal(person.seal_abolished_on)
        return seal

    def tax(self, resident_id: ResidentId, year: int) -> TaxRecord | UndeclaredYear | None:
        """Give the resident's tax data of a 年度; None when this municipality has no data on file for it."""
        person = self._person(resident_id)
        entries = [entry for entry in person.taxes if entry.year == year]
        if not entries:
            return None
        if len(entries) > 1 or entries[0].broken:
            raise InconsistentRegisterError("a tax record that contradicts itself")
        record: TaxRecord | None = self._read(person, "taxes", entries[0].record, TaxRecord | None)
        if record is None:
            return UndeclaredYear(year)
        if record.year != year:
            raise InconsistentRegisterError("a tax record of another year")
        return record

    def tax_years(self, resident_id: ResidentId) -> tuple[int, ...]:
        """Give the 年度 with declared data on file, newest first."""
        entries = self._person(resident_id).taxes
        declared = (entry.year for entry in entries if entry.broken or bytes(entry.record) != b"null")
        return tuple(sorted(declared, reverse=True))

    def koseki(self, resident_id: ResidentId) -> OwnKoseki | KosekiInProcessing | None:
        """Give the 戸籍 kept here in which the person stands; None when there is none, or they left it (除籍)."""
        person = self._person(resident_id)
        own: OwnKoseki | None = self._read(person, "koseki", person.koseki, OwnKoseki | None)
        if person.koseki_in_processing:
            return KosekiInProcessing()
        if own is not None:
            self._check_stands_in(own.person_key, own.koseki.persons)
        return own

    def fuhyo(self, resident_id: ResidentId) -> OwnFuhyo | None:
        """Give the 附票 kept here in which the person stands; None when there is none, or they left it."""
        person = self._person(resident_id)
        own: OwnFuhyo | None = self._read(person, "fuhyo", person.fuhyo, OwnFuhyo | None)
        if own is not None:
            self._check_stands_in(own.person_key, own.fuhyo.persons)
        return own

    def risai(self, resident_id: ResidentId) -> tuple[Risai, ...]:
        """Give the surveyed damage the resident may have certified, latest first; empty when there is none."""
        person = self._person(resident_id)
        return self._read(person, "risai", person.risai, tuple[Risai, ...])

    def _person(self, resident_id: ResidentId, at: datetime | None = None) -> Person:
        who = resident_id, self._at if at is None else at
        person = self._persons.get(who)
        if person is None:
            person = self._persons[who] = self._link.ask(*who, self.version).person
        assert person is not None, "the line gives the person asked for"
        return person

    def _read(self, person: Person, name: str, field: Raw, kind: type[RecordT] | Any) -> RecordT:  # noqa: ANN401
        if name in person.broken:
            raise InconsistentRegisterError(f"a record that contradicts itself: {name}")
        try:
            record: RecordT = read(field, kind, name)
        except MalformedAnswerError:
            self._link.refuse(name)
        return record

    def _check_household(self, resident_id: ResidentId, members: tuple[Resident, ...]) -> None:
        if not members:
            return
        code = self._link.name.code
        if any(member.municipality_code != code for member in members) or not any(
            member.resident_id == resident_id for member in members
        ):
            self._link.incident("register-other-person")
        if [member.is_head for member in members] != [True] + [False] * (len(members) - 1):
            raise InconsistentRegisterError("a household has not exactly one head")
        if len({member.household_id for member in members}) != 1 or len({m.resident_id for m in members}) < len(
            members
        ):
            raise InconsistentRegisterError("members of two households, or one member twice")

    def _check_stands_in(self, key: str, persons: Sequence[Any]) -> None:
        if not any(person.key == key and not person.removed for person in persons):
            self._link.incident("register-other-person")


def told_rules(link: RegisterLink, on: date) -> SettingsPackage | None:
    """Give the rules of a day as the municipality told them last; None when it told none yet. Asks nobody."""
    entry = _in_force(link.packages, on)
    content = None if entry is None else link.known_file(entry.sha256)
    return None if content is None else parsed(content)


def _in_force(packages: Sequence[PackageEntry], on: date) -> PackageEntry | None:
    begun = [entry for entry in packages if entry.valid_from <= on]
    return max(begun, key=lambda entry: entry.version, default=None)


def _name(head: Dossier) -> MunicipalityName:
    return MunicipalityName(head.municipality, head.prefecture, head.name_ja, head.name_kana, head.name_en)


def _stop(signal: Signal) -> StopSignal:
    return StopSignal(
        kind=signal.kind,
        level=signal.level,
        resident_id=None if signal.resident is None else ResidentId(signal.resident),
        since=signal.since,
        kinds=None if signal.kinds is None else frozenset(signal.kinds),
    )
