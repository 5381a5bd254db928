#!/usr/bin/env python3
"""The crash trial at full size: kiosks and centers killed at random points, all books compared after each start.

script/crash_trial.py [--kills N] [--center-kills N] [--workers N] [--seed TEXT] [--minutes M] [--out FOLDER]

Writes crash-trial.json and a table of it; exit status 1 when a single breach was found. What `--minutes` leaves undone
is not in the figures. Needs the project's own Python; CI runs the same rounds at a smaller number.
"""

import argparse
import json
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kiosk.sandbox_data import ensure_sandbox_data  # noqa: E402  the root must be known first
from tests.support.crash_rounds import Tally, kills_of_center, kills_of_kiosk  # noqa: E402
from tests.support.crash_street import a_center  # noqa: E402

A_CHUNK = {"kiosk": 40, "center": 20}
DEVICES = ("kiosk-0001", "kiosk-0002")


@dataclass(frozen=True)
class Chunk:
    """Rounds that one worker does on a center of its own."""

    what: str
    seed: str
    times: int
    data: Path
    visit_s: float
    ends_s: float
    """On the steady clock: no chunk is begun later."""


def work(chunk: Chunk) -> Tally | None:
    """Do a chunk; its folder stays only when something was found. None when there was no time left."""
    if monotonic() > chunk.ends_s:
        return None
    folder = Path(tempfile.mkdtemp(prefix="crash-trial-"))
    with a_center(folder, chunk.data) as center:
        if chunk.what == "kiosk":
            tally = kills_of_kiosk(folder, center, chunk.data, chunk.seed, chunk.times, visit_s=chunk.visit_s)
        else:
            tally = kills_of_center(folder, center, chunk.data, chunk.seed, chunk.times, DEVICES, chunk.visit_s)
    if not tally.breaches:
        shutil.rmtree(folder)
    return tally


def main() -> int:
    """Run the trial."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--center-kills", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", default=datetime.now(UTC).date().isoformat())
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--visit-seconds", type=float, default=0.6, help="what a visit takes here")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "crash-trial")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    data = options.out / "sandbox"
    ensure_sandbox_data(data)
    began_s = monotonic()
    ends_s = began_s + options.minutes * 60
    chunks = [
        Chunk(what, f"{options.seed}-{what}-{first}", min(A_CHUNK[what], total - first), data, visit_s, ends_s)
        for what, total, visit_s in (
            ("kiosk", options.kills, options.visit_seconds),
            ("center", options.center_kills, options.visit_seconds),
        )
        for first in range(0, total, A_CHUNK[what])
    ]
    # Both kinds side by side, so that a trial cut short says something of each.
    chunks.sort(
        key=lambda chunk: (
            int(chunk.seed.rpartition("-")[2]) / (options.kills if chunk.what == "kiosk" else options.center_kills)
        )
    )
    tallies = {"kiosk": Tally(), "center": Tally()}
    broken: list[str] = []
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(work, chunk): chunk for chunk in chunks}
        for done in as_completed(running):
            chunk, error = running[done], done.exception()
            if error is not None:
                broken.append(f"{chunk.seed}: {type(error).__name__}: {error}")
            elif (tally := done.result()) is not None:
                tallies[chunk.what].add(tally)
            _write(options.out, options.seed, tallies, broken, monotonic() - began_s)
    return 1 if broken or any(tally.breaches for tally in tallies.values()) else 0


def _write(out: Path, seed: str, tallies: dict[str, Tally], broken: list[str], took_s: float) -> None:
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "took_s": round(took_s),
        "broken_chunks": broken,
        **{what: vars(tally) for what, tally in tallies.items()},
    }
    (out / "crash-trial.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    (out / "crash-trial.md").write_text(table(seed, tallies))
    print(f"{took_s:6.0f} s", {what: tally.kills.total() for what, tally in tallies.items()}, broken, flush=True)


def table(seed: str, tallies: dict[str, Tally]) -> str:
    """Set the figures as a table."""
    kiosk, center = tallies["kiosk"], tallies["center"]
    rows = [("kills", kiosk.kills.total(), center.kills.total())]
    rows += [(f"- {way}", kiosk.kills[way], center.kills[way]) for way in sorted(kiosk.kills | center.kills)]
    rows.append(("visits", kiosk.visits, center.visits))
    rows += [(f"- {end}", kiosk.ends[end], center.ends[end]) for end in sorted(kiosk.ends | center.ends)]
    rows += [
        (words, getattr(kiosk, name), getattr(center, name))
        for words, name in (
            ("times all books were compared", "compared"),
            ("sheets printed twice", "double_prints"),
            ("sheets not paid for", "unpaid_prints"),
            ("yen lost", "lost_yen"),
            ("files or documents left behind", "leftovers"),
        )
    ]
    rows.append(("breaches of any kind", len(kiosk.breaches), len(center.breaches)))
    lines = [f"Seed `{seed}`.", "", "| | kiosk killed | center killed |", "| --- | ---: | ---: |"]
    return "\n".join([*lines, *(f"| {what} | {left} | {right} |" for what, left, right in rows)]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
