"""A sandbox center as a process of its own, and machines and commands that visit it."""

import atexit
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from kiosk.adapters.card.virtual import VirtualCardReader
from kiosk.adapters.payment.scripted import ScriptedCashier
from kiosk.cardproc import load_persona
from kiosk.domain.certificates import CertificateKind, ScopeKind
from kiosk.flow.settings import FlowSettings
from kiosk.headless import FieldHand, VisitResult, Wishes, run_visit
from kiosk.ports.journal import Journal
from kiosk.ports.payment import PaymentDevice
from kiosk.sandbox_center import private_center
from kiosk.sandbox_data import ensure_sandbox_data
from kiosk.settings import sandbox_access
from kiosk.wiring import open_world
from kiosk.world import Figures, World
from printers.pdf_sink import PdfSink
from tests.support.command_forge import CommandForge

ROOT = Path(__file__).parents[2]


def until(condition: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    """Wait for a condition; fails with `what` when it does not come."""
    deadline, pause = time.monotonic() + timeout_s, Event()
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain: {what}"
        pause.wait(0.01)


@dataclass(frozen=True)
class Told:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """What it printed as JSON."""
        report: dict[str, Any] = json.loads(self.out)
        return report

    @property
    def code(self) -> str:
        """The stable code of the one line on standard error."""
        (line,) = self.err.strip().splitlines()
        return line.partition(":")[0]


@cache
def _forge() -> CommandForge:
    """Give this process's one forge, started by whoever is first to need it."""
    forge = CommandForge()
    atexit.register(forge.close)
    return forge


@dataclass(frozen=True)
class Town:
    """A sandbox and its running center."""

    data: Path
    center: str

    def kiosk(self, *arguments: str) -> Told:
        """Run one command of the kiosk to its end."""
        if arguments[0] != "run":
            return Told(*_forge().run(*arguments))
        # The machine itself begins again with another allocator: that takes the command line it was started with.
        done = subprocess.run(
            [sys.executable, "-m", "kiosk", *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "error", "QT_QPA_PLATFORM": "offscreen"},
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def visit(self, persona: str, out: Path, *more: str, pin: str = "1234", center: str | None = None) -> Told:
        """Make one headless visit at this town's center, or at another."""
        where = ["--center", center or self.center, "--data", str(self.data)]
        which = ["--card", persona, "--pin", pin, "--certificate", "juminhyo", "--out", str(out)]
        return self.kiosk("visit", *which, *where, *more)


WISHES = Wishes(CertificateKind.JUMINHYO, ScopeKind.SELF, pin="1234")
"""Her own certificate, once."""
FLOW = FlowSettings(hours_enforced=False)


class Machine:
    """One kiosk in this process, with devices that outlive its restarts."""

    def __init__(
        self, town: Town, folder: Path, device_id: str = "kiosk-0001", money: PaymentDevice | None = None
    ) -> None:
        self.reader = VirtualCardReader()
        self.cashier = ScriptedCashier(pays_by_itself=True)
        self._money = self.cashier if money is None else money
        self.paper = PdfSink(folder / "tray")
        self.journal_file = folder / "state" / "journal.db"
        self.town, self._device_id = town, device_id

    @contextmanager
    def started(self, wrap: Callable[[Journal], Journal] = lambda journal: journal) -> Iterator[World]:
        """Start the machine; `wrap` may put something between it and its journal."""
        access = sandbox_access(self.town.data, self.town.center, self._device_id)
        with open_world(access, self.reader, self._money, self.paper, self.journal_file) as world:
            yield replace(world, journal=wrap(world.journal))

    def visit(self, world: World, persona: str = "hanako", wishes: Wishes = WISHES) -> tuple[VisitResult, Figures]:
        """Make one visit with a persona's card."""
        hand = FieldHand(self.reader, load_persona(self.town.data, persona))
        return run_visit(world, FLOW, wishes, hand)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Give one sandbox folder to all workers of the run; its making waits for itself."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "sandbox"
    ensure_sandbox_data(folder)
    return folder


@pytest.fixture(scope="session")
def town(data: Path) -> Iterator[Town]:
    """Give a center of this worker's own, as a process of its own."""
    with private_center(data, None) as url:
        yield Town(data, url)


@pytest.fixture
def machine(town: Town, tmp_path: Path) -> Machine:
    """Give a kiosk with empty books."""
    return Machine(town, tmp_path)
