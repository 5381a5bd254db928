"""The back added to a warm issue, and a verdict on a pair scanned at 300 dpi: time, memory, size of the file."""

import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import numpy as np

from issuing_center.enquiry.verdict import Result, judge
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.back.drawing import Security, two_sided
from issuing_center.paper.back.keys import KeyRing
from issuing_center.paper.front_seal import with_front_seals
from issuing_center.pdf_signature import with_signature
from tests.golden.forms import EVERY
from tests.scanning.first import Print, Scan, printed, scanned
from tests.scanning.pages import dots
from tests.support.signing import KEY, SEALER, certificates_of
from tests.unit.issuing_center.paper.back.test_keys import NEW, NOW


def _median_ms(act: Callable[[], object], rounds: int) -> float:
    act()
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        act()
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


def run() -> dict[str, object]:
    """Measure; CPU times of one thread in milliseconds."""
    cv2.setNumThreads(1)
    fonts = shared_fonts()
    drawn = draw(EVERY["juminhyo/household-of-four"], fonts)
    if not isinstance(drawn, DrawnDocument):
        raise TypeError("the sheet is refused")
    security = Security(NEW)
    sheet = two_sided(drawn, "BENCH-1", security, fonts)
    front_ms = _median_ms(lambda: draw(EVERY["juminhyo/household-of-four"], fonts), 30)
    back_ms = _median_ms(lambda: two_sided(drawn, "BENCH-1", security, fonts), 30)
    random = np.random.default_rng(1)
    scans = [scanned(printed(dots(sheet.pdf, page), Print(), random), Scan(dpi=300), random) for page in (0, 1)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if judge(scans, KeyRing((NEW,)), NOW).result is not Result.GENUINE:
        raise ValueError("an untouched pair is not found genuine")
    verify_ms = _median_ms(lambda: judge(scans, KeyRing((NEW,)), NOW), 3)
    return {
        "peak_mib_before_and_after_verify": [
            before // 1024,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        ],
        "figures": [
            _figure("back: added to a warm issue, over its front", "ms", back_ms, front_ms, None),
            _figure("back: added to a warm issue, over 8 ms", "ms", back_ms, 8.0, "<= 1"),
            _figure("back: verify a pair of 300 dpi, over 4 s", "ms", verify_ms, 4000.0, "<= 1"),
            _figure("back: largest finished two-page file, over 400 kB", "kB", _largest() / 1000, 400.0, "<= 1"),
        ],
    }


def _largest() -> int:
    """Give the size of the largest file of one sheet among all kinds, with its code and its signature."""
    sizes, fonts = [], shared_fonts()
    for sheet in EVERY.values():
        drawn = draw(sheet, fonts)
        if isinstance(drawn, DrawnDocument) and drawn.pages == 1:
            coded = with_front_seals(drawn, sheet, SEALER, sheet.issued_on)
            both = two_sided(coded, "BENCH-1", Security(NEW), fonts)
            sizes.append(len(with_signature(both.pdf, KEY, certificates_of(KEY), datetime.now(UTC))))
    return max(sizes)


def _figure(name: str, unit: str, ours: float, floor: float, target: str | None) -> dict[str, object]:
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ours / floor, "target": target}
