"""Runs the flow: has its effects performed on worker threads and returns their answers as events.

Decides nothing. One thread owns the state; everybody else posts events to it.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol, assert_never

from kiosk import eventlog, settlement
from kiosk.acts import Acts
from kiosk.attribute_acts import AttributeActs
from kiosk.counter_status import CounterStatus
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.advance import advance
from kiosk.flow.screen_model import JAPANESE, Button, Language, ScreenId, ScreenModel, Text, Touch
from kiosk.flow.screens import screen_for
from kiosk.flow.session import VisitKey
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Idle, OutOfService, Settling, State
from kiosk.lanes import Lane, Lanes
from kiosk.ports.card import PinBuffer
from kiosk.ports.center import OrderOutcome
from kiosk.ports.password import PasswordBuffer
from kiosk.ports.printer import PrinterUnavailable
from kiosk.ports.slips import SlipPrinterUnavailable
from kiosk.reports import Reports
from kiosk.sets import PaperSet, Sets
from kiosk.slip_acts import SlipActs
from kiosk.world import Figures, World

TICK_S = 0.5
"""The flow hears of time at least this often; deadlines compare clocks, so it decides nothing."""
HEALTH_S = 5.0
"""How often devices are asked again while nobody is served."""
STUCK_S = 15.0
"""A reader that has not come back to anybody for so long, while nobody is served, is away."""
STUCK = "CARD-01"
SEEN_TO = frozenset({Lane.BOOKS, Lane.DESK})
"""Lanes that do what they were given when the program ends: outcomes, and the slip with the number of a case."""
PATIENCE_S = dict.fromkeys(Lane, 2.0) | {
    Lane.MONEY: 20.0,
    Lane.PAPER: 20.0,
    Lane.DESK: 5.0,
    Lane.STATUS: 0.5,
}
"""How long the end of the program waits for what is being done: coins and sheets that move are better seen to the end."""


@dataclass(frozen=True, slots=True)
class _Pressed:
    """A touch on its way to the flow's thread."""

    touch: Touch
    on: ScreenId | None


