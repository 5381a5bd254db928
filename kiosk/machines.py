"""Opens the machine of one mode: its devices and its world, in service or in a declared demonstration.

A mode is a set of adapters and a table of differences. Loaded only when the first screen is up: everything that talks to
devices and center is in here.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.adapters.card.card_file import read_card_files
from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual import VirtualCard, VirtualCardReader
from kiosk.adapters.payment.absent import AbsentMoney
from kiosk.adapters.payment.scripted import MoneyFault, ScriptedCashier
from kiosk.flow.screen_model import JAPANESE, Language
from kiosk.flow.settings import FlowSettings
from kiosk.sandbox_center import private_center, running_center
from kiosk.sandbox_data import cards_folder, ensure_sandbox_data
from kiosk.settings import MachineSettings, sandbox_access
from kiosk.ui.dock import DemoDock
from kiosk.ui.strings import Strings
from kiosk.wiring import open_world
from kiosk.world import World
from printers.absent import AbsentPrinter
from printers.jobs import Trouble
from printers.pdf_sink import PdfSink, SinkFault


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The virtual devices that the dock plays with."""

    reader: VirtualCardReader
    cashier: ScriptedCashier
    paper: PdfSink
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
    """Open a machine that serves, on its real devices. Raises what `open_world` raises."""
    counter = mode == "counter"
    flow = FlowSettings(takes_payment=not counter, hands_over_here=not counter, telephone=settings.telephone)
    with open_world(
        settings.center, PcscCardReader(settings.reader), AbsentMoney(), AbsentPrinter(), settings.journal
    ) as world:
        yield Machine(world, flow, None)


@contextmanager
def demonstrated(options: argparse.Namespace) -> Iterator[Machine]:
    """Open a machine on virtual devices and a sandbox. Raises SandboxUnavailableError too."""
    ensure_sandbox_data(options.data)
    counter = options.mode == "counter"
    demonstration = Demonstration(
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
            yield Machine(world, flow, demonstration)


@contextmanager
def _sandbox_center(options: argparse.Namespace) -> Iterator[str]:
    url = running_center(options.data) if options.at is None else None
    if url is not None:
        yield url
        return
    with private_center(options.data, options.at) as own:
        yield own


def dock_for(devices: Demonstration, strings: dict[Language, Strings]) -> DemoDock:
    """Make the window that plays with the virtual devices."""
    japanese = strings[JAPANESE]
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
