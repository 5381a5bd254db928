"""The command `python -m kiosk run`: the touch screen of one machine, or of a declared demonstration.

The screen has the main thread, the flow its own; the runner has ended before the application is destroyed.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kiosk import eventlog
from kiosk.adapters.card.card_file import read_card_files
from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual import VirtualCard, VirtualCardReader
from kiosk.adapters.payment.absent import AbsentMoney
from kiosk.adapters.payment.scripted import MoneyFault, ScriptedCashier
from kiosk.flow.events import PinTyped
from kiosk.flow.screen_model import Language, ScreenModel, Text
from kiosk.flow.settings import FlowSettings
from kiosk.runner import Runner, RunnerCrashedError, World
from kiosk.sandbox_center import private_center, running_center
from kiosk.sandbox_data import cards_folder, ensure_sandbox_data
from kiosk.settings import SettingsError, load_settings, sandbox_access
from kiosk.ui.bridge import Bridge
from kiosk.ui.dock import DemoDock
from kiosk.ui.geometry import ScreenGeometry
from kiosk.ui.strings import Strings, available_languages
from kiosk.ui.window import KioskWindow
from kiosk.wiring import open_world
from printers.absent import AbsentPrinter
from printers.jobs import Trouble
from printers.pdf_sink import PdfSink, SinkFault

ASSETS = Path(__file__).parents[1] / "assets"
EX_SOFTWARE = 70
"""Exit status after a mistake of ours (sysexits.h); the supervisor restarts, the journal settles."""


@dataclass(frozen=True, slots=True)
class _Demonstration:
    """The virtual devices that the dock plays with."""

    reader: VirtualCardReader
    cashier: ScriptedCashier
    paper: PdfSink
    cards: Path


@dataclass(frozen=True, slots=True)
class _Machine:
    world: World
    flow: FlowSettings
    screen_width_mm: float | None
    """None where nobody measured: the default panel is assumed."""
    demonstration: _Demonstration | None


def run(options: argparse.Namespace) -> int:
    """Serve until the window is closed or a signal ends the program."""
    if not options.demo and options.config is None:
        raise SettingsError("run needs --config FILE; --demo is for demonstrations")
    application = QApplication(sys.argv[:1])
    with _demonstrated(options) if options.demo else _in_service(options) as machine:
        virtual = "card,money,printer" if machine.demonstration is not None else ""
        eventlog.write(eventlog.Started(options.mode, virtual))
        if machine.demonstration is not None:
            print(f"見本 SPECIMEN: virtual card, money and printer; paper goes to {options.out}", file=sys.stderr)
        return _show(application, options, machine)


def _show(application: QApplication, options: argparse.Namespace, machine: _Machine) -> int:
    strings = {language: Strings.load(ASSETS, language) for language in available_languages(ASSETS)}
    presenter = _Presenter()
    runner = Runner(machine.world, machine.flow, presenter)
    window = KioskWindow(
        assets_dir=ASSETS,
        strings=strings,
        pin=runner.pin,
        geometry=_geometry(application, options, machine),
        now_s=time.monotonic,
        specimen=machine.demonstration is not None,
    )
    presenter.bridge = Bridge(window)
    window.touched.connect(runner.touch)
    window.pin_typed.connect(lambda count: runner.post(PinTyped(count)))
    dock = _dock(machine.demonstration, strings) if machine.demonstration is not None else None
    flow = threading.Thread(target=_flow, args=(runner, application), name="flow")
    _end_on_signals(application)
    application.aboutToQuit.connect(runner.stop)
    flow.start()
    if options.window is None and dock is None:
        window.showFullScreen()
    else:
        window.show()
    if dock is not None:
        dock.place_beside(window, application.primaryScreen().availableGeometry())
        dock.show()
    status = application.exec()
    runner.stop()
    flow.join()
    return status


class _Presenter:
    """Hands screens to the bridge; the voice comes with its port."""

    def __init__(self) -> None:
        self.bridge: Bridge | None = None

    def present(self, model: ScreenModel) -> None:
        """Show a screen."""
        if self.bridge is not None:
            self.bridge.present(model)

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Speak a line."""


