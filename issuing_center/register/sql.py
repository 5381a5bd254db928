"""The register in an SQL database.

A snapshot is one reading transaction, so whatever the feed commits meanwhile is not in it. Values are checked on
their way out, not trusted: a record that contradicts itself is an error and never a certificate.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, literal, null, or_, select

from issuing_center.database import reading
from issuing_center.municipal.package import SettingsPackage
from issuing_center.register import holdings_sql, tables
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
from issuing_center.register.port import InconsistentRegisterError, UnknownMunicipalityError
from issuing_center.register.records import (
    DatePrecision,
    ForeignStatus,
    FormerSurname,
    Furigana,
    HouseholdId,
    MunicipalityName,
    MunicipalitySettings,
    RecordStop,
    Resident,
    ResidentId,
    Sex,
    StopKind,
    StopLevel,
    StopSignal,
)
from issuing_center.register.serials import serial_text
from issuing_center.register.settings_sql import read_settings, rules_of_all
from issuing_center.register.updates import CERTIFICATES_OF


@dataclass(frozen=True, slots=True)
class SqlRegister:
    """A `Register` on one worker's engine."""

    engine: Engine
    _packages: dict[str, SettingsPackage] = field(default_factory=dict, repr=False, compare=False)
    """Those read before, by digest; a few kilobytes a municipality."""

    def municipalities(self) -> tuple[MunicipalityName, ...]:
        """List the municipalities in the order of their readings."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.municipality)).all()
        # Sorted here: the two databases collate differently. The code decides between equal readings.
        return tuple(sorted(map(_municipality_name, rows), key=lambda name: (name.name_kana, name.code)))

    def rules(self, on: date) -> Mapping[str, SettingsPackage]:
        """Give the rules in force on a day in Japan, by municipality code."""
        with reading(self.engine) as connection:
            return rules_of_all(connection, on, self._packages)

    def find_by_certificate(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """Find whose authentication certificate this is; None when it is linked to nobody living in that municipality."""
        with reading(self.engine) as connection:
            found = connection.execute(
                select(tables.certificate_link.c.resident_id)
                .join(tables.resident, tables.resident.c.resident_id == tables.certificate_link.c.resident_id)
                .join(tables.household, tables.household.c.household_id == tables.resident.c.household_id)
                .where(
                    tables.certificate_link.c.issuer_key_id == issuer_key_id,
                    tables.certificate_link.c.serial == serial_text(serial),
                    tables.certificate_link.c.active.is_(True),
                    tables.household.c.municipality_code == municipality_code,
                    tables.resident.c.removed_on.is_(None),
                )
            ).scalar_one_or_none()
        return None if found is None else ResidentId(found)

    def find_registered(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """Find the holder's entry in a 戸籍 of a municipality they do not live in, by their 利用登録."""
        registration = tables.koseki_registration
        with reading(self.engine) as connection:
            found = connection.execute(
                select(registration.c.holder_id).where(
                    registration.c.issuer_key_id == issuer_key_id,
                    registration.c.serial == serial_text(serial),
                    registration.c.municipality_code == municipality_code,
                    registration.c.state == "registered",
                )
            ).scalar_one_or_none()
        return None if found is None else ResidentId(found)

    @contextmanager
    def snapshot(
        self, municipality_code: str, about: ResidentId | None = None, at: datetime | None = None
    ) -> Iterator["SqlRegisterSnapshot"]:
        """Open one consistent reading of one municipality, whoever it is about; raises UnknownMunicipalityError."""
        with reading(self.engine) as connection:
            yield read_snapshot(connection, municipality_code)


def read_snapshot(connection: Connection, municipality_code: str) -> "SqlRegisterSnapshot":
    """Begin a snapshot in an open reading transaction; its first statement fixes the version of all that follow."""
    row = connection.execute(
        select(tables.municipality).where(tables.municipality.c.code == municipality_code)
    ).one_or_none()
    if row is None:
        raise UnknownMunicipalityError
    return SqlRegisterSnapshot(connection, _municipality_name(row), as_of=row.feed_as_of, version=row.version)


