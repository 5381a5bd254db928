"""Outcomes: once, of the kiosk's own orders, and with them the sealed documents are gone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from secrets import token_bytes, token_hex
from threading import Barrier

import pytest
from sqlalchemy import Engine

from issuing_center.ledger.entries import (
    Conflict,
    DocumentOutcome,
    DocumentState,
    MoneyFate,
    NewDocument,
    NewOrder,
    OrderState,
    Outcome,
    OutcomeMismatch,
    OutcomeRecorded,
    OutcomeRepeated,
    Refusal,
    RepeatedIdentifierError,
    TransactionId,
    UnknownOrder,
)
from issuing_center.ledger.store import (
    erase_expired,
    find_refusal,
    load_documents,
    load_events,
    order_state,
    record_order,
    record_outcome,
    record_refusal,
)
from tests.support.ledger_entries import KIOSK, NOW, make_documents, make_order, make_outcome


@pytest.fixture
def issued(engine: Engine) -> tuple[NewOrder, tuple[NewDocument, ...]]:
    order = make_order(copies=2)
    copies = make_documents(order)
    record_order(engine, order, copies)
    return order, copies


def test_an_outcome_settles_every_document_and_erases_it(
    engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]]
) -> None:
    order, copies = issued
    outcome = replace(
        make_outcome(order, copies),
        money=MoneyFate.UNKNOWN,
        case_no="C-1",
        documents=(
            DocumentOutcome(copies[0].serial, DocumentState.HANDED_OVER, 2),
            DocumentOutcome(copies[1].serial, DocumentState.VOIDED, 1),
        ),
    )
    assert record_outcome(engine, outcome) == OutcomeRecorded()
    assert order_state(engine, KIOSK, order.txn) is OrderState.REPORTED
    assert [(d.state, d.sheets, d.sealed) for d in load_documents(engine, order.txn)] == [
        (DocumentState.HANDED_OVER, 2, None),
        (DocumentState.VOIDED, 1, None),
    ]


def test_the_same_outcome_again_is_no_second_one(
    engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]]
) -> None:
    outcome = make_outcome(*issued)
    record_outcome(engine, outcome)
    assert record_outcome(engine, replace(outcome, signature=token_bytes(64))) == OutcomeRepeated()


def test_another_outcome_for_the_same_order_is_a_conflict_and_changes_nothing(
    engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]]
) -> None:
    outcome = make_outcome(*issued)
    record_outcome(engine, outcome)
    before = load_documents(engine, issued[0].txn)
    voided = tuple(replace(document, state=DocumentState.VOIDED) for document in outcome.documents)
    assert record_outcome(engine, replace(outcome, payload=token_bytes(99), documents=voided)) == Conflict()
    assert load_documents(engine, issued[0].txn) == before


@pytest.mark.parametrize("change", ["missing", "foreign", "doubled"])
def test_an_outcome_that_names_other_documents_is_a_mismatch_and_erases_nothing(
    engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]], change: str
) -> None:
    order, copies = issued
    other = make_order()
    foreign = make_documents(other)
    record_order(engine, other, foreign)
    outcome = make_outcome(order, copies)
    first, second = outcome.documents
    named = {
        "missing": (first,),
        "foreign": (first, replace(second, serial=foreign[0].serial)),
        "doubled": (first, first),
    }[change]
    assert record_outcome(engine, replace(outcome, documents=named)) == OutcomeMismatch()
    assert order_state(engine, KIOSK, order.txn) is OrderState.ISSUED
    assert all(document.sealed is not None for document in load_documents(engine, order.txn))
    assert all(document.sealed is not None for document in load_documents(engine, other.txn))


def test_a_kiosk_cannot_report_another_kiosks_order(
    engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]]
) -> None:
    assert record_outcome(engine, replace(make_outcome(*issued), kiosk_id="kiosk-0002")) == UnknownOrder()
    unknown = replace(make_outcome(*issued), txn=TransactionId(token_hex(16)))
    assert record_outcome(engine, unknown) == UnknownOrder()


def test_a_document_cannot_be_reported_as_merely_issued(
    engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]]
) -> None:
    outcome = make_outcome(*issued)
    idle = tuple(replace(document, state=DocumentState.ISSUED) for document in outcome.documents)
    with pytest.raises(ValueError, match="what became of every document"):
        record_outcome(engine, replace(outcome, documents=idle))


def test_an_outcome_after_the_time_limit_is_still_recorded(
    engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]]
) -> None:
    order, copies = issued
    erase_expired(engine, order.erase_at + timedelta(days=1))
    assert record_outcome(engine, make_outcome(order, copies)) == OutcomeRecorded()
    assert order_state(engine, KIOSK, order.txn) is OrderState.REPORTED


@pytest.mark.parametrize("same", [True, False])
def test_of_many_reports_at_once_on_two_workers_one_is_recorded(workers: tuple[Engine, Engine], same: bool) -> None:
    order = make_order()
    copies = make_documents(order)
    record_order(workers[0], order, copies)
    outcome = make_outcome(order, copies)
    start = Barrier(12)

    def report(number: int) -> object:
        mine: Outcome = outcome if same else replace(outcome, payload=token_bytes(50))
        start.wait(timeout=30)
        return record_outcome(workers[number % 2], mine)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(report, range(12), timeout=60))
    assert answers.count(OutcomeRecorded()) == 1
    assert answers.count(OutcomeRepeated() if same else Conflict()) == 11


def test_the_lines_of_an_order_tell_its_story(engine: Engine, issued: tuple[NewOrder, tuple[NewDocument, ...]]) -> None:
    order, copies = issued
    record_outcome(engine, make_outcome(order, copies))
    told = load_events(engine, order.txn)
    assert [line.event for line in told] == [
        "order-issued",
        "document-issued",
        "document-issued",
        "outcome-recorded",
        "document-handed-over",
        "document-handed-over",
    ]
    assert {line.txn for line in told} == {order.txn}
    assert told[3].detail == "kept 400"
    assert load_events(engine, TransactionId(token_hex(16))) == ()


def test_a_private_reason_is_found_by_its_reference_alone(engine: Engine) -> None:
    refusal = Refusal(token_hex(8), KIOSK, token_hex(16), "protected", NOW)
    record_refusal(engine, refusal)
    assert find_refusal(engine, refusal.reference) == refusal
    assert find_refusal(engine, token_hex(8)) is None
    with pytest.raises(RepeatedIdentifierError):
        record_refusal(engine, replace(refusal, reason="leaving"))
