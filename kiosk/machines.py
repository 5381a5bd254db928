"""Opens the machine of one mode: its devices and its world, in service or in a declared demonstration.

A mode is a set of adapters and a table of differences. Loaded only when the first screen is up: everything that talks to
devices and center is in here.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.adapters.card.card_file import read_card_files
from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual import VirtualCard, VirtualCardReader
from kiosk.adapters.payment.scripted import MoneyFault, ScriptedCashier
from kiosk.counter_machine import (
    SPECIMEN_COUNTER,
    SPECIMEN_TRAYS,
    at_counter,
    counter_flow,
    counter_of,
    tell_page,
    virtual_counter_printer,
)
from kiosk.device_settings import DeviceSettings, SlipSettings
from kiosk.devices import flow_settings, open_devices
from kiosk.flow.screen_model import JAPANESE, Language
from kiosk.flow.settings import FlowSettings
from kiosk.ports.slips import SlipPrinter
from kiosk.sandbox_center import pages_of_running_center, private_center, running_center
from kiosk.sandbox_data import cards_folder, ensure_sandbox_data
from kiosk.settings import MachineSettings, sandbox_access
from kiosk.ui.dock import DemoDock
from kiosk.ui.strings import Strings
from kiosk.wiring import open_world
from kiosk.world import World
from printers.escpos.line import NetworkPlace
from printers.jobs import Trouble
from printers.pdf_sink import PdfSink, SinkFault
from printers.slip import Width
from printers.virtual.escpos.device import VirtualPrinter
from printers.virtual.escpos.faults import Fault, FaultKind, parse_fault
from printers.virtual.escpos.serving import TcpCable


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The virtual devices that the dock plays with."""

    reader: VirtualCardReader
    cashier: ScriptedCashier
    paper: PdfSink
    slips: VirtualPrinter
    cards: Path


@dataclass(frozen=True, slots=True)
class Machine:
    """What one mode is made of."""

    world: World
    flow: FlowSettings
    demonstration: Demonstration | None
    """None in service."""


@contextmanager
def in_service(settings: MachineSettings, mode: str) -> Iterator[Machine]:
    """Open a machine that serves, on its real devices. Raises what `open_devices` and `open_world` raise, and SettingsError."""
    flow = flow_settings(settings.devices, counter=mode == "counter", telephone=settings.telephone)
    behind = counter_of(settings) if mode == "counter" else None
    with (
        open_devices(settings.devices) as devices,
        open_world(
            settings.center,
            PcscCardReader(settings.reader),
            devices.money,
            devices.paper,
            settings.journal,
            slips=devices.slips,
        ) as world,
    ):
        if behind is None:
            yield Machine(world, flow, None)
        else:
            printer = behind.open(world.kiosk_id)
            yield Machine(at_counter(world, printer, behind.municipality), counter_flow(flow, behind.trays), None)


@contextmanager
def demonstrated(options: argparse.Namespace) -> Iterator[Machine]:
    """Open a machine on virtual devices and a sandbox. Raises SandboxUnavailableError too."""
    ensure_sandbox_data(options.data)
    counter = options.mode == "counter"
    demonstration = Demonstration(
        VirtualCardReader(),
        ScriptedCashier(pays_by_itself=False),
        PdfSink(options.out / SPECIMEN_TRAYS[0] if counter else options.out),
        VirtualPrinter(Width.MM80, options.out / "slips"),
        cards_folder(options.data),
    )
    flow = FlowSettings(
        takes_payment=not counter,
        hands_over_here=not counter,
        needs_slips=True,
        hours_enforced=options.at is not None,
    )
    with (
        _virtual_slips(demonstration.slips) as slips,
        _sandbox_center(options) as url,
        tempfile.TemporaryDirectory(prefix="kiosk-journal-") as folder,
    ):
        access = sandbox_access(options.data, url, options.terminal if counter else "kiosk-0001")
        journal = Path(folder) / "journal.db"
        with open_world(
            access,
            demonstration.reader,
            demonstration.cashier,
            demonstration.paper,
            journal,
            options.at,
            slips=slips,
        ) as world:
            if not counter:
                yield Machine(world, flow, demonstration)
                return
            printer = virtual_counter_printer(demonstration.paper, PdfSink(options.out / SPECIMEN_TRAYS[1]))
            behind_it = at_counter(world, printer, SPECIMEN_COUNTER)
            yield Machine(behind_it, counter_flow(flow, SPECIMEN_TRAYS), demonstration)