def _flow(runner: Runner, application: QApplication) -> None:
    status = 0
    try:
        runner.run()
    except RunnerCrashedError:
        status = EX_SOFTWARE
    QTimer.singleShot(0, application, lambda: application.exit(status))


def _end_on_signals(application: QApplication) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: application.quit())
    # Python runs signal handlers between its own instructions, and Qt's loop has none: a beat gives it some.
    beat = QTimer(application)
    beat.timeout.connect(lambda: None)
    beat.start(200)


def _geometry(application: QApplication, options: argparse.Namespace, machine: _Machine) -> ScreenGeometry:
    default = ScreenGeometry()
    if options.window is not None:
        width, _, height = options.window.partition("x")
        if not (width.isdigit() and height.isdigit()):
            raise SettingsError("--window is WIDTHxHEIGHT in pixels")
        return ScreenGeometry(int(width), int(height), default.width_mm)
    if machine.screen_width_mm is None:
        return default
    size = application.primaryScreen().size()
    return ScreenGeometry(size.width(), size.height(), machine.screen_width_mm)


@contextmanager
def _in_service(options: argparse.Namespace) -> Iterator[_Machine]:
    settings = load_settings(options.config)
    counter = options.mode == "counter"
    flow = FlowSettings(takes_payment=not counter, hands_over_here=not counter, telephone=settings.telephone)
    with open_world(
        settings.center, PcscCardReader(settings.reader), AbsentMoney(), AbsentPrinter(), settings.journal
    ) as world:
        yield _Machine(world, flow, settings.screen_width_mm, None)


@contextmanager
def _demonstrated(options: argparse.Namespace) -> Iterator[_Machine]:
    ensure_sandbox_data(options.data)
    counter = options.mode == "counter"
    demonstration = _Demonstration(
        VirtualCardReader(), ScriptedCashier(pays_by_itself=False), PdfSink(options.out), cards_folder(options.data)
    )
    flow = FlowSettings(
        takes_payment=not counter,
        hands_over_here=not counter,
        two_sided=False,
        hours_enforced=options.at is not None,
    )
    with _sandbox_center(options) as url, tempfile.TemporaryDirectory(prefix="kiosk-journal-") as folder:
        access = sandbox_access(options.data, url, "counter-0001" if counter else "kiosk-0001")
        journal = Path(folder) / "journal.db"
        with open_world(
            access, demonstration.reader, demonstration.cashier, demonstration.paper, journal, options.at
        ) as world:
            yield _Machine(world, flow, None, demonstration)


@contextmanager
def _sandbox_center(options: argparse.Namespace) -> Iterator[str]:
    url = running_center(options.data) if options.at is None else None
    if url is not None:
        yield url
        return
    with private_center(options.data, options.at) as own:
        yield own


def _dock(devices: _Demonstration, strings: dict[Language, Strings]) -> DemoDock:
    japanese = strings[Language("ja")]
    files = sorted(read_card_files(devices.cards), key=lambda card: card.persona != "hanako")  # the good card first
    personas = [(card.persona, f"{card.title_ja}\n{card.title_en}") for card in files]
    faults = {
        "paper": lambda: setattr(devices.paper, "fault", SinkFault(Trouble.PAPER, 0)),
        "jam": lambda: setattr(devices.paper, "fault", SinkFault(Trouble.JAM, 1)),
        "printer_lost": lambda: setattr(devices.paper, "fault", SinkFault(None, 0)),
        "money_lost": lambda: devices.cashier.faults.add(MoneyFault.LOST_AFTER_CHARGE),
        "reader": devices.reader.unplug,
        "reader_back": devices.reader.plug_in,
    }
    dock = DemoDock(japanese, personas, [(name, japanese.sentence(f"ui.fault_{name}")) for name in faults])
    # Kept, so that a card counts its wrong PINs from one visit to the next.
    cards = {name: VirtualCard.from_file(devices.cards / f"{name}.json") for name, _ in personas}
    dock.card_placed.connect(lambda name: devices.reader.place(cards[name]))
    dock.card_taken.connect(devices.reader.take_away)
    dock.coin.connect(devices.cashier.insert)
    dock.fault.connect(lambda name: faults[name]())
    return dock
