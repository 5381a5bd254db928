"""Machines serve residents at one center at the same time, step by step; what is one's never opens at another's (INV-1, INV-8)."""

import subprocess
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuing_center import wire
from kiosk.cardproc import load_persona
from kiosk.counter_machine import SPECIMEN_COUNTER, SPECIMEN_TRAYS, at_counter, counter_flow, virtual_counter_printer
from kiosk.domain.certificates import IdempotencyKey, MunicipalityCode, Order
from kiosk.domain.registration import Purpose
from kiosk.flow.screen_model import Button, ScreenId
from kiosk.flow.settings import FlowSettings
from kiosk.headless import FieldHand
from kiosk.ports.center import Issued, OrderState
from kiosk.ports.payment import Refunded
from kiosk.world import World
from printers.pdf_sink import PdfSink
from tests.support.standing import Standing, Step, ready, steps, walk
from tests.support.town import FLOW, Machine, Town, until

COUNTER = counter_flow(FLOW, SPECIMEN_TRAYS)
PLACES = (("kiosk-0001", "hanako", FLOW), ("kiosk-0002", "ichiro", FLOW), ("counter-0001", "yoshiko", COUNTER))
NAMES = {"hanako": "花子", "ichiro": "一郎", "yoshiko": "良子"}


@dataclass
class Served:
    """A resident at a machine, and how far they are."""

    persona: str
    machine: Machine
    standing: Standing
    doing: tuple[Step, ...]
    done: int = 0

    @property
    def over(self) -> bool:
        return self.done == len(self.doing)

    def step(self) -> None:
        screen, do = self.doing[self.done]
        do(self.standing, self.standing.see(screen, where=ready))
        self.done += 1


def residents(
    town: Town, folder: Path, stack: ExitStack, places: Iterable[tuple[str, str, FlowSettings]]
) -> list[Served]:
    served = []
    for device, persona, flow in places:
        machine = Machine(town, folder / device, device)
        world = stack.enter_context(machine.started())
        doing = steps(FieldHand(machine.reader, load_persona(town.data, persona)))
        if not flow.hands_over_here:
            plain = PdfSink(folder / device / "plain")
            world = at_counter(world, virtual_counter_printer(machine.paper, plain), SPECIMEN_COUNTER)
            doing = (*doing[:-2], (ScreenId.NUMBER, lambda standing, _model: standing.touch(Button.FINISH)))
        standing = stack.enter_context(Standing(world, flow).serving())
        served.append(Served(persona, machine, standing, tuple(doing)))
    return served


def check_papers(served: Iterable[Served]) -> None:
    """Each tray holds one sheet, and on it stands whoever stood there, and nobody else."""
    for each in served:
        each.standing.see(ScreenId.IDLE)
        until(lambda paper=each.machine.paper: bool(paper.files), "what the lane still had")  # type: ignore[misc]
        (file,) = each.machine.paper.files
        text = subprocess.run(["pdftotext", "-raw", file, "-"], check=True, capture_output=True, text=True).stdout
        assert {persona for persona, name in NAMES.items() if name in text} == {each.persona}


COARSE = (ScreenId.KIND, ScreenId.COLLECT, None)
"""Up to the open visit; the order; the end."""


# By day every pattern once; whoever of the two begins, the other half are the same patterns with the two changed over.
ORDERS = [
    pytest.param(order, marks=[pytest.mark.heavy] if order[0] == "b" else [], id="".join(order))
    for order in sorted(set(permutations("aaabbb")))
]


@pytest.mark.parametrize("order", ORDERS)
def test_two_visits_in_every_order_of_their_three_parts(town: Town, tmp_path: Path, order: tuple[str, ...]) -> None:
    with ExitStack() as stack:
        served = residents(town, tmp_path, stack, PLACES[:2])
        parts = {who: iter(COARSE) for who in "ab"}
        for who in order:
            each, end = served["ab".index(who)], next(parts[who])
            while not each.over and each.doing[each.done][0] is not end:
                each.step()
        check_papers(served)


def interleaved(town: Town, folder: Path, turns: Iterable[int]) -> None:
    with ExitStack() as stack:
        served = residents(town, folder, stack, PLACES)
        for turn in turns:
            if not served[turn].over:
                served[turn].step()
        while not all(each.over for each in served):
            for each in served:
                if not each.over:
                    each.step()
        check_papers(served)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.integers(0, 2), min_size=42, max_size=60))
