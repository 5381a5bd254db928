"""Reconciliation names every record that was dropped, doubled or swapped, and nothing when all agree (INV-7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, delete, insert, select, text, update

from issuing_center.database import reading, writing
from issuing_center.ledger.entries import DocumentState, MoneyFate, NewDocument, NewOrder, OrderState
from issuing_center.ledger.reconciliation import Discrepancy, Finding, reconcile
from issuing_center.ledger.store import erase_expired, record_event, record_order, record_outcome
from issuing_center.ledger.tables import documents, events, orders, outcomes
from tests.support.ledger_entries import NOW, make_documents, make_order, make_outcome

Tamper = Callable[[Connection, NewOrder, tuple[NewDocument, ...]], object]
SINCE, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def unprotect(connection: Connection) -> None:
    """Take the ledger's triggers away, as only somebody with the database's own rights can."""
    if connection.dialect.name == "sqlite":
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("DROP FUNCTION ledger_refuses CASCADE"))


def issue(engine: Engine, copies: int = 2) -> tuple[NewOrder, tuple[NewDocument, ...]]:
    order = make_order(copies=copies)
    papers = make_documents(order)
    record_order(engine, order, papers)
    return order, papers


def finish(engine: Engine, copies: int = 2) -> tuple[NewOrder, tuple[NewDocument, ...]]:
    order, papers = issue(engine, copies)
    record_outcome(engine, make_outcome(order, papers))
    return order, papers


def findings(engine: Engine) -> set[tuple[str, Finding]]:
    return {(discrepancy.txn, discrepancy.finding) for discrepancy in reconcile(engine, SINCE, LATER)}


def event(connection: Connection, name: str, txn: str) -> Row[*tuple[Any, ...]]:
    found = connection.execute(select(events).where(events.c.event == name, events.c.txn == txn)).first()
    assert found is not None
    return found


def drop_document(connection: Connection, _order: NewOrder, papers: tuple[NewDocument, ...]) -> None:
    connection.execute(delete(documents).where(documents.c.serial == papers[1].serial))


def double_document(connection: Connection, _order: NewOrder, papers: tuple[NewDocument, ...]) -> None:
    row = connection.execute(select(documents).where(documents.c.serial == papers[1].serial)).one()
    connection.execute(insert(documents).values({**row._asdict(), "serial": "COPY-0001", "copy_no": 3}))


def drop_order(connection: Connection, order: NewOrder, _papers: tuple[NewDocument, ...]) -> None:
    for table in (outcomes, documents, orders):
        connection.execute(delete(table).where(table.c.txn == order.txn))


def drop_outcome(connection: Connection, order: NewOrder, _papers: tuple[NewDocument, ...]) -> None:
    connection.execute(delete(outcomes).where(outcomes.c.txn == order.txn))


def drop_event(name: str) -> Tamper:
    def tamper(connection: Connection, order: NewOrder, _papers: tuple[NewDocument, ...]) -> None:
        connection.execute(delete(events).where(events.c.id == event(connection, name, order.txn).id))

    return tamper


def double_event(name: str) -> Tamper:
    def tamper(connection: Connection, order: NewOrder, _papers: tuple[NewDocument, ...]) -> None:
        row = event(connection, name, order.txn)
        connection.execute(insert(events).values(at=row.at, txn=row.txn, event=row.event, detail=row.detail))

    return tamper


def set_document(**values: object) -> Tamper:
    def tamper(connection: Connection, _order: NewOrder, papers: tuple[NewDocument, ...]) -> None:
        connection.execute(update(documents).where(documents.c.serial == papers[0].serial).values(**values))

    return tamper


def set_order(**values: object) -> Tamper:
    def tamper(connection: Connection, order: NewOrder, _papers: tuple[NewDocument, ...]) -> None:
        connection.execute(update(orders).where(orders.c.txn == order.txn).values(**values))

    return tamper


def test_orders_that_ended_as_they_should_agree(engine: Engine) -> None:
    for copies in (1, 2, 3):
        finish(engine, copies)
    assert reconcile(engine, SINCE, LATER) == ()


def test_an_order_in_progress_is_no_discrepancy(engine: Engine) -> None:
    order, _ = issue(engine)
    assert reconcile(engine, SINCE, order.erase_at - timedelta(seconds=1)) == ()


@pytest.mark.parametrize(
    ("tamper", "finding"),
    [
        (drop_document, Finding.DOCUMENTS),
        (double_document, Finding.DOCUMENTS),
        (drop_order, Finding.ORDER_MISSING),
        (drop_outcome, Finding.OUTCOME),
        (drop_event("order-issued"), Finding.ORDER_EVENT),
        (double_event("order-issued"), Finding.ORDER_EVENT),
        (drop_event("document-issued"), Finding.DOCUMENTS),
        (double_event("document-issued"), Finding.DOCUMENTS),
        (drop_event("outcome-recorded"), Finding.OUTCOME),
        (double_event("outcome-recorded"), Finding.OUTCOME),
        (drop_event("document-handed-over"), Finding.FATES),
        (set_document(state="voided"), Finding.FATES),
        (set_document(state="issued"), Finding.FATES),
        (set_document(sheets=1), Finding.SHEETS),
        (set_document(sealed=b"still here"), Finding.NOT_ERASED),
        (set_order(state="issued"), Finding.OUTCOME),
        (set_order(request_sha256="0" * 64), Finding.ORDER_EVENT),
        (set_order(fee_yen=300), Finding.MONEY),
    ],
)
def test_a_record_that_was_tampered_with_is_named(engine: Engine, tamper: Tamper, finding: Finding) -> None:
    order, papers = finish(engine)
    finish(engine)
    with writing(engine) as connection:
        unprotect(connection)
        tamper(connection, order, papers)
    found = findings(engine)
    assert (order.txn, finding) in found
    assert {txn for txn, _ in found} == {order.txn}


def test_two_documents_swapped_between_orders_are_named_on_both(engine: Engine) -> None:
    (first, mine), (second, theirs) = finish(engine, 1), finish(engine, 1)
    with writing(engine) as connection:
        unprotect(connection)
        for serial, copy_no, txn in (
            (mine[0].serial, 9, second.txn),
            (theirs[0].serial, 1, first.txn),
            (mine[0].serial, 1, second.txn),
        ):
            connection.execute(update(documents).where(documents.c.serial == serial).values(txn=txn, copy_no=copy_no))
    assert {(first.txn, Finding.DOCUMENTS), (second.txn, Finding.DOCUMENTS)} <= findings(engine)


def test_an_order_of_which_the_kiosk_never_spoke_is_named(engine: Engine) -> None:
    order, _ = issue(engine)
    assert findings(engine) == {(order.txn, Finding.NOT_ERASED)}
    erase_expired(engine, order.erase_at)
    assert reconcile(engine, SINCE, LATER) == (Discrepancy(order.txn, Finding.UNREPORTED),)
    assert OrderState.EXPIRED.value == "expired"


@pytest.mark.parametrize(
    ("money", "received_yen", "state", "case_no", "agrees"),
    [
        (MoneyFate.KEPT, 400, DocumentState.HANDED_OVER, None, True),
        (MoneyFate.KEPT, 200, DocumentState.HANDED_OVER, None, False),
        (MoneyFate.KEPT, 400, DocumentState.VOIDED, None, False),
        (MoneyFate.KEPT, 400, DocumentState.VOIDED, "C-1", True),
        (MoneyFate.REFUNDED, 400, DocumentState.VOIDED, None, True),
        (MoneyFate.REFUNDED, 400, DocumentState.HANDED_OVER, None, False),
        (MoneyFate.NONE, 0, DocumentState.VOIDED, None, True),
        (MoneyFate.NONE, 100, DocumentState.VOIDED, None, False),
        (MoneyFate.NONE, 0, DocumentState.HANDED_OVER, None, False),
        (MoneyFate.UNKNOWN, 0, DocumentState.UNKNOWN, None, False),
        (MoneyFate.UNKNOWN, 0, DocumentState.UNKNOWN, "C-2", True),
    ],
)
def test_money_and_paper_agree_or_there_is_a_case(
    engine: Engine, money: MoneyFate, received_yen: int, state: DocumentState, case_no: str | None, agrees: bool
) -> None:
    order, papers = issue(engine)
    outcome = make_outcome(order, papers)
    fates = tuple(replace(document, state=state) for document in outcome.documents)
    record_outcome(engine, replace(outcome, money=money, received_yen=received_yen, documents=fates, case_no=case_no))
    assert findings(engine) == (set() if agrees else {(order.txn, Finding.MONEY)})


def test_lines_that_belong_to_no_order_are_left_alone(engine: Engine) -> None:
    record_event(engine, NOW, "worker-started", "build-1")
    assert reconcile(engine, SINCE, LATER) == ()
    with reading(engine) as connection:
        assert connection.execute(select(events.c.detail)).scalars().all() == ["build-1"]
