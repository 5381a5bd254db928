"""Reads seals, taxes, family registers and damage out of the SQL register, inside somebody's snapshot.

Bodies are JSON of the values in `holdings`; whatever does not read as one is an error and never a certificate.
"""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from issuing_center.register import tables
from issuing_center.register.holdings import (
    AbolishedSeal,
    Fuhyo,
    ImprintScan,
    Koseki,
    KosekiInProcessing,
    OwnFuhyo,
    OwnKoseki,
    Risai,
    SealRegistration,
    TaxRecord,
    UndeclaredYear,
)
from issuing_center.register.port import InconsistentRegisterError
from issuing_center.register.records import ResidentId

BodyT = TypeVar("BodyT")


def encode_body(value: Koseki | Fuhyo | Risai | TaxRecord) -> str:
    """Write a record as the register stores it."""
    return msgspec.json.encode(value).decode()


def unread_key(written: object, read: object) -> str | None:
    """Find a key that was written and not read, at any depth; None when everything was understood."""
    if isinstance(written, dict) and isinstance(read, dict):
        for key, inner in written.items():
            if key not in read:
                return str(key)
            found = unread_key(inner, read[key])
            if found is not None:
                return found
    if isinstance(written, list | tuple) and isinstance(read, list | tuple):
        for one, other in zip(written, read, strict=True):
            found = unread_key(one, other)
            if found is not None:
                return found
    return None


def read_seal(connection: Connection, code: str, resident_id: ResidentId) -> SealRegistration | AbolishedSeal | None:
    """Give the registration in force, else the day the latest was abolished, else None."""
    rows = connection.execute(_SEALS, {"resident": resident_id, "code": code}).all()
    live = [row for row in rows if row.abolished_on is None]
    if len(live) > 1:
        raise InconsistentRegisterError("two seal registrations of one person are in force")
    if live:
        return _seal(live[0])
    return AbolishedSeal(max(row.abolished_on for row in rows)) if rows else None


def read_tax(
    connection: Connection, code: str, resident_id: ResidentId, year: int
) -> TaxRecord | UndeclaredYear | None:
    """Give a person's data of one 年度."""
    row = connection.execute(_TAX, {"resident": resident_id, "code": code, "year": year}).one_or_none()
    if row is None:
        return None
    if row.body is None:
        return UndeclaredYear(year)
    record = decode_body(row.body, TaxRecord)
    if record.year != year:
        raise InconsistentRegisterError("a tax record of another year")
    return record


def read_tax_years(connection: Connection, code: str, resident_id: ResidentId) -> tuple[int, ...]:
    """Give the 年度 with declared data, newest first."""
    return tuple(connection.execute(_TAX_YEARS, {"resident": resident_id, "code": code}).scalars())


def read_koseki(connection: Connection, code: str, holder: ResidentId) -> OwnKoseki | KosekiInProcessing | None:
    """Give the 戸籍 of a holder."""
    row = _only(connection, code, holder, "koseki")
    if row is None:
        return None
    koseki = decode_body(row.body, Koseki)
    person = next((person for person in koseki.persons if person.key == row.person_key), None)
    if person is None:
        raise InconsistentRegisterError("a holder of a register in which they do not stand")
    if person.removed:
        return None
    return KosekiInProcessing() if row.in_processing else OwnKoseki(koseki, row.person_key)


def read_fuhyo(connection: Connection, code: str, holder: ResidentId) -> OwnFuhyo | None:
    """Give the 附票 of a holder."""
    row = _only(connection, code, holder, "fuhyo")
    if row is None:
        return None
    fuhyo = decode_body(row.body, Fuhyo)
    person = next((person for person in fuhyo.persons if person.key == row.person_key), None)
    if person is None:
        raise InconsistentRegisterError("a holder of a register in which they do not stand")
    return None if person.removed else OwnFuhyo(fuhyo, row.person_key)


def read_risai(connection: Connection, code: str, holder: ResidentId) -> tuple[Risai, ...]:
    """Give the damage a resident may have certified, latest first."""
    rows = connection.execute(_RECORDS, {"holder": holder, "kind": "risai", "code": code}).all()
    records = [decode_body(row.body, Risai) for row in rows]
    return tuple(sorted(records, key=lambda risai: risai.occurred_on, reverse=True))


# What belongs to residents of others is not read by chance: the id counts for nothing outside its municipality.
_LIVING = (
    select(tables.resident.c.resident_id)
    .join(tables.household, tables.household.c.household_id == tables.resident.c.household_id)
    .where(
        tables.resident.c.resident_id == bindparam("resident"),
        tables.resident.c.removed_on.is_(None),
        tables.household.c.municipality_code == bindparam("code"),
    )
    .scalar_subquery()
)
_SEALS = select(tables.seal_registration).where(tables.seal_registration.c.resident_id == _LIVING)
_TAX = select(tables.tax_year.c.body).where(
    tables.tax_year.c.resident_id == _LIVING, tables.tax_year.c.year == bindparam("year")
)
_TAX_YEARS = (
    select(tables.tax_year.c.year)
    .where(tables.tax_year.c.resident_id == _LIVING, tables.tax_year.c.body.is_not(None))
    .order_by(tables.tax_year.c.year.desc())
)
_RECORDS = (
    select(tables.record.c.body, tables.record.c.in_processing, tables.record_holder.c.person_key)
    .join(tables.record_holder, tables.record_holder.c.record_id == tables.record.c.record_id)
    .where(
        tables.record_holder.c.holder_id == bindparam("holder"),
        tables.record.c.kind == bindparam("kind"),
        tables.record.c.municipality_code == bindparam("code"),
    )
    .order_by(tables.record.c.record_id)
)


def _only(connection: Connection, code: str, holder: ResidentId, kind: str) -> Row[Any] | None:
    rows: list[Row[Any]] = [*connection.execute(_RECORDS, {"holder": holder, "kind": kind, "code": code})]
    if len(rows) > 1:
        raise InconsistentRegisterError(f"one person in two registers: {kind}")
    return rows[0] if rows else None


def decode_body(body: str, kind: type[BodyT]) -> BodyT:
    """Read a record as the register stores it. Raises InconsistentRegisterError without quoting it."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        # Without its cause: the message may quote the record.
        raise InconsistentRegisterError(f"not a {kind.__name__}") from None


def _seal(row: Row[Any]) -> SealRegistration:
    try:
        imprint = ImprintScan(row.width_px, row.height_px, row.dpi, bytes(row.bits))
    except ValueError as error:
        raise InconsistentRegisterError(str(error)) from error
    return SealRegistration(
        imprint=imprint,
        registered_on=row.registered_on,
        former_surname=row.former_surname,
        alias=row.alias,
        katakana_name=row.katakana_name,
        remarks=row.remarks,
    )
