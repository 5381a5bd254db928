"""Which number a sheet belongs to, by what a scanner reads on it: the check that finds papers that were mixed up.

A certificate says its 発行番号, in letters and in its signed code; 申請書 and 領収書 say their order in a QR. None of them says
what the slip's QR says, so a sheet finds and confirms a number and never redeems it.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from issuing_center.counter import books, tables
from issuing_center.counter.models import Paper, Serial, SheetCode, Waiting
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.rows import waiting_rows
from issuing_center.counter.staff import Staff
from issuing_center.counter.states import CounterState, SheetState
from issuing_center.database import reading, writing
from issuing_center.incidents import Path, raise_incident
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import TransactionId
from issuing_center.paper import ryoshu, shinsei
from issuing_center.service import Service
from issuing_center.visible_seal import MalformedSeal, read_statement

MIXED_UP = "mixed_up"
"""What a number asks a clerk for after a sheet of another was scanned for it: it then goes only with every sheet scanned."""
INCIDENT = "counter-sheets-mixed-up"
_PAPER = re.compile(rf"([{shinsei.LETTER}{ryoshu.LETTER}])([0-9A-F]{{32}})\Z")
_SERIAL = re.compile(r"(?<![0-9A-Z-])[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}(?![0-9A-Z-])")
_HEX = re.compile(r"(?:[0-9A-F]{2}){60,400}\Z")


def read_code(text: str) -> SheetCode | None:
    """Read what a scanner sent of a sheet; None for anything else.

    A 発行番号 is found in capitals and small letters and within other text, as a scanner sends it that types the bytes of the
    signed code; one that sends those bytes in hexadecimal or base64 is understood too.
    """
    folded = text.strip().upper()
    paper = _PAPER.match(folded)
    if paper is not None:
        return Paper(paper[1], paper[2].lower())
    found = set(_SERIAL.findall(folded))
    if len(found) == 1:
        return Serial(found.pop())
    return _signed(text.strip())


def _signed(text: str) -> SheetCode | None:
    try:
        data = bytes.fromhex(text) if _HEX.match(text.upper()) else a2b_base64(text, strict_mode=True)
        return Serial(read_statement(data)[0].number)
    except (Base64Error, MalformedSeal, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class _Owner:
    request_id: str
    good: bool
    """False for a sheet that was thrown away or replaced."""


def _owner_of(connection: Connection, code: SheetCode) -> _Owner | None:
    match code:
        case Serial(serial):
            sheet = tables.sheets
            row = connection.execute(
                select(sheet.c.request_id, sheet.c.state).where(sheet.c.serial == serial)
            ).one_or_none()
            return None if row is None else _Owner(row.request_id, row.state != SheetState.SPOILED.value)
        case Paper(_, txn):
            tried, of = tables.attempts, tables.requests
            found = connection.execute(
                select(of.c.request_id, of.c.txn)
                .join(tried, tried.c.request_id == of.c.request_id)
                .where(tried.c.txn == txn)
            ).one_or_none()
            return None if found is None else _Owner(found.request_id, found.txn == txn)


def find_sheet(service: Service, staff: Staff, code: SheetCode) -> Waiting | CounterRefusal:
    """Find today's number by one of its sheets. UNKNOWN, OTHER_DAY, VOID_SHEET for one that was thrown away or replaced."""
    of = tables.requests
    with reading(service.engine) as connection:
        owner = _owner_of(connection, code)
        here = of.c.municipality_code == staff.municipality_code
        rows = (
            []
            if owner is None
            else connection.execute(select(of).where(of.c.request_id == owner.request_id, here)).all()
        )
        if owner is None or not rows:
            return CounterRefusal(CounterNo.UNKNOWN)
        if rows[0].day != books.day_of(service.now()):
            return CounterRefusal(CounterNo.OTHER_DAY)
        found = waiting_rows(connection, rows, service.now())[0]
    return found if owner.good else CounterRefusal(CounterNo.VOID_SHEET, found.state)


def check_sheet(service: Service, staff: Staff, request_id: str, code: SheetCode) -> Waiting | CounterRefusal:
    """Confirm that a sheet belongs to a number; changes nothing then.

    VOID_SHEET for one of its own that is void; NOT_ITS_SHEET for one that nobody knows; MIXED_UP for one of another number,
    which is an incident on record, and both numbers then go only with every sheet scanned.
    """
    return checked(service, staff, request_id, mixed_up(service, staff, request_id, (code,)))


def checked(
    service: Service, staff: Staff, request_id: str, refusal: CounterRefusal | None
) -> Waiting | CounterRefusal:
    """Give the number as it stands, unless its sheets were refused."""
    of = tables.requests
    with reading(service.engine) as connection:
        rows = connection.execute(
            select(of).where(of.c.request_id == request_id, of.c.municipality_code == staff.municipality_code)
        ).all()
        found = waiting_rows(connection, rows, service.now())
    if refusal is not None or not found:
        return refusal or CounterRefusal(CounterNo.UNKNOWN)
    return found[0]


def mixed_up(service: Service, staff: Staff, request_id: str, codes: tuple[SheetCode, ...]) -> CounterRefusal | None:
    """Look whether sheets belong to a number, as `check_sheet` says; None when all of them do."""
    now = service.now()
    with writing(service.engine) as connection:
        row = books.load(connection, request_id, staff.municipality_code)
        if row is None:
            return CounterRefusal(CounterNo.UNKNOWN)
        owners = [_owner_of(connection, code) for code in codes]
        others = {owner.request_id for owner in owners if owner is not None} - {request_id}
        if others:
            _mark(connection, staff, row, now)
        elif None in owners:
            return CounterRefusal(CounterNo.NOT_ITS_SHEET, CounterState(row.state))
        elif not all(owner.good for owner in owners if owner is not None):
            return CounterRefusal(CounterNo.VOID_SHEET, CounterState(row.state))
        else:
            return None
    # Each in a transaction of its own: rows of two numbers are never locked together, so no two clerks wait for each other.
    for other in others:
        with writing(service.engine) as connection:
            found = books.load(connection, other, staff.municipality_code)
            if found is not None:
                _mark(connection, staff, found, now)
    raise_incident(service, INCIDENT, Path(f"number {request_id}"), now, staff.staff_id, row.txn)
    return CounterRefusal(CounterNo.MIXED_UP, CounterState(row.state))


def _mark(connection: Connection, staff: Staff, row: Row[Any], now: datetime) -> None:
    of = tables.requests
    connection.execute(update(of).where(of.c.request_id == row.request_id).values(attention=MIXED_UP))
    txn = None if row.txn is None else TransactionId(row.txn)
    ledger.record_event(connection, now, "counter-mixed-up", f"{staff.staff_id} {row.request_id}", txn)
    books.write_change(
        connection,
        row.municipality_code,
        at=now,
        request_id=row.request_id,
        office=row.office,
        act=MIXED_UP,
        state=row.state,
        staff_id=staff.staff_id,
        detail="",
    )


def missing(connection: Connection, row: Row[Any], codes: tuple[SheetCode, ...]) -> tuple[int, int]:
    """Count a number's good certificates, and those of them that were not scanned."""
    sheet = tables.sheets
    good = set(
        connection.execute(
            select(sheet.c.serial).where(
                sheet.c.request_id == row.request_id, sheet.c.state == SheetState.PRINTED.value
            )
        ).scalars()
    )
    scanned = {code.serial for code in codes if isinstance(code, Serial)}
    return len(good), len(good - scanned)
