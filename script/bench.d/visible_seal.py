"""The signed 2D code: what it adds to a sheet, beside the bare signature, and what its check costs."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from issuing_center.paper import DrawnDocument, Expected, check_complete, draw, shared_fonts
from issuing_center.paper.front_seal import with_front_seals
from issuing_center.pdf_signature import with_signature
from issuing_center.visible_seal import Sealer, is_signed_by
from script import verify_seal
from tests.golden.sheets import SHEETS
from tests.support.signing import KEY, certificates_of
from tests.unit.issuing_center.visible_seal.test_seal import CODE, STATEMENT

ROUNDS = 60


def median_ms(act: Callable[[], object]) -> float:
    """Give the median of some rounds after five to warm up."""
    times = []
    for number in range(ROUNDS + 5):
        start = time.perf_counter()
        act()
        if number >= 5:
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def figure(
    name: str, ours: float, floor: float | None = None, target: str | None = None, unit: str = "ms"
) -> dict[str, object]:
    """Make one figure."""
    ratio = None if floor is None else ours / floor
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ratio, "target": target}


def run() -> dict[str, object]:
    """Measure on the sheet of one person."""
    sheet, fonts, now = SHEETS["self"], shared_fonts(), datetime.now(UTC)
    certificates = certificates_of(KEY)
    sealer = Sealer.of(KEY, certificates[0])
    drawn = draw(sheet, fonts)
    if not isinstance(drawn, DrawnDocument):
        raise TypeError(drawn)
    coded = with_front_seals(drawn, sheet, sealer, now.date())
    signed = with_signature(coded.pdf, KEY, certificates, now)
    bare = median_ms(lambda: KEY.sign(CODE[:-66]))
    plain, full = Expected.of(sheet), Expected.of(sheet, certificates)
    return {
        "rounds": ROUNDS,
        "figures": [
            figure("statement to signed bytes", median_ms(lambda: sealer.seal(STATEMENT)), bare, "<= 3"),
            figure(
                "code on the front, file put together again",
                median_ms(lambda: with_front_seals(drawn, sheet, sealer, now.date())),
                None,
                "<= 2",
            ),
            figure(
                "completeness with code and signature, beside that without",
                median_ms(lambda: check_complete(signed, full)),
                median_ms(lambda: check_complete(drawn.pdf, plain)),
            ),
            figure("bytes to verdict, in the center", median_ms(lambda: is_signed_by(CODE, KEY.public_key()))),
            figure("bytes to verdict, stand-alone", median_ms(lambda: verify_seal.judge(CODE, [*certificates]))),
            figure("bytes of the code", len(CODE), unit="B"),
            figure("added to the file by the code", (len(coded.pdf) - len(drawn.pdf)) / 1000, unit="kB"),
            figure("added to the file by the signature", (len(signed) - len(coded.pdf)) / 1000, unit="kB"),
        ],
    }