def test_two_kiosks_and_a_counter_step_by_step(
    town: Town, tmp_path_factory: pytest.TempPathFactory, turns: list[int]
) -> None:
    interleaved(town, tmp_path_factory.mktemp("three"), turns)


@pytest.mark.heavy
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.integers(0, 2), min_size=42, max_size=60))
def test_two_kiosks_and_a_counter_step_by_step_many_times(
    town: Town, tmp_path_factory: pytest.TempPathFactory, turns: list[int]
) -> None:
    interleaved(town, tmp_path_factory.mktemp("three"), turns)


# --- answers that went to the wrong machine --------------------------------------------------------------------------


Forge = Callable[[wire.OrderAnswer, wire.OrderAnswer], wire.OrderAnswer]


class Crossing:
    """The connection of one machine, on which another's answer to an order arrives: as it is, or made to look right."""

    def __init__(self, http: Any, forge: Forge) -> None:  # noqa: ANN401 - a connection
        self._http, self._forge = http, forge
        self.seen: list[wire.OrderAnswer] = []
        self.others: list[wire.OrderAnswer] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a connection has
        return getattr(self._http, name)

    def post(self, path: str, body: wire.Message, answer: Any, *, key: str | None = None) -> Any:  # noqa: ANN401
        got = self._http.post(path, body, answer, key=key)
        if not isinstance(got, wire.OrderAnswer):
            return got
        self.seen.append(got)
        return self._forge(got, self.others[-1]) if self.others else got


def whole(_own: wire.OrderAnswer, other: wire.OrderAnswer) -> wire.OrderAnswer:
    """The other's answer as it is."""
    return other


def relabelled(own: wire.OrderAnswer, other: wire.OrderAnswer) -> wire.OrderAnswer:
    """The other's documents under one's own transaction and subject."""
    return wire.OrderAnswer(txn=own.txn, subject=own.subject, documents=other.documents)


def resubjected(own: wire.OrderAnswer, other: wire.OrderAnswer) -> wire.OrderAnswer:
    """The other's order as if it were of one's own subject."""
    return wire.OrderAnswer(txn=other.txn, subject=own.subject, documents=other.documents)


CROSSED: list[tuple[Forge, str, str]] = [
    (whole, "ichiro", "subject"),
    (relabelled, "ichiro", "signature"),
    (resubjected, "ichiro", "signature"),
    # The same person at two machines: the subject is right, the visit is not.
    (whole, "hanako", "opening"),
    (relabelled, "hanako", "signature"),
]


@pytest.mark.expect_log("kiosk", "ERROR")
@pytest.mark.parametrize(("forge", "other", "check"), CROSSED)
def test_another_machines_answer_does_not_open_and_stops_the_machine(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, forge: Forge, other: str, check: str
) -> None:
    with ExitStack() as stack:
        crossings, served = [], []
        for device, persona in (("kiosk-0001", "hanako"), ("kiosk-0002", other)):
            machine = Machine(town, tmp_path / device, device)
            world = stack.enter_context(machine.started())
            crossing = Crossing(world.center._http, forge)  # type: ignore[attr-defined]  # below the port, on the wire
            world.center._http = crossing  # type: ignore[attr-defined]
            standing = stack.enter_context(Standing(world).serving())
            hand = FieldHand(machine.reader, load_persona(town.data, persona))
            crossings.append(crossing)
            served.append((machine, world, standing, steps(hand)))
        (mine, world, here, doing), (_, _, there, their_doing) = served
        crossings[0].others = crossings[1].seen
        walk(there, their_doing, until_screen=ScreenId.COLLECT)
        walk(here, doing, until_screen=ScreenId.CONFIRM)
        here.touch(Button.NEXT)
        here.see(ScreenId.MESSAGE)
        assert f'"check":"{check}"' in caplog.text
        here.touch(Button.FINISH)
        here.see(ScreenId.OUT_OF_SERVICE)
        there.touch(Button.NEXT)
        there.see(ScreenId.ANOTHER)
        there.touch(Button.FINISH)
        there.see(ScreenId.IDLE)
        assert world.center.order_state(crossings[0].seen[0].txn) is OrderState.ISSUED  # type: ignore[arg-type]
    assert mine.paper.files == []
    assert mine.cashier._charges == {}
    with mine.started() as world, Standing(world).serving() as again:
        again.see(ScreenId.OUT_OF_SERVICE)
        assert world.journal.open_incident() == "DOC-01"
    reopened = ["reopen", "--journal", str(mine.journal_file), "--cause"]
    assert town.kiosk(*reopened, " ").code == "USAGE-01"
    assert town.kiosk(*reopened, "a test crossed two answers").status == 0
    with mine.started() as world, Standing(world).serving() as again:
        again.see(ScreenId.IDLE)


