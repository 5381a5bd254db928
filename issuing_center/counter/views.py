"""What clerks and the waiting room see: rows of numbers, one number by its slip, the call display. Changes nothing.

Nothing here has a name: what a row shows is what the slip shows, and what became of it.
"""

import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from issuing_center.counter import books, tables
from issuing_center.counter.models import (
    CallDisplay,
    Office,
    ScannedSlip,
    Sheet,
    Slip,
    TerminalStatus,
    TypedSlip,
    Waiting,
)
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.rows import waiting_rows
from issuing_center.counter.staff import Staff
from issuing_center.counter.states import CounterState
from issuing_center.database import reading
from issuing_center.municipal.package import CounterOffice
from issuing_center.service import Service

_LATELY = timedelta(days=14)

__all__ = [
    "CallDisplay",
    "Office",
    "ScannedSlip",
    "Sheet",
    "Slip",
    "TerminalStatus",
    "TypedSlip",
    "Waiting",
    "call_display",
    "find_slip",
    "offices",
    "row_of_slip",
    "settings_of",
    "terminals",
    "waiting_list",
    "waiting_one",
]


def settings_of(service: Service, municipality_code: str) -> tuple[CounterOffice, ...]:
    """Give the offices by the settings in force today; empty for a municipality that is not known or has none."""
    if municipality_code not in {name.code for name in service.register.municipalities()}:
        return ()
    now = service.now()
    with service.register.snapshot(municipality_code, None, now) as snapshot:
        settings = snapshot.municipality(books.day_of(now))
    return () if settings is None else settings.rules.offices


def offices(service: Service, municipality_code: str) -> tuple[Office, ...]:
    """List the offices of a municipality by the settings in force today; empty for one without counters."""
    return tuple(
        Office(office.office_id, office.name, office.waiting_place, office.exemptions)
        for office in settings_of(service, municipality_code)
    )


def waiting_list(service: Service, staff: Staff, office: str | None = None) -> tuple[Waiting, ...]:
    """Give today's numbers of an office, or of all of them, by office and number; final ones too."""
    of, now = tables.requests, service.now()
    query = select(of).where(of.c.municipality_code == staff.municipality_code, of.c.day == books.day_of(now))
    if office is not None:
        query = query.where(of.c.office == office)
    with reading(service.engine) as connection:
        rows = connection.execute(query.order_by(of.c.office, of.c.number)).all()
        return waiting_rows(connection, rows, now)


def waiting_one(service: Service, staff: Staff, request_id: str) -> Waiting | CounterRefusal:
    """Give one number of any day by its id. UNKNOWN for none, and for another municipality's."""
    of = tables.requests
    with reading(service.engine) as connection:
        rows = connection.execute(
            select(of).where(of.c.request_id == request_id, of.c.municipality_code == staff.municipality_code)
        ).all()
        found = waiting_rows(connection, rows, service.now())
    return found[0] if found else CounterRefusal(CounterNo.UNKNOWN)


def find_slip(service: Service, staff: Staff, slip: Slip) -> Waiting | CounterRefusal:
    """Find the number of a slip; redeems nothing.

    UNKNOWN; WRONG_CHECK; OTHER_DAY for a slip of an earlier day, whatever became of it.
    """
    with reading(service.engine) as connection:
        row = row_of_slip(service, connection, staff, slip)
        return row if isinstance(row, CounterRefusal) else waiting_rows(connection, [row], service.now())[0]


def row_of_slip(service: Service, connection: Connection, staff: Staff, slip: Slip) -> Row[Any] | CounterRefusal:
    """Find the row of a slip within a transaction; outcomes as of `find_slip`."""
    of, today = tables.requests, books.day_of(service.now())
    here = select(of).where(of.c.municipality_code == staff.municipality_code)
    match slip:
        case ScannedSlip(code):
            row = connection.execute(here.where(of.c.slip_code == code)).one_or_none()
            if row is None:
                return CounterRefusal(CounterNo.UNKNOWN)
            return row if row.day == today else CounterRefusal(CounterNo.OTHER_DAY)
        case TypedSlip(office, number, check):
            same = here.where(of.c.office == office, of.c.number == number)
            ours = connection.execute(same.where(of.c.day == today)).one_or_none()
            if ours is not None and _right(ours, check):
                return ours
            # Only a slip of the last weeks is told that it is an old one; nobody brings an older one.
            lately = of.c.day >= today - _LATELY, of.c.day < today
            if any(_right(row, check) for row in connection.execute(same.where(*lately))):
                return CounterRefusal(CounterNo.OTHER_DAY)
            return CounterRefusal(CounterNo.UNKNOWN if ours is None else CounterNo.WRONG_CHECK)


def _right(row: Row[Any], check: str) -> bool:
    return hmac.compare_digest(row.check_code.encode(), check.strip().upper().encode())


def call_display(service: Service, municipality_code: str, office: str) -> CallDisplay | None:
    """Give what an office's wall screen shows; None when there is no such office. Public: needs no staff."""
    found = next((each for each in settings_of(service, municipality_code) if each.office_id == office), None)
    if found is None:
        return None
    of, ended = tables.requests, [state.value for state in CounterState if state.is_final]
    with reading(service.engine) as connection:
        rows = connection.execute(
            select(of.c.number, of.c.called_at)
            .where(
                of.c.municipality_code == municipality_code,
                of.c.office == office,
                of.c.day == books.day_of(service.now()),
                of.c.state.not_in(ended),
            )
            .order_by(of.c.number)
        ).all()
    called = sorted((row for row in rows if row.called_at is not None), key=lambda row: row.called_at, reverse=True)
    return CallDisplay(
        found.name,
        tuple(row.number for row in called),
        tuple(row.number for row in rows if row.called_at is None),
    )


def terminals(service: Service, staff: Staff) -> tuple[TerminalStatus, ...]:
    """Give what the municipality's terminals last said, by office and id."""
    of = tables.terminals
    with reading(service.engine) as connection:
        rows = connection.execute(
            select(of).where(of.c.municipality_code == staff.municipality_code).order_by(of.c.office, of.c.terminal)
        ).all()
    return tuple(TerminalStatus(row.terminal, row.office, row.told_at, row.printer, row.slips) for row in rows)
