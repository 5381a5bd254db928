"""A day of 2,000 visits at a counter on the embedded default, which must not slow down as its books grow.

One process, SQLite, three terminals, two clerks, faults as on any day. A visit is everything from the card's proof to the
sheet in the resident's hand; the day's books are compared at its end. What is compared is the processor's time of this process:
it is the same whatever else the machine does, and contains every statement, since the database is in the process.
"""

import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from issuing_center.deployment import Mode, declare

declare(Mode.SANDBOX)

from issuing_center.counter.books import day_of  # noqa: E402
from issuing_center.counter.totals import day_totals  # noqa: E402
from issuing_center.counter.views import waiting_list  # noqa: E402
from issuing_center.sandbox import ensure_sandbox  # noqa: E402
from tests.support.center import running_center  # noqa: E402
from tests.support.clerks import CLERK  # noqa: E402
from tests.support.counter_day import CounterDay  # noqa: E402

VISITS = int(os.environ.get("COUNTER_DAY_VISITS", "2000"))
HUNDRED = max(1, VISITS // 20)


def run() -> dict[str, object]:
    """Measure; wall times in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "center.db"
        with running_center(ensure_sandbox(Path(folder) / "sandbox"), f"sqlite:///{database}") as center:
            day = CounterDay(center, Random(1))  # noqa: S311 - a simulation
            walls, times, last = [], [], (time.perf_counter(), time.process_time())
            for _ in day.play(VISITS, datetime.now(UTC)):
                now = (time.perf_counter(), time.process_time())
                walls.append((now[0] - last[0]) * 1000)
                times.append((now[1] - last[1]) * 1000)
                last = now
            totals = day_totals(center.service, CLERK, day_of(center.clock.at))
            if (totals.cash_yen, totals.sheets_used) != (day.books.cash_yen, day.books.sheets):
                raise ValueError("the books do not agree")
            begin = time.perf_counter()
            shown = len(waiting_list(center.service, CLERK))
            list_ms = (time.perf_counter() - begin) * 1000
        size_kb = database.stat().st_size / 1000
    first, end = statistics.median(times[:HUNDRED]), statistics.median(times[-HUNDRED:])
    return {
        "visits": VISITS,
        "events": dict(day.books.happened),
        "figures": [
            _figure(f"counter: a visit among the last {HUNDRED}, over the first {HUNDRED}", "ms", end, first, "<= 1.2"),
            _figure("counter: a visit by the clock on the wall", "ms", statistics.median(walls), None, None),
            _figure(f"counter: the console's list of {shown} numbers", "ms", list_ms, None, None),
            _figure("counter: database, a visit", "kB", size_kb / VISITS, None, None),
        ],
    }


def _figure(name: str, unit: str, ours: float, floor: float | None, target: str | None) -> dict[str, object]:
    ratio = None if floor is None else ours / floor
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ratio, "target": target}
