"""The register in an SQL database.

A snapshot is one reading transaction, so whatever the feed commits meanwhile is not in it. Values are checked on
their way out, not trusted: a record that contradicts itself is an error and never a certificate.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, and_, or_, select

from issuing_center.database import reading
from issuing_center.register import tables
from issuing_center.register.port import InconsistentRegisterError, UnknownMunicipalityError
from issuing_center.register.records import (
    ClosedInterval,
    DatePrecision,
    ForeignStatus,
    FormerSurname,
    Furigana,
    HouseholdId,
    MunicipalityName,
    MunicipalitySettings,
    OfferSettings,
    OpeningWindow,
    Resident,
    ResidentId,
    Sex,
    StopKind,
    StopLevel,
    StopSignal,
)

SERIAL_MAX_BITS = 160
"""RFC 5280, 4.1.2.2: a certificate's serial number has at most 20 octets."""


def serial_text(serial: int) -> str:
    """Write a certificate's serial number as the register stores it. Raises ValueError for one no certificate can have."""
    if serial <= 0 or serial.bit_length() > SERIAL_MAX_BITS:
        raise ValueError("not a certificate's serial number")
    return f"{serial:x}"


@dataclass(frozen=True, slots=True)
class SqlRegister:
    """A `Register` on one worker's engine."""

    engine: Engine

    def municipalities(self) -> tuple[MunicipalityName, ...]:
        """List the municipalities in the order of their readings."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.municipality)).all()
        # Sorted here: the two databases collate differently. The code decides between equal readings.
        return tuple(sorted(map(_municipality_name, rows), key=lambda name: (name.name_kana, name.code)))

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

    @contextmanager
    def snapshot(self, municipality_code: str) -> Iterator["SqlRegisterSnapshot"]:
        """Open one consistent reading of one municipality; raises UnknownMunicipalityError."""
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
        applicant = tables.resident.alias("applicant")
        rows = self.connection.execute(
            select(tables.resident, tables.household.c.municipality_code, tables.household.c.address)
            .join(tables.household, tables.household.c.household_id == tables.resident.c.household_id)
            .join(applicant, applicant.c.household_id == tables.resident.c.household_id)
            .where(
                applicant.c.resident_id == resident_id,
                applicant.c.removed_on.is_(None),
                tables.resident.c.removed_on.is_(None),
                tables.household.c.municipality_code == self.name.code,
            )
            .order_by(tables.resident.c.is_head.desc(), tables.resident.c.position, tables.resident.c.resident_id)
        ).all()
        if not rows:
            return ()
        if [row.is_head for row in rows] != [True] + [False] * (len(rows) - 1):
            raise InconsistentRegisterError("a household has not exactly one head")
        return tuple(_resident(row, head_name=rows[0].name) for row in rows)

    def stops(self, resident_id: ResidentId, at: datetime) -> tuple[StopSignal, ...]:
        """Give every stop signal in force that touches the resident: theirs, their household's, any member's, the municipality's."""
        household_id = select(tables.resident.c.household_id).where(tables.resident.c.resident_id == resident_id)
        members = select(tables.resident.c.resident_id).where(
            tables.resident.c.household_id == household_id.scalar_subquery()
        )
        stop = tables.stop_signal
        rows = self.connection.execute(
            select(stop)
            .where(
                stop.c.municipality_code == self.name.code,
                stop.c.since <= at,
                or_(stop.c.until.is_(None), stop.c.until > at),
                or_(
                    stop.c.level == StopLevel.MUNICIPALITY.value,
                    stop.c.household_id == household_id.scalar_subquery(),
                    stop.c.resident_id.in_(members),
                ),
            )
            .order_by(stop.c.since, stop.c.stop_id)
        ).all()
        return tuple(
            StopSignal(
                kind=StopKind(row.kind),
                level=StopLevel(row.level),
                resident_id=None if row.resident_id is None else ResidentId(row.resident_id),
                since=row.since,
            )
            for row in rows
        )

    def municipality(self, on: date) -> MunicipalitySettings | None:
        """Give mayor, fees, offers and hours valid on a day in Japan; None when no mayor is on record for it (INV-19)."""
        code = self.name.code
        mayors = self.connection.execute(
            select(tables.mayor).where(tables.mayor.c.municipality_code == code, _valid(tables.mayor, on))
        ).all()
        if not mayors:
            return None
        offers = self.connection.execute(
            select(tables.offer)
            .where(tables.offer.c.municipality_code == code, _valid(tables.offer, on))
            .order_by(tables.offer.c.kind)
        ).all()
        if len(mayors) > 1 or len({row.kind for row in offers}) < len(offers):
            raise InconsistentRegisterError("two periods of validity overlap")
        return MunicipalitySettings(
            name=self.name,
            mayor_title=mayors[0].title,
            mayor_name=mayors[0].name,
            offers=tuple(self._offer(row) for row in offers),
        )

    def _offer(self, row: Row[Any]) -> OfferSettings:
        window, closed = tables.opening_window, tables.closed_interval
        hours = self.connection.execute(
            select(window)
            .where(window.c.municipality_code == self.name.code, window.c.kind == row.kind)
            .order_by(window.c.weekday, window.c.opens)
        ).all()
        intervals = self.connection.execute(
            select(closed)
            .where(closed.c.municipality_code == self.name.code, closed.c.kind == row.kind)
            .order_by(closed.c.closed_from)
        ).all()
        return OfferSettings(
            kind=row.kind,
            fee_yen=row.fee_yen,
            copies_limit=row.copies_limit,
            scopes=tuple(row.scopes.split()),
            items=tuple(row.entries.split()),
            hours=tuple(
                OpeningWindow(span.weekday, time.fromisoformat(span.opens), time.fromisoformat(span.closes))
                for span in hours
            ),
            closed=tuple(ClosedInterval(span.closed_from, span.closed_until) for span in intervals),
        )


def _valid(table: Table, on: date) -> ColumnElement[bool]:
    return and_(table.c.valid_from <= on, or_(table.c.valid_until.is_(None), table.c.valid_until >= on))


def _municipality_name(row: Row[Any]) -> MunicipalityName:
    return MunicipalityName(
        code=row.code,
        prefecture=row.prefecture,
        name_ja=row.name_ja,
        name_kana=row.name_kana,
        name_en=row.name_en,
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