class Presenter(Protocol):
    """Whoever shows screens and speaks; called from the flow's thread, must not block."""

    def present(self, model: ScreenModel) -> None:
        """Show a screen."""
        ...

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Speak a line."""
        ...


class RunnerCrashedError(Exception):
    """A mistake of ours stopped the machine; the journal settles at the next start.

    Says what kind of error it was and where, and carries nothing else of it: its text and its frames may hold a resident.
    """


class Runner:
    """One machine in operation."""

    def __init__(
        self,
        world: World,
        settings: FlowSettings,
        presenter: Presenter,
        figures: Figures | None = None,
        pin: PinBuffer | None = None,
        password: PasswordBuffer | None = None,
    ) -> None:
        """`figures` is filled for whoever asks for it; `pin` and `password` are the screen's, where there is one already."""
        self._world = world
        self._settings = settings
        self._presenter = presenter
        self._figures = figures
        self._events: SimpleQueue[ev.Event | _Pressed | None] = SimpleQueue()
        self._state: State = Settling()
        self._shown: ScreenModel | None = None
        self._language: Language = JAPANESE
        self._closing = threading.Event()
        self._crash: str | None = None
        self._failing: frozenset[str] = frozenset()
        self._health_due_s = 0.0
        self._lanes = Lanes(self._crashed)
        self._reports = Reports(world.center, world.journal, lambda code: self.post(ev.DeviceFailed(code)))
        self.pin = PinBuffer() if pin is None else pin
        self.password = PasswordBuffer() if password is None else password
        """Both filled on the screen, and taken once by the card adapter."""
        self._acts = Acts(world, self.post, self._lanes.do, self._report, figures, self.pin, self.password)
        self._attributes = AttributeActs(world.reader, self._acts.channel_of, self.pin, self.post)
        self._sets = Sets(world, self.post, self._lanes.do, self._report)
        self._slips = SlipActs(world, settings, self.post)
        self._status = (
            None
            if world.counter_of is None
            else CounterStatus(world.center, world.counter_of, world.printer, world.slips)
        )
        self._roll_low = False

    # --- the flow's own thread ------------------------------------------------------------------------------------

    def post(self, event: ev.Event) -> None:
        """Tell the flow of an event; from any thread."""
        self._events.put(event)

    def touch(self, touch: Touch, on: ScreenId | None = None) -> None:
        """Tell the flow of a touch; from any thread.

        `on` is the screen that was touched: if another one is up by the time the flow hears of it, it was meant for
        nothing that is there now. None where that cannot be.
        """
        self._events.put(_Pressed(touch, on))

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
                self._advance(self._next_event())
        except Exception as error:  # noqa: BLE001 - the effect boundary, as on the lanes
            self._crashed(error)
        finally:
            self._closing.set()
            self._acts.drop()
            self._lanes.stop(PATIENCE_S)
        if self._crash is not None:
            raise RunnerCrashedError(self._crash)

    def _next_event(self) -> ev.Event:
        try:
            event = self._events.get(timeout=TICK_S)
        except Empty:
            return ev.Tick()
        match event:
            case None:
                return ev.Tick()
            case _Pressed(touch, on):
                up = None if self._shown is None else self._shown.screen
                return ev.Touched(touch) if on is None or on is up else ev.Tick()
            case _:
                return event

    def _advance(self, event: ev.Event) -> None:
        if self._closing.is_set():
            return
        now = self._world.clock.now()
        if isinstance(event, ev.Touched) and isinstance(self._state, Idle):
            event = self._started(event.touch)
        step = advance(self._state, event, now, self._settings)
        if step.ignored and isinstance(event, ev.Started):
            self._acts.admit(None)  # closed: nobody has come in
        elif step.ignored and getattr(event, "ticket", None) is not None:
            eventlog.write(eventlog.StaleAnswer(type(event).__name__))
        self._state = step.state
        for effect in step.effects:
            self._perform(effect)
        if isinstance(self._state, Idle | OutOfService):
            self._recheck_health(now.steady_s)
        self._tell_status(now.steady_s)
        if self._reports.is_due(now.steady_s) and not self._lanes.busy_s(Lane.BOOKS):
            self._do(Lane.BOOKS, "RepeatReports", self._reports.tell_again)
        self._show()

    def _tell_status(self, steady_s: float) -> None:
        status = self._status
        if status is not None and not self._lanes.busy_s(Lane.STATUS) and status.is_due(steady_s, self._failing):
            self._do(Lane.STATUS, "TellStatus", status.tell)

    def _started(self, touch: Touch) -> ev.Event:
        if touch.button is Button.LANGUAGE:
            language = Language(touch.argument)
        elif touch.button is Button.START:
            language = JAPANESE
        else:
            return ev.Touched(touch)
        visit = VisitKey(secrets.token_hex(16))
        self._acts.admit(visit)
        return ev.Started(visit, language)

    def _show(self) -> None:
        model = screen_for(self._state, self._world.clock.now(), self._settings)
        self._language = model.language
        if model != self._shown:
            self._shown = model
            self._presenter.present(model)

    def _crashed(self, error: BaseException) -> None:
        name, place = type(error).__name__, eventlog.place_of(error)
        self._crash = f"{name} at {place}"
        eventlog.write(eventlog.Crashed(name, place))
        self.stop()

    # --- effects --------------------------------------------------------------------------------------------------

    def _perform(self, effect: fx.Effect) -> None:
        name, acts = type(effect).__name__, self._acts
        match effect:
            case fx.SettleBooks():
                self._do(Lane.BOOKS, name, self._settle_books)
            case fx.CheckHealth():
                self._failing = frozenset()
                self._health_due_s = self._world.clock.now().steady_s + HEALTH_S
                self._do(Lane.CARD, name, self._check_health)
            case fx.FetchMunicipalities():
                self._do(Lane.CENTER, name, partial(acts.fetch_municipalities, effect))
            case fx.WatchCard() | fx.WatchRemoval():
                self._do(Lane.CARD, name, partial(acts.watch, effect, acts.stopping(effect.ticket)))
            case fx.StopWatching() | fx.StopPayment():
                acts.stop(effect.ticket)
            case fx.InspectCard():
                self._do(Lane.CARD, name, partial(acts.inspect, effect))
            case fx.Authenticate():
                self._do(Lane.CARD, name, partial(acts.authenticate, effect))
            case fx.ClearPin():
                acts.pin.clear()
            case fx.InspectSignature():
                self._do(Lane.CARD, name, partial(acts.inspect_signature, effect))
            case fx.SignApplication():
                self._do(Lane.CARD, name, partial(acts.sign_application, effect))
            case fx.ClearPassword():
                acts.password.clear()
            case fx.SendApplication():
                self._do(Lane.CENTER, name, partial(acts.send_application, effect))
            case fx.InspectAttributes():
                self._do(Lane.CARD, name, partial(self._attributes.inspect, effect))
            case fx.ReadAttributes():
                self._do(Lane.CARD, name, partial(self._attributes.read, effect))
            case fx.PlaceOrder():
                self._do(Lane.CENTER, name, partial(acts.place_order, effect))
            case fx.AbandonOrder():
                self._do(Lane.CENTER, name, partial(acts.abandon, effect.ticket))
            case fx.CheckDevices():
                self._do(
                    Lane.PAPER if self._settings.hands_over_here else Lane.DESK,
                    name,
                    partial(acts.check_devices, effect),
                )
            case fx.TakePayment():
                self._do(Lane.MONEY, name, partial(acts.take_payment, effect, acts.stopping(effect.ticket)))
            case fx.Refund():
                self._do(Lane.MONEY, name, partial(acts.refund, effect))
            case fx.PrintDocument():
                self._do(Lane.PAPER, name, partial(acts.print, effect))
            case fx.PrintSet():
                papers = PaperSet(effect, acts.channel_of(effect.ticket))
                self._do(Lane.PAPER, name, partial(self._sets.print, papers))
            case fx.PrintCounterSlip():
                self._do(Lane.DESK, name, partial(self._sets.slip, effect))
            case fx.Report():
                self._report(effect.outcome)
            case fx.PrintReceipt():
                self._do(Lane.DESK, name, partial(self._slips.receipt, effect))
            case fx.PrintCaseSlip():
                self._do(Lane.DESK, name, partial(self._slips.case, effect))
            case fx.PrintReceptionSlip():
                self._do(Lane.DESK, name, partial(self._slips.reception, effect))
            case fx.RaiseIncident():
                self._world.journal.raise_incident(effect.code, effect.transaction, effect.check)
                eventlog.write(eventlog.IncidentRaised(effect.code, effect.transaction or "", effect.check))
            case fx.NotePapersLeft():
                eventlog.write(eventlog.PapersLeft(effect.transaction))
            case fx.Announce():
                self._presenter.announce(effect.line, self._language, effect.level)
            case fx.ForgetVisit():
                acts.forget(effect.visit)
            case _:
                assert_never(effect)

    def _do(self, lane: Lane, name: str, job: Callable[[], str]) -> None:
        """Do one act on its lane; the job gives a word for the log. What is not begun when the program ends is not begun."""

        def timed() -> None:
            if self._closing.is_set() and lane not in SEEN_TO:
                return
            began = time.monotonic()
            outcome = job()
            ms = round((time.monotonic() - began) * 1000)
            if self._figures is not None:
                self._figures.timings_ms[name] = ms
            eventlog.write(eventlog.EffectFinished(name, outcome, "", ms))

        self._lanes.do(lane, timed)

    def _settle_books(self) -> str:
        world = self._world
        found = settlement.settle(world.journal, world.money, world.printer)
        for outcome in found.outcomes:
            if outcome.case is not None:
                eventlog.write(eventlog.CaseOpened("CASE-01", outcome.transaction))
            self._do(Lane.BOOKS, fx.Report.__name__, partial(self._reports.tell, outcome))
        self.post(ev.Settled(found.cases, world.journal.open_incident()))
        return f"{len(found.outcomes)} open"

    def _report(self, outcome: OrderOutcome) -> None:
        """Write an outcome down, and have it told until the center has it."""
        self._world.journal.decide(outcome)
        if outcome.case is not None:
            eventlog.write(eventlog.CaseOpened("CASE-01", outcome.transaction))
        self._do(Lane.BOOKS, fx.Report.__name__, partial(self._reports.tell, outcome))

    def _check_health(self) -> str:
        failing = self._unwell()
        before, self._failing = self._failing, failing
        for code in sorted(failing - before):
            self.post(ev.DeviceFailed(code))
        for code in sorted(before - failing):
            self.post(ev.DeviceRecovered(code))
        return ",".join(sorted(failing)) or "well"

    def _unwell(self) -> frozenset[str]:
        """Ask every device that a visit needs; on the card's lane, which alone may touch the reader.

        A printer or a till that is still at somebody's job cannot serve the next, and must not be spoken to beside it.
        """
        failing = {self._world.journal.open_incident()}
        if (reader := self._world.reader.unavailable()) is not None:
            failing.add(reader.code)
        if self._lanes.busy_s(Lane.PAPER) and self._settings.hands_over_here:
            failing.add("PRINT-01")  # at a counter papers wait for each other, and nobody waits for them here
        elif isinstance(printer := self._world.printer.readiness(1), PrinterUnavailable):
            failing.add(printer.code)
        if self._settings.needs_slips and not self._lanes.busy_s(Lane.DESK):
            failing.add(self._slip_trouble())
        if self._settings.takes_payment:
            if self._lanes.busy_s(Lane.MONEY):
                failing.add("PAY-01")
            elif (money := self._world.money.unavailable(0)) is not None:
                failing.add(money.code)
        return frozenset(code for code in failing if code is not None)

    def _slip_trouble(self) -> str | None:
        slips = self._world.slips.readiness()
        if isinstance(slips, SlipPrinterUnavailable):
            return slips.code
        if slips.near_end and not self._roll_low:
            eventlog.write(eventlog.SlipRollLow())
        self._roll_low = slips.near_end
        return None

    def _recheck_health(self, steady_s: float) -> None:
        if steady_s < self._health_due_s:
            return
        self._health_due_s = steady_s + HEALTH_S
        busy_s = self._lanes.busy_s(Lane.CARD)
        if busy_s > STUCK_S and STUCK not in self._failing:
            self._failing |= {STUCK}  # until the lane comes back and finds it well
            self.post(ev.DeviceFailed(STUCK))
        if not busy_s:
            self._do(Lane.CARD, fx.CheckHealth.__name__, self._check_health)
