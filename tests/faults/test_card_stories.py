"""Cards that lie and readers that go away in a whole visit: a code, no try of the PIN wasted, nothing ordered, and the next is served."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import monotonic

import pytest

from kiosk.adapters.card.card_faults import Fault, FaultName
from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.cardproc import load_persona
from kiosk.flow.screen_model import Busy, Button, ScreenId, ScreenModel
from kiosk.flow.settings import FlowSettings
from kiosk.headless import FieldHand, ScriptedResident, run_visit
from kiosk.runner import Runner
from kiosk.world import Figures, World
from tests.support.pcsc import READER, Insertion, PcscHost, shared_host
from tests.support.standing import Standing, steps, walk
from tests.support.town import FLOW, WISHES, Machine

READY_S = 10
LAST_COMMAND = 20
LIES = (FaultName.GARBAGE, FaultName.TRUNCATE, FaultName.EXTEND, FaultName.ENDLESS, FaultName.HOLLOW)


def lie(machine: Machine, name: FaultName, at: int) -> None:
    """Let somebody come with a card that lies at one command."""
    card = load_persona(machine.town.data, "hanako")
    card.arm(Fault(name, at))
    with machine.started() as world:
        result, figures = run_visit(world, FLOW, WISHES, FieldHand(machine.reader, card))
        assert card.verify_count <= 1
        if result.code is None:
            return  # it had nothing left to say that could be a lie
        assert result.code.startswith("CARD-"), f"{name} at {at}: {result.code}"
        assert figures.order is None
        assert not world.journal.open_orders()


@pytest.mark.parametrize("at", [6, 12])
@pytest.mark.parametrize("name", LIES)
def test_a_card_that_lies_is_told_and_buys_nothing(machine: Machine, name: FaultName, at: int) -> None:
    lie(machine, name, at)
    with machine.started() as world:
        assert machine.visit(world)[0].code is None


@pytest.mark.heavy
@pytest.mark.parametrize("at", range(1, LAST_COMMAND + 1))
@pytest.mark.parametrize("name", LIES)
def test_a_card_that_lies_at_any_command_is_told_and_buys_nothing(machine: Machine, name: FaultName, at: int) -> None:
    lie(machine, name, at)


@pytest.mark.parametrize("at", [3, 12])
def test_a_card_that_falls_silent_is_given_up_when_it_is_taken_away(machine: Machine, at: int) -> None:
    card = load_persona(machine.town.data, "hanako")
    hand = FieldHand(machine.reader, card)
    inspecting = at == 3
    with machine.started() as world, Standing(world).serving() as here:
        card.arm(Fault(FaultName.MUTE, at))
        walk(here, steps(hand), until_screen=ScreenId.PLACE_CARD)
        hand.place()
        if inspecting:
            here.see(ScreenId.PLACE_CARD, where=lambda model: isinstance(model.body, Busy))
        else:
            here.see(ScreenId.PIN)
            here.type_pin("1234")
            here.touch(Button.OK)
            here.see(ScreenId.VERIFYING)
        machine.reader.take_away()
        up = here.see(ScreenId.PLACE_CARD, ScreenId.MESSAGE, where=lambda model: not isinstance(model.body, Busy))
        here.touch(Button.CANCEL if up.screen is ScreenId.PLACE_CARD else Button.FINISH)
        here.see(ScreenId.IDLE)
        walk(here, steps(FieldHand(machine.reader, load_persona(machine.town.data, "hanako"))))
        here.see(ScreenId.IDLE)
    assert len(machine.paper.files) == 1


class ReaderHand:
    """Lays a card into the reader of a real pcscd."""

    def __init__(self, host: PcscHost, card: VirtualCard) -> None:
        self._host, self._card = host, card
        self._lying: Insertion | None = None

    def place(self) -> None:
        """Lay it down."""
        self._lying = self._host.insert(self._card)

    def take_away(self) -> None:
        """Take it away."""
        if self._lying is not None:
            self._lying.remove()
            self._lying = None


@pytest.fixture
def host() -> Iterator[PcscHost]:
    host = shared_host()
    if not host.healthy:
        host.restart()
    yield host
    if not host.healthy:
        host.restart()


def at_real_reader(
    world: World, hand: ReaderHand, at: ScreenId | None = None, happens: Callable[[], None] | None = None
) -> str | None:
    """Make a visit; something happens when a screen first comes up. Gives the code."""
    resident = ScriptedResident(WISHES, hand)
    left = [at]

    class Watching:
        def present(self, model: ScreenModel) -> None:
            if left[0] is model.screen and happens is not None:
                left[0] = None
                happens()
            resident.present(model)

        announce = resident.announce

    runner = Runner(world, FlowSettings(hours_enforced=False), Watching(), Figures())
    resident.attach(runner)
    try:
        runner.run()
    finally:
        hand.take_away()
    assert resident.result is not None
    return resident.result.code


@pytest.mark.parametrize("screen", [ScreenId.PIN, ScreenId.KIND])
def test_pcscd_restarts_in_a_visit_and_the_next_is_served(machine: Machine, host: PcscHost, screen: ScreenId) -> None:
    with machine.started() as plain:
        world = replace(plain, reader=PcscCardReader(READER))
        hand = ReaderHand(host, load_persona(machine.town.data, "hanako"))
        code = at_real_reader(world, hand, screen, host.restart)
        # Once the card is back with its owner the reader has no part in the visit any more.
        assert (code is None) == (screen is ScreenId.KIND), code
        began_s = monotonic()
        assert at_real_reader(world, hand) is None
        assert monotonic() - began_s < READY_S
