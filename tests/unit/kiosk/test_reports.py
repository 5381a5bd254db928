"""Outcome reports: repeated until the center has them, none behind another, and a contradiction stops the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.domain.certificates import TransactionId
from kiosk.ports.center import CenterUnavailable, MoneyFate, OrderOutcome, Reported, ReportRejected
from kiosk.ports.journal import Act, Intent
from kiosk.reports import WAITS_S, Reports

Answer = Reported | ReportRejected | CenterUnavailable
FIRST, SECOND = (OrderOutcome(TransactionId(txn * 32), MoneyFate.NONE, 0, (), None) for txn in "ab")


class Center:
    """Answers as told, by transaction; what it was told of is kept in order."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.heard: list[str] = []

    def report(self, outcome: OrderOutcome) -> Answer:
        self.heard.append(outcome.transaction[0])
        return self.answers.get(outcome.transaction[0], Reported())


@pytest.fixture
def center() -> Center:
    return Center()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.db")
    for outcome in (FIRST, SECOND):
        journal.conclude(journal.intend(Intent(Act.TAKE_MONEY, outcome.transaction)), "cancelled")
        journal.decide(outcome)
    yield journal
    journal.close()


@pytest.fixture
def stops() -> list[str]:
    return []


@pytest.fixture
def reports(center: Center, journal: SqliteJournal, stops: list[str]) -> Reports:
    return Reports(center, journal, stops.append)  # type: ignore[arg-type]  # all that reports need of a center


def open_orders(journal: SqliteJournal) -> str:
    return "".join(order.transaction[0] for order in journal.open_orders())


def test_what_the_center_has_is_settled_and_not_told_again(
    reports: Reports, center: Center, journal: SqliteJournal
) -> None:
    assert reports.tell(FIRST) == "Reported"
    assert open_orders(journal) == "b"
    assert not reports.is_due(1e9)
    assert reports.tell_again() == ""
    assert center.heard == ["a"]


def test_an_outcome_that_the_center_cannot_digest_holds_up_no_other(
    reports: Reports, center: Center, journal: SqliteJournal
) -> None:
    center.answers["a"] = CenterUnavailable("CENTER-03")
    assert reports.tell(FIRST) == "CENTER-03"
    assert reports.tell(SECOND) == "Reported"
    assert open_orders(journal) == "a"
    center.answers.clear()
    reports.tell_again()
    assert open_orders(journal) == ""


def test_repeats_come_at_growing_intervals_and_end_with_the_last_one(reports: Reports, center: Center) -> None:
    center.answers["a"] = CenterUnavailable("CENTER-01")
    reports.tell(FIRST)
    rounds = []
    for tick in range(3000):
        if reports.is_due(tick / 10):
            rounds.append(tick / 10)
            reports.tell_again()
    gaps = [round(later - earlier, 1) for earlier, later in zip([0.0, *rounds], rounds, strict=False)]
    assert gaps[: len(WAITS_S)] == list(WAITS_S)
    assert set(gaps[len(WAITS_S) :]) == {WAITS_S[-1]}
    center.answers.clear()
    reports.tell_again()
    assert not reports.is_due(1e9)


@pytest.mark.expect_log("kiosk", "ERROR")
def test_another_outcome_at_the_center_stops_the_machine_durably(
    reports: Reports, center: Center, journal: SqliteJournal, stops: list[str]
) -> None:
    center.answers["a"] = ReportRejected()
    reports.tell(FIRST)
    assert (journal.open_incident(), stops) == ("BOOKS-01", ["BOOKS-01"])
    assert open_orders(journal) == "b"
    assert not reports.is_due(1e9)
