"""How the counter writes: numbers of a series, the state of a number, the feed. No rule of clerks and no page.

Every function joins the caller's transaction. Row locks are taken in one order, a number's own row before the municipality's
feed, and the feed last, so that no two transactions wait for each other.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from issuing_center.availability import JST
from issuing_center.counter import tables
from issuing_center.counter.staff import SYSTEM, StaffId
from issuing_center.counter.states import Act, CounterState, after
from issuing_center.database import insert_unless_taken
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import TransactionId

_FEED = "feed"


def day_of(instant: datetime) -> date:
    """Give the day in Japan; an office's numbers begin anew with it."""
    return instant.astimezone(JST).date()


def next_number(connection: Connection, municipality_code: str, name: str) -> int:
    """Give the next number of a series, from 1, without gaps: whoever comes next waits for this transaction's end."""
    of = tables.series
    insert_unless_taken(
        connection,
        of,
        {"municipality_code": municipality_code, "name": name, "last": 0},
        key=("municipality_code", "name"),
    )
    number: int = connection.execute(
        update(of)
        .where(of.c.municipality_code == municipality_code, of.c.name == name)
        .values(last=of.c.last + 1)
        .returning(of.c.last)
    ).scalar_one()
    return number


def last_change(connection: Connection, municipality_code: str) -> int:
    """Give the number of a municipality's last change; 0 before the first."""
    of = tables.series
    found = connection.execute(
        select(of.c.last).where(of.c.municipality_code == municipality_code, of.c.name == _FEED)
    ).scalar_one_or_none()
    return found or 0


def load(connection: Connection, request_id: str, municipality_code: str | None = None) -> Row[Any] | None:
    """Read a number and keep others from changing it until the transaction ends; None when there is none (here)."""
    of = tables.requests
    query = select(of).where(of.c.request_id == request_id)
    if municipality_code is not None:
        query = query.where(of.c.municipality_code == municipality_code)
    return connection.execute(query.with_for_update()).one_or_none()


def move(
    connection: Connection,
    row: Row[Any],
    act: Act,
    at: datetime,
    staff: StaffId = SYSTEM,
    detail: str = "",
    **values: Any,  # noqa: ANN401 - columns
) -> bool:
    """Let an act happen to a number as it was read; False, and nothing written, when it is no longer so.

    Writes the new state, a line of the ledger and a change of the feed. A number whose fee is settled goes on from PRINTED
    to PAID. Raises ValueError for an act that does not belong to the state.
    """
    state = after(CounterState(row.state), act)
    if state is None:
        raise ValueError(f"{act.value} does not belong to {row.state}")
    if state is CounterState.PRINTED and is_settled(connection, row.request_id):
        state = CounterState.PAID
    of = tables.requests
    moved = connection.execute(
        update(of)
        .where(of.c.request_id == row.request_id, of.c.state == row.state)
        .values(state=state.value, changed_at=at, **values)
    )
    if moved.rowcount != 1:
        return False
    note(connection, row, act, at, state, staff, detail, values.get("txn", row.txn))
    return True


def note(
    connection: Connection,
    row: Row[Any],
    act: Act,
    at: datetime,
    state: CounterState,
    staff: StaffId = SYSTEM,
    detail: str = "",
    txn: str | None = None,
) -> None:
    """Write what happened to a number into the ledger and, last, into the feed."""
    line = f"{staff or 'system'} {row.request_id} {detail}"[:80].strip()
    ledger.record_event(
        connection,
        at,
        f"counter-{act.value.replace('_', '-')}",
        line,
        None if txn is None else TransactionId(txn),
    )
    write_change(
        connection,
        row.municipality_code,
        at=at,
        request_id=row.request_id,
        office=row.office,
        act=act.value,
        state=state.value,
        staff_id=staff,
        detail=detail,
    )


def write_change(connection: Connection, municipality_code: str, **values: Any) -> None:  # noqa: ANN401 - columns
    """Add one line to a municipality's feed; the last lock that a transaction takes."""
    number = next_number(connection, municipality_code, _FEED)
    connection.execute(insert(tables.changes).values(municipality_code=municipality_code, number=number, **values))


def is_settled(connection: Connection, request_id: str) -> bool:
    """Tell whether the fee of a number was taken or is not due, and was not given back."""
    of = tables.receipts
    row = connection.execute(select(of.c.settled_at, of.c.refunded).where(of.c.request_id == request_id)).one_or_none()
    return row is not None and row.settled_at is not None and not row.refunded