@contextmanager
def _virtual_slips(printer: VirtualPrinter) -> Iterator[SlipPrinter]:
    """Put the virtual slip printer on a cable of this machine, and talk to it as to a real one."""
    cable = TcpCable(printer)
    cable.start()
    place = SlipSettings(NetworkPlace("127.0.0.1", cable.port))
    try:
        with open_devices(DeviceSettings(slips=place), specimen=True) as devices:
            yield devices.slips
    finally:
        cable.stop()


@contextmanager
def _sandbox_center(options: argparse.Namespace) -> Iterator[str]:
    url = running_center(options.data) if options.at is None else None
    counter = options.mode == "counter"
    if url is not None:
        for page in pages_of_running_center(options.data) if counter else ():
            tell_page(page)
        yield url
        return
    with private_center(options.data, options.at, tell_page=tell_page if counter else None) as own:
        yield own


_OF_MONEY = frozenset({"little_change", "money_away", "money_lost", "refund_lost"})


def _faults(devices: Demonstration) -> dict[str, Callable[[], None]]:
    """Give what can go wrong, by name; `mended` puts everything right."""
    paper, money, slips = devices.paper, devices.cashier.faults, devices.slips

    def next_print(trouble: Trouble | None, after_sheets: int = 0) -> None:
        paper.fault = SinkFault(trouble, after_sheets)

    def from_now_on(trouble: Trouble | None) -> None:
        paper.standing_trouble = trouble

    def mend() -> None:
        paper.fault = paper.standing_trouble = None
        money.clear()
        slips.mend()
        devices.reader.plug_in()

    return {
        "paper": lambda: next_print(Trouble.PAPER),
        "jam": lambda: next_print(Trouble.JAM, 1),
        "cover": lambda: next_print(Trouble.COVER),
        "printer_lost": lambda: next_print(None),
        "tray_empty": lambda: from_now_on(Trouble.PAPER),
        "toner": lambda: from_now_on(Trouble.TONER),
        "printer_away": lambda: from_now_on(Trouble.AWAY),
        "little_change": lambda: money.add(MoneyFault.LITTLE_CHANGE),
        "money_away": lambda: money.add(MoneyFault.AWAY),
        "money_lost": lambda: money.add(MoneyFault.LOST_AFTER_CHARGE),
        "refund_lost": lambda: money.add(MoneyFault.REFUND_LOST),
        "slip_near_end": lambda: slips.order(Fault(FaultKind.NEAR_END)),
        "slip_end": lambda: slips.order(Fault(FaultKind.PAPER_END)),
        "slip_end_within": lambda: slips.order(parse_fault("paper-end-after")),
        "slip_cover": lambda: slips.order(Fault(FaultKind.COVER_OPEN)),
        "slip_cutter": lambda: slips.order(Fault(FaultKind.CUTTER_ERROR)),
        "reader": devices.reader.unplug,
        "reader_back": devices.reader.plug_in,
        "mended": mend,
    }


def dock_for(devices: Demonstration, strings: dict[Language, Strings], *, takes_money: bool) -> DemoDock:
    """Make the window that plays with the virtual devices; a machine that takes no money has none to play with."""
    japanese = strings[JAPANESE]
    files = sorted(read_card_files(devices.cards), key=lambda card: card.persona != "hanako")  # the good card first
    personas = [(card.persona, f"{card.title_ja}\n{card.title_en}") for card in files]
    faults = {name: act for name, act in _faults(devices).items() if takes_money or name not in _OF_MONEY}
    titles = [(name, japanese.sentence(f"ui.fault_{name}")) for name in faults]
    dock = DemoDock(japanese, personas, titles, takes_money=takes_money)
    # Kept, so that a card counts its wrong PINs from one visit to the next.
    cards = {name: VirtualCard.from_file(devices.cards / f"{name}.json") for name, _ in personas}
    dock.card_placed.connect(lambda name: devices.reader.place(cards[name]))
    dock.card_taken.connect(devices.reader.take_away)
    dock.coin.connect(devices.cashier.insert)
    dock.fault.connect(lambda name: faults[name]())
    return dock
