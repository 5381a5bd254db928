"""Finds the sandbox's center, or starts one for a single headless run; for declared demonstrations and headless runs only.

The center is a process of its own on the other side of mutual TLS, here as in production.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kiosk.sandbox_data import SandboxUnavailableError

_PAGES = ("console", "display")
_ENDS_WITHIN_S = 10.0
"""It answers what it was asked and closes its books; longer than that it hangs."""


def running_center(data: Path) -> str | None:
    """Give the address of the sandbox center that serves from this data folder; None when none runs."""
    try:
        note = json.loads((data / "center.json").read_text(encoding="utf-8"))
        os.kill(note["pid"], 0)
        return str(note["url"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def pages_of_running_center(data: Path) -> tuple[str, ...]:
    """Give the lines that say where the clerks' pages of a running center are; its one-time links may be used up."""
    try:
        note = json.loads((data / "center.json").read_text(encoding="utf-8"))
        return tuple(str(line) for line in note["staff"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


@contextmanager
def private_center(
    data: Path, at: datetime | None, register: Path | None = None, tell_page: Callable[[str], None] | None = None
) -> Iterator[str]:
    """Run a center for this block alone, on a database of its own; gives its address.

    `at` sets its clock and makes it keep the opening hours; `register` is another register file than the sandbox's. It
    ends with its standard input, so it cannot outlive us. With `tell_page` it serves the clerks' pages too, and each line
    that says where is told. Raises SandboxUnavailableError.
    """
    with tempfile.TemporaryDirectory(prefix="kiosk-center-") as folder:
        command = [sys.executable, "-m", "issuing_center", "serve", "--sandbox", "--unlisted", "--port", "0"]
        command += ["--data", str(data), "--database", f"sqlite:///{folder}/center.db"]
        if at is not None:
            command += ["--at", at.isoformat()]
        if register is not None:
            command += ["--register", str(register)]
        if tell_page is not None:
            command += ["--staff-port", "0"]
        # Its log goes into a file: a pipe that nobody reads would fill up and stall it.
        log = Path(folder) / "center.log"
        with (
            log.open("wb") as stderr,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
            ) as center,
        ):
            assert center.stdin is not None
            assert center.stdout is not None
            try:
                said = iter(center.stdout.readline, "")
                word, _, url = next(said, "").strip().partition(" ")
                while word in _PAGES and tell_page is not None:
                    tell_page(f"{word} {url}")
                    word, _, url = next(said, "").strip().partition(" ")
                if word != "ready":
                    center.wait()
                    reason = (log.read_text(errors="replace").strip().splitlines() or ["it ended without a word"])[-1]
                    raise SandboxUnavailableError(f"the sandbox center did not start: {reason}")
                yield url
            finally:
                center.stdin.close()
                try:
                    center.wait(_ENDS_WITHIN_S)
                except subprocess.TimeoutExpired:
                    center.kill()