class Swapping:
    """An adapter gone wrong: what one visit ordered is handed to the other, opened and all (INV-1 needs no wire for it)."""

    def __init__(self, center: Any) -> None:  # noqa: ANN401 - the port
        self._center = center
        self.issued: list[Issued] = []
        self.others: list[Issued] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        return getattr(self._center, name)

    def begin_visit(self, municipality: MunicipalityCode, purpose: Purpose = Purpose.RESIDENCE) -> Any:  # noqa: ANN401 - a channel
        return SwappingChannel(self._center.begin_visit(municipality, purpose), self)


class SwappingChannel:
    """The channel of such a visit."""

    def __init__(self, channel: Any, center: Swapping) -> None:  # noqa: ANN401 - a channel
        self._channel, self._swapping = channel, center

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a channel has
        return getattr(self._channel, name)

    def order(self, order: Order, key: IdempotencyKey) -> Any:  # noqa: ANN401 - any outcome
        outcome = self._channel.order(order, key)
        self._swapping.issued.append(outcome)
        return self._swapping.others[-1] if self._swapping.others else outcome


@pytest.mark.expect_log("kiosk", "ERROR")
def test_documents_swapped_inside_the_machine_are_found_at_receipt_before_any_money(town: Town, tmp_path: Path) -> None:
    with ExitStack() as stack:
        worlds: list[World] = []
        machines = [Machine(town, tmp_path / device, device) for device, _, _ in PLACES[:2]]
        for machine in machines:
            world = stack.enter_context(machine.started())
            worlds.append(replace(world, center=Swapping(world.center)))
        swaps: list[Any] = [world.center for world in worlds]
        swaps[0].others = swaps[1].issued
        hands = [
            FieldHand(machine.reader, load_persona(town.data, persona))
            for machine, (_, persona, _) in zip(machines, PLACES, strict=False)
        ]
        here, there = (stack.enter_context(Standing(world).serving()) for world in worlds)
        walk(there, steps(hands[1]), until_screen=ScreenId.COLLECT)
        walk(here, steps(hands[0]), until_screen=ScreenId.CONFIRM)
        here.touch(Button.NEXT)
        here.see(ScreenId.MESSAGE)
        here.touch(Button.FINISH)
        here.see(ScreenId.OUT_OF_SERVICE)
        assert worlds[0].journal.open_orders() == (), "another's order is not in these books"
        walk(there, steps(hands[1])[-2:])
        until(lambda: not worlds[1].journal.open_orders(), "the other's books")
    assert [len(machine.paper.files) for machine in machines] == [0, 1]
    assert machines[0].cashier._charges == {}


@pytest.mark.expect_log("kiosk", "ERROR")
def test_a_document_changed_between_receipt_and_paper_is_not_printed_and_the_money_goes_back(
    town: Town, tmp_path: Path
) -> None:
    machine = Machine(town, tmp_path)
    with machine.started() as world, Standing(world).serving() as here:
        hand = FieldHand(machine.reader, load_persona(town.data, "hanako"))
        collect = machine.cashier.collect

        def change_meanwhile(*arguments: Any) -> Any:  # noqa: ANN401 - as the till's
            (document,) = here.runner._state.issued.documents  # type: ignore[union-attr]
            object.__setattr__(document, "pdf", document.pdf[:-1] + b"?")
            return collect(*arguments)

        machine.cashier.collect = change_meanwhile  # type: ignore[method-assign,assignment]
        walk(here, steps(hand), until_screen=ScreenId.CONFIRM)
        here.touch(Button.NEXT)
        here.see(ScreenId.MESSAGE)
        here.touch(Button.FINISH)
        here.see(ScreenId.OUT_OF_SERVICE)
        until(lambda: not world.journal.open_orders(), "the books")
        assert world.journal.open_incident() == "DOC-01"
    assert machine.paper.files == []
    (charge,) = machine.cashier._charges
    assert machine.cashier.charge_state(charge) == Refunded(200)
