"""The power fails before or after any write of the journal; the next start settles it in exactly one way.

A cut is an exception out of the journal: whatever the machine would have done next is not done.
"""

import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any

import pytest

from kiosk.flow.screen_model import Language, ScreenId, ScreenModel, Text
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome, OrderState
from kiosk.ports.journal import Journal
from kiosk.ports.payment import ChargeKey, NotCharged, Paid, Refunded
from kiosk.runner import Runner, RunnerCrashedError
from kiosk.world import World
from tests.support.town import FLOW, Machine

WRITES = ("intend", "note", "conclude", "decide", "settle")
VISIT_WRITES = 7
"""Of a visit for one copy: issue, money and print with their ends, the decision, the settlement."""


class PowerCut(Exception):
    """The machine is off."""


class CuttingJournal:
    """Hands on every call, and cuts the power before or after the n-th write."""

    def __init__(self, journal: Journal, cut_at: int, *, before: bool) -> None:
        self._journal, self._cut_at, self._before = journal, cut_at, before
        self._lock = Lock()
        self.writes = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the journal has
        method: Callable[..., Any] = getattr(self._journal, name)
        if name not in WRITES:
            return method

        def write(*arguments: object, **named: object) -> object:
            with self._lock:
                self.writes += 1
                if self._before and self.writes >= self._cut_at:
                    raise PowerCut
                result = method(*arguments, **named)
                if self.writes >= self._cut_at:
                    raise PowerCut
                return result

        return write


class Onlooker:
    """Waits at the machine until it is ready for the next resident."""

    def __init__(self) -> None:
        self.ready = Event()

    def present(self, model: ScreenModel) -> None:
        if model.screen is ScreenId.IDLE:
            self.ready.set()

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Nothing to hear."""


class Remembering:
    """Keeps the outcomes that were decided."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.decided: list[OrderOutcome] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the journal has
        return getattr(self._journal, name)

    def decide(self, outcome: OrderOutcome) -> None:
        self._journal.decide(outcome)
        self.decided.append(outcome)


def restart(world: World) -> None:
    """Start the machine again and let it settle its books with the center."""
    onlooker = Onlooker()
    runner = Runner(world, FLOW, onlooker)
    running = Thread(target=runner.run)
    running.start()
    try:
        assert onlooker.ready.wait(30)
        deadline = time.monotonic() + 30
        while world.journal.open_orders():
            assert time.monotonic() < deadline, "the books were not settled"
            Event().wait(0.02)
    finally:
        runner.stop()
        running.join(30)


IN_DOUBT = {(4, False), (5, True)}
"""Cuts after which nobody can know whether the sheet came out: between the intention to print and its end."""


@pytest.mark.expect_log("kiosk", "CRITICAL")
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("cut_at", range(1, VISIT_WRITES + 1))
def test_a_cut_at_any_write_ends_in_exactly_one_way(machine: Machine, cut_at: int, *, before: bool) -> None:
    kept: list[Remembering] = []
    with (
        machine.started(lambda journal: cutting(journal, cut_at, before=before)) as world,
        pytest.raises(RunnerCrashedError),
    ):
        machine.visit(world)
    with machine.started(lambda journal: remembering(journal, kept)) as world:
        orders = {order.transaction for order in world.journal.open_orders()}
        restart(world)
        for transaction in orders:
            assert world.center.order_state(transaction) is OrderState.REPORTED
    for outcome in kept[0].decided:
        assert (outcome.case is not None) == ((cut_at, before) in IN_DOUBT)
        check_the_one_end(machine, outcome)


def check_the_one_end(machine: Machine, outcome: OrderOutcome) -> None:
    """Money, paper and books agree: paid and printed, or neither, or given back; a case says that nobody knows."""
    charge = machine.cashier.charge_state(ChargeKey(outcome.transaction))
    printed = len(machine.paper.files)
    match outcome.money, charge:
        case (MoneyFate.KEPT, Paid(200)):
            assert outcome.case is not None or printed == 1
        case (MoneyFate.REFUNDED, Refunded(200)) | (MoneyFate.NONE, NotCharged()):
            assert printed == 0
        case _:
            pytest.fail(f"books and till do not agree: {outcome.money}, {charge}")


def cutting(journal: Journal, cut_at: int, *, before: bool) -> Journal:
    return CuttingJournal(journal, cut_at, before=before)  # hands every call on


def remembering(journal: Journal, kept: list[Remembering]) -> Journal:
    kept.append(Remembering(journal))
    return kept[-1]  # hands every call on


def test_the_number_of_writes_is_as_the_cuts_assume(machine: Machine) -> None:
    counting: list[CuttingJournal] = []

    def wrap(journal: Journal) -> Journal:
        counting.append(CuttingJournal(journal, 10**9, before=True))
        return counting[0]

    with machine.started(wrap) as world:
        result, _ = machine.visit(world)
        assert result.code is None
        deadline = time.monotonic() + 30
        while world.journal.open_orders():
            assert time.monotonic() < deadline
            Event().wait(0.02)
    assert counting[0].writes == VISIT_WRITES


@pytest.mark.expect_log("kiosk", "CRITICAL")
def test_a_cut_between_money_and_paper_gives_the_money_back(machine: Machine) -> None:
    kept: list[Remembering] = []
    with (
        machine.started(lambda journal: cutting(journal, 4, before=True)) as world,
        pytest.raises(RunnerCrashedError),
    ):
        machine.visit(world)
    with machine.started(lambda journal: remembering(journal, kept)) as world:
        restart(world)
    (outcome,) = kept[0].decided
    assert outcome.money is MoneyFate.REFUNDED
    assert [fate for _, fate, _ in outcome.documents] == [DocumentFate.VOIDED]
    assert outcome.case is None
    assert machine.paper.files == []
