"""INV-2: whatever a visit asked for may answer after the visit is over. It is dropped, nothing is printed, no money is kept."""

import logging
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from time import monotonic
from typing import Any

import pytest

from kiosk.cardproc import load_persona
from kiosk.domain.registration import Purpose
from kiosk.flow.screen_model import Button, ScreenId
from kiosk.headless import FieldHand
from kiosk.lanes import Lane
from kiosk.ports.payment import Paid
from kiosk.runner import HEALTH_S, STUCK_S
from kiosk.world import World
from tests.support.standing import Standing, steps, walk
from tests.support.town import Machine, until


class Gate:
    """Hands every call of a device on; once armed, it holds the answer to the next call of one name until it is opened."""

    def __init__(self, device: Any, name: str, *, before: bool = False) -> None:  # noqa: ANN401 - any port
        self._device, self._name, self._before = device, name, before
        self.armed, self.reached, self.opened = Event(), Event(), Event()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        method = getattr(self._device, name)
        if name != self._name:
            return method

        def late(*arguments: object, **named: object) -> object:
            answer = None if self._before else method(*arguments, **named)
            if self.armed.is_set() and not self.reached.is_set():
                self.reached.set()
                assert self.opened.wait(60)
            return method(*arguments, **named) if self._before else answer

        return late


class LateOrders(Gate):
    """A center whose channels hold the answer to an order."""

    def __init__(self, center: Any) -> None:  # noqa: ANN401 - the port
        super().__init__(center, "")

    def begin_visit(self, municipality: str, purpose: Purpose = Purpose.RESIDENCE) -> object:
        channel = Gate(self._device.begin_visit(municipality, purpose), "order")
        channel.armed, channel.reached, channel.opened = self.armed, self.reached, self.opened
        return channel


def gated(world: World, which: str) -> tuple[World, Gate]:
    """Put a gate before `part.call`."""
    part, _, call = which.partition(".")
    if part == "channel":
        late = LateOrders(world.center)
        return replace(world, center=late), late  # type: ignore[arg-type]  # hands every call on
    gate = Gate(getattr(world, part), call)
    return replace(world, **{part: gate}), gate  # type: ignore[arg-type]  # hands every call on


def cancel(here: Standing) -> None:
    here.touch(Button.CANCEL)


def expire(seconds: float) -> Callable[[Standing], None]:
    return lambda here: here.pass_time(seconds)


LATE = [
    ("center.municipalities", ScreenId.CONSENT, cancel, "MunicipalitiesListed"),
    ("center.municipalities", ScreenId.CONSENT, expire(81), "MunicipalitiesListed"),
    ("reader.inspect", ScreenId.PLACE_CARD, cancel, "CardInspected"),
    ("reader.inspect", ScreenId.PLACE_CARD, expire(81), "CardInspected"),
    ("center.begin_visit", ScreenId.PIN, expire(91), "Authenticated"),
    ("reader.authenticate", ScreenId.PIN, expire(91), "Authenticated"),
    ("channel.order", ScreenId.CONFIRM, cancel, "OrderAnswered"),
    ("channel.order", ScreenId.CONFIRM, expire(181), "OrderAnswered"),
    ("printer.readiness", ScreenId.CONFIRM, cancel, "DevicesChecked"),
    ("printer.readiness", ScreenId.CONFIRM, expire(61), "DevicesChecked"),
]
RESTING = (ScreenId.IDLE, ScreenId.OUT_OF_SERVICE)


@pytest.mark.parametrize(("which", "asked_on", "leave", "answer"), LATE)
def test_an_answer_that_comes_after_its_visit_is_dropped_and_logged(
    machine: Machine,
    caplog: pytest.LogCaptureFixture,
    which: str,
    asked_on: ScreenId,
    leave: Callable[[Standing], None],
    answer: str,
) -> None:
    caplog.set_level(logging.INFO, "kiosk")
    hand = FieldHand(machine.reader, load_persona(machine.town.data, "hanako"))
    doing = dict(steps(hand))
    with machine.started() as plain:
        world, gate = gated(plain, which)
        with Standing(world).serving() as here:
            walk(here, steps(hand), until_screen=asked_on)
            gate.armed.set()
            doing[asked_on](here, here.up)
            assert gate.reached.wait(30)
            leave(here)
            leave_the_rest(here, hand)
            gate.opened.set()
            line = f'{{"event":"StaleAnswer","answer":"{answer}"}}'
            until(lambda: line in caplog.text, "the late answer")
            here.pass_time(HEALTH_S + 1)
            here.see(ScreenId.IDLE)
            until(lambda: not world.journal.open_orders(), "the books are closed")
            # The machine is as good as new: the same resident comes back and is served.
            walk(here, steps(hand))
            here.see(ScreenId.IDLE)
            until(lambda: not world.journal.open_orders(), "the books are closed")
    assert len(machine.paper.files) == 1
    assert list(machine.cashier._charges.values()) == [Paid(200)]


def leave_the_rest(here: Standing, hand: FieldHand) -> None:
    """Take the card, read what is said, and go."""
    here.see(*RESTING, ScreenId.MESSAGE, ScreenId.TAKE_CARD)
    hand.take_away()
    if here.up.screen is ScreenId.MESSAGE:
        here.touch(Button.FINISH)
    here.see(*RESTING, ScreenId.TAKE_CARD)


@pytest.mark.expect_log("kiosk", "ERROR")
def test_money_that_comes_back_later_than_anybody_waits_is_a_case_and_the_till_serves_nobody_else_meanwhile(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk")
    hand = FieldHand(machine.reader, load_persona(machine.town.data, "hanako"))
    with machine.started() as plain:
        till = Gate(plain.money, "collect", before=True)
        world = replace(plain, money=till)
        with Standing(world).serving() as here:
            walk(here, steps(hand), until_screen=ScreenId.CONFIRM)
            till.armed.set()
            here.touch(Button.NEXT)
            here.see(ScreenId.PAYING)
            assert till.reached.wait(30)
            here.touch(Button.CANCEL)
            until(lambda: type(here.runner._state).__name__ == "Cancelling", "the payment is told to stop")
            here.pass_time(121)
            here.see(ScreenId.CALLING_STAFF)
            here.touch(Button.FINISH)
            # The till is still at the first resident's coins: the next one's must not fall into the same charge.
            here.see(ScreenId.OUT_OF_SERVICE)
            till.opened.set()
            until(lambda: '"StaleAnswer","answer":"PaymentAnswered"' in caplog.text, "the late answer")
            here.pass_time(HEALTH_S + 1)
            here.see(ScreenId.IDLE)
            until(lambda: not world.journal.open_orders(), "the books are closed")
    assert machine.paper.files == []
    assert machine.cashier._charges == {}  # it was told to stop, and gave everything back
    assert '"event":"CaseOpened"' in caplog.text


def test_a_reader_that_does_not_come_back_takes_the_machine_out_of_service_until_it_does(machine: Machine) -> None:
    with machine.started() as plain:
        world, gate = gated(plain, "reader.unavailable")
        with Standing(world).serving() as here:
            here.see(ScreenId.IDLE)
            gate.armed.set()
            here.pass_time(HEALTH_S + 1)
            assert gate.reached.wait(30)
            here.runner._lanes._began_s[Lane.CARD] = monotonic() - STUCK_S - 1
            here.pass_time(HEALTH_S + 1)
            here.see(ScreenId.OUT_OF_SERVICE)
            gate.opened.set()
            until(lambda: not here.runner._lanes.busy_s(Lane.CARD), "the reader comes back")
            here.pass_time(HEALTH_S + 1)
            here.see(ScreenId.IDLE)
