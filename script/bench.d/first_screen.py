"""The touch screen from the start of its process to its first painted frame, against an empty Qt window in the same run.

The first frame says that the machine is getting ready; the one that invites comes when devices and center are open and the
books are settled. Offscreen, on the sandbox, with a center that runs already, and with the second start of the interpreter
that an allocator which wipes costs. Memory is the resident set when the invitation is painted.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from kiosk.sandbox_center import private_center
from kiosk.sandbox_data import ensure_sandbox_data

ROUNDS = 7
ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "build" / "sandbox"

PAINTED = """
import os, sys
from PySide6.QtCore import QEvent, QObject

class FirstFrame(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and type(watched).__name__ == WATCHED:
            pages = int(open("/proc/self/statm").read().split()[1])
            os.write(1, b"painted %d\\n" % (pages * os.sysconf("SC_PAGE_SIZE")))
            os._exit(0)
        return False
"""
EMPTY = """
WATCHED = "QWidget"
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
first = FirstFrame()
application.installEventFilter(first)
window = QWidget()
window.resize(1920, 1080)
window.show()
application.exec()
"""
KIOSK = """
import kiosk.privacy
kiosk.privacy.begin_again_wiping()
WATCHED = sys.argv[4]
from PySide6.QtWidgets import QApplication
from kiosk import run_command

first = FirstFrame()
make = run_command.KioskWindow
def watched(**options):
    QApplication.instance().installEventFilter(first)
    return make(**options)
run_command.KioskWindow = watched
import kiosk.sandbox_center
kiosk.sandbox_center.running_center = lambda _data: sys.argv[2]
from kiosk.__main__ import main
sys.exit(main(["run", "--mode", "kiosk", "--demo", "--window", "1920x1080", "--data", sys.argv[1], "--out", sys.argv[3]]))
"""


def _started(program: str, *arguments: str) -> tuple[float, float]:
    """Start a program; give milliseconds to its first frame and its memory in MiB then."""
    begin = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
    ) as process:
        if process.stdout is None or process.stderr is None:
            raise RuntimeError("no pipes")
        word, _, size = process.stdout.readline().strip().partition(" ")
        took_ms = (perf_counter() - begin) * 1000
        if word != "painted":
            raise RuntimeError(f"no frame came: {process.stderr.read()}")
    return took_ms, int(size) / 2**20


def run() -> dict[str, object]:
    """Measure; medians of interleaved rounds, each in a process of its own."""
    ensure_sandbox_data(DATA)
    ours, ready, floors = [], [], []
    with private_center(DATA, None) as url, TemporaryDirectory() as out:
        for _ in range(ROUNDS):
            floors.append(_started(PAINTED + EMPTY))
            ours.append(_started(PAINTED + KIOSK, str(DATA), url, out, "KioskWindow"))
            ready.append(_started(PAINTED + KIOSK, str(DATA), url, out, "AttractPage"))
    start_ms, ready_ms, floor_ms = (statistics.median(took for took, _ in each) for each in (ours, ready, floors))
    memory, floor_memory = (statistics.median(size for _, size in each) for each in (ready, floors))
    return {
        "rounds": ROUNDS,
        "figures": [
            _figure("kiosk: process start to first frame", "ms", start_ms, floor_ms, "<= 2.5"),
            _figure("kiosk: process start to the screen that invites", "ms", ready_ms, None, "<= 1500"),
            _figure("kiosk: memory at the first screen", "MiB", memory, None, "<= 150"),
            _figure("kiosk: memory over an empty Qt window", "MiB", memory, floor_memory, None),
        ],
    }


def _figure(name: str, unit: str, ours: float, floor: float | None, target: str | None) -> dict[str, object]:
    ratio = None if floor is None else ours / floor
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ratio, "target": target}
