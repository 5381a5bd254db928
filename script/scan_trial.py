"""Print, scan and judge many documents with simulated machines, and say how often that went right.

    .venv/bin/python script/scan_trial.py --documents 200 --simulator first --seed 1

Every document is judged twice: untouched, and with some characters of its front replaced, each of which must be framed. Every
fifth is printed by an engine of 300 dpi. `first` is the simulator this repository is tuned on, `second` another one. Results
go to build/scan-trial/NAME.json; a table to the terminal. With `--ocr` tesseract reads the decoded fronts and the clean ones at
the same resolution.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from issuing_center.backs.keys import KeyRing, new_key  # noqa: E402
from issuing_center.backs.layout import Setting, geometry_of  # noqa: E402
from issuing_center.backs.screens import COARSE, PLAIN  # noqa: E402
from issuing_center.enquiry.readable import readable  # noqa: E402
from issuing_center.enquiry.verdict import Result, Verdict, judge  # noqa: E402
from issuing_center.paper import DrawnDocument, draw, shared_fonts  # noqa: E402
from issuing_center.paper.back.drawing import Security, two_sided  # noqa: E402
from issuing_center.paper.back.picture import one_bit, render_fronts  # noqa: E402
from issuing_center.paper.front_seal import with_front_seals  # noqa: E402
from tests.golden.forms import EVERY  # noqa: E402
from tests.scanning.first import printed, random_trial, scanned  # noqa: E402
from tests.scanning.forgery import Box, Forgery, forged  # noqa: E402
from tests.scanning.pages import Picture, dots  # noqa: E402
from tests.scanning.reading import Reading, compared_reading  # noqa: E402
from tests.scanning.second import printed_second, scanned_second  # noqa: E402
from tests.support.signing import SEALER  # noqa: E402

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def main() -> int:
    """Run the trial."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="number of the first document, to share the work")
    parser.add_argument("--simulator", choices=["first", "second"], default="first")
    parser.add_argument("--dpi", type=int, help="scan all at this resolution")
    parser.add_argument("--fine", action="store_true")
    parser.add_argument("--no-ground", action="store_true", help="fronts without their ground pattern")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="trial")
    parser.add_argument("--changes", type=int, default=4, help="characters replaced on the altered sheet")
    parser.add_argument("--ocr", action="store_true", help="read decoded and clean fronts by tesseract (jpn)")
    parser.add_argument("--keep", action="store_true", help="keep the scans of whatever went wrong")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    folder = ROOT / "build" / "scan-trial"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(options.first, options.first + options.documents):
        for row in _document(number, options, folder):
            rows.append(row)
            print(json.dumps(row, ensure_ascii=False), flush=True)
            (folder / f"{options.name}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    _table(rows)
    return 0


def _document(number: int, options: argparse.Namespace, folder: Path) -> Iterator[dict[str, object]]:
    random = np.random.default_rng((options.seed, number))
    name = sorted(EVERY)[number % len(EVERY)]
    plain_front = draw(EVERY[name], shared_fonts())
    if not isinstance(plain_front, DrawnDocument):
        raise TypeError(name)
    # As it is issued: the signed code is a picture of its own on every front, and no two are alike.
    drawn = with_front_seals(plain_front, EVERY[name], SEALER, NOW.date())
    setting = Setting.FINE if options.fine else Setting.STANDARD
    master = new_key(NOW, random.bytes)
    issue = f"TRIAL-{number}"
    screens = COARSE if number % 5 == 4 else PLAIN
    security = Security(master, setting, screens=screens, ground_on_front=not options.no_ground)
    document = two_sided(drawn, issue, security, shared_fonts())
    page = int(random.integers(drawn.pages))
    truth = one_bit(render_fronts(drawn.pdf, geometry_of(setting))[page])
    sides = ((drawn.pdf, page), (document.pdf, 2 * page), (document.pdf, 2 * page + 1))
    plain, front, back = (dots(pdf, side, screens.dpi) for pdf, side in sides)
    forgeries = _forgeries(plain, drawn.pdf, page, options.changes, random)
    # The forger leaves the ground pattern as it is and pastes into it.
    altered = np.minimum(forgeries[-1].dots, np.where((plain == 255) & (front == 0), 0, 255)).astype(np.uint8)
    dpi = options.dpi or int(random.choice([200, 240, 300, 400, 600]))
    dpi_front = options.dpi or int(random.choice([200, 240, 300, 400, 600]))
    scan = _scan(back, dpi, options.simulator, random)
    read: Reading | None = None
    for what, sheet in (("untouched", front), ("altered", altered)):
        other = _scan(sheet, dpi_front, options.simulator, random)
        begin = time.process_time()
        verdict = judge([other, scan], KeyRing((master,)), NOW)
        took = time.process_time() - begin
        framed = [_framed(verdict, forgery.box) for forgery in forgeries] if what == "altered" else []
        right = all(framed) if framed else verdict.result is Result.GENUINE
        wrong = None
        if verdict.pages:
            decoded = verdict.pages[0].decoded
            wrong = float(np.mean((decoded.soft > 0) != truth))
            if options.ocr and read is None:
                read = compared_reading(readable(decoded, geometry_of(setting)), drawn.pdf, page)
        if options.keep and not right:
            cv2.imwrite(str(folder / f"{options.name}-{number}-{what}-front.png"), other)
            cv2.imwrite(str(folder / f"{options.name}-{number}-{what}-back.png"), scan)
        yield {
            "number": number,
            "sheet": name,
            "page": page + 1,
            "engine_dpi": screens.dpi,
            "what": what,
            "right": right,
            "framed": framed,
            "changes": [f"{forgery.old}{forgery.new}" for forgery in forgeries] if framed else [],
            "heights_mm": [round((forgery.box[3] - forgery.box[1]) * 297, 1) for forgery in forgeries]
            if framed
            else [],
            "result": verdict.result.value,
            "reason": verdict.reason.value,
            "score": round(verdict.pages[0].score, 2) if verdict.pages else None,
            "regions": len(verdict.pages[0].regions) if verdict.pages else 0,
            "dpi": dpi,
            "dpi_front": dpi_front,
            "wrong_cells": wrong,
            "agreement": round(verdict.pages[0].decoded.agreement, 4) if verdict.pages else None,
            "ocr": read if what == "untouched" else None,
            "cpu_s": round(took, 2),
        }


def _forgeries(plain: Picture, pdf: bytes, page: int, count: int, random: np.random.Generator) -> list[Forgery]:
    """Replace some characters that stand apart; the last one's dots show them all."""
    made: list[Forgery] = []
    for _ in range(10 * count):
        if len(made) == count:
            break
        new = forged(made[-1].dots if made else plain, pdf, page, random)
        if all(_apart(new.box, other.box) for other in made):
            made.append(new)
    return made


def _apart(first: Box, second: Box) -> bool:
    gap = 0.02
    return (
        first[2] + gap < second[0]
        or second[2] + gap < first[0]
        or first[3] + gap < second[1]
        or second[3] + gap < first[1]
    )


def _scan(sheet: Picture, dpi: int, simulator: str, random: np.random.Generator) -> Picture:
    if simulator == "second":
        colour = scanned_second(printed_second(sheet, random), dpi, random)
        return cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY)  # type: ignore[return-value]  # one byte a pixel
    trial = random_trial(random, dpi)
    return scanned(printed(sheet, trial.printing, random), trial.scanning, random)


