"""Runs the flow: performs its effects on worker threads and returns their answers as events.

Keeps the journal around every act that cannot be undone. Decides nothing. One thread owns the state; everybody else posts events to it.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol, assert_never

from kiosk import eventlog, settlement
from kiosk.domain.certificates import IdempotencyKey, TransactionId
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.advance import advance
from kiosk.flow.screen_model import JAPANESE, Button, Language, ScreenModel, Text, Touch
from kiosk.flow.screens import screen_for
from kiosk.flow.session import Ticket, VisitKey
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Idle, OutOfService, Settling, State
from kiosk.lanes import Lane, Lanes
from kiosk.ports.card import CardGone, CardPlaced, CardReader, PinBuffer, ReaderUnavailable, Signed, WatchStopped
from kiosk.ports.center import (
    CenterUnavailable,
    DocumentFate,
    DocumentMismatch,
    Issued,
    IssuingCenter,
    MoneyFate,
    OrderOutcome,
    Refused,
    ReportRejected,
    VisitChannel,
    VisitOpened,
)
from kiosk.ports.clock import Clock
from kiosk.ports.journal import Act, Intent, Journal
from kiosk.ports.payment import ChargeKey, Paid, PaymentCancelled, PaymentDevice, PaymentUnavailable
from kiosk.ports.printer import DocumentPrinter, Printed, PrinterUnavailable, PrintUnknown

TICK_S = 0.5
"""The flow hears of time at least this often; deadlines compare clocks, so it decides nothing."""
HEALTH_S = 5.0
"""How often devices are asked again while nobody is served."""
REPORT_WAITS_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Pauses between repeats of an outcome report; the last one repeats."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything a visit needs of the world; `wiring` fills it in."""

    reader: CardReader
    center: IssuingCenter
    money: PaymentDevice
    printer: DocumentPrinter
    journal: Journal
    clock: Clock


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """What may be told of an order after its visit."""

    transaction: TransactionId
    pages: int
    total_yen: int


