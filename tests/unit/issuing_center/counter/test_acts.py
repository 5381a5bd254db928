"""What clerks do with numbers: each act once, in its order, with the staff id in the books, whoever else does the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from issuing_center.counter import acts, feed, views
from issuing_center.counter.models import TypedSlip, Waiting
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.staff import Staff
from issuing_center.counter.states import Act, CancelReason, CounterState, Settlement, SheetState, SpoilReason
from issuing_center.database import reading
from issuing_center.ledger.reconciliation import reconcile
from issuing_center.ledger.tables import events
from kiosk.ports.center import DocumentFate
from tests.support.center import Center
from tests.support.clerks import (
    CLERK,
    FOREIGN_CLERK,
    OTHER_CLERK,
    Reception,
    copies,
    good,
    next_morning,
    no,
    pay,
    printed,
    receive,
    report,
    row,
)


def lines(center: Center, like: str) -> list[str]:
    with reading(center.engine) as connection:
        return list(connection.execute(select(events.c.detail).where(events.c.event == like)).scalars())


def test_a_number_is_called_paid_and_handed_over_and_every_act_names_its_clerk(center: Center) -> None:
    reception = printed(center)
    request = row(center, reception).request_id
    good(acts.call(center.service, CLERK, request))
    assert pay(center, reception).paid_yen == 200
    done = good(acts.hand_over(center.service, OTHER_CLERK, reception.slip))
    assert (done.state, done.sheets[0].state, done.acts) == (CounterState.HANDED_OVER, SheetState.HANDED_OVER, ())
    assert lines(center, "counter-take-fee") == [f"clerk-01 {request} cash"]
    assert lines(center, "counter-hand-over") == [f"clerk-02 {request} scanned 0/1"]
    told = [(change.act, change.staff_id) for change in feed.changes_since(center.service, CLERK.municipality_code, 0)]
    assert told == [
        ("request", ""), ("issue", ""), ("print", ""), ("call", "clerk-01"), ("take_fee", "clerk-01"),
        ("hand_over", "clerk-02"),
    ]  # fmt: skip


def test_a_slip_is_good_once(center: Center) -> None:
    reception = printed(center)
    pay(center, reception)
    good(acts.hand_over(center.service, CLERK, reception.slip))
    ticket = reception.ticket
    typed = TypedSlip("honcho", ticket.number, ticket.check.lower())
    assert no(acts.hand_over(center.service, CLERK, reception.slip)) is CounterNo.REDEEMED
    assert no(acts.hand_over(center.service, CLERK, typed)) is CounterNo.REDEEMED


def test_nothing_is_handed_over_unpaid_or_for_a_wrong_check_code_or_tomorrow(center: Center) -> None:
    reception = printed(center)
    wrong = TypedSlip("honcho", reception.ticket.number, "2222" if reception.ticket.check != "2222" else "3333")
    assert no(acts.hand_over(center.service, CLERK, reception.slip)) is CounterNo.NOT_PAID
    assert no(acts.hand_over(center.service, CLERK, wrong)) is CounterNo.WRONG_CHECK
    pay(center, reception)
    request = row(center, reception).request_id
    center.clock.advance(next_morning(center.clock.at))
    assert no(acts.hand_over(center.service, CLERK, reception.slip)) is CounterNo.OTHER_DAY
    typed = TypedSlip("honcho", reception.ticket.number, reception.ticket.check)
    assert no(acts.hand_over(center.service, CLERK, typed)) is CounterNo.OTHER_DAY
    assert good(views.waiting_one(center.service, CLERK, request)).state is CounterState.PAID


def test_a_clerk_of_another_municipality_finds_nothing(center: Center) -> None:
    request = row(center, printed(center)).request_id
    assert no(acts.call(center.service, FOREIGN_CLERK, request)) is CounterNo.UNKNOWN
    assert views.waiting_list(center.service, FOREIGN_CLERK) == ()


def test_an_exemption_needs_a_reason_of_the_office_and_voids_the_receipt(center: Center) -> None:
    reception = printed(center)
    request = row(center, reception).request_id
    refused = acts.take_fee(center.service, CLERK, request, Settlement.EXEMPT, "知り合い")
    assert no(refused) is CounterNo.NO_SUCH_REASON
    reason = views.offices(center.service, CLERK.municipality_code)[0].exemptions[0]
    done = good(acts.take_fee(center.service, CLERK, request, Settlement.EXEMPT, reason))
    assert (done.state, done.paid_yen, done.exemption) == (CounterState.PAID, 0, reason)


def test_a_cancelled_number_gives_the_money_back_and_its_sheets_are_void(center: Center) -> None:
    reception = printed(center)
    request = pay(center, reception).request_id
    done = good(acts.cancel(center.service, CLERK, request, CancelReason.RESIDENT))
    assert (done.state, done.paid_yen, done.sheets[0].state) == (CounterState.CANCELLED, 0, SheetState.SPOILED)
    assert no(acts.hand_over(center.service, CLERK, reception.slip)) is CounterNo.NOT_NOW


def test_a_spoilt_copy_is_printed_again_under_its_number_without_a_second_fee(center: Center) -> None:
    first = printed(center, order=copies(3))
    request = pay(center, first).request_id
    spoilt = good(acts.spoil(center.service, CLERK, request, (first.serials[1],), SpoilReason.SMUDGED))
    assert (spoilt.state, spoilt.reprint_permitted) == (CounterState.SPOILED, True)
    second = receive(center, order=copies(1))
    assert (second.ticket.number, second.ticket.due_yen) == (first.ticket.number, 0)
    report(center, second)
    assert row(center, second).state is CounterState.PAID
    done = good(acts.hand_over(center.service, CLERK, first.slip))
    assert [sheet.state for sheet in done.sheets if sheet.serial == first.serials[1]] == [SheetState.SPOILED]
    assert sum(sheet.state is SheetState.HANDED_OVER for sheet in done.sheets) == 3
    assert reconcile(center.engine, center.clock.at.replace(hour=0), center.clock.at) == ()


def test_only_good_sheets_of_the_number_can_be_spoilt(center: Center) -> None:
    mine, other = printed(center), printed(center, "ichiro")
    request = row(center, mine).request_id
    for serials in ((), other.serials, ("NO-SUCH-SERIAL",)):
        assert no(acts.spoil(center.service, CLERK, request, serials, SpoilReason.JAM)) is CounterNo.NOT_ITS_SHEET


def test_a_terminal_that_dies_after_printing_leaves_the_word_to_the_clerk(center: Center) -> None:
    reception = receive(center)
    request = row(center, reception).request_id
    assert row(center, reception).attention is None
    center.clock.advance(timedelta(minutes=4))
    assert row(center, reception).attention == "unreported"
    done = good(acts.confirm_printed(center.service, CLERK, request))
    assert (done.state, done.sheets[0].state) == (CounterState.PRINTED, SheetState.PRINTED)
    pay(center, reception)
    # It comes back, settles its journal and does not know: the clerk held the sheets, and has to look once more.
    report(center, reception, DocumentFate.UNKNOWN)
    assert (row(center, reception).state, row(center, reception).attention) == (CounterState.PAID, "outcome_differs")


def test_a_sheet_that_the_terminal_voided_is_never_confirmed(center: Center) -> None:
    reception = receive(center)
    report(center, reception, DocumentFate.VOIDED)
    assert no(acts.confirm_printed(center.service, CLERK, row(center, reception).request_id)) is CounterNo.NOT_NOW


def test_lost_sheets_are_found_by_the_clerk_or_printed_again(center: Center) -> None:
    found, lost = receive(center), receive(center, "ichiro")
    for reception in (found, lost):
        report(center, reception, DocumentFate.UNKNOWN)
    assert (
        good(acts.confirm_printed(center.service, CLERK, row(center, found).request_id)).state is CounterState.PRINTED
    )
    assert good(acts.permit_reprint(center.service, CLERK, row(center, lost).request_id)).reprint_permitted
    assert receive(center, "ichiro").ticket == lost.ticket
    assert receive(center).ticket.number != found.ticket.number


AT_ONCE: dict[str, Callable[[Center, Staff, Reception, str], Waiting | CounterRefusal]] = {
    "take_fee": lambda center, staff, _, request: acts.take_fee(center.service, staff, request, Settlement.CASH),
    "hand_over": lambda center, staff, reception, _: acts.hand_over(center.service, staff, reception.slip),
    "cancel": lambda center, staff, _, request: acts.cancel(center.service, staff, request, CancelReason.ABSENT),
    "spoil": lambda center, staff, reception, request: acts.spoil(
        center.service, staff, request, reception.serials, SpoilReason.JAM
    ),
}


@pytest.mark.parametrize("act", AT_ONCE)
def test_of_two_clerks_at_once_one_acts_and_the_other_is_told(two_workers: tuple[Center, Center], act: str) -> None:
    center = two_workers[0]
    reception = printed(center)
    if act == "hand_over":
        pay(center, reception)
    request, barrier = row(center, reception).request_id, Barrier(2)

    def clerk(number: int) -> Waiting | CounterRefusal:
        barrier.wait(10)
        return AT_ONCE[act](two_workers[number], (CLERK, OTHER_CLERK)[number], reception, request)

    with ThreadPoolExecutor(2) as clerks:
        outcomes = list(clerks.map(clerk, range(2)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, CounterRefusal)]
    assert [each.no for each in refused] == [CounterNo.REDEEMED if act == "hand_over" else CounterNo.TOO_LATE]
    happened = [
        change
        for change in feed.changes_since(center.service, CLERK.municipality_code, 0)
        if change.request_id == request
    ]
    assert sum(change.act == Act(act).value for change in happened) == 1


def test_the_feed_has_no_gap_and_never_goes_back(two_workers: tuple[Center, Center]) -> None:
    before = feed.latest(two_workers[0].service, CLERK.municipality_code)
    requests = [row(two_workers[0], printed(two_workers[0], persona)).request_id for persona in ("hanako", "ichiro")]

    def clerk(number: int) -> None:
        for _ in range(5):
            good(acts.call(two_workers[number].service, CLERK, requests[number]))

    with ThreadPoolExecutor(2) as clerks:
        list(clerks.map(clerk, range(2)))
    numbers = [change.number for change in feed.changes_since(two_workers[0].service, CLERK.municipality_code, before)]
    assert len(numbers) >= 14
    assert numbers == list(range(before + 1, before + 1 + len(numbers)))
