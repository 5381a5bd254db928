"""Orders that only staff can put right, and how staff found that they ended.

A case is an order whose end is not certain (`ends`): the machine gave it a number, or said what does not agree, or never said
anything. What it reported stays as it was written; a closing is a row beside it, written once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, or_, select

from issuing_center.database import reading, writing
from issuing_center.ledger.case_tables import closings
from issuing_center.ledger.ends import ends
from issuing_center.ledger.entries import TransactionId
from issuing_center.ledger.store import record_event
from issuing_center.ledger.tables import orders, outcomes

CAUSE_CHARACTERS = (10, 400)
"""Fewest and most of what staff write about a case."""


class Ended(Enum):
    """How a case ended."""

    HANDED_OVER = "handed_over"
    """The resident has copies, and their fee was kept."""
    REFUNDED = "refunded"
    """The fee was given back by hand; no copy is with the resident."""
    NOTHING_TAKEN = "nothing_taken"
    """There was no fee to give back, and no copy is with the resident."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What staff found."""

    ended: Ended
    copies: int
    """With the resident, and paid for; 0 unless handed over. The fee of any other copy was given back."""
    cause: str
    """What had happened, without anything of a person."""
    closed_by: str
    """Staff id."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One order that is or was a case."""

    txn: TransactionId
    number: str | None
    """As the machine's slip has it; None where it gave none, or never reported."""
    created_at: datetime
    kiosk_id: str
    municipality_code: str
    kind: str
    copies: int
    """Ordered."""
    fee_yen: int
    """Of one copy."""
    money: str | None
    """What became of it as reported; None: never reported."""
    received_yen: int
    handed_over: int
    """Copies, as reported."""
    closing: Closing | None
    """None while it is open."""


class NoSuchCaseError(LookupError):
    """No order that is or was a case has this number."""


class SeveralCasesError(LookupError):
    """The number is that of several; the transaction id tells them apart."""


class ClosedCaseError(Exception):
    """The case is closed already, and nothing was changed."""


class ClosingError(ValueError):
    """A closing does not say what it must; the text says what is missing."""


def open_cases(bind: Engine | Connection, since: datetime, now: datetime) -> tuple[Case, ...]:
    """List the cases of orders made from `since` on that are open, oldest first.

    An order that was not reported is one when its time limit is over.
    """
    with reading(bind) as connection:
        found = connection.execute(ends(orders.c.created_at >= since)).all()
    rows = [row for row in found if _is_open_case(row, now)]
    return tuple(_case(row, None) for row in sorted(rows, key=lambda row: (row.created_at, row.txn)))


def find_case(bind: Engine | Connection, number: str, now: datetime) -> Case:
    """Find one by the number on the slip or the transaction id. Raises NoSuchCaseError and SeveralCasesError."""
    number = number.strip()
    with reading(bind) as connection:
        rows = connection.execute(ends(or_(*_called(number)))).all()
        txns = [row.txn for row in rows]
        known = {row.txn: row for row in connection.execute(select(closings).where(closings.c.txn.in_(txns)))}
    cases = [_case(row, known.get(row.txn)) for row in rows if row.txn in known or _is_open_case(row, now)]
    if not cases:
        raise NoSuchCaseError(number)
    if len(cases) > 1:
        raise SeveralCasesError(number)
    return cases[0]


def close_case(engine: Engine, number: str, closing: Closing) -> Case:
    """Close a case, once, and write who did into the ledger; durable at return.

    Raises NoSuchCaseError, SeveralCasesError, ClosedCaseError and ClosingError; then nothing was written.
    """
    with writing(engine) as connection:
        txn = find_case(connection, number, closing.at).txn
        # Whoever reports the order meanwhile waits here, so that it is settled by one of the two and not by both in turn.
        connection.execute(select(orders.c.txn).where(orders.c.txn == txn).with_for_update())
        case = find_case(connection, txn, closing.at)
        if case.closing is not None:
            raise ClosedCaseError(number)
        _check(closing, case)
        row = {"txn": txn, "at": closing.at, "closed_by": closing.closed_by, "ended": closing.ended.value}
        connection.execute(insert(closings).values(**row, copies=closing.copies, cause=closing.cause))
        detail = f"{closing.ended.value} {closing.copies} {closing.closed_by}"
        record_event(connection, closing.at, "case-closed", detail, txn)
        return find_case(connection, txn, closing.at)


def _check(closing: Closing, case: Case) -> None:
    fewest, most = CAUSE_CHARACTERS
    if not fewest <= len(closing.cause) <= most or not closing.cause.isprintable():
        raise ClosingError(f"what had happened is said in {fewest} to {most} printable letters")
    if closing.ended is Ended.HANDED_OVER:
        if not 1 <= closing.copies <= case.copies:
            raise ClosingError(f"of {case.copies} copies, 1 to {case.copies} can have been handed over")
    elif closing.copies:
        raise ClosingError("copies are told of a case that ended with papers handed over, and of no other")


def _is_open_case(row: Row[Any], now: datetime) -> bool:
    return not row.certain and (row.money is not None or row.erase_at <= now)


def _called(number: str) -> tuple[ColumnElement[bool], ...]:
    """Say which orders may be meant: by number, by id, or by the part of the id that a machine makes its numbers of."""
    if len(number) == 32:
        return (orders.c.txn == number.lower(),)
    by_number = select(outcomes.c.txn).where(outcomes.c.case_no == number.upper())
    conditions: tuple[ColumnElement[bool], ...] = (orders.c.txn.in_(by_number),)
    if len(number) == 8:
        conditions += (orders.c.txn.between(number.lower(), number.lower() + "g"),)
    return conditions


def _case(row: Row[Any], closed: Row[Any] | None) -> Case:
    return Case(
        txn=TransactionId(row.txn),
        number=row.case_no,
        created_at=row.created_at,
        kiosk_id=row.kiosk_id,
        municipality_code=row.municipality_code,
        kind=row.kind,
        copies=row.ordered,
        fee_yen=row.fee_yen,
        money=row.money,
        received_yen=int(row.received_yen),
        handed_over=int(row.handed_over),
        closing=(
            None
            if closed is None
            else Closing(Ended(closed.ended), closed.copies, closed.cause, closed.closed_by, closed.at)
        ),
    )
