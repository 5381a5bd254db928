"""A machine that stands and serves while a test is its resident: sees its screens, touches its buttons, moves its clock.

Every wait is for a screen, with a limit; nothing sleeps.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Condition, Thread
from time import monotonic

from kiosk.flow.events import PasswordTyped, PinTyped, Tick
from kiosk.flow.screen_model import Busy, Button, Choices, Language, ScreenId, ScreenModel, Text, Touch
from kiosk.flow.settings import FlowSettings
from kiosk.headless import CardHand
from kiosk.ports.card import PinBuffer
from kiosk.ports.clock import Instant
from kiosk.runner import Runner, RunnerCrashedError
from kiosk.world import World
from tests.support.town import FLOW, until

PATIENCE_S = 30.0


class HandClock:
    """Both clocks of a machine, moved by hand."""

    def __init__(self) -> None:
        self._steady_s = 1000.0
        self._began = datetime.now(UTC)

    def now(self) -> Instant:
        """Read both clocks."""
        return Instant(self._steady_s, self._began + timedelta(seconds=self._steady_s - 1000.0))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._steady_s += seconds


class Standing:
    """One machine in operation, and the resident in front of it."""

    def __init__(self, world: World, flow: FlowSettings = FLOW) -> None:
        self.clock = HandClock()
        pin = PinBuffer()
        self.runner = Runner(replace(world, clock=self.clock), flow, self, pin=pin)
        assert self.runner.pin is pin, "the pad fills one buffer and the card is shown another"
        self.crash: RunnerCrashedError | None = None
        self.seen: list[ScreenModel] = []
        self._changed = Condition()
        self._thread = Thread(target=self._run, name="flow")
        self.on_present: Callable[[ScreenModel], None] | None = None
        """Something more to do on the flow's thread with each screen."""

    def _run(self) -> None:
        try:
            self.runner.run()
        except RunnerCrashedError as error:
            self.crash = error
        with self._changed:
            self._changed.notify_all()

    # --- the presenter --------------------------------------------------------------------------------------------

    def present(self, model: ScreenModel) -> None:
        """See a screen."""
        with self._changed:
            self.seen.append(model)
            self._changed.notify_all()
        if self.on_present is not None:
            self.on_present(model)

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Hear a line."""

    # --- the resident ---------------------------------------------------------------------------------------------

    @property
    def up(self) -> ScreenModel:
        """The screen that is up."""
        return self.seen[-1]

    def see(self, *screens: ScreenId, where: Callable[[ScreenModel], bool] = lambda _model: True) -> ScreenModel:
        """Wait until one of these screens is up, and as `where` says."""

        def is_up() -> bool:
            return bool(self.seen) and self.seen[-1].screen in screens and where(self.seen[-1])

        with self._changed:
            begun = monotonic()
            while not is_up():
                assert self.crash is None, f"crashed: {self.crash}"
                shown = self.seen[-1].screen if self.seen else None
                left_s = PATIENCE_S - (monotonic() - begun)
                assert left_s > 0, f"waited for {screens}, and {shown} is up"
                self._changed.wait(left_s)
            return self.seen[-1]

    def touch(self, button: Button, argument: str = "") -> None:
        """Touch a button."""
        self.runner.touch(Touch(button, argument))

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and the flow hear of it."""
        self.clock.advance(seconds)
        self.runner.post(Tick())

    def type_pin(self, pin: str) -> None:
        """Type digits on the pad, as the window does."""
        for digit in pin:
            self.runner.post(PinTyped(self.runner.pin.push(int(digit))))

    def type_password(self, password: str) -> None:
        """Type characters on the keys, as the window does."""
        for character in password:
            self.runner.post(PasswordTyped(self.runner.password.push(character)))

    def begin(self) -> None:
        """Start a visit."""
        self.see(ScreenId.IDLE)
        self.touch(Button.START)

    @contextmanager
    def serving(self) -> Iterator["Standing"]:
        """Serve for the block."""
        self._thread.start()
        try:
            yield self
        finally:
            self.runner.stop()
            self._thread.join(60)
            assert not self._thread.is_alive()

    def wait_for_crash(self) -> RunnerCrashedError:
        """Wait until the machine has stopped by a mistake of ours."""
        until(lambda: self.crash is not None, "a crash")
        assert self.crash is not None
        return self.crash


Step = tuple[ScreenId, Callable[[Standing, ScreenModel], None]]


def steps(hand: CardHand, pin: str = "1234") -> Sequence[Step]:
    """Give what a resident does on each screen of a visit for her own certificate, in order."""

    def press(button: Button, argument: str = "") -> Callable[[Standing, ScreenModel], None]:
        return lambda machine, _model: machine.touch(button, argument)

    def prove(machine: Standing, _model: ScreenModel) -> None:
        machine.type_pin(pin)
        machine.touch(Button.OK)

    return (
        (ScreenId.IDLE, press(Button.START)),
        (ScreenId.SERVICE, press(Button.CERTIFICATES)),
        (ScreenId.CONSENT, press(Button.AGREE)),
        (ScreenId.MUNICIPALITY, press(Button.MUNICIPALITY, "990019")),
        (ScreenId.PLACE_CARD, lambda _machine, _model: hand.place()),
        (ScreenId.PIN, prove),
        (ScreenId.TAKE_CARD, lambda _machine, _model: hand.take_away()),
        (ScreenId.KIND, press(Button.KIND, "juminhyo")),
        (ScreenId.SCOPE, press(Button.SCOPE, "self")),
        (ScreenId.ITEMS, press(Button.NEXT)),
        (ScreenId.COPIES, press(Button.NEXT)),
        (ScreenId.CONFIRM, press(Button.NEXT)),
        (ScreenId.COLLECT, press(Button.NEXT)),
        (ScreenId.ANOTHER, press(Button.FINISH)),
    )


def ready(model: ScreenModel) -> bool:
    """Tell whether a screen waits for the resident and not for an answer."""
    match model.body:
        case Choices(choices=()) | Busy():
            return False
        case _:
            return True


def walk(machine: Standing, doing: Sequence[Step], until_screen: ScreenId | None = None) -> None:
    """Do steps in order; end before the one on `until_screen`, when that screen is up."""
    for screen, do in doing:
        model = machine.see(screen, where=ready)
        if screen is until_screen:
            return
        do(machine, model)
