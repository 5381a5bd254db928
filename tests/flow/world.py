"""A world around the flow: reader, card, center, till and printer as they may behave, and the truth of what happened.

It performs every effect, and fails at the first step that breaks an invariant of the machine. It looks at states only to
know which question is awaited and whether a visit is going on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import assert_never

from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.domain.registration import Purpose, UseApplication
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance, begin
from kiosk.flow.screen_model import Button
from kiosk.flow.screens import screen_for
from kiosk.flow.session import Ticket, VisitKey
from kiosk.flow.settings import FlowSettings
from kiosk.flow.step import Step
from kiosk.ports.card import SignedApplication, WrongPassword, WrongPin
from kiosk.ports.center import (
    ApplicationReceived,
    DocumentFate,
    Issued,
    MoneyFate,
    OrderOutcome,
    VisitOpened,
)
from kiosk.ports.clock import Instant
from kiosk.ports.payment import Paid, PaymentUnknown, Refunded
from kiosk.ports.printer import Printed, PrinterReady
from tests.flow import at_card, at_counter
from tests.flow import samples as m
from tests.flow.offers import check_offered

Advance = Callable[[s.State, ev.Event, Instant, FlowSettings], Step]
Question = (
    fx.SettleBooks
    | fx.FetchMunicipalities
    | fx.InspectCard
    | fx.Authenticate
    | fx.InspectSignature
    | fx.SignApplication
    | fx.SendApplication
    | fx.InspectAttributes
    | fx.ReadAttributes
    | fx.PlaceOrder
    | fx.CheckDevices
    | fx.TakePayment
    | fx.Refund
    | fx.PrintDocument
    | fx.PrintSet
    | fx.PrintCounterSlip
    | fx.PrintReceipt
)
NO_TICKET = Ticket(VisitKey(""), 0)


@dataclass(slots=True)
class Book:
    """What truly became of one order."""

    issued: Issued
    visit: VisitKey
    checked: bool = False
    asked_to_pay: bool = False
    paid: Paid | None = None
    money_unknown: bool = False
    refunded: bool = False
    papers: dict[SerialNumber, DocumentFate | None] = field(default_factory=dict)
    """Serials sent to the printer; None while it is at work."""
    reports: list[OrderOutcome] = field(default_factory=list)
    incident: bool = False


class World:
    """One machine, from start-up on."""

    def __init__(self, settings: FlowSettings = m.KIOSK, step: Advance = advance) -> None:
        self.settings = settings
        self.step = step
        self.now_s = m.START_S
        self.visits = 0
        self.orders = 0
        self.open: dict[Ticket, Question] = {}
        self.watch: fx.WatchCard | fx.WatchRemoval | None = None
        self.past: list[ev.Event] = []
        self.card_lies = False
        self.tries = self.attributes_tries = 3
        self.last_try_accepted = False
        self.typed = 0
        self.asked: set[VisitKey] = set()
        self.password_tries = 5
        self.last_password_accepted = False
        self.characters = 0
        self.purposes: dict[VisitKey, Purpose] = {}
        self.signed: dict[VisitKey, UseApplication] = {}
        self.received: set[VisitKey] = set()
        self.slips = 0
        self.slipped: set[str] = set()
        self.trays_ready = self.confirmed = False
        self.repeats = 0
        self.books: dict[TransactionId, Book] = {}
        self.verified: set[VisitKey] = set()
        self.forgotten: set[VisitKey] = set()
        self.abandoned: set[Ticket] = set()
        self.incident = False
        self.verifications = self.presses = 0
        first = begin()
        self.state: s.State = first.state
        for effect in first.effects:
            self.perform(effect, ev.Tick())

    @property
    def now(self) -> Instant:
        return Instant(self.now_s, m.NOON + timedelta(seconds=self.now_s - m.START_S))

    @property
    def resting(self) -> bool:
        return isinstance(self.state, s.Settling | s.Idle | s.OutOfService)

    # --- events ---------------------------------------------------------------------------------------------------

    def post(self, event: ev.Event) -> None:
        """Let an event happen, perform what follows, and check what must hold after every step."""
        before = self.state
        step = self.step(before, event, self.now, self.settings)
        assert step == self.step(before, event, self.now, self.settings), "not pure"
        ticket = getattr(event, "ticket", None)
        if ticket is not None and ticket not in m.all_awaited(before):
            assert step.ignored, "INV-2: an answer that nobody awaits had an effect"
        if step.ignored:
            assert (step.state, step.effects) == (before, ()), "ignored, and yet something happened"
            return
        self.past.append(event)
        if isinstance(event, ev.Touched):
            self.presses += event.touch.button is Button.OK
            self.confirmed |= isinstance(before, s.Confirming) and event.touch.button is Button.NEXT
            if isinstance(before, s.LastTry) and event.touch.button is Button.NEXT:
                self.last_try_accepted = True
            if isinstance(before, s.LastPassword) and event.touch.button is Button.NEXT:
                self.last_password_accepted = True
        self.state = step.state
        for effect in step.effects:
            self.perform(effect, event)
        if isinstance(before, s.TakeCard) and isinstance(self.state, s.ChoosingKind | s.Confirming):
            assert not self.card_lies, "the visit went on beside a card that lies there"
        if (
            isinstance(before, s.Applied)
            and isinstance(self.state, s.Reception)
            and not isinstance(event, ev.ReaderLost)
        ):
            assert not self.card_lies, "the number came beside a card that lies there"
        if not isinstance(self.state, s.Pin | s.Verifying | s.AttributesPin | s.ReadingAttributes):
            assert self.typed == 0, "digits stay in the buffer"
        if not isinstance(self.state, s.Password | s.Signing):
            assert self.characters == 0, "a password stays in the buffer"
        self.check_rest(before)
        screen_for(self.state, self.now, self.settings)

    def tick(self, seconds: float) -> None:
        self.now_s += seconds
        self.post(ev.Tick())

    def start(self) -> None:
        self.visits += 1
        self.post(ev.Started(VisitKey(f"{self.visits:032x}"), self.settings.languages[self.visits % 2]))

    def type_digit(self) -> None:
        """Touch a digit on the pad: the buffer fills, the flow hears the number."""
        if isinstance(self.state, s.Pin | s.AttributesPin):
            self.typed = min(4, self.typed + 1)
            self.post(ev.PinTyped(self.typed))

    def type_character(self) -> None:
        """Touch a key of the password: the buffer fills, the flow hears the number."""
        if isinstance(self.state, s.Password):
            self.characters = min(16, self.characters + 1)
            self.post(ev.PasswordTyped(self.characters))

    def put_card(self, tries: int = 3, password_tries: int = 5, attributes_tries: int = 3) -> None:
        if not self.card_lies:
            self.password_tries, self.last_password_accepted = password_tries, False
            self.card_lies, self.tries, self.last_try_accepted = True, tries, False
            self.attributes_tries = attributes_tries
        if isinstance(self.watch, fx.WatchCard):
            ticket, self.watch = self.watch.ticket, None
            self.post(ev.CardSeen(ticket))

    def lift_card(self) -> None:
        self.card_lies = False
        if isinstance(self.watch, fx.WatchRemoval):
            ticket, self.watch = self.watch.ticket, None
            self.post(ev.CardLifted(ticket))

    def due_here(self, book: Book) -> bool:
        """Tell whether this machine has to take money for an order."""
        return self.settings.takes_payment and book.issued.total_yen > 0

    # --- effects --------------------------------------------------------------------------------------------------

    def perform(self, effect: fx.Effect, event: ev.Event) -> None:
        match effect:
            case fx.SettleBooks():
                self.open[NO_TICKET] = effect
            case fx.WatchCard() | fx.WatchRemoval():
                assert self.watch is None, "two watches at once"
                self.watch = effect
            case fx.StopWatching():
                assert self.watch is not None, "no watch runs"
                assert self.watch.ticket == effect.ticket, "another watch runs"
                self.watch = None
            case fx.FetchMunicipalities():
                self.ask(effect)
            case fx.InspectCard():
                assert self.watch is None, "the reader is in use"
                self.ask(effect)
            case fx.Authenticate():
                self.authenticate(effect, event)
            case fx.ClearPin():
                self.typed = 0
            case fx.ClearPassword():
                self.characters = 0
            case fx.InspectSignature():
                assert self.watch is None, "the reader is in use"
                assert effect.ticket.visit in self.verified, "the signature before the PIN"
                self.ask(effect)
            case fx.SignApplication():
                self.sign(effect, event)
            case fx.SendApplication():
                assert self.signed.get(effect.ticket.visit) == effect.application, "sent what was not signed"
                self.ask(effect)
            case fx.InspectAttributes() | fx.ReadAttributes():
                at_card.ask_for_attributes(self, effect, event)
            case fx.PrintReceipt():
                assert self.books[effect.transaction].paid is not None, "a receipt without money"
                self.ask(effect)
            case fx.PrintReceptionSlip():
                self.slips += 1
                assert self.slips <= len(self.received), "a slip without an application"
            case fx.PlaceOrder():
                assert effect.ticket.visit in self.verified, "ordered without a verified visit"
                assert effect.ticket.visit not in self.forgotten
                assert self.purposes[effect.ticket.visit] is not Purpose.SEAL_CARD, "ordered where nothing can be had"
                check_offered(effect.order)
                at_counter.count_repeats(self)
                self.ask(effect)
            case fx.AbandonOrder():
                self.abandoned.add(effect.ticket)
            case fx.CheckDevices():
                self.ask(effect)
            case fx.TakePayment():
                self.take_payment(effect)
            case fx.StopPayment():
                assert effect.ticket in self.open, "no payment to stop"
            case fx.Refund():
                book = self.books[effect.transaction]
                assert book.paid == effect.paid, "refund of what was not paid"
                assert not book.refunded
                self.ask(effect)
            case fx.PrintDocument():
                self.print(effect)
            case fx.PrintSet():
                at_counter.print_set(self, effect)
            case fx.PrintCounterSlip():
                assert effect.counter.code not in self.slipped, "two slips for one number"
                self.slipped.add(effect.counter.code)
                self.ask(effect)
            case fx.Report():
                self.report(effect.outcome)
            case fx.RaiseIncident():
                self.incident = True
                if effect.transaction in self.books:
                    self.books[effect.transaction].incident = True
            case fx.ForgetVisit():
                self.forgotten.add(effect.visit)
                self.typed = self.characters = 0
            case fx.CheckHealth() | fx.PrintCaseSlip() | fx.Announce() | fx.NotePapersLeft():
                pass
            case _:
                assert_never(effect)

    def ask(self, question: Question) -> None:
        assert not isinstance(question, fx.SettleBooks)
        assert question.ticket not in self.open, "a ticket twice"
        self.open[question.ticket] = question

    def authenticate(self, effect: fx.Authenticate, event: ev.Event) -> None:
        assert self.watch is None, "the reader is in use"
        assert isinstance(event, ev.Touched), "a PIN try without a touch"
        assert event.touch.button is Button.OK, "a PIN try without OK"
        assert self.tries > 0 or not self.card_lies, "a blocked card was tried"
        assert self.tries != 1 or self.last_try_accepted, "the last try was spent without consent"
        self.verifications += 1
        assert self.verifications <= self.presses
        self.purposes[effect.ticket.visit] = effect.purpose
        self.open[effect.ticket] = effect

    def sign(self, effect: fx.SignApplication, event: ev.Event) -> None:
        assert self.watch is None, "the reader is in use"
        assert effect.ticket.visit in self.verified, "signed without a verified visit"
        assert self.purposes[effect.ticket.visit] is Purpose.HONSEKI, "signed in a visit of the residence"
        assert isinstance(event, ev.Touched), "a password try without a touch"
        assert event.touch.button is Button.OK, "a password try without OK"
        assert self.password_tries > 0 or not self.card_lies, "a blocked card was tried"
        assert self.password_tries != 1 or self.last_password_accepted, "the last try was spent without consent"
        self.verifications += 1
        assert self.verifications <= self.presses
        self.signed[effect.ticket.visit] = effect.application
        self.ask(effect)

    def take_payment(self, effect: fx.TakePayment) -> None:
        book = self.books[effect.transaction]
        assert book.checked, "money before the devices were checked"
        assert not book.asked_to_pay, "charged twice"
        assert effect.due_yen == book.issued.total_yen
        assert book.visit == effect.ticket.visit, "charged for another visit"
        book.asked_to_pay = True
        self.open[effect.ticket] = effect

    def print(self, effect: fx.PrintDocument) -> None:
        book = self.books[effect.document.transaction]
        assert book.visit == effect.ticket.visit, "printed in another visit"
        assert effect.document in book.issued.documents
        assert effect.document.serial not in book.papers, "one serial sent twice"
        assert book.checked, "printed before the printer was checked"
        if self.due_here(book):
            assert book.paid is not None, "printed without payment"
            assert effect.permit == book.paid, "printed on a permit that is not the payment"
        book.papers[effect.document.serial] = None
        self.open[effect.ticket] = effect

    def report(self, outcome: OrderOutcome) -> None:
        """Compare a report with the truth at its moment."""
        book = self.books[outcome.transaction]
        assert not book.reports, "reported twice"
        book.reports.append(outcome)
        assert [serial for serial, _, _ in outcome.documents] == [d.serial for d in book.issued.certificates]
        for serial, fate, _ in outcome.documents:
            truth = book.papers.get(serial, DocumentFate.VOIDED)
            complained = book.incident and fate is DocumentFate.UNKNOWN
            assert fate is truth or complained, f"reported {fate} of a paper that is {truth}"
        handed_over = all(fate is DocumentFate.HANDED_OVER for _, fate, _ in outcome.documents)
        match outcome.money:
            case MoneyFate.NONE:
                assert book.paid is None, "money forgotten"
                assert not book.money_unknown, "money forgotten"
            case MoneyFate.KEPT:
                assert book.paid is not None
                assert not book.refunded
                assert handed_over or outcome.case is not None, "money kept for nothing"
            case MoneyFate.REFUNDED:
                assert book.refunded, "no refund was made"
                assert outcome.case is None
            case MoneyFate.UNKNOWN:
                assert outcome.case is not None, "unknown money is a case"

    # --- answers --------------------------------------------------------------------------------------------------

    def answered(self, question: Question, event: ev.Event) -> None:
        """Let a device answer a question: first the truth changes, then the flow hears it."""
        ticket = NO_TICKET if isinstance(question, fx.SettleBooks) else question.ticket
        del self.open[ticket]
        match event:
            case ev.Authenticated(_, outcome):
                self.typed = 0
                if isinstance(outcome, VisitOpened):
                    self.verified.add(ticket.visit)
                    self.asked |= {ticket.visit} if outcome.menu.asks_attributes else set()
                    self.tries = 3
                if isinstance(outcome, WrongPin):
                    self.tries, self.last_try_accepted = outcome.tries_left, False
            case ev.ApplicationSigned(_, outcome):
                self.characters = 0
                if isinstance(outcome, SignedApplication):
                    self.password_tries = 5
                if isinstance(outcome, WrongPassword):
                    self.password_tries, self.last_password_accepted = outcome.tries_left, False
            case ev.AttributesAnswered():
                at_card.attributes_answered(self, event)
            case ev.ApplicationAnswered(_, ApplicationReceived()):
                self.received.add(ticket.visit)
            case ev.OrderAnswered(_, Issued() as issued):
                self.books[issued.transaction] = Book(issued, ticket.visit)
                if ticket in self.abandoned:
                    del self.books[issued.transaction]  # the runner voids and reports it by itself
            case ev.SetPrinted() if isinstance(question, fx.PrintSet):
                at_counter.end_set(self, question, event)
            case ev.DevicesChecked(_, printer, payment, _slips, _change):
                self.trays_ready = isinstance(printer, PrinterReady)
                for book in self.books.values():
                    if book.visit == ticket.visit and not book.reports:
                        can_pay = payment is None or not self.due_here(book)
                        book.checked = isinstance(printer, PrinterReady) and can_pay
            case ev.PaymentAnswered(_, outcome) if isinstance(question, fx.TakePayment):
                book = self.books[question.transaction]
                if isinstance(outcome, Paid) and outcome.received_yen >= question.due_yen:
                    book.paid = outcome
                book.money_unknown = isinstance(outcome, PaymentUnknown | Paid) and book.paid is None
            case ev.DocumentPrinted(_, _, outcome) if isinstance(question, fx.PrintDocument):
                book = self.books[question.document.transaction]
                book.papers[question.document.serial] = at_counter.FATES[type(outcome)]
            case ev.RefundAnswered(_, Refunded(amount_yen)) if isinstance(question, fx.Refund):
                book = self.books[question.transaction]
                book.refunded = amount_yen >= book.issued.total_yen
            case _:
                pass
        self.post(event)

    # --- rest -----------------------------------------------------------------------------------------------------

    def check_rest(self, before: s.State) -> None:
        """Check that a visit that is over left nothing behind and owes nothing."""
        old, new = s.session_of(before), s.session_of(self.state)
        if new is not None:
            assert new.visit == (old.visit if old is not None else new.visit), "the visit changed by itself"
            return
        if old is None:
            return
        assert self.watch is None, "the reader is still watched"
        assert self.typed == self.characters == 0
        assert old.visit in self.forgotten, "the visit was not forgotten"
        assert isinstance(self.state, s.OutOfService) == self.incident, "an incident stops the machine"
        for ticket, question in self.open.items():
            assert not isinstance(question, fx.PlaceOrder) or ticket in self.abandoned, "an order was left behind"
        moving = {each.issued.transaction for each in self.open.values() if isinstance(each, fx.PrintSet)}
        for book in self.books.values():
            ended = book.reports or book.incident or book.issued.transaction in moving
            assert ended, "an order was never reported"
            if book.paid is not None and not book.reports:
                raise AssertionError("money without a report")

    def come_home(self) -> None:
        """Nobody is there any more: time passes, only printer and card end what they must. A resting state comes."""
        for _ in range(80):
            if self.resting and not isinstance(self.state, s.Settling):
                return
            for ticket, question in list(self.open.items()):
                if isinstance(question, fx.SettleBooks):
                    self.answered(question, ev.Settled())
                elif isinstance(question, fx.PrintDocument):
                    self.answered(question, ev.DocumentPrinted(ticket, question.document.serial, Printed(1)))
            if isinstance(self.state, s.ReturningCard):
                self.lift_card()
            self.tick(30)
        raise AssertionError(f"no way home from {type(self.state).__name__}")
