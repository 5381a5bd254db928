#!/usr/bin/env python3
"""The crash trial at full size: kiosks and centers killed at random points, all books compared after each start.

script/crash_trial.py [--kills N] [--center-kills N] [--workers N] [--seed TEXT] [--minutes M] [--out FOLDER]
                      [--report FILE]

Writes crash-trial.json, with what books and devices said wherever something was wrong, and a table of it, which --report
appends to a file; exit status 1 when a single breach was found or a group of rounds broke off. What `--minutes` leaves
undone is not in the figures. Needs the project's own Python; CI runs the same rounds at a smaller number.
"""

import argparse
import json
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import cpu_count, get_context
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kiosk.sandbox_data import ensure_sandbox_data  # noqa: E402  the root must be known first
from tests.support.crash_rounds import Tally, kills_of_center, kills_of_kiosk  # noqa: E402
from tests.support.crash_street import Silent, a_center  # noqa: E402

A_CHUNK = {"kiosk": 80, "center": 40}
DEVICES = ("kiosk-0001", "kiosk-0002")


@dataclass(frozen=True)
class Chunk:
    """Rounds that one worker does on a center of its own."""

    what: str
    seed: str
    times: int
    data: Path
    ends_s: float
    """On the steady clock: no chunk is begun later."""


def work(chunk: Chunk) -> Tally | None:
    """Do a chunk; its folder stays only when something was found. None when there was no time left.

    A round that breaks off ends the chunk and counts as a breach; what was done before it counts too.
    """
    if monotonic() > chunk.ends_s:
        return None
    folder = Path(tempfile.mkdtemp(prefix="crash-trial-"))
    tally = Tally()
    with a_center(folder, chunk.data) as center:
        try:
            if chunk.what == "kiosk":
                kills_of_kiosk(folder, center, chunk.data, chunk.seed, chunk.times, tally=tally)
            else:
                kills_of_center(folder, center, chunk.data, chunk.seed, chunk.times, DEVICES, tally)
        except Silent as silent:
            tally.breaches.append(f"{chunk.seed}: broke off: {silent}")
    if tally.breaches:
        tally.stories.append(f"{chunk.seed}: journals, till books and logs are in {folder}")
    else:
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
    parser.add_argument("--report", type=Path, default=None, help="append the table to this file")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "crash-trial")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    data = options.out / "sandbox"
    ensure_sandbox_data(data)
    began_s = monotonic()
    ends_s = began_s + options.minutes * 60
    chunks = [
        Chunk(what, f"{options.seed}-{what}-{first}", min(A_CHUNK[what], total - first), data, ends_s)
        for what, total in (("kiosk", options.kills), ("center", options.center_kills))
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
    took_s = monotonic() - began_s
    print("\n".join(broken), flush=True)
    for what, tally in tallies.items():
        for line in (*tally.breaches, *tally.stories):
            print(f"{what}: {line}", flush=True)
    if options.report is not None:
        with options.report.open("a") as report:
            report.write(section(options.seed, options.workers, tallies, broken, took_s))
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
    print(
        f"{took_s:6.0f} s",
        {what: tally.kills.total() for what, tally in tallies.items()},
        f"{len(broken)} broke off",
        flush=True,
    )


def table(seed: str, tallies: dict[str, Tally]) -> str:
    """Set the figures as a table."""
    kiosk, center = tallies["kiosk"], tallies["center"]
    rows = [("kills", kiosk.kills.total(), center.kills.total())]
    rows += [(f"- {way}", kiosk.kills[way], center.kills[way]) for way in sorted(kiosk.kills | center.kills)]
    rows.append(("the shop's power cut as well", kiosk.power_cuts, center.power_cuts))
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


def section(seed: str, workers: int, tallies: dict[str, Tally], broken: list[str], took_s: float) -> str:
    """Set a trial as a section of the report, with every breach."""
    lines = [
        "",
        f"## Trial of {datetime.now(UTC).date().isoformat()}: {took_s:,.0f} s, {workers} workers on {cpu_count()} cores",
        "",
        table(seed, tallies).rstrip(),
        "",
    ]
    wrong = broken + [f"{what} killed, {breach}" for what, tally in tallies.items() for breach in tally.breaches]
    lines += [f"- {line.splitlines()[0]}" for line in wrong] or ["No breach, and no group of rounds broke off."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
