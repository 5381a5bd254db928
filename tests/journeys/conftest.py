"""A sandbox center for the stories, and the headless command to walk through them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiosk.sandbox_center import private_center
from kiosk.sandbox_data import ensure_sandbox_data

ROOT = Path(__file__).parents[2]


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


@dataclass(frozen=True)
class Town:
    """A sandbox and its running center."""

    data: Path
    center: str

    def kiosk(self, *arguments: str) -> Told:
        """Run one command of the kiosk to its end."""
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