@dataclass(frozen=True, slots=True)
class SqlRegisterSnapshot:
    """A `RegisterSnapshot` inside one reading transaction; worthless once that has ended."""

    connection: Connection
    name: MunicipalityName
    as_of: datetime
    version: int

    def applicant(self, resident_id: ResidentId) -> Resident | None:
        """Give a resident's record; None when there is none here, or it was removed."""
        members = self.household(resident_id)
        return next((member for member in members if member.resident_id == resident_id), None)

    def household(self, resident_id: ResidentId) -> tuple[Resident, ...]:
        """Give the resident's household without those removed: the head first, the rest in the register's order."""
        rows = self.connection.execute(_HOUSEHOLD, {"resident": resident_id, "code": self.name.code}).all()
        if not rows:
            return ()
        if [row.is_head for row in rows] != [True] + [False] * (len(rows) - 1):
            raise InconsistentRegisterError("a household has not exactly one head")
        return tuple(_resident(row, head_name=rows[0].name) for row in rows)

    def stops(self, resident_id: ResidentId, at: datetime) -> tuple[StopSignal, ...]:
        """Give every stop signal in force that touches the resident: theirs, their household's, any member's, the municipality's."""
        rows = self.connection.execute(_STOPS, {"resident": resident_id, "code": self.name.code, "at": at}).all()
        return tuple(map(_stop_signal, rows))

    def stops_of_record(self, kind: str, resident_id: ResidentId, at: datetime) -> tuple[RecordStop, ...]:
        """Give every stop signal in force that touches anybody of the 戸籍 or 附票 of this person."""
        named = {"holder": resident_id, "kind": kind, "code": self.name.code, "at": at}
        return tuple(
            RecordStop(_stop_signal(row), row.person_key)
            for statement in (_STOPS_OF_MUNICIPALITY, _STOPS_OF_HOLDERS, _STOPS_OF_PERSONS)
            for row in self.connection.execute(statement, named)
        )

    def municipality(self, on: date) -> MunicipalitySettings | None:
        """Give mayor, seal, fees, offers and hours valid on a day in Japan; None when the municipality has none (INV-19)."""
        return read_settings(self.connection, self.name, on)

    def complete_until(self, certificate_kind: str) -> datetime:
        """Give the instant up to which everything is in that a certificate of this kind depends on (INV-11)."""
        feeds = [feed.value for feed, kinds in CERTIFICATES_OF.items() if certificate_kind in kinds]
        ages: list[datetime] = list(
            self.connection.execute(_FEED_AGES, {"code": self.name.code, "feeds": feeds}).scalars()
        )
        return min(self.as_of, *ages) if ages else self.as_of

    def seal(self, resident_id: ResidentId) -> SealRegistration | AbolishedSeal | None:
        """Give the resident's 印鑑登録; None when there never was one."""
        return holdings_sql.read_seal(self.connection, self.name.code, resident_id)

    def tax(self, resident_id: ResidentId, year: int) -> TaxRecord | UndeclaredYear | None:
        """Give the resident's tax data of a 年度; None when this municipality has no data on file for it."""
        return holdings_sql.read_tax(self.connection, self.name.code, resident_id, year)

    def tax_years(self, resident_id: ResidentId) -> tuple[int, ...]:
        """Give the 年度 with declared data on file, newest first."""
        return holdings_sql.read_tax_years(self.connection, self.name.code, resident_id)

    def koseki(self, resident_id: ResidentId) -> OwnKoseki | KosekiInProcessing | None:
        """Give the 戸籍 kept here in which the person stands; None when there is none, or they left it (除籍)."""
        return holdings_sql.read_koseki(self.connection, self.name.code, resident_id)

    def fuhyo(self, resident_id: ResidentId) -> OwnFuhyo | None:
        """Give the 附票 kept here in which the person stands; None when there is none, or they left it."""
        return holdings_sql.read_fuhyo(self.connection, self.name.code, resident_id)

    def risai(self, resident_id: ResidentId) -> tuple[Risai, ...]:
        """Give the surveyed damage the resident may have certified, latest first; empty when there is none."""
        return holdings_sql.read_risai(self.connection, self.name.code, resident_id)


# Statements are made once: SQLAlchemy needs longer to put one together than the database to answer it.
_applicant = tables.resident.alias("applicant")
_HOUSEHOLD = (
    select(tables.resident, tables.household.c.municipality_code, tables.household.c.address)
    .join(tables.household, tables.household.c.household_id == tables.resident.c.household_id)
    .join(_applicant, _applicant.c.household_id == tables.resident.c.household_id)
    .where(
        _applicant.c.resident_id == bindparam("resident"),
        _applicant.c.removed_on.is_(None),
        tables.resident.c.removed_on.is_(None),
        tables.household.c.municipality_code == bindparam("code"),
    )
    .order_by(tables.resident.c.is_head.desc(), tables.resident.c.position, tables.resident.c.resident_id)
)

_household_id = (
    select(tables.resident.c.household_id)
    .where(tables.resident.c.resident_id == bindparam("resident"))
    .scalar_subquery()
)
_stop = tables.stop_signal
_STOPS = (
    select(_stop)
    .where(
        _stop.c.municipality_code == bindparam("code"),
        _stop.c.since <= bindparam("at"),
        or_(_stop.c.until.is_(None), _stop.c.until > bindparam("at")),
        or_(
            _stop.c.level == StopLevel.MUNICIPALITY.value,
            _stop.c.household_id == _household_id,
            _stop.c.resident_id.in_(
                select(tables.resident.c.resident_id).where(tables.resident.c.household_id == _household_id)
            ),
        ),
    )
    .order_by(_stop.c.since, _stop.c.stop_id)
)

