"""The acts of a visit, each done by one worker on its lane: card, center, devices, money, paper.

Every act that cannot be undone stands between its intention and its end in the journal, and every outcome is posted to the
flow as the port gave it. Holds what must not be in a state: the buffers of PIN and password, and the visit's channel to
the center.
"""

import secrets
import threading
from collections.abc import Callable
from functools import partial
from typing import assert_never

from kiosk import settlement
from kiosk.domain.certificates import IdempotencyKey
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.session import Ticket, VisitKey
from kiosk.lanes import Job, Lane
from kiosk.ports.card import (
    PIN_LENGTH,
    CardGone,
    CardPlaced,
    PinBuffer,
    ReaderUnavailable,
    Signed,
    WatchStopped,
)
from kiosk.ports.center import (
    CenterUnavailable,
    DocumentFate,
    DocumentMismatch,
    Issued,
    MoneyFate,
    OrderOutcome,
    Refused,
    VisitChannel,
    VisitOpened,
)
from kiosk.ports.journal import Act, Intent
from kiosk.ports.password import PasswordBuffer
from kiosk.ports.payment import ChangeAdvice, ChargeKey, Paid, PaymentCancelled, PaymentUnavailable, PaymentUnknown
from kiosk.ports.slips import SlipPrinterUnavailable
from kiosk.prints import print_journalled
from kiosk.world import Figures, OrderFigures, World


