"""Books: statistics and settlement of very many orders, against the bare query that only counts their documents.

Scaled to what a desk bears; `STATISTICS_BENCH_ORDERS=1000000` is the size of the target. On SQLite, or with
`STATISTICS_BENCH_DATABASE=postgresql` on a private server. All orders lie in one month, which is the worst there is.
"""

import os
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, text

from issuing_center.database import make_engine
from issuing_center.ledger.months import Month
from issuing_center.ledger.settlement import Settlement, close
from issuing_center.ledger.settlement_commissions import Commission, Commissions
from issuing_center.ledger.statistics import Dimension, count_copies, total
from issuing_center.ledger.tables import documents, orders, outcomes
from issuing_center.migrations import upgrade
from tests.support.databases import cluster_home, make_cluster, start_cluster, stop_cluster

ORDERS = int(os.environ.get("STATISTICS_BENCH_ORDERS", "20000"))
ON_POSTGRESQL = os.environ.get("STATISTICS_BENCH_DATABASE", "sqlite") == "postgresql"
BATCH = 5_000
BEGINS = datetime(2026, 10, 1, tzinfo=UTC)
RATES = Commissions((Commission("mihon-store", 117, date(2019, 10, 1), None),))
KINDS = ("juminhyo", "inkan", "kazei", "koseki-zenbu")


def _database(stack: ExitStack) -> str:
    if not ON_POSTGRESQL:
        return f"sqlite:///{Path(stack.enter_context(tempfile.TemporaryDirectory())) / 'center.db'}"
    home = stack.enter_context(cluster_home())
    make_cluster(home)
    cluster, server = start_cluster(home, {})
    stack.callback(stop_cluster, server)
    cluster.administer("CREATE DATABASE center")
    return cluster.url("center")


def _fill(engine: Engine) -> None:
    """Write orders of one copy each that ended in order, at places all over the month; one in a hundred is a case."""
    for first in range(0, ORDERS, BATCH):
        numbers = range(first, min(first + BATCH, ORDERS))
        with engine.begin() as connection:
            connection.execute(insert(orders), [_order(number) for number in numbers])
            connection.execute(insert(documents), [_document(number) for number in numbers])
            connection.execute(insert(outcomes), [_outcome(number) for number in numbers])


def _txn(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}{number:016x}"  # scattered, as random ids are


def _order(number: int) -> dict[str, object]:
    at = BEGINS + timedelta(seconds=number * 2_500_000 // ORDERS)
    own = {"txn": _txn(number), "visit_id": _txn(number), "idempotency_key": _txn(number), "kind": KINDS[number % 4]}
    place = {"kiosk_id": f"kiosk-{number % 5000:05}", "municipality_code": f"{990000 + number % 1000}"}
    rest = {"subject": "0" * 64, "channel": "kiosk", "scope": "self", "copies": 1, "fee_yen": 200, "as_of": at}
    made = {"request_sha256": "0" * 64, "register_version": 1, "build_id": "b", "config_id": "c", "state": "reported"}
    times = {"created_at": at, "erase_at": at + timedelta(days=1), "operator": "mihon-store"}
    return {**own, **place, **rest, **made, **times}


def _document(number: int) -> dict[str, object]:
    state = "unknown" if number % 100 == 0 else "handed_over"
    signed = {"sha256": "0" * 64, "sealed": None, "binding": b"b" * 400, "signature": b"s" * 72}
    return {
        "serial": _txn(number),
        "txn": _txn(number),
        "copy_no": 1,
        "pages": 1,
        **signed,
        "state": state,
        "sheets": 1,
    }


def _outcome(number: int) -> dict[str, object]:
    case_no = "CASE" if number % 100 == 0 else None
    said = {"payload": b"p" * 250, "signature": b"s" * 72, "reported_at": BEGINS, "money": "kept"}
    return {"txn": _txn(number), **said, "received_yen": 200, "case_no": case_no}


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def run() -> dict[str, object]:
    """Measure both."""
    with ExitStack() as stack:
        engine = make_engine(_database(stack))
        stack.callback(engine.dispose)
        upgrade(engine)
        _fill(engine)
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with engine.connect() as connection:
            bare = _seconds(
                lambda: connection.execute(text("SELECT state, count(*) FROM documents GROUP BY state")).all()
            )
        by_kind = _seconds(lambda: count_copies(engine, 2026))
        by_kiosk = _seconds(lambda: count_copies(engine, 2026, [Dimension.KIOSK, Dimension.MONTH]))
        issued = total(count_copies(engine, 2026, [])).issued
        now = datetime(2026, 12, 1, tzinfo=UTC)
        closing = _seconds(lambda: _closed(engine, now))
        settled = _closed(engine, now)
        copies = sum(line.copies for line in settled.lines)
        if issued != copies or copies + sum(each.orders for each in settled.open) != ORDERS:
            raise ValueError("the books of the bench do not agree")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "database": "postgresql" if ON_POSTGRESQL else "sqlite",
        "orders": ORDERS,
        "figures": [
            _figure(f"copies of {ORDERS} orders by kind", "s", by_kind, bare),
            _figure(f"copies of {ORDERS} orders by kiosk and month", "s", by_kiosk, bare),
            _figure(f"settlement of {ORDERS} orders, closed", "s", closing, bare),
            _figure(f"memory at its highest (before: {before:.0f})", "MiB", peak, None),
        ],
    }


def _closed(engine: Engine, now: datetime) -> Settlement:
    settlement = close(engine, Month(2026, 10), RATES, now)
    if not isinstance(settlement, Settlement):
        raise TypeError("the month of the bench is not closed")
    return settlement


def _figure(name: str, unit: str, ours: float, floor: float | None) -> dict[str, object]:
    ratio = None if floor is None else ours / floor
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ratio, "target": None}
