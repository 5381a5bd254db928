"""廃棄: sheets that are void, in the counter's books and in the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from issuing_center.counter import tables
from issuing_center.counter.states import SheetState, SpoilReason
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import TransactionId


def good_sheets(connection: Connection, row: Row[Any]) -> list[str]:
    """Give the serials of a number that are not thrown away."""
    of = tables.sheets
    good = of.c.request_id == row.request_id, of.c.state != SheetState.SPOILED.value
    return list(connection.execute(select(of.c.serial).where(*good)).scalars())


def throw_away(
    connection: Connection, row: Row[Any], serials: Sequence[str], reason: SpoilReason | None, now: datetime
) -> None:
    """Void sheets in the counter's books and in the ledger."""
    of = tables.sheets
    values = {"state": SheetState.SPOILED.value, "reason": None if reason is None else reason.value}
    connection.execute(update(of).where(of.c.serial.in_(serials)).values(values))
    if row.txn is not None:
        for txn in connection.execute(select(of.c.txn).where(of.c.serial.in_(serials)).distinct()).scalars():
            ledger.void_spoilt(connection, TransactionId(txn), serials, now)


def throw_away_good(connection: Connection, row: Row[Any], now: datetime) -> None:
    """Void whatever of a number is not void yet, because the number ends."""
    throw_away(connection, row, good_sheets(connection, row), None, now)
