"""The command `python -m kiosk run`: the touch screen of one machine, or of a declared demonstration.

The screen has the main thread, the flow its own; the runner has ended before the application is destroyed.
"""

import argparse
import gc
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from kiosk import eventlog
from kiosk.flow.events import PasswordTyped, PinTyped
from kiosk.flow.screen_model import Language, ScreenId, ScreenModel, Text, Touch
from kiosk.flow.screens import screen_for
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Settling
from kiosk.ports.card import PinBuffer
from kiosk.ports.clock import Instant
from kiosk.ports.password import PasswordBuffer
from kiosk.privacy import hush_crashes
from kiosk.settings import MachineSettings, SettingsError, load_settings
from kiosk.ui.bridge import Bridge
from kiosk.ui.geometry import ScreenGeometry
from kiosk.ui.strings import Strings, available_languages
from kiosk.ui.window import KioskWindow

if TYPE_CHECKING:
    from kiosk.machines import Machine
    from kiosk.runner import Runner

ASSETS = Path(__file__).parents[1] / "assets"
SWEEP_MS = 10_000
"""How often what refers to itself is collected, besides at the end of each visit."""
EX_SOFTWARE = 70
"""Exit status after a mistake of ours (sysexits.h); the supervisor restarts, the journal settles."""


def run(options: argparse.Namespace) -> int:
    """Serve until the window is closed or a signal ends the program."""
    if not options.demo and options.config is None:
        raise SettingsError("run needs --config FILE; --demo is for demonstrations")
    settings = None if options.demo else load_settings(options.config)
    application = QApplication(sys.argv[:1])
    strings = {language: Strings.load(ASSETS, language) for language in available_languages(ASSETS)}
    pin, password = PinBuffer(), PasswordBuffer()
    window = KioskWindow(
        assets_dir=ASSETS,
        strings=strings,
        pin=pin,
        password=password,
        geometry=_geometry(application, options, settings),
        now_s=time.monotonic,
        specimen=options.demo,
    )
    _show_at_once(application, window, full_screen=options.window is None and not options.demo)
    # Only now what takes longer to load: a screen that says 調整中 is better than a dark one.
    from kiosk.machines import demonstrated, dock_for, in_service

    with demonstrated(options) if settings is None else in_service(settings, options.mode) as machine:
        demonstration = machine.demonstration
        eventlog.write(eventlog.Started(options.mode, "card,money,printer" if demonstration is not None else ""))
        if demonstration is not None:
            print(f"見本 SPECIMEN: virtual card, money and printer; paper goes to {options.out}", file=sys.stderr)
            dock = dock_for(demonstration, strings, takes_money=machine.flow.takes_payment)
            dock.place_beside(window, application.primaryScreen().availableGeometry())
            dock.show()
        return _serve(application, window, machine, pin, password)


def _show_at_once(application: QApplication, window: KioskWindow, *, full_screen: bool) -> None:
    """Put the window up with the screen of a machine that settles its books, and have it painted."""
    now = Instant(time.monotonic(), datetime.now(UTC))
    window.show_model(screen_for(Settling(), now, FlowSettings()))
    if full_screen:
        window.showFullScreen()
    else:
        window.show()
    application.processEvents()


def _serve(
    application: QApplication, window: KioskWindow, machine: "Machine", pin: PinBuffer, password: PasswordBuffer
) -> int:
    from kiosk.runner import Runner

    presenter = _Presenter(Bridge(window))
    runner = Runner(machine.world, machine.flow, presenter, pin=pin, password=password)
    seen = _Seen(runner, application)
    presenter.bridge.models.connect(seen.note, Qt.ConnectionType.QueuedConnection)
    window.touched.connect(seen.pass_on)
    window.pin_typed.connect(lambda count: runner.post(PinTyped(count)))
    window.password_typed.connect(lambda count: runner.post(PasswordTyped(count)))
    hush_crashes(partial(_exit, application, EX_SOFTWARE))
    flow = threading.Thread(target=_flow, args=(runner, application), name="flow")
    _end_on_signals(application)
    application.aboutToQuit.connect(runner.stop)
    flow.start()
    status = application.exec()
    runner.stop()
    flow.join()
    return status


class _Presenter:
    """Hands screens to the bridge; the voice comes with its port."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge

    def present(self, model: ScreenModel) -> None:
        """Show a screen."""
        self.bridge.present(model)

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Speak a line."""


class _Seen(QObject):
    """What the resident has before their eyes, and what is left of it; on the screen's thread."""

    def __init__(self, runner: "Runner", application: QApplication) -> None:
        super().__init__(application)
        self._runner = runner
        self._screen: ScreenId | None = None
        # Widgets must not be destroyed by whichever thread Python's collector happens to run on.
        gc.disable()
        self._sweep = QTimer(self)
        self._sweep.timeout.connect(gc.collect)
        self._sweep.start(SWEEP_MS)

    @Slot(object)
    def note(self, model: ScreenModel) -> None:
        """Note a screen that was drawn; after a visit, pages that refer to each other go at once and not some time."""
        if model.screen is ScreenId.IDLE and self._screen is not ScreenId.IDLE:
            QTimer.singleShot(0, self, gc.collect)
        self._screen = model.screen

    @Slot(object)
    def pass_on(self, touch: Touch) -> None:
        """Tell the runner what was touched, and where."""
        self._runner.touch(touch, self._screen)


def _flow(runner: "Runner", application: QApplication) -> None:
    from kiosk.runner import RunnerCrashedError

    status = 0
    try:
        runner.run()
    except RunnerCrashedError:
        status = EX_SOFTWARE
    _exit(application, status)


def _exit(application: QApplication, status: int) -> None:
    """End the application soon; from any thread."""
    QTimer.singleShot(0, application, partial(application.exit, status))


def _end_on_signals(application: QApplication) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        # As an event: to quit before the loop runs would be to quit nothing.
        signal.signal(number, lambda _number, _frame: _exit(application, 0))
    # Python runs signal handlers between its own instructions, and Qt's loop has none: a beat gives it some.
    beat = QTimer(application)
    beat.timeout.connect(lambda: None)
    beat.start(200)


def _geometry(
    application: QApplication, options: argparse.Namespace, settings: MachineSettings | None
) -> ScreenGeometry:
    default = ScreenGeometry()
    if options.window is not None:
        width, _, height = options.window.partition("x")
        if not (width.isdigit() and height.isdigit()):
            raise SettingsError("--window is WIDTHxHEIGHT in pixels")
        return ScreenGeometry(int(width), int(height), default.width_mm)
    if settings is None:
        return default  # nobody has measured
    size = application.primaryScreen().size()
    return ScreenGeometry(size.width(), size.height(), settings.screen_width_mm)