_in_force = (
    _stop.c.municipality_code == bindparam("code"),
    _stop.c.since <= bindparam("at"),
    or_(_stop.c.until.is_(None), _stop.c.until > bindparam("at")),
)
_STOPS_OF_MUNICIPALITY = select(_stop, null().label("person_key")).where(
    *_in_force, _stop.c.level == StopLevel.MUNICIPALITY.value
)
_own, _holder = tables.record_holder.alias("own"), tables.record_holder.alias("holder")
_own_record = (
    select(_own.c.record_id)
    .join(tables.record, tables.record.c.record_id == _own.c.record_id)
    .where(
        _own.c.holder_id == bindparam("holder"),
        tables.record.c.kind == bindparam("kind"),
        tables.record.c.municipality_code == bindparam("code"),
    )
)
# The household of somebody who was removed still tells: a signal of it may be why they were.
_STOPS_OF_HOLDERS = (
    select(_stop, _holder.c.person_key)
    .join(tables.resident, tables.resident.c.resident_id == _holder.c.holder_id)
    .join(
        _stop,
        or_(
            _stop.c.resident_id == tables.resident.c.resident_id,
            _stop.c.household_id == tables.resident.c.household_id,
        ),
    )
    .where(_holder.c.record_id.in_(_own_record), *_in_force)
    .order_by(_stop.c.since, _stop.c.stop_id, _holder.c.person_key)
)
_person_stop = tables.record_stop
_STOPS_OF_PERSONS = (
    select(_person_stop, literal(StopLevel.RECORD.value).label("level"), null().label("resident_id"))
    .where(
        _person_stop.c.record_id.in_(_own_record),
        _person_stop.c.since <= bindparam("at"),
        or_(_person_stop.c.until.is_(None), _person_stop.c.until > bindparam("at")),
    )
    .order_by(_person_stop.c.since, _person_stop.c.stop_id)
)

_feed = tables.feed
_FEED_AGES = select(_feed.c.as_of).where(
    _feed.c.municipality_code == bindparam("code"), _feed.c.feed.in_(bindparam("feeds", expanding=True))
)


def _municipality_name(row: Row[Any]) -> MunicipalityName:
    return MunicipalityName(
        code=row.code,
        prefecture=row.prefecture,
        name_ja=row.name_ja,
        name_kana=row.name_kana,
        name_en=row.name_en,
    )


def _stop_signal(row: Row[Any]) -> StopSignal:
    return StopSignal(
        kind=StopKind(row.kind),
        level=StopLevel(row.level),
        resident_id=None if row.resident_id is None else ResidentId(row.resident_id),
        since=row.since,
        kinds=None if row.kinds is None else frozenset(row.kinds.split()),
    )


def _resident(row: Row[Any], head_name: str) -> Resident:
    return Resident(
        resident_id=ResidentId(row.resident_id),
        household_id=HouseholdId(row.household_id),
        municipality_code=row.municipality_code,
        address=row.address,
        head_name=head_name,
        name=row.name,
        furigana=Furigana(
            surname=row.furigana_surname,
            surname_notarised=row.furigana_surname_notarised,
            given=row.furigana_given,
            given_notarised=row.furigana_given_notarised,
        ),
        former_surname=(
            None if row.former_surname is None else FormerSurname(row.former_surname, row.former_surname_reading)
        ),
        birth_date=row.birth_date,
        birth_precision=DatePrecision(row.birth_precision),
        sex=Sex(row.sex),
        relation=row.relation,
        is_head=row.is_head,
        domicile=row.domicile,
        family_head=row.family_head,
        my_number=row.my_number,
        became_resident_on=row.became_resident_on,
        address_since=row.address_since,
        notified_on=row.notified_on,
        previous_address=row.previous_address,
        foreign=None if row.nationality is None else _foreign(row),
    )


def _foreign(row: Row[Any]) -> ForeignStatus:
    return ForeignStatus(
        nationality=row.nationality,
        category=row.foreign_category,
        residence_status=row.residence_status,
        residence_period=row.residence_period,
        residence_expires_on=row.residence_expires_on,
        card_number=row.residence_card_number,
        became_foreign_resident_on=row.became_foreign_resident_on,
        kanji_name=row.kanji_name,
        kana_name=row.kana_name,
        alias=row.alias,
        alias_recorded_on=row.alias_recorded_on,
        alias_recorded_in=row.alias_recorded_in,
    )
