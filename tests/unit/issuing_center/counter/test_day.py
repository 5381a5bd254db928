"""A simulated day: the center's books agree with what people in the room counted, to the yen and to the sheet."""

from random import Random

import pytest

from issuing_center.counter.books import day_of
from issuing_center.counter.totals import day_totals
from issuing_center.ledger.reconciliation import Finding, reconcile
from tests.support.center import Center
from tests.support.clerks import CLERK
from tests.support.counter_day import EVENTS, CounterDay, left_open


def play(center: Center, visits: int) -> None:
    began = center.clock.at
    day = CounterDay(center, Random(20261120))
    assert sum(1 for _ in day.play(visits, began, EVENTS)) == visits
    books, totals = day.books, day_totals(center.service, CLERK, day_of(center.clock.at))
    assert set(books.happened) == set(EVENTS)
    assert (totals.cash_yen, totals.cashless_yen) == (books.cash_yen, books.cashless_yen)
    assert (totals.exempt_yen, totals.refunded_yen) == (books.exempt_yen, books.refunded_yen)
    assert (totals.sheets_used, totals.sheets_spoilt) == (books.sheets, books.spoilt)
    assert (totals.handed_over, totals.cancelled, totals.open) == (books.handed_over, books.cancelled, 0)
    assert left_open(center) == 0
    assert totals.receipts + totals.receipts_void == visits
    found = reconcile(center.engine, min(began, center.clock.at.replace(hour=0)), center.clock.at)
    # A dead terminal never reported; until its time limit that is no finding.
    assert {each.finding for each in found} <= {Finding.UNREPORTED}


def test_the_books_of_a_small_day_agree(center: Center) -> None:
    play(center, 15)


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_the_books_of_a_whole_day_agree(center: Center) -> None:
    play(center, 200)
