"""The register: import of residents against a bare bulk insert, and the reads of one menu, on SQLite.

The floor writes the very rows that the import made into the same two tables, by the driver alone: one INSERT each, one
transaction, no check of anything. Scaled to what a desk bears; `REGISTER_BENCH_RESIDENTS=1000000` is the size of the target.
"""

import json
import os
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from issuing_center.database import make_engine
from issuing_center.eligibility import household_of
from issuing_center.migrations import upgrade
from issuing_center.municipal.holidays import national_holidays
from issuing_center.municipal.hours import available
from issuing_center.register.importing import import_file
from issuing_center.register.loading import resident_id_of
from issuing_center.register.settings_sql import publish_settings
from issuing_center.register.sql import SqlRegister
from tests.support.registers import SHIOMINO, package_folder, signed

RESIDENTS = int(os.environ.get("REGISTER_BENCH_RESIDENTS", "20000"))
READS = 400
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
_LINE = {
    "furigana_surname": "ミホン",
    "furigana_surname_notarised": True,
    "furigana_given": "ハナコ",
    "furigana_given_notarised": True,
    "birth_date": "1980-01-02",
    "sex": "female",
    "domicile": "見本県汐見野市みなと通一丁目1番",
    "family_head": "見本　太郎",
    "my_number": "995098420663",
    "became_resident_on": "1990-01-01",
    "notified_on": "1990-01-02",
    "previous_address": "例示県山手市西町1番地",
}


def _lines() -> Iterator[str]:
    header = {"register_import": 1, "municipality": SHIOMINO, "kind": "residents", "sequence": 1}
    yield json.dumps({**header, "as_of": "2026-11-20T03:00:00Z", "count": RESIDENTS})
    for number in range(RESIDENTS):
        household, position = divmod(number, 3)
        own = {"resident": f"{number:09d}", "household": f"{household:09d}", "position": position}
        relation = "子" if position else "世帯主"
        address = f"見本県汐見野市みなと通一丁目{household}番"
        named = {"name": f"見本　花子{number}", "relation": relation, "is_head": not position, "address": address}
        yield json.dumps({**own, **named, **_LINE}, ensure_ascii=False)


def _empty(folder: Path, name: str) -> Engine:
    engine = make_engine(f"sqlite:///{folder / name}")
    upgrade(engine)
    publish_settings(engine, signed((package_folder(SHIOMINO) / "settings.toml").read_text(encoding="utf-8")))
    return engine


def _bare_insert(source: Path, target: Path) -> float:
    """Copy the rows with nothing but the driver; gives the seconds of the writing alone."""
    with sqlite3.connect(source) as reader:
        rows = {table: reader.execute(f"SELECT * FROM {table}").fetchall() for table in ("household", "resident")}  # noqa: S608
    connection = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for table, values in rows.items():
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)  # noqa: S608
    connection.execute("COMMIT")
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def _menu_ms(register: SqlRegister, number: int) -> float:
    """Read what a menu of every certificate needs of one person; gives milliseconds."""
    resident = resident_id_of(SHIOMINO, f"{number:09d}")
    start = time.perf_counter()
    with register.snapshot(SHIOMINO) as snapshot:
        settings = snapshot.municipality(date(2026, 11, 20))
        household = household_of(snapshot, resident, NOW)
        snapshot.seal(resident)
        snapshot.tax_years(resident)
        snapshot.koseki(resident)
        snapshot.fuhyo(resident)
        snapshot.risai(resident)
    if settings is None or isinstance(household, str):
        raise TypeError("the register of the bench is not whole")
    for offer in settings.offers:
        available(offer.kind, settings.rules, NOW, "kiosk-0001", national_holidays())
    return (time.perf_counter() - start) * 1000


def run() -> dict[str, object]:
    """Measure import and reads."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "residents.jsonl"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in _lines())
        engine = _empty(folder, "ours.db")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        import_file(engine, source, NOW)
        ours = RESIDENTS / (time.perf_counter() - start)
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        register = SqlRegister(engine)
        chance = Random(1)  # noqa: S311  whom to read, not a secret
        people = [chance.randrange(RESIDENTS) for _ in range(READS + 20)]
        times = [_menu_ms(register, number) for number in people][20:]
        engine.dispose()
        _empty(folder, "bare.db").dispose()
        floor = RESIDENTS / _bare_insert(folder / "ours.db", folder / "bare.db")
    p99 = statistics.quantiles(times, n=100)[98]
    return {
        "residents": RESIDENTS,
        "reads": READS,
        "figures": [
            {
                "name": f"import of {RESIDENTS} residents",
                "unit": "/s",
                "ours": ours,
                "floor": floor,
                "ratio": ours / floor,
                "target": ">= 0.33",
            },
            {
                "name": f"eligibility and menu of one person among {RESIDENTS}, p99",
                "unit": "ms",
                "ours": p99,
                "floor": None,
                "ratio": None,
                "target": "<= 20",
            },
            {
                "name": f"memory at its highest after the import (before it: {before // 1024})",
                "unit": "MiB",
                "ours": peak_mib,
                "floor": None,
                "ratio": None,
                "target": "<= 300",
            },
        ],
    }