def _framed(verdict: Verdict, box: Box) -> bool:
    if verdict.result is not Result.ALTERED:
        return False
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in verdict.pages[0].regions)


def _table(rows: list[dict[str, object]]) -> None:
    untouched = [row for row in rows if row["what"] == "untouched"]
    alarms = sum(row["result"] == "altered" for row in untouched)
    print(f"untouched: {sum(bool(row['right']) for row in untouched)} of {len(untouched)} right, {alarms} false alarms")
    framed: list[tuple[bool, float]] = []
    for row in rows:
        if isinstance(row["framed"], list) and isinstance(row["heights_mm"], list):
            framed += zip(row["framed"], row["heights_mm"], strict=True)
    for name, least, most in (("all", 0.0, 99.0), ("2 mm and higher", 2.0, 99.0), ("smaller", 0.0, 2.0)):
        those = [found for found, height in framed if least <= height < most]
        print(f"altered characters, {name}: {sum(those)} of {len(those)} framed")
    readings = [row["ocr"] for row in rows if isinstance(row["ocr"], dict)]
    if readings:
        decoded, clean = (float(np.mean([reading[kind] for reading in readings])) for kind in ("decoded", "clean"))
        print(
            f"characters read: decoded {decoded:.3f}, clean {clean:.3f}, share {decoded / clean:.3f}, {len(readings)} sheets"
        )
    for dpi in sorted({int(str(row["dpi"])) for row in rows}):
        errors = [
            float(str(row["wrong_cells"])) for row in rows if row["dpi"] == dpi and row["wrong_cells"] is not None
        ]
        if errors:
            print(
                f"{dpi} dpi: wrong cells mean {np.mean(errors):.4%}, worst {np.max(errors):.4%}, {len(errors)} sheets"
            )


if __name__ == "__main__":
    sys.exit(main())
