"""A resident, devices and chance: one step of a walk through a world, every choice made by a given chooser."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar, assert_never

from kiosk.domain.certificates import TransactionId
from kiosk.domain.registration import Purpose, RegistrationState
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.kana import keys_for
from kiosk.flow.lines import is_complete
from kiosk.flow.screen_model import Button, Choices, Role, ScreenModel, Touch
from kiosk.flow.screens import screen_for
from kiosk.ports.attributes import AttributesBlocked, ReadyForAttributes, WrongAttributesPin
from kiosk.ports.card import (
    AttributesInspection,
    CardRemoved,
    Inspection,
    PasswordBlocked,
    PinBlocked,
    ReaderUnavailable,
    ReadyForPassword,
    ReadyForPin,
    SignatureInspection,
    TokenKind,
    WrongPassword,
    WrongPin,
)
from kiosk.ports.center import DocumentMismatch
from kiosk.ports.payment import ChangeAdvice, Paid, PaymentUnavailable, Refunded
from kiosk.ports.printer import Printed, PrinterReady, PrinterUnavailable
from kiosk.ports.slips import SlipPrinterUnavailable
from tests.flow import happenings as h
from tests.flow import samples as m
from tests.flow.world import Question, World

T = TypeVar("T")


class Choose(Protocol):
    """Picks one of several: hypothesis, or a seeded generator."""

    def __call__(self, several: Sequence[T], /) -> T: ...


Move = Callable[[World, Choose], None]


def forward(world: World, choose: Choose) -> None:
    """Do what leads on: the devices answer well, the resident touches the main button or a tile."""
    if world.open:
        question = next(iter(world.open.values()))
        world.answered(question, outcomes(world, question)[0])
    elif isinstance(world.watch, fx.WatchCard):
        world.put_card(choose([3, 2, 1]), choose([5, 5, 1]), choose([3, 3, 2, 1]))
    elif isinstance(world.state, s.TakeCard | s.ReturningCard | s.Applied):
        world.lift_card()
    elif isinstance(world.state, s.Idle):
        world.start()
    elif isinstance(world.state, s.OutOfService):
        reopen(world)
    elif isinstance(world.state, s.Pin | s.AttributesPin) and world.state.typed < 4:
        world.type_digit()
    elif isinstance(world.state, s.Writing) and not is_complete(world.state.form, world.state.line):
        for key in keys_for(getattr(m.FORM, world.state.line.value)):
            world.post(ev.Touched(Touch(Button.CHARACTER, key)))
        world.post(ev.Touched(Touch(Button.NEXT)))
    elif isinstance(world.state, s.Password) and world.state.typed < 6:
        for _ in range(6):
            world.type_character()
    elif isinstance(world.state, s.LastTry | s.LastPassword):
        world.post(ev.Touched(Touch(Button.NEXT)))
    else:
        world.post(ev.Touched(main_touch(screen_for(world.state, world.now, world.settings), choose)))


def main_touch(screen: ScreenModel, choose: Choose) -> Touch:
    """Give a touch that leads on from a screen."""
    tiles: list[Touch] = []
    if isinstance(screen.body, Choices):
        tiles = [tile.touch for tile in screen.body.choices if tile.enabled and not tile.selected]
    onward = [action.touch for action in screen.actions if action.enabled and action.role is Role.PRIMARY]
    return choose(onward or tiles or [Touch(Button.CANCEL)])


def reopen(world: World) -> None:
    """Staff put the machine right."""
    assert isinstance(world.state, s.OutOfService)
    world.incident = False
    for code in sorted(world.state.faults):
        world.post(ev.DeviceRecovered(code))
    world.post(ev.Reopened())


def touch_something(world: World, choose: Choose) -> None:
    """Touch what the screen offers, or what it does not offer at all."""
    screen = screen_for(world.state, world.now, world.settings)
    touches = [action.touch for action in screen.actions]
    if isinstance(screen.body, Choices):
        touches += [tile.touch for tile in screen.body.choices]
    elsewhere = [touch for _, touch in h.touches()]
    offered = bool(touches) and choose((True, True, False))
    world.post(ev.Touched(choose(touches if offered else elsewhere)))


def answer_somehow(world: World, choose: Choose) -> None:
    """Let one device answer an open question, in any way it may."""
    if world.open:
        question = choose(list(world.open.values()))
        world.answered(question, choose(outcomes(world, question)))


def repeat_the_past(world: World, choose: Choose) -> None:
    """Let an answer that was heard before be heard again."""
    answers = [event for event in world.past if getattr(event, "ticket", None) is not None]
    if answers:
        world.post(choose(answers[-12:]))


def let_time_pass(world: World, choose: Choose) -> None:
    world.tick(choose([1, 15, 31, 65, 81, 200]))


def move_the_card(world: World, choose: Choose) -> None:
    """Lay down a card with any number of tries left, or take it away."""
    if world.card_lies:
        world.lift_card()
    else:
        world.put_card(choose([3, 2, 1, 1, 0]), choose([5, 2, 1, 0]), choose([3, 2, 1, 0]))


def trouble_the_machine(world: World, choose: Choose) -> None:
    """Let a device fail or recover, the reader vanish, or news come from where nothing happens."""
    match choose(["fail", "recover", "reader", "news"]):
        case "fail":
            world.post(ev.DeviceFailed("PRINT-01"))
        case "recover" if not isinstance(world.state, s.OutOfService) or world.state.stopped is None:
            world.post(ev.DeviceRecovered("PRINT-01"))
        case "reader" if world.watch is not None:
            ticket, world.watch = world.watch.ticket, None
            world.post(ev.ReaderLost(ticket, ReaderUnavailable("CARD-01")))
        case "news" if world.open:
            ticket = next(iter(world.open))
            news: list[ev.Event] = [ev.MoneyInserted(ticket, 100), ev.SheetOut(ticket, 0)]
            world.post(choose(news))
        case _:
            pass


MOVES: tuple[Move, ...] = (
    forward,
    forward,
    forward,
    touch_something,
    answer_somehow,
    repeat_the_past,
    let_time_pass,
    move_the_card,
    trouble_the_machine,
)
"""Leading on is likelier, so that walks get as far as money and paper."""


def outcomes(world: World, question: Question) -> list[ev.Event]:
    """Give the events that may answer a question as the world is now; the first is the best one."""
    match question:
        case fx.SettleBooks():
            return [ev.Settled()]
        case fx.FetchMunicipalities(ticket):
            return [ev.MunicipalitiesListed(ticket, (m.SHIOMINO,)), ev.MunicipalitiesListed(ticket, h.CENTER)]
        case fx.InspectCard(ticket):
            return [ev.CardInspected(ticket, seen) for seen in inspections(world)]
        case fx.Authenticate(ticket):
            return [ev.Authenticated(ticket, said) for said in authentications(world, question.purpose)]
        case fx.InspectSignature(ticket):
            return [ev.SignatureInspected(ticket, seen) for seen in signature_inspections(world)]
        case fx.SignApplication(ticket):
            return [ev.ApplicationSigned(ticket, said) for said in signings(world)]
        case fx.SendApplication(ticket):
            return [ev.ApplicationAnswered(ticket, said) for said in h.APPLICATIONS.values()]
        case fx.InspectAttributes(ticket):
            return [ev.AttributesInspected(ticket, seen) for seen in attributes_inspections(world)]
        case fx.ReadAttributes(ticket):
            return [ev.AttributesAnswered(ticket, said) for said in attributes_answers(world)]
        case fx.PlaceOrder(ticket, order):
            world.orders += 1
            issued = m.issued(order.copies, TransactionId(f"{world.orders:032x}"), order.fee_yen, order.kind)
            if not world.settings.hands_over_here:
                issued = m.at_counter(issued, world.orders)
            too_much = replace(issued, total_yen=issued.total_yen + 1)
            orders: list[ev.OrderAnswer] = [issued, h.REFUSED, h.CENTER, h.ORDERS["mismatch"], too_much]
            return [ev.OrderAnswered(ticket, said) for said in orders]
        case fx.CheckDevices(ticket):
            return [
                ev.DevicesChecked(ticket, PrinterReady(), None),
                ev.DevicesChecked(ticket, PrinterUnavailable("PRINT-02"), None),
                ev.DevicesChecked(ticket, PrinterReady(), PaymentUnavailable("PAY-03")),
                ev.DevicesChecked(ticket, PrinterReady(), None, None, ChangeAdvice.EXACT_ONLY),
                ev.DevicesChecked(ticket, PrinterReady(), None, SlipPrinterUnavailable("SLIP-02")),
            ]
        case fx.TakePayment(ticket, _, due_yen):
            others = [said for said in h.PAYMENTS.values() if not isinstance(said, Paid)]
            return [ev.PaymentAnswered(ticket, said) for said in (Paid(due_yen), Paid(due_yen - 1), *others)]
        case fx.Refund(ticket, _, paid):
            return [
                ev.RefundAnswered(ticket, said) for said in (Refunded(paid.received_yen), *list(h.REFUNDS.values())[1:])
            ]
        case fx.PrintDocument(ticket, document):
            mismatch = DocumentMismatch("subject", document.transaction)
            bad = [said for word, said in h.PRINTS.items() if word not in {"printed", "mismatch"}]
            return [ev.DocumentPrinted(ticket, document.serial, said) for said in (Printed(1), *bad, mismatch)]
        case fx.PrintSet(ticket):
            sets = (Printed(1), *(said for word, said in h.PRINTS.items() if word != "printed"))
            return [ev.SetPrinted(ticket, said) for said in sets]
        case fx.PrintCounterSlip(ticket) | fx.PrintReceipt(ticket):
            return [ev.SlipAnswered(ticket, said) for said in h.SLIPS.values()]
        case _:
            assert_never(question)


def inspections(world: World) -> list[Inspection]:
    """Give what the reader may find, the card being where it is."""
    if not world.card_lies:
        return [CardRemoved()]
    usual: Inspection = ReadyForPin(TokenKind.CARD, world.tries) if world.tries else PinBlocked()
    others = ("no certificate", "other card", "old card", "removed", "fault", "reader away")
    return [usual, *(h.INSPECTIONS[word] for word in others)]


def authentications(world: World, purpose: Purpose) -> list[ev.AuthenticationOutcome]:
    """Give how opening the visit may end, the card being where it is."""
    if not world.card_lies:
        return [CardRemoved()]
    if not world.tries:
        return [PinBlocked()]
    others = ("removed", "fault", "reader away", "incomplete", "refused", "center away")
    opened = [m.SEAL_OPENED, m.OPENED] if purpose is Purpose.SEAL_CARD else [m.OPENED]
    if purpose is Purpose.RESIDENCE and not world.settings.hands_over_here and world.visits % 3:
        opened = [m.ASKING_OPENED]
    if purpose is Purpose.HONSEKI:
        # Who is not registered is as likely as who is.
        states = (RegistrationState.NONE, RegistrationState.REGISTERED, *RegistrationState)
        known = states[(world.visits - 1) % len(states)]
        opened = [m.registration(known).opened, m.OPENED]
    return [*opened, WrongPin(world.tries - 1), *(h.AUTHENTICATIONS[word] for word in others)]


def signature_inspections(world: World) -> list[SignatureInspection]:
    """Give what the reader may find of the signature, the card being where it is."""
    if not world.card_lies:
        return [CardRemoved()]
    usual: SignatureInspection = ReadyForPassword(world.password_tries) if world.password_tries else PasswordBlocked()
    return [usual, *(h.SIGNATURE_INSPECTIONS[word] for word in ("no certificate", "removed", "fault", "reader away"))]


def attributes_inspections(world: World) -> list[AttributesInspection | ev.VisitGone]:
    """Give what the reader may find of the card's own attributes, the card being where it is."""
    if not world.card_lies:
        return [CardRemoved()]
    tries = world.attributes_tries
    usual: AttributesInspection = ReadyForAttributes(tries) if tries else AttributesBlocked()
    others = ("not there", "another card", "removed", "fault", "reader away", "visit gone")
    return [usual, *(h.ATTRIBUTES_INSPECTIONS[word] for word in others)]


def attributes_answers(world: World) -> list[ev.AttributesOutcome]:
    """Give how reading and telling them may end, the card being where it is."""
    if not world.card_lies:
        return [CardRemoved()]
    others = ("another card", "removed", "fault", "reader away", "incomplete", "refused", "center away", "visit gone")
    wrong: ev.AttributesOutcome = WrongAttributesPin(world.attributes_tries - 1)
    if not world.attributes_tries:
        wrong = AttributesBlocked()
    answers = [h.ATTRIBUTES_ANSWERS[word] for word in others]
    return [wrong, *answers] if not world.attributes_tries else [h.ATTRIBUTES_ANSWERS["told"], wrong, *answers]


def signings(world: World) -> list[ev.SigningOutcome]:
    """Give how signing may end, the card being where it is."""
    if not world.card_lies:
        return [CardRemoved()]
    if not world.password_tries:
        return [PasswordBlocked()]
    others = ("removed", "fault", "reader away", "incomplete", "visit gone")
    return [m.SIGNED, WrongPassword(world.password_tries - 1), *(h.SIGNINGS[word] for word in others)]
