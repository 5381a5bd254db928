"""Crash output of the process of a machine: type and place, whoever raised, wherever."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.town import ROOT

PROGRAM = """
import logging, sys, threading
from functools import partial
logging.basicConfig(level=logging.INFO, format="%(message)s")
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from kiosk.privacy import hush_crashes
from kiosk.run_command import EX_SOFTWARE, _exit

application = QApplication([])
hush_crashes(partial(_exit, application, EX_SOFTWARE))

def mistake(*_arguments):
    raise LookupError("MARKER-OF-A-RESIDENT")

class Mistaken:
    __del__ = mistake

def dropped():
    Mistaken()

def unformatted():
    logging.info("%d", "MARKER-OF-A-RESIDENT")
    mistake()

WHERE = {
    "slot": lambda: QTimer.singleShot(0, mistake),
    "thread": lambda: threading.Thread(target=mistake).start(),
    "destructor": lambda: QTimer.singleShot(0, dropped),
    "log line": lambda: QTimer.singleShot(0, unformatted),
}
WHERE[sys.argv[1]]()
sys.exit(application.exec())
"""


@pytest.mark.parametrize("where", ["slot", "thread", "destructor", "log line"])
def test_an_error_that_nobody_catches_ends_the_machine_and_says_type_and_place_alone(where: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, where],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        timeout=60,
    )
    assert "MARKER" not in done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    event = json.loads(line)
    assert (event["event"], event["error"]) == ("Crashed", "LookupError")
    assert event["at"].startswith("__main__:")
    assert (done.returncode, done.stdout) == (70, "")
