"""The back added to a warm issue, and the command `verify` on a pair scanned at 300 dpi: time, memory, size of the file."""

import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image

from issuing_center.backs.keys import new_key, written
from issuing_center.commands.verify import CERTIFICATE_FILE, KEYS_FILE
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.back.drawing import Security, two_sided
from issuing_center.paper.front_seal import with_front_seals
from issuing_center.pdf_signature import with_signature
from tests.golden.forms import EVERY
from tests.scanning.first import Print, Scan, printed, scanned
from tests.scanning.pages import dots
from tests.support.signing import KEY, SEALER, certificates_of

NAME = "juminhyo/household-of-four"
ROUNDS = 3
LAUNCHER = """
import json, os, resource, subprocess, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
answer = json.loads(subprocess.check_output(sys.argv[1:]))
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({**answer, "cpu_s": used.ru_utime + used.ru_stime, "kib": used.ru_maxrss}))
"""
"""Runs a command on one core and says what it took; small itself, because what it starts begins with its memory."""


def _median_ms(act: Callable[[], object], rounds: int) -> float:
    act()
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        act()
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


def run() -> dict[str, object]:
    """Measure; CPU times, those of the back of one thread, in milliseconds."""
    cv2.setNumThreads(1)
    fonts, security = shared_fonts(), Security(new_key(datetime.now(UTC), secrets.token_bytes))
    drawn = _drawn(NAME)
    front_ms = _median_ms(lambda: draw(EVERY[NAME], fonts), 30)
    back_ms = _median_ms(lambda: two_sided(drawn, "BENCH-1", security, fonts), 30)
    verify_ms, verify_mib = _verified(security)
    return {
        "figures": [
            _figure("back: added to a warm issue, over its front", "ms", back_ms, front_ms, None),
            _figure("back: added to a warm issue, over 8 ms", "ms", back_ms, 8.0, "<= 1"),
            _figure("back: verify a pair of 300 dpi, whole command, over 4 s", "ms", verify_ms, 4000.0, "<= 1"),
            _figure("back: memory of that command, over 600 MiB", "MiB", verify_mib, 600.0, "<= 1"),
            _figure(
                "back: largest finished two-page file, over 400 kB", "kB", _largest(security) / 1000, 400.0, "<= 1"
            ),
        ],
    }


def _drawn(name: str) -> DrawnDocument:
    drawn = draw(EVERY[name], shared_fonts())
    if not isinstance(drawn, DrawnDocument):
        raise TypeError("the sheet is refused")
    return drawn


def _two_sided(name: str, security: Security) -> DrawnDocument:
    sheet = EVERY[name]
    coded = with_front_seals(_drawn(name), sheet, SEALER, datetime.now(UTC).date())
    return two_sided(coded, sheet.issue_number, security, shared_fonts())


def _verified(security: Security) -> tuple[float, float]:
    """Judge an untouched pair by the command; gives its CPU time in milliseconds, the median, and its memory in MiB."""
    random, both = np.random.default_rng(1), _two_sided(NAME, security)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / KEYS_FILE).parent.mkdir()
        (data / KEYS_FILE).write_text(written(security.master), encoding="utf-8")
        (data / CERTIFICATE_FILE).write_bytes(certificates_of(KEY)[0].public_bytes(Encoding.PEM))
        files = [data / f"{side}.png" for side in ("front", "back")]
        for page, file in enumerate(files):
            Image.fromarray(scanned(printed(dots(both.pdf, page), Print(), random), Scan(dpi=300), random)).save(file)
        command: list[str | Path] = [
            sys.executable,
            "-c",
            LAUNCHER,
            sys.executable,
            "-m",
            "issuing_center",
            "verify",
            *files,
        ]
        command += ["--json", "--data", data]
        runs = [json.loads(subprocess.check_output(command)) for _ in range(ROUNDS)]
    if any((run["result"], run["seal"]) != ("genuine", "valid") for run in runs):
        raise ValueError("an untouched pair is not found genuine")
    return statistics.median(run["cpu_s"] for run in runs) * 1000, max(run["kib"] for run in runs) / 1024


def _largest(security: Security) -> int:
    """Give the size of the largest file of one sheet among all kinds, with its code and its signature."""
    sizes = []
    for name in EVERY:
        both = _two_sided(name, security)
        if both.pages == 2:
            sizes.append(len(with_signature(both.pdf, KEY, certificates_of(KEY), datetime.now(UTC))))
    return max(sizes)


def _figure(name: str, unit: str, ours: float, floor: float, target: str | None) -> dict[str, object]:
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ours / floor, "target": target}
