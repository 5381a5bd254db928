"""A resident, devices and chance: one step of a walk through a world, every choice made by a given chooser."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, assert_never

from kiosk.domain.certificates import TransactionId
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.screen_model import Button, Choices, ScreenModel, Stepper, Touch
from kiosk.flow.screens import screen_for
from kiosk.ports.card import CardRemoved, PinBlocked, ReaderUnavailable, ReadyForPin, TokenKind, WrongPin
from kiosk.ports.center import Issued
from kiosk.ports.payment import Paid, PaymentUnavailable, PaymentUnknown
from kiosk.ports.printer import Printed, PrinterReady, PrinterUnavailable
from tests.flow import happenings as h
from tests.flow import samples as m
from tests.flow.world import Question, World

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
"""Picks one of several: hypothesis or a seeded generator."""


def forward(world: World, choose: Choose[object]) -> None:
    """Do what leads on: the devices answer well, the resident touches the main button or a tile."""
    if world.open:
        question = next(iter(world.open.values()))
        world.answered(question, outcomes(world, question)[0])
    elif isinstance(world.watch, fx.WatchCard):
        world.put_card()
    elif isinstance(world.state, s.TakeCard | s.ReturningCard):
        world.lift_card()
    elif isinstance(world.state, s.Idle):
        world.start()
    elif isinstance(world.state, s.OutOfService):
        reopen(world)
    elif isinstance(world.state, s.Pin) and world.state.typed < 4:
        world.type_digit()
    elif isinstance(world.state, s.LastTry):
        world.post(ev.Touched(Touch(Button.NEXT)))
    else:
        world.post(ev.Touched(main_touch(screen_for(world.state, world.now, world.settings), choose)))


def main_touch(screen: ScreenModel, choose: Choose[object]) -> Touch:
    """Give the touch that leads on from a screen."""
    onward = [a.touch for a in screen.actions if a.enabled and a.role.value == "primary"]
    if onward:
        return onward[0]
    if isinstance(screen.body, Choices):
        tiles = [c.touch for c in screen.body.choices if c.enabled and not c.selected]
        if tiles:
            picked = choose(tiles)
            assert isinstance(picked, Touch)
            return picked
    return Touch(Button.CANCEL)


def reopen(world: World) -> None:
    """Staff put the machine right."""
    world.incident = False
    world.post(ev.Reopened())
    for code in sorted(world.state.faults) if isinstance(world.state, s.OutOfService) else ():
        world.post(ev.DeviceRecovered(code))


def touch_something(world: World, choose: Choose[object]) -> None:
    """Touch what the screen offers, or what it does not offer at all."""
    screen = screen_for(world.state, world.now, world.settings)
    touches = [a.touch for a in screen.actions]
    if isinstance(screen.body, Choices):
        touches += [c.touch for c in screen.body.choices]
    if isinstance(screen.body, Stepper):
        touches += [Touch(Button.MORE), Touch(Button.FEWER)]
    touches += [touch for _, touch in h.touches()]
    picked = choose(touches)
    assert isinstance(picked, Touch)
    world.post(ev.Touched(picked))


def answer_somehow(world: World, choose: Choose[object]) -> None:
    """Let one device answer an open question, in any way it may."""
    if world.open:
        question = choose(list(world.open.values()))
        event = choose(outcomes(world, question))  # type: ignore[arg-type]  # one of the open questions
        world.answered(question, event)  # type: ignore[arg-type]  # one of its outcomes


def repeat_the_past(world: World, choose: Choose[object]) -> None:
    """Let an answer that was heard before be heard again."""
    answers = [event for event in world.past if getattr(event, "ticket", None) is not None]
    if answers:
        event = choose(answers[-12:])
        if event not in (ev.Touched,):
            world.post(event)  # type: ignore[arg-type]  # one of the past events


def let_time_pass(world: World, choose: Choose[object]) -> None:
    seconds = choose([1, 15, 31, 65, 81, 200])
    assert isinstance(seconds, int)
    world.tick(seconds)


def move_the_card(world: World, choose: Choose[object]) -> None:
    """Lay down a card with any number of tries left, or take it away."""
    if world.card_lies:
        world.lift_card()
    else:
        tries = choose([3, 2, 1, 1, 0])
        assert isinstance(tries, int)
        world.put_card(tries)


def trouble_the_machine(world: World, choose: Choose[object]) -> None:
    """Let a device fail or recover, the reader vanish, or news come from where nothing happens."""
    what = choose(["fail", "recover", "reader", "news"])
    if what == "fail" and not isinstance(world.state, s.Idle):
        world.post(ev.DeviceFailed("PRINT-01"))
    elif what == "recover":
        world.post(ev.DeviceRecovered("PRINT-01"))
    elif what == "reader" and world.watch is not None:
        ticket, world.watch = world.watch.ticket, None
        world.post(ev.ReaderLost(ticket, ReaderUnavailable("CARD-01")))
    elif what == "news" and world.open:
        ticket = next(iter(world.open))
        world.post(choose([ev.MoneyInserted(ticket, 100), ev.SheetOut(ticket, 0)]))  # type: ignore[arg-type]


STEPS: tuple[Callable[[World, Choose[object]], None], ...] = (
    forward,
    touch_something,
    answer_somehow,
    repeat_the_past,
    let_time_pass,
    move_the_card,
    trouble_the_machine,
)


def outcomes(world: World, question: Question) -> list[ev.Event]:
    """Give the events that may answer a question as the world is now; the first is the good one."""
    match question:
        case fx.SettleBooks():
            return [ev.Settled()]
        case fx.FetchMunicipalities(ticket):
            return [ev.MunicipalitiesListed(ticket, (m.SHIOMINO,)), ev.MunicipalitiesListed(ticket, h.CENTER)]
        case fx.InspectCard(ticket):
            return [ev.CardInspected(ticket, seen) for seen in inspections(world)]
        case fx.Authenticate(ticket):
            return [ev.Authenticated(ticket, said) for said in authentications(world)]
        case fx.PlaceOrder(ticket, order):
            world.orders += 1
            issued = m.issued(order.copies, TransactionId(f"{world.orders:032x}"), order.fee_yen)
            bad: list[ev.OrderAnswer] = [h.REFUSED, h.CENTER, h.ORDERS["mismatch"]]
            said_of_order: list[ev.OrderAnswer] = [issued, *bad, replace(issued, total_yen=issued.total_yen + 1)]
            return [ev.OrderAnswered(ticket, said) for said in said_of_order]
        case fx.CheckDevices(ticket):
            return [
                ev.DevicesChecked(ticket, PrinterReady(), None),
                ev.DevicesChecked(ticket, PrinterUnavailable("PRINT-02"), None),
                ev.DevicesChecked(ticket, PrinterReady(), PaymentUnavailable("PAY-03")),
            ]
        case fx.TakePayment(ticket, _, due_yen):
            said_of_money = [Paid(due_yen), Paid(due_yen - 1), h.PAYMENTS["cancelled"], h.PAYMENTS["unavailable"]]
            return [ev.PaymentAnswered(ticket, said) for said in (*said_of_money, PaymentUnknown(100))]
        case fx.Refund(ticket, _, paid):
            good = replace(h.REFUNDS["refunded"], amount_yen=paid.received_yen)  # type: ignore[call-arg]
            return [ev.RefundAnswered(ticket, said) for said in (good, *list(h.REFUNDS.values())[1:])]
        case fx.PrintDocument(ticket, document):
            said_of_paper = [Printed(1), *list(h.PRINTS.values())[1:]]
            return [ev.DocumentPrinted(ticket, document.serial, said) for said in said_of_paper]
        case _:
            assert_never(question)


def inspections(world: World) -> list[object]:  # type: ignore[explicit-any]
    ...