class Presenter(Protocol):
    """Whoever shows screens and speaks; called from the flow's thread, must not block."""

    def present(self, model: ScreenModel) -> None:
        """Show a screen."""
        ...

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Speak a line."""
        ...


class RunnerCrashedError(Exception):
    """A mistake of ours stopped the machine; the journal settles at the next start."""


class Runner:
    """One machine in operation."""

    def __init__(self, world: World, settings: FlowSettings, presenter: Presenter) -> None:
        self.pin = PinBuffer()
        """Filled by the pad; taken once by the card adapter."""
        self.timings_ms: dict[str, int] = {}
        """How long each kind of act took last, by the name of its effect."""
        self.last_order: OrderFigures | None = None
        """Figures of the latest order whose documents came; nothing of a person is in them."""
        self._world = world
        self._settings = settings
        self._presenter = presenter
        self._events: SimpleQueue[ev.Event | None] = SimpleQueue()
        self._state: State = Settling()
        self._shown: ScreenModel | None = None
        self._language: Language = JAPANESE
        self._stops: dict[Ticket, threading.Event] = {}
        self._guard = threading.Lock()
        self._visit: VisitKey | None = None
        self._channel: VisitChannel | None = None
        self._ordered: tuple[Ticket, OrderOutcome] | None = None
        self._closing = threading.Event()
        self._crash: BaseException | None = None
        self._failing: frozenset[str] = frozenset()
        self._health_due_s = 0.0
        self._lanes = Lanes(self._crashed)

    # --- the flow's own thread ------------------------------------------------------------------------------------

    def post(self, event: ev.Event) -> None:
        """Tell the flow of an event; from any thread."""
        self._events.put(event)

    def touch(self, touch: Touch) -> None:
        """Tell the flow of a touch; from any thread."""
        self.post(ev.Touched(touch))

    def stop(self) -> None:
        """End `run` soon; from any thread."""
        self._closing.set()
        self._events.put(None)

    def run(self) -> None:
        """Settle the books, then serve until `stop`. Raises RunnerCrashedError for a mistake of ours."""
        try:
            self._perform(fx.SettleBooks())
            self._show()
            while not self._closing.is_set():
                try:
                    event = self._events.get(timeout=TICK_S)
                except Empty:
                    event = ev.Tick()
                if event is not None and not self._closing.is_set():
                    self._advance(event)
        except Exception as error:  # noqa: BLE001 - the effect boundary, as on the lanes
            self._crashed(error)
        finally:
            self._closing.set()
            for stop in list(self._stops.values()):
                stop.set()
            self.pin.clear()
            self._lanes.stop(timeout_s=2.0)
            if self._channel is not None:
                self._channel.forget()
        if self._crash is not None:
            raise RunnerCrashedError from self._crash

    def _advance(self, event: ev.Event) -> None:
        now = self._world.clock.now()
        if isinstance(event, ev.Touched) and isinstance(self._state, Idle):
            event = self._started(event.touch)
        step = advance(self._state, event, now, self._settings)
        if step.ignored and not isinstance(event, ev.Tick | ev.Touched):
            eventlog.write(eventlog.StaleAnswer(type(event).__name__))
        self._state = step.state
        for effect in step.effects:
            self._perform(effect)
        if isinstance(self._state, Idle | OutOfService):
            self._recheck_health(now.steady_s)
        self._show()

    def _started(self, touch: Touch) -> ev.Event:
        if touch.button is Button.LANGUAGE:
            language = Language(touch.argument)
        elif touch.button is Button.START:
            language = JAPANESE
        else:
            return ev.Touched(touch)
        visit = VisitKey(secrets.token_hex(16))
        with self._guard:
            self._visit = visit
        self._language = language
        return ev.Started(visit, language)

    def _show(self) -> None:
        model = screen_for(self._state, self._world.clock.now(), self._settings)
        self._language = model.language
        if model != self._shown:
            self._shown = model
            self._presenter.present(model)

    def _crashed(self, error: BaseException) -> None:
        self._crash = error
        eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        self.stop()

    # --- effects --------------------------------------------------------------------------------------------------

    def _perform(self, effect: fx.Effect) -> None:
        match effect:
            case fx.SettleBooks():
                self._do(Lane.BOOKS, effect, self._settle_books)
            case fx.CheckHealth():
                self._failing = frozenset()
                self._do(Lane.CARD, effect, self._check_health)
            case fx.FetchMunicipalities():
                self._do(Lane.CENTER, effect, lambda: self._fetch_municipalities(effect))
            case fx.WatchCard() | fx.WatchRemoval():
                stop = self._stops[effect.ticket] = threading.Event()
                self._do(Lane.CARD, effect, lambda: self._watch(effect, stop))
            case fx.StopWatching() | fx.StopPayment():
                if (running := self._stops.get(effect.ticket)) is not None:
                    running.set()
            case fx.InspectCard():
                self._do(Lane.CARD, effect, lambda: self._inspect(effect))
            case fx.Authenticate():
                self._do(Lane.CARD, effect, lambda: self._authenticate(effect))
            case fx.ClearPin():
                self.pin.clear()
            case fx.PlaceOrder():
                self._do(Lane.CENTER, effect, lambda: self._place_order(effect))
            case fx.AbandonOrder():
                self._do(Lane.CENTER, effect, lambda: self._abandon(effect.ticket))
            case fx.CheckDevices():
                self._do(Lane.PAPER, effect, lambda: self._check_devices(effect))
            case fx.TakePayment():
                stop = self._stops[effect.ticket] = threading.Event()
                self._do(Lane.MONEY, effect, lambda: self._take_payment(effect, stop))
            case fx.Refund():
                self._do(Lane.MONEY, effect, lambda: self._refund(effect))
            case fx.PrintDocument():
                self._do(Lane.PAPER, effect, lambda: self._print(effect))
            case fx.Report():
                self._world.journal.decide(effect.outcome)
                self._do(Lane.BOOKS, effect, lambda: self._report(effect.outcome))
            case fx.PrintSlip() | fx.PrintCaseSlip():
                pass  # no receipt printer is fitted yet; the port comes with it
            case fx.RaiseIncident():
                self._world.journal.raise_incident(effect.code, effect.transaction, effect.check)
                eventlog.write(eventlog.IncidentRaised(effect.code, effect.transaction or "", effect.check))
            case fx.Announce():
                self._presenter.announce(effect.line, self._language, effect.level)
            case fx.ForgetVisit():
                self._forget(effect.visit)
            case _:
                assert_never(effect)

    def _do(self, lane: Lane, effect: fx.Effect, job: Callable[[], str]) -> None:
        """Do one act on its lane; the job gives a word for the log."""
        name = type(effect).__name__

        def timed() -> None:
            began = time.monotonic()
            outcome = job()
            self.timings_ms[name] = ms = round((time.monotonic() - began) * 1000)
            eventlog.write(eventlog.EffectFinished(name, outcome, "", ms))

        self._lanes.do(lane, timed)

    def _settle_books(self) -> str:
        world = self._world
        found = settlement.settle(world.journal, world.money)
        for outcome in found.outcomes:
            if outcome.case is not None:
                eventlog.write(eventlog.CaseOpened("CASE-01", outcome.transaction))
            self._lanes.do(Lane.BOOKS, lambda outcome=outcome: self._say(self._report(outcome)))  # type: ignore[misc]
        self.post(ev.Settled(found.cases, world.journal.open_incident()))
        return f"{len(found.outcomes)} open"

    def _say(self, _word: str) -> None:
        """Drop a job's word where nobody logs it."""

    def _check_health(self) -> str:
        failing = self._unwell()
        for code in sorted(failing):
            self.post(ev.DeviceFailed(code))
        for code in sorted(self._failing - failing):
            self.post(ev.DeviceRecovered(code))
        self._failing = failing
        return ",".join(sorted(failing)) or "well"

    def _unwell(self) -> frozenset[str]:
        """Ask every device that a visit needs; on the card's lane, which alone may touch the reader."""
        money = self._world.money.unavailable(0) if self._settings.takes_payment else None
        asked = self._world.reader.unavailable(), self._world.printer.readiness(1), money
        unwell = ReaderUnavailable | PrinterUnavailable | PaymentUnavailable
        return frozenset(device.code for device in asked if isinstance(device, unwell))

    def _recheck_health(self, steady_s: float) -> None:
        if steady_s >= self._health_due_s:
            self._health_due_s = steady_s + HEALTH_S
            self._do(Lane.CARD, fx.CheckHealth(), self._check_health)

    def _fetch_municipalities(self, effect: fx.FetchMunicipalities) -> str:
        outcome = self._world.center.municipalities()
        self.post(ev.MunicipalitiesListed(effect.ticket, outcome))
        return "listed" if isinstance(outcome, tuple) else outcome.code

    def _watch(self, effect: fx.WatchCard | fx.WatchRemoval, stop: threading.Event) -> str:
        reader = self._world.reader
        seen = reader.wait_for_card(stop) if isinstance(effect, fx.WatchCard) else reader.wait_for_removal(stop)
        self._stops.pop(effect.ticket, None)
        match seen:
            case CardPlaced():
                self.post(ev.CardSeen(effect.ticket))
            case CardGone():
                self.post(ev.CardLifted(effect.ticket))
            case ReaderUnavailable():
                self.post(ev.ReaderLost(effect.ticket, seen))
            case WatchStopped():
                pass
        return type(seen).__name__

    def _inspect(self, effect: fx.InspectCard) -> str:
        outcome = self._world.reader.inspect()
        self.post(ev.CardInspected(effect.ticket, outcome))
        return type(outcome).__name__

    def _authenticate(self, effect: fx.Authenticate) -> str:
        try:
            outcome = self._opened(effect)
        finally:
            self.pin.clear()
        self.post(ev.Authenticated(effect.ticket, outcome))
        return type(outcome).__name__

    def _opened(self, effect: fx.Authenticate) -> ev.AuthenticationOutcome:
        channel = self._world.center.begin_visit(effect.municipality)
        if isinstance(channel, Refused | CenterUnavailable):
            return channel
        if len(self.pin) < 4:
            return ev.PinIncomplete()
        signed = self._world.reader.authenticate(channel.statement_digest, self.pin)
        if not isinstance(signed, Signed):
            return signed
        outcome = channel.prove(signed.certificate_der, signed.signature)
        if isinstance(outcome, VisitOpened):
            with self._guard:
                if effect.ticket.visit == self._visit:
                    self._channel = channel
                    return outcome
            channel.close()  # the resident left while the center was answering
        return outcome

    def _place_order(self, effect: fx.PlaceOrder) -> str:
        with self._guard:
            channel = self._channel if effect.ticket.visit == self._visit else None
        if channel is None:
            return "visit over"
        outcome = channel.order(effect.order, IdempotencyKey(secrets.token_hex(16)))
        if isinstance(outcome, Issued):
            for document in outcome.documents:
                intent = Intent(Act.ISSUE, outcome.transaction, serial=document.serial, sheets=document.pages)
                self._world.journal.conclude(self._world.journal.intend(intent), "done")
            self.last_order = OrderFigures(outcome.transaction, outcome.pages, outcome.total_yen)
            voided = tuple((d.serial, DocumentFate.VOIDED, 0) for d in outcome.documents)
            self._ordered = effect.ticket, OrderOutcome(outcome.transaction, MoneyFate.NONE, 0, voided, None)
        self.post(ev.OrderAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def _abandon(self, ticket: Ticket) -> str:
        # The same lane placed the order, so its answer, if there was one, is here by now.
        if self._ordered is None or self._ordered[0] != ticket:
            return "nothing issued"
        outcome = self._ordered[1]
        self._world.journal.decide(outcome)
        self._lanes.do(Lane.BOOKS, lambda: self._say(self._report(outcome)))
        return "voided"

    def _check_devices(self, effect: fx.CheckDevices) -> str:
        printer = self._world.printer.readiness(effect.sheets)
        money = self._world.money.unavailable(effect.total_yen) if effect.total_yen else None
        self.post(ev.DevicesChecked(effect.ticket, printer, money))
        return type(printer).__name__

    def _take_payment(self, effect: fx.TakePayment, stop: threading.Event) -> str:
        journal = self._world.journal
        intent = journal.intend(Intent(Act.TAKE_MONEY, effect.transaction, amount_yen=effect.due_yen))
        outcome = self._world.money.collect(
            ChargeKey(effect.transaction),
            effect.due_yen,
            lambda yen: self.post(ev.MoneyInserted(effect.ticket, yen)),
            stop,
        )
        self._stops.pop(effect.ticket, None)
        match outcome:
            case Paid():
                journal.conclude(intent, "done", outcome.received_yen)
            case PaymentCancelled() | PaymentUnavailable():
                journal.conclude(intent, "cancelled")
            case _:
                journal.conclude(intent, "unknown", outcome.received_yen)
        self.post(ev.PaymentAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def _refund(self, effect: fx.Refund) -> str:
        outcome = settlement.refund(
            self._world.journal, self._world.money, effect.transaction, effect.paid.received_yen
        )
        self.post(ev.RefundAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def _print(self, effect: fx.PrintDocument) -> str:
        document, journal = effect.document, self._world.journal
        with self._guard:
            channel = self._channel if effect.ticket.visit == self._visit else None
        # INV-1: the last check, on the very bytes that go to the printer.
        mismatch = (
            DocumentMismatch("transaction", document.transaction) if channel is None else channel.recheck(document)
        )
        if mismatch is not None:
            self.post(ev.DocumentPrinted(effect.ticket, document.serial, mismatch))
            return "mismatch"
        intent = journal.intend(Intent(Act.PRINT, document.transaction, serial=document.serial, sheets=document.pages))
        outcome = self._world.printer.print_document(
            document, lambda sheets: self.post(ev.SheetOut(effect.ticket, sheets))
        )
        match outcome:
            case Printed():
                journal.conclude(intent, "done", outcome.sheets)
            case PrintUnknown():
                journal.conclude(intent, "unknown", outcome.sheets_out)
            case _:
                journal.conclude(intent, "failed", outcome.sheets_out)
        self.post(ev.DocumentPrinted(effect.ticket, document.serial, outcome))
        return type(outcome).__name__

    def _report(self, outcome: OrderOutcome) -> str:
        waits = iter(REPORT_WAITS_S)
        while isinstance(answer := self._world.center.report(outcome), CenterUnavailable):
            if self._closing.wait(next(waits, REPORT_WAITS_S[-1])):
                return answer.code  # decided and journalled: the next start reports it
        if isinstance(answer, ReportRejected):
            eventlog.write(eventlog.ReportRefused(outcome.transaction))
            self._world.journal.raise_incident("BOOKS-01", outcome.transaction, "outcome conflict")
            self.post(ev.DeviceFailed("BOOKS-01"))
        self._world.journal.settle(outcome.transaction)
        eventlog.write(eventlog.OrderSettled(outcome.transaction, outcome.money.value))
        return type(answer).__name__

    def _forget(self, visit: VisitKey) -> None:
        self.pin.clear()
        with self._guard:
            if visit != self._visit:
                return
            channel, self._channel, self._visit = self._channel, None, None
        if channel is not None:
            channel.forget()
            self._lanes.do(Lane.CENTER, channel.close)