class Acts:
    """What the lanes do. `admit`, `stopping`, `stop` and `forget` are the flow's thread's; each act gives a word for the log."""

    def __init__(
        self,
        world: World,
        post: Callable[[ev.Event], None],
        do: Callable[[Lane, Job], None],
        report: Callable[[OrderOutcome], None],
        figures: Figures | None,
        pin: PinBuffer,
        password: PasswordBuffer,
    ) -> None:
        """`post` tells the flow, `do` gives a job to a lane, `report` writes an outcome down and has it told."""
        self.pin = pin
        self.password = password
        self._world = world
        self._post = post
        self._do = do
        self._report = report
        self._figures = figures
        self._stops: dict[Ticket, threading.Event] = {}
        self._guard = threading.Lock()
        self._visit: VisitKey | None = None
        self._channel: VisitChannel | None = None
        self._sending: tuple[VisitKey, IdempotencyKey] | None = None
        """The key under which this visit's application is sent, however often; of the center's lane alone."""
        self._ordered: tuple[Ticket, OrderOutcome] | None = None
        """What abandoning the visit's latest order would report; of the center's lane alone."""

    def admit(self, visit: VisitKey | None) -> None:
        """Let acts of this visit keep a channel, and of no other; None lets in nobody."""
        with self._guard:
            self._visit = visit

    def stopping(self, ticket: Ticket) -> threading.Event:
        """Make what ends a watch or a payment early."""
        stop = self._stops[ticket] = threading.Event()
        return stop

    def stop(self, ticket: Ticket) -> None:
        """End a watch or a payment early; one that has ended is no error."""
        if (stop := self._stops.get(ticket)) is not None:
            stop.set()

    def drop(self) -> None:
        """End everything at once, because the program ends."""
        for stop in list(self._stops.values()):
            stop.set()
        self.pin.clear()
        self.password.clear()
        if (channel := self._let_go()) is not None:
            channel.forget()

    def forget(self, visit: VisitKey) -> None:
        """Drop everything of a visit."""
        self.pin.clear()
        self.password.clear()
        if visit != self._visit:
            return
        channel = self._let_go()
        if channel is not None:
            channel.forget()
        # After what the center's lane still has of this visit: an order that was abandoned is voided first.
        self._do(Lane.CENTER, partial(self._close, channel))

    def fetch_municipalities(self, effect: fx.FetchMunicipalities) -> str:
        """Ask for the list; a counter serves its own municipality only."""
        outcome, own = self._world.center.municipalities(), self._world.counter_of
        if own is not None and isinstance(outcome, tuple):
            outcome = tuple(each for each in outcome if each.code == own)
        self._post(ev.MunicipalitiesListed(effect.ticket, outcome))
        return "listed" if isinstance(outcome, tuple) else outcome.code

    def watch(self, effect: fx.WatchCard | fx.WatchRemoval, stop: threading.Event) -> str:
        """Wait for a card, or for its removal, until told to stop."""
        reader = self._world.reader
        seen = reader.wait_for_card(stop) if isinstance(effect, fx.WatchCard) else reader.wait_for_removal(stop)
        self._stops.pop(effect.ticket, None)
        match seen:
            case CardPlaced():
                self._post(ev.CardSeen(effect.ticket))
            case CardGone():
                self._post(ev.CardLifted(effect.ticket))
            case ReaderUnavailable():
                self._post(ev.ReaderLost(effect.ticket, seen))
            case WatchStopped():
                pass
        return type(seen).__name__

    def inspect(self, effect: fx.InspectCard) -> str:
        """Find out what lies there."""
        outcome = self._world.reader.inspect()
        self._post(ev.CardInspected(effect.ticket, outcome))
        return type(outcome).__name__

    def authenticate(self, effect: fx.Authenticate) -> str:
        """Open the visit: nonce, PIN and signature, proof; the PIN buffer is empty afterwards on every path."""
        try:
            outcome = self._opened(effect)
        finally:
            self.pin.clear()
        self._post(ev.Authenticated(effect.ticket, outcome))
        return type(outcome).__name__

    def _opened(self, effect: fx.Authenticate) -> ev.AuthenticationOutcome:
        channel = self._world.center.begin_visit(effect.municipality, effect.purpose)
        if isinstance(channel, Refused | CenterUnavailable):
            return channel
        if len(self.pin) < PIN_LENGTH:
            return ev.PinIncomplete()
        signed = self._world.reader.authenticate(channel.statement_digest, self.pin)
        if not isinstance(signed, Signed):
            return signed
        outcome = channel.prove(signed.certificate_der, signed.signature)
        if isinstance(outcome, VisitOpened):
            unwanted = self._keep(effect.ticket, channel)
            if unwanted is not None:
                unwanted.forget()
                self._do(Lane.CENTER, unwanted.close)
        return outcome

    def _keep(self, ticket: Ticket, channel: VisitChannel) -> VisitChannel | None:
        """Keep the channel of the visit that goes on; give the one that is not wanted any more.

        That is the new one when the resident left while the center was answering, and an earlier one when the card was
        shown a second time: after a form that began in an open visit, or after the card was lifted too early.
        """
        with self._guard:
            if ticket.visit != self._visit:
                return channel
            earlier, self._channel = self._channel, channel
            return earlier

    def inspect_signature(self, effect: fx.InspectSignature) -> str:
        """Find out whether the card can sign."""
        outcome = self._world.reader.inspect_signature()
        self._post(ev.SignatureInspected(effect.ticket, outcome))
        return type(outcome).__name__

    def sign_application(self, effect: fx.SignApplication) -> str:
        """Have the card sign; the password buffer is empty afterwards on every path."""
        try:
            outcome = self._signed(effect)
        finally:
            self.password.clear()
        self._post(ev.ApplicationSigned(effect.ticket, outcome))
        return type(outcome).__name__

    def _signed(self, effect: fx.SignApplication) -> ev.SigningOutcome:
        channel = self.channel_of(effect.ticket)
        if channel is None:
            return ev.VisitGone()
        if not self.password.is_complete:
            return ev.PasswordIncomplete()
        return self._world.reader.sign_application(channel.application_digest(effect.application), self.password)

    def send_application(self, effect: fx.SendApplication) -> str:
        """Hand an application in; the key is the same however often it is sent, so the center counts it once."""
        channel = self.channel_of(effect.ticket)
        if channel is None:
            return "visit over"
        visit = effect.ticket.visit
        if self._sending is None or self._sending[0] != visit:
            self._sending = visit, IdempotencyKey(secrets.token_hex(16))
        signed = effect.signed
        outcome = channel.apply(effect.application, signed.certificate_der, signed.signature, self._sending[1])
        self._post(ev.ApplicationAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def place_order(self, effect: fx.PlaceOrder) -> str:
        """Order, and write down what came before anybody hears of it."""
        channel = self.channel_of(effect.ticket)
        if channel is None:
            return "visit over"
        outcome = channel.order(effect.order, IdempotencyKey(secrets.token_hex(16)))
        if isinstance(outcome, Issued):
            # INV-1: once more at receipt, before anything is written down or paid.
            found = (channel.recheck(document) for document in outcome.documents)
            mismatch = next((each for each in found if each is not None), None)
            if mismatch is not None:
                outcome = mismatch
            else:
                self._write_down(effect.ticket, outcome)
        self._post(ev.OrderAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def _write_down(self, ticket: Ticket, issued: Issued) -> None:
        # At one stroke: an outcome that names only some of an order's documents is none to the center.
        self._world.journal.note(
            [
                Intent(Act.ISSUE, issued.transaction, serial=document.serial, sheets=document.sheets)
                for document in issued.certificates
            ]
        )
        if self._figures is not None:
            self._figures.order = OrderFigures(issued.transaction, issued.pages, issued.total_yen)
        voided = tuple((document.serial, DocumentFate.VOIDED, 0) for document in issued.certificates)
        self._ordered = ticket, OrderOutcome(issued.transaction, MoneyFate.NONE, 0, voided, None)

    def channel_of(self, ticket: Ticket) -> VisitChannel | None:
        """Give the channel of the visit that goes on; None for one that is over."""
        with self._guard:
            return self._channel if ticket.visit == self._visit else None

    def abandon(self, ticket: Ticket) -> str:
        """Void what came for a ticket, if anything did."""
        # The same lane placed the order, so its answer, if there was one, is here by now.
        if self._ordered is None or self._ordered[0] != ticket:
            return "nothing issued"
        self._report(self._ordered[1])
        return "voided"

    def check_devices(self, effect: fx.CheckDevices) -> str:
        """Ask printer, slip printer and till before anything irreversible."""
        printer = self._world.printer.readiness(effect.sheets)
        money = self._world.money.unavailable(effect.total_yen) if effect.total_yen else None
        asked = effect.total_yen > 0 and money is None
        change = self._world.money.change_advice(effect.total_yen) if asked else ChangeAdvice.ANY
        slips = self._world.slips.readiness()
        missing = slips if isinstance(slips, SlipPrinterUnavailable) else None
        self._post(ev.DevicesChecked(effect.ticket, printer, money, missing, change))
        return type(printer).__name__

    def take_payment(self, effect: fx.TakePayment, stop: threading.Event) -> str:
        """Take the money under the transaction, with the journal around it."""
        journal = self._world.journal
        intent = journal.intend(Intent(Act.TAKE_MONEY, effect.transaction, amount_yen=effect.due_yen))
        outcome = self._world.money.collect(
            ChargeKey(effect.transaction),
            effect.due_yen,
            lambda yen: self._post(ev.MoneyInserted(effect.ticket, yen)),
            stop,
        )
        self._stops.pop(effect.ticket, None)
        match outcome:
            case Paid():
                journal.conclude(intent, "done", outcome.received_yen)
            case PaymentCancelled() | PaymentUnavailable():
                journal.conclude(intent, "cancelled")
            case PaymentUnknown():
                journal.conclude(intent, "unknown", outcome.received_yen)
            case _:
                assert_never(outcome)
        self._post(ev.PaymentAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def refund(self, effect: fx.Refund) -> str:
        """Give the money back, with the journal around it."""
        outcome = settlement.refund(
            self._world.journal, self._world.money, effect.transaction, effect.paid.received_yen
        )
        self._post(ev.RefundAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def print(self, effect: fx.PrintDocument) -> str:
        """Check once more, then print one document, with the journal around it."""
        document = effect.document
        channel = self.channel_of(effect.ticket)
        # INV-1: the last check, on the very bytes that go to the printer.
        mismatch = (
            DocumentMismatch("transaction", document.transaction) if channel is None else channel.recheck(document)
        )
        if mismatch is not None:
            self._post(ev.DocumentPrinted(effect.ticket, document.serial, mismatch))
            return "mismatch"
        outcome = print_journalled(
            self._world.journal,
            self._world.printer,
            document,
            lambda sheets: self._post(ev.SheetOut(effect.ticket, sheets)),
        )
        self._post(ev.DocumentPrinted(effect.ticket, document.serial, outcome))
        return type(outcome).__name__

    def _let_go(self) -> VisitChannel | None:
        with self._guard:
            channel, self._channel, self._visit = self._channel, None, None
        return channel

    def _close(self, channel: VisitChannel | None) -> None:
        self._ordered = self._sending = None
        if channel is not None:
            channel.close()
