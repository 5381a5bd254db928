"""A case ends when staff say how, once; what the machine reported stays, and the settlement goes by staff's word."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from issuing_center.database import reading, writing
from issuing_center.ledger.cases import (
    Case,
    ClosedCaseError,
    Closing,
    ClosingError,
    Ended,
    NoSuchCaseError,
    SeveralCasesError,
    close_case,
    find_case,
    open_cases,
)
from issuing_center.ledger.entries import DocumentState, MoneyFate
from issuing_center.ledger.months import Month
from issuing_center.ledger.reconciliation import reconcile
from issuing_center.ledger.settlement import Line, Open, Settlement, close, draft
from issuing_center.ledger.settlement_commissions import Commission, Commissions
from issuing_center.ledger.statistics import Copies, count_copies, total
from issuing_center.ledger.store import erase_expired, load_documents, load_events, record_outcome
from issuing_center.ledger.tables import outcomes
from tests.support.ledger_entries import make_outcome
from tests.support.ledger_histories import CASE, End, add_order
from tests.unit.issuing_center.ledger.test_settlement import AT, LATER, NOVEMBER, OCTOBER, OPEN_ENDS, RATES, STORE

WHY = "jam on the first sheet"


def closing(ended: Ended, copies: int = 0) -> Closing:
    return Closing(ended, copies, WHY, "staff-7", LATER)


@pytest.mark.parametrize("end", OPEN_ENDS.values(), ids=OPEN_ENDS)
def test_whatever_stays_open_in_a_settlement_is_a_case(engine: Engine, end: End | None) -> None:
    order = add_order(engine, AT, end, operator=STORE)
    add_order(engine, AT)
    (case,) = open_cases(engine, AT, LATER)
    assert (case.txn, case.closing) == (order.txn, None)
    close_case(engine, order.txn, closing(Ended.REFUNDED))
    assert open_cases(engine, AT, LATER) == ()
    assert draft(engine, OCTOBER, RATES).open == ()


ENDED = {
    Ended.HANDED_OVER: (2, Line("2026-10", "990019", STORE, "juminhyo", 117, 2, 400), Copies(issued=2, voided=1)),
    Ended.REFUNDED: (0, None, Copies(voided=3)),
    Ended.NOTHING_TAKEN: (0, None, Copies(voided=3)),
}


@pytest.mark.parametrize("ended", ENDED)
def test_settlement_and_statistics_count_a_case_by_how_it_ended(engine: Engine, ended: Ended) -> None:
    copies, line, counted = ENDED[ended]
    jammed = (DocumentState.HANDED_OVER, DocumentState.UNKNOWN, DocumentState.VOIDED)
    order = add_order(engine, AT, End(MoneyFate.UNKNOWN, 600, jammed, "CASE-3"), copies=3, operator=STORE)
    before = draft(engine, OCTOBER, RATES)
    assert (before.lines, before.open) == ((), (Open("2026-10", "990019", STORE, "juminhyo", 1, 600),))
    close_case(engine, "case-3", closing(ended, copies))
    after = draft(engine, OCTOBER, RATES)
    assert (after.lines, after.open) == (() if line is None else (line,), ())
    assert total(count_copies(engine, 2026)) == counted
    assert [(each.event, each.detail) for each in load_events(engine, order.txn)][-1] == (
        "case-closed",
        f"{ended.value} {copies} staff-7",
    )


def test_a_case_closed_after_its_month_is_a_line_of_the_next(engine: Engine) -> None:
    add_order(engine, AT, CASE, operator=STORE)
    october = close(engine, OCTOBER, RATES, LATER)
    assert isinstance(october, Settlement)
    assert (october.lines, len(october.open)) == ((), 1)
    close_case(engine, "CASE-1", closing(Ended.HANDED_OVER, 1))
    assert close(engine, OCTOBER, RATES, LATER) == october
    november = close(engine, NOVEMBER, RATES, LATER)
    assert isinstance(november, Settlement)
    assert november.lines == (Line("2026-10", "990019", STORE, "juminhyo", 117, 1, 200),)
    assert (november.open, draft(engine, Month(2026, 12), RATES).lines) == ((), ())


def test_what_the_machine_reported_stays_and_what_it_reports_late_is_kept(engine: Engine) -> None:
    silent = add_order(engine, AT, None, operator=STORE)
    erase_expired(engine, AT + timedelta(days=2))
    close_case(engine, silent.txn, closing(Ended.REFUNDED))
    papers = load_documents(engine, silent.txn)
    well = make_outcome(silent, papers)  # type: ignore[arg-type]  # a stored paper has a serial and pages too
    record_outcome(engine, replace(well, reported_at=LATER))
    with reading(engine) as connection:
        assert connection.execute(select(outcomes.c.money)).scalar_one() == "kept"
    assert draft(engine, OCTOBER, RATES) == Settlement(OCTOBER, (), ())
    assert find_case(engine, silent.txn, LATER).closing == closing(Ended.REFUNDED)


def test_reconciliation_asks_no_more_about_the_money_and_silence_of_a_closed_case(engine: Engine) -> None:
    add_order(engine, AT, None)
    add_order(engine, AT, End(MoneyFate.UNKNOWN, 0, (DocumentState.VOIDED,)))
    erase_expired(engine, AT + timedelta(days=2))
    assert len(reconcile(engine, AT, LATER)) == 2
    for case in open_cases(engine, AT, LATER):
        close_case(engine, case.txn, closing(Ended.NOTHING_TAKEN))
    assert reconcile(engine, AT, LATER) == ()


def test_a_machine_that_may_still_report_has_no_case(engine: Engine) -> None:
    order = add_order(engine, AT, None)
    assert open_cases(engine, AT, order.erase_at - timedelta(microseconds=1)) == ()
    assert len(open_cases(engine, AT, order.erase_at)) == 1
    with pytest.raises(NoSuchCaseError):
        close_case(engine, order.txn, replace(closing(Ended.REFUNDED), at=AT))


def test_an_order_that_ended_in_order_cannot_be_closed(engine: Engine) -> None:
    order = add_order(engine, AT)
    for number in (order.txn, order.txn[:8].upper(), "NO-SUCH", ""):
        with pytest.raises(NoSuchCaseError):
            close_case(engine, number, closing(Ended.REFUNDED))


def test_a_case_is_found_by_its_slip_its_transaction_or_the_part_the_machine_shows(engine: Engine) -> None:
    order = add_order(engine, AT, CASE)
    found = {find_case(engine, number, LATER) for number in ("CASE-1", " case-1 ", order.txn, order.txn[:8].upper())}
    assert {case.txn for case in found} == {order.txn}
    add_order(engine, AT, CASE)
    with pytest.raises(SeveralCasesError):
        find_case(engine, "CASE-1", LATER)


BAD = {
    "no copy": closing(Ended.HANDED_OVER),
    "more than were ordered": closing(Ended.HANDED_OVER, 2),
    "given back and kept": closing(Ended.REFUNDED, 1),
    "no cause": replace(closing(Ended.REFUNDED), cause="because"),
    "too long a cause": replace(closing(Ended.REFUNDED), cause="x" * 401),
    "a cause that commands a terminal": replace(closing(Ended.REFUNDED), cause=f"\x1b[2J{WHY}"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_closing_that_does_not_say_what_it_must_writes_nothing(engine: Engine, bad: Closing) -> None:
    add_order(engine, AT, CASE)
    with pytest.raises(ClosingError):
        close_case(engine, "CASE-1", bad)
    assert len(open_cases(engine, AT, LATER)) == 1


def test_of_many_who_close_at_once_one_does(workers: tuple[Engine, Engine]) -> None:
    add_order(workers[0], AT, CASE)

    def attempt(number: int) -> Case | None:
        try:
            return close_case(workers[number % 2], "CASE-1", closing(Ended.REFUNDED))
        except ClosedCaseError:
            return None

    with ThreadPoolExecutor(6) as pool:
        assert sum(case is not None for case in pool.map(attempt, range(6))) == 1


@pytest.mark.parametrize("act", ["UPDATE case_closing SET copies = 0", "DELETE FROM case_closing"])
def test_the_database_refuses_to_change_a_closing(engine: Engine, act: str) -> None:
    add_order(engine, AT, CASE)
    close_case(engine, "CASE-1", closing(Ended.HANDED_OVER, 1))
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text(act))


def test_a_fee_taken_at_a_counter_is_settled_by_the_counter_alone(engine: Engine) -> None:
    at_counter = End(MoneyFate.NONE, 0)
    add_order(engine, AT - timedelta(days=40), at_counter, channel="counter")
    add_order(engine, AT, at_counter, channel="counter", copies=2)
    add_order(engine, AT, operator=STORE)
    found = draft(engine, OCTOBER, RATES)
    assert (found.lines, found.open) == ((Line("2026-10", "990019", STORE, "juminhyo", 117, 1, 200),), ())
    assert open_cases(engine, AT, LATER) == ()
    # The counter's first month is none of the operators'; its copies are counted with the others.
    assert isinstance(close(engine, OCTOBER, RATES, datetime(2026, 12, 5, tzinfo=UTC)), Settlement)
    assert total(count_copies(engine, 2026)).issued == 4


def test_a_rate_is_that_of_the_order_and_not_of_the_closing(engine: Engine) -> None:
    periods = (Commission(STORE, 115, AT.date(), AT.date()), Commission(STORE, 117, LATER.date(), None))
    add_order(engine, AT, CASE, operator=STORE)
    close_case(engine, "CASE-1", closing(Ended.HANDED_OVER, 1))
    assert [line.copy_commission_yen for line in draft(engine, OCTOBER, Commissions(periods)).lines] == [115]
