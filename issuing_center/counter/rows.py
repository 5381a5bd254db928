"""From rows of the tables to the values that clerks see."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from issuing_center.counter import tables
from issuing_center.counter.desk import receipt_name
from issuing_center.counter.models import Sheet, Waiting
from issuing_center.counter.states import CounterState, Settlement, SheetState, possible

SILENT = timedelta(minutes=3)
"""From the issue to the question whether the terminal is still alive; three copies are on paper in one minute."""


def waiting_rows(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> tuple[Waiting, ...]:
    """Give numbers with their receipts and sheets, in the order of the rows."""
    ids = [row.request_id for row in rows]
    of, sheet = tables.receipts, tables.sheets
    receipts = {row.request_id: row for row in connection.execute(select(of).where(of.c.request_id.in_(ids)))}
    sheets: defaultdict[str, list[Sheet]] = defaultdict(list)
    printed = select(sheet).where(sheet.c.request_id.in_(ids)).order_by(sheet.c.replaced.desc(), sheet.c.copy_no)
    for each in connection.execute(printed):
        sheets[each.request_id].append(
            Sheet(each.serial, each.copy_no, each.pages, SheetState(each.state), each.reason)
        )
    return tuple(_waiting(row, receipts[row.request_id], tuple(sheets[row.request_id]), now) for row in rows)


def _waiting(row: Row[Any], receipt: Row[Any], sheets: tuple[Sheet, ...], now: datetime) -> Waiting:
    state = CounterState(row.state)
    return Waiting(
        request_id=row.request_id,
        office=row.office,
        number=row.number,
        check=row.check_code,
        state=state,
        kind=row.kind,
        copies=row.copies,
        total_yen=row.copies * row.fee_yen,
        settlement=None if receipt.method is None else Settlement(receipt.method),
        exemption=receipt.exemption,
        paid_yen=0 if receipt.refunded else receipt.amount_yen,
        receipt_number=receipt_name(receipt.fiscal_year, receipt.number),
        terminal=row.terminal,
        requested_at=row.requested_at,
        changed_at=row.changed_at,
        called_at=row.called_at,
        reprint_permitted=row.reprint_permitted,
        attention=_attention(row, state, now),
        sheets=sheets,
        acts=possible(state),
    )


def _attention(row: Row[Any], state: CounterState, now: datetime) -> str | None:
    if state.is_final:
        return None
    if state is CounterState.ISSUED and now - row.changed_at > SILENT:
        return "unreported"
    attention: str | None = row.attention
    return attention
