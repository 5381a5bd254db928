"""A counter terminal in this process: a printer of two trays whose paper can be held, slips that are remembered."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

from kiosk.adapters.printer.counter import CounterPrinter, TrayPrinter
from kiosk.adapters.printer.page_printer import PagePrinter
from kiosk.cardproc import load_persona
from kiosk.counter_machine import SPECIMEN_COUNTER, SPECIMEN_TRAYS, at_counter, counter_flow
from kiosk.flow.screen_model import Number, ScreenId, ScreenModel
from kiosk.headless import FieldHand
from kiosk.ports.slips import (
    CounterSlip,
    SlipContent,
    SlipOutcome,
    SlipPrinted,
    SlipPrinterReady,
    SlipPrinterUnavailable,
    SlipReadiness,
)
from kiosk.world import World
from printers.jobs import Job, JobOutcome, Trouble, unkept
from printers.pdf_sink import PdfSink
from tests.support.standing import Standing, Step, steps, walk
from tests.support.town import FLOW, Machine, Town

FLOW_AT_COUNTER = counter_flow(FLOW, SPECIMEN_TRAYS)


class HeldTray(PdfSink):
    """A tray's output that waits with each job until it may go on."""

    def __init__(self, folder: Path, may_go_on: Event) -> None:
        super().__init__(folder)
        self._may_go_on = may_go_on
        self.waiting = Event()
        """Set while a job stands before it."""

    def run(self, job: Job, sheet_out: Callable[[int], None], opened: Callable[[str], None] = unkept) -> JobOutcome:
        """Wait, then print."""
        self.waiting.set()
        assert self._may_go_on.wait(30), "nobody let the paper go on"
        self.waiting.clear()
        return super().run(job, sheet_out, opened)


class KeptSlips:
    """A slip printer that keeps what it printed, or answers as it is told."""

    def __init__(self) -> None:
        self.printed: list[CounterSlip] = []
        self.outcome: SlipOutcome = SlipPrinted()

    def readiness(self) -> SlipReadiness:
        """Ready unless told otherwise."""
        return SlipPrinterReady(False) if self.outcome == SlipPrinted() else SlipPrinterUnavailable("SLIP-01")

    def print_slip(self, content: SlipContent) -> SlipOutcome:
        """Keep a slip."""
        assert isinstance(content, CounterSlip)
        if self.outcome == SlipPrinted():
            self.printed.append(content)
        return self.outcome


class Terminal:
    """One counter terminal of a town."""

    def __init__(self, town: Town, folder: Path, device_id: str = "counter-0001") -> None:
        self.machine = Machine(town, folder, device_id)
        self.town = town
        self.flowing = Event()
        self.flowing.set()
        self.security, self.plain = (HeldTray(folder / tray, self.flowing) for tray in SPECIMEN_TRAYS)
        self.names: frozenset[str] | Trouble = frozenset(SPECIMEN_TRAYS)
        self.slips = KeptSlips()

    @contextmanager
    def serving(self, change: Callable[[World], World] = lambda world: world) -> Iterator[tuple[Standing, World]]:
        """Serve for the block."""
        trays = TrayPrinter(PagePrinter(self.security), PagePrinter(self.plain), lambda: self.names)
        with self.machine.started() as world:
            printer = CounterPrinter((trays,), SPECIMEN_TRAYS)
            whole = change(replace(at_counter(world, printer, SPECIMEN_COUNTER), slips=self.slips))
            with Standing(whole, FLOW_AT_COUNTER).serving() as standing:
                yield standing, whole

    def steps(self, persona: str) -> list[Step]:
        """Give what a resident does up to the number."""
        hand = FieldHand(self.machine.reader, load_persona(self.town.data, persona))
        return [step for step in steps(hand) if step[0] not in {ScreenId.COLLECT, ScreenId.ANOTHER}]

    def order(self, standing: Standing, persona: str = "hanako") -> ScreenModel:
        """Order until a number is up, or a message."""
        walk(standing, self.steps(persona))
        return standing.see(ScreenId.NUMBER, ScreenId.MESSAGE)


def number_on(screen: ScreenModel) -> str:
    """Read the number off the screen."""
    assert isinstance(screen.body, Number)
    return screen.body.number


def lines_on(screen: ScreenModel) -> list[str]:
    """Read which sentences stand below the number."""
    assert isinstance(screen.body, Number)
    return [text.key.rpartition(".")[2] for text in screen.body.paragraphs]


def text_of(file: Path) -> str:
    """Read what stands on a paper."""
    done = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True)
    return done.stdout
