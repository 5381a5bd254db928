"""What a terminal reports of a number's sheets, and what the passing of time does to numbers. Called within the books' transaction."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select, update

from issuing_center.counter import books, tables
from issuing_center.counter.desk import void_receipt
from issuing_center.counter.states import Act, CancelReason, CounterState, SheetState
from issuing_center.database import writing
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import DocumentState, OrderState, Outcome
from issuing_center.ledger.tables import orders

_MAKING = timedelta(minutes=2)
"""Longer than an order may take."""


def reported(connection: Connection, outcome: Outcome) -> None:
    """Take in what a terminal reports of an order, within the transaction that records it.

    Every sheet out means PRINTED; any other word means SPOILED: void sheets may be printed again, of unknown ones a clerk
    has to say first what lies there. What a clerk has decided already stands, and a report that differs asks for one.
    """
    of, txn, now = tables.sheets, outcome.txn, outcome.reported_at
    fates = {document.serial: document for document in outcome.documents}
    known = {row.serial: row for row in connection.execute(select(of).where(of.c.txn == txn))}
    if not known:
        return
    row = books.load(connection, next(iter(known.values())).request_id)
    assert row is not None
    for serial, sheet in known.items():
        told = fates[serial]
        state = SheetState.PRINTED if told.state is DocumentState.HANDED_OVER else SheetState.SPOILED
        if sheet.state != SheetState.ISSUED.value:
            state = SheetState(sheet.state)
        connection.execute(update(of).where(of.c.serial == serial).values(sheets=told.sheets, state=state.value))
    thrown = [serial for serial, sheet in known.items() if sheet.state == SheetState.SPOILED.value]
    ledger.void_spoilt(connection, txn, thrown, now)
    connection.execute(update(tables.papers).where(tables.papers.c.txn == txn).values(sealed=None))
    states = {document.state for document in outcome.documents}
    whole = states == {DocumentState.HANDED_OVER}
    if row.txn == txn and row.state == CounterState.ISSUED.value:
        if whole:
            free = row.fee_yen == 0 and not books.is_settled(connection, row.request_id)
            if free:
                settle_free(connection, row.request_id, now)
            books.move(connection, row, Act.PRINT, now)
        else:
            lost = DocumentState.UNKNOWN in states
            _lose_rest(connection, row.request_id, txn)
            if not lost:
                ledger.void_spoilt(connection, txn, list(known), now)
            word = "unknown" if lost else "voided"
            books.move(connection, row, Act.LOSE, now, detail=word, attention="lost", reprint_permitted=not lost)
    elif not whole and row.txn == txn and row.state in (CounterState.PRINTED.value, CounterState.PAID.value):
        connection.execute(
            update(tables.requests)
            .where(tables.requests.c.request_id == row.request_id)
            .values(attention="outcome_differs")
        )
        books.note(connection, row, Act.LOSE, now, CounterState(row.state), detail="outcome_differs", txn=txn)


def _lose_rest(connection: Connection, request_id: str, txn: str) -> None:
    """Count every copy of a set that did not come out whole as spoilt: a set is handed over together or not at all."""
    of = tables.sheets
    connection.execute(
        update(of)
        .where(of.c.request_id == request_id, of.c.txn == txn, of.c.state == SheetState.PRINTED.value)
        .values(state=SheetState.SPOILED.value)
    )


def settle_free(connection: Connection, request_id: str, now: datetime) -> None:
    """Settle a number that costs nothing: its receipt is void, because no money came in."""
    of = tables.receipts
    connection.execute(
        update(of)
        .where(of.c.request_id == request_id, of.c.state == "reserved")
        .values(state="void", method="free", settled_at=now)
    )


def erase_expired(bind: Engine | Connection, now: datetime) -> int:
    """Cancel numbers whose making died with its worker, and erase papers whose order's time is over; gives how many."""
    of = tables.requests
    with writing(bind) as connection:
        from_before = now - _MAKING
        stuck = connection.execute(
            select(of).where(of.c.state == CounterState.REQUESTED.value, of.c.requested_at <= from_before)
        ).all()
        for row in stuck:
            if books.move(connection, row, Act.FAIL, now, detail=CancelReason.NOT_ISSUED.value):
                void_receipt(connection, row.request_id)
        over = select(orders.c.txn).where(orders.c.state == OrderState.EXPIRED.value)
        papers = tables.papers
        connection.execute(
            update(papers).where(papers.c.txn.in_(over), papers.c.sealed.is_not(None)).values(sealed=None)
        )
        connection.execute(tables.seal_codes.delete().where(tables.seal_codes.c.expires_at <= now))
        return len(stuck)
