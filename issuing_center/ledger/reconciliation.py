"""Compares what the ledger wrote in different places and names every order on which they do not agree (INV-7).

Orders, documents, outcomes and events are written together, so they agree unless somebody or something dropped, doubled or
swapped a record, or a kiosk never said what became of an order. Says what differs; why is for people to find out. What they
found of an order's money and silence, and closed as a case, differs no more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from issuing_center.database import reading
from issuing_center.ledger.case_tables import closings
from issuing_center.ledger.entries import DocumentState, MoneyFate, OrderState, Serial, TransactionId
from issuing_center.ledger.tables import documents, events, orders, outcomes
from issuing_center.wire import binds_two_sided


class Finding(Enum):
    """What does not agree."""

    ORDER_MISSING = "order-missing"
    """Events speak of an order that is not there."""
    ORDER_EVENT = "order-event"
    """The order's own line is missing, there more than once, or of another request."""
    DOCUMENTS = "documents"
    """The documents are not exactly the copies that were issued for this order."""
    OUTCOME = "outcome"
    """State, outcome and the outcome's line do not belong together."""
    FATES = "fates"
    """The documents' states are not what was reported of them."""
    SHEETS = "sheets"
    """A document was handed over with another number of sheets than it takes."""
    MONEY = "money"
    """Money and paper do not match, and there is no case for staff."""
    NOT_ERASED = "not-erased"
    """A sealed document is still there after its time."""
    UNREPORTED = "unreported"
    """The time limit passed and the kiosk never said what became of the order."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One order and one thing that does not agree on it."""

    txn: TransactionId
    finding: Finding
    serial: Serial | None = None
    """The document concerned; None when it is the order as a whole."""


@dataclass(frozen=True, slots=True)
class _Books:
    """All that the ledger says of one order."""

    order: Row[Any] | None
    documents: list[Row[Any]]
    outcome: Row[Any] | None
    lines: Counter[tuple[str, str]]
    """Event and detail, with how often."""
    closed: bool
    """Staff closed it as a case."""


def reconcile(bind: Engine | Connection, since: datetime, now: datetime) -> tuple[Discrepancy, ...]:
    """Examine every order made from `since` to `now`, in one consistent reading; empty when all agree.

    Sorted by transaction. Orders younger than their time limit may still be without an outcome.
    """
    with reading(bind) as connection:
        books = _collect(connection, since, now)
    return tuple(discrepancy for txn in sorted(books) for discrepancy in _examine(TransactionId(txn), books[txn], now))


def _collect(connection: Connection, since: datetime, now: datetime) -> dict[str, _Books]:
    by_order = {
        row.txn: row for row in connection.execute(select(orders).where(orders.c.created_at.between(since, now)))
    }
    txns = select(orders.c.txn).where(orders.c.created_at.between(since, now))
    by_outcome = {row.txn: row for row in connection.execute(select(outcomes).where(outcomes.c.txn.in_(txns)))}
    by_document = _group(connection.execute(select(documents).where(documents.c.txn.in_(txns))))
    issued = select(events.c.txn).where(events.c.event == "order-issued", events.c.at.between(since, now))
    by_event = _group(connection.execute(select(events).where(events.c.txn.in_(issued) | events.c.txn.in_(txns))))
    closed = set(connection.execute(select(closings.c.txn).where(closings.c.txn.in_(txns))).scalars())
    return {
        txn: _Books(
            order=by_order.get(txn),
            documents=by_document[txn],
            outcome=by_outcome.get(txn),
            lines=Counter((line.event, line.detail) for line in by_event[txn]),
            closed=txn in closed,
        )
        for txn in by_order.keys() | by_event.keys()
    }


def _group(rows: Iterable[Row[Any]]) -> defaultdict[str, list[Row[Any]]]:
    groups: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row.txn].append(row)
    return groups


def _examine(txn: TransactionId, books: _Books, now: datetime) -> Iterator[Discrepancy]:
    order = books.order
    if order is None:
        yield Discrepancy(txn, Finding.ORDER_MISSING)
        return
    if _lines(books, "order-issued") != {order.request_sha256: 1}:
        yield Discrepancy(txn, Finding.ORDER_EVENT)
    yield from _examine_documents(txn, books, order.copies)
    state = OrderState(order.state)
    reported = state is OrderState.REPORTED
    outcome = books.outcome
    told = {} if outcome is None else {f"{outcome.money} {outcome.received_yen}": 1}
    if reported != (outcome is not None) or _lines(books, "outcome-recorded") != told:
        yield Discrepancy(txn, Finding.OUTCOME)
    if state is OrderState.EXPIRED and not books.closed:
        yield Discrepancy(txn, Finding.UNREPORTED)
    over = state is not OrderState.ISSUED or order.erase_at <= now
    if over and any(document.sealed is not None for document in books.documents):
        yield Discrepancy(txn, Finding.NOT_ERASED)
    if outcome is not None and not books.closed and not _money_agrees(order, outcome, books.documents):
        yield Discrepancy(txn, Finding.MONEY)


def _examine_documents(txn: TransactionId, books: _Books, copies: int) -> Iterator[Discrepancy]:
    issued = _lines(books, "document-issued")
    present = Counter(document.serial for document in books.documents)
    for serial in sorted(issued.keys() | present.keys()):
        if issued[serial] != 1 or present[serial] != 1:
            yield Discrepancy(txn, Finding.DOCUMENTS, Serial(serial))
    if sorted(document.copy_no for document in books.documents) != list(range(1, copies + 1)):
        yield Discrepancy(txn, Finding.DOCUMENTS)
    for document in books.documents:
        fates = {
            fate for fate in DocumentState if _lines(books, f"document-{fate.value.replace('_', '-')}")[document.serial]
        } - {DocumentState.ISSUED}
        state = DocumentState(document.state)
        if _lines(books, "document-spoilt")[document.serial]:
            # Staff threw it away after it was reported; what was reported stands in the outcome.
            fates = {DocumentState.VOIDED}
        if fates != (set() if state is DocumentState.ISSUED else {state}):
            yield Discrepancy(txn, Finding.FATES, Serial(document.serial))
        if state is DocumentState.HANDED_OVER and document.sheets != _sheets_of(document):
            yield Discrepancy(txn, Finding.SHEETS, Serial(document.serial))


def _sheets_of(document: Row[Any]) -> int:
    """Give the sheets a document takes: of one with backs, half its pages."""
    return int(document.pages) // 2 if binds_two_sided(document.binding) else int(document.pages)


def _lines(books: _Books, event: str) -> Counter[str]:
    return Counter({detail: count for (name, detail), count in books.lines.items() if name == event})


def _money_agrees(order: Row[Any], outcome: Row[Any], papers: list[Row[Any]]) -> bool:
    if outcome.case_no is not None:
        return True  # staff settle it, and know that they have to
    handed_over: int = sum(document.state == DocumentState.HANDED_OVER.value for document in papers)
    received_yen: int = outcome.received_yen
    fee_yen: int = order.fee_yen
    copies: int = order.copies
    if order.channel == "counter":
        # The clerk takes the fee, and the counter has books of its own.
        return MoneyFate(outcome.money) is MoneyFate.NONE and received_yen == 0
    match MoneyFate(outcome.money):
        case MoneyFate.KEPT:
            return handed_over == copies and received_yen == fee_yen * copies
        case MoneyFate.NONE:
            return received_yen == 0 and (handed_over == 0 or fee_yen == 0)
        case MoneyFate.REFUNDED:
            return handed_over == 0
        case MoneyFate.UNKNOWN:
            return False
