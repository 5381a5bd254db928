"""The register: import of residents against a bare bulk insert, and the reads of one menu.

The floor writes the very rows that the import made into the same two tables, by the driver alone: one INSERT each, one
transaction, no check of anything. Scaled to what a desk bears; `REGISTER_BENCH_RESIDENTS=1000000` is the size of the target.
On SQLite, or with `REGISTER_BENCH_DATABASE=postgresql` on a private server with the durability that Debian gives it; there
COPY, which can neither check nor replace a row, is shown beside the INSERTs.
"""

import json
import os
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import psycopg
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, text

from issuing_center.database import make_engine
from issuing_center.eligibility import household_of
from issuing_center.migrations import upgrade
from issuing_center.municipal.holidays import national_holidays
from issuing_center.municipal.hours import available
from issuing_center.register.importing import import_file
from issuing_center.register.loading import resident_id_of
from issuing_center.register.settings_sql import publish_settings
from issuing_center.register.sql import SqlRegister
from tests.support.databases import cluster_home, make_cluster, start_cluster, stop_cluster
from tests.support.registers import SHIOMINO, package_folder, signed

RESIDENTS = int(os.environ.get("REGISTER_BENCH_RESIDENTS", "20000"))
ON_POSTGRESQL = os.environ.get("REGISTER_BENCH_DATABASE", "sqlite") == "postgresql"
READS = 400
TABLES = ("household", "resident")
ROWS_AT_ONCE = 20_000
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


@contextmanager
def _databases(folder: Path) -> Iterator[Callable[[str], str]]:
    """Give addresses of new databases by their names."""
    if not ON_POSTGRESQL:
        yield lambda name: f"sqlite:///{folder / name}"
        return
    with cluster_home() as home:
        make_cluster(home)
        cluster, server = start_cluster(home, {})

        def make(name: str) -> str:
            cluster.administer(f"CREATE DATABASE {name}")
            return cluster.url(name)

        try:
            yield make
        finally:
            stop_cluster(server)


def _empty(url: str) -> Engine:
    engine = make_engine(url)
    upgrade(engine)
    publish_settings(engine, signed((package_folder(SHIOMINO) / "settings.toml").read_text(encoding="utf-8")))
    return engine


def _bare_sqlite(source: str, target: str) -> float:
    """Copy the rows with nothing but the driver; gives the seconds of the writing alone."""
    with sqlite3.connect(source.removeprefix("sqlite:///")) as reader:
        rows = {table: reader.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608
    connection = sqlite3.connect(target.removeprefix("sqlite:///"), isolation_level=None)
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


def _insert(writer: psycopg.Connection, table: str, rows: list[TupleRow]) -> None:
    values = SQL(", ").join([SQL("%s")] * len(rows[0]))
    with writer.cursor() as cursor:
        cursor.executemany(SQL("INSERT INTO {} VALUES ({})").format(Identifier(table), values), rows)


def _copy(writer: psycopg.Connection, table: str, rows: list[TupleRow]) -> None:
    with writer.cursor() as cursor, cursor.copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as copy:
        for row in rows:
            copy.write_row(row)


def _bare_postgresql(
    source: str, target: str, write: Callable[[psycopg.Connection, str, list[TupleRow]], None]
) -> float:
    """Copy the rows with nothing but the driver, in one transaction; gives the seconds of the writing alone."""
    seconds = 0.0
    with (
        psycopg.connect(source.replace("+psycopg", "")) as reader,
        psycopg.connect(target.replace("+psycopg", "")) as writer,
    ):
        for table in TABLES:
            with reader.cursor(f"all_{table}") as cursor:
                cursor.execute(SQL("SELECT * FROM {}").format(Identifier(table)))
                while rows := cursor.fetchmany(ROWS_AT_ONCE):
                    start = time.perf_counter()
                    write(writer, table, rows)
                    seconds += time.perf_counter() - start
        start = time.perf_counter()
        writer.commit()
        return seconds + time.perf_counter() - start


def _analysed(engine: Engine) -> None:
    """Let the planner know what is there, as autovacuum does within a minute of an import."""
    if ON_POSTGRESQL:
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))


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
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory())
        folder = Path(name)
        make = stack.enter_context(_databases(folder))
        source = folder / "residents.jsonl"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in _lines())
        ours_url, bare_url = make("ours"), make("bare")
        engine = _empty(ours_url)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        import_file(engine, source, NOW)
        ours = RESIDENTS / (time.perf_counter() - start)
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        _analysed(engine)
        register = SqlRegister(engine)
        chance = Random(1)  # noqa: S311  whom to read, not a secret
        people = [chance.randrange(RESIDENTS) for _ in range(READS + 20)]
        times = [_menu_ms(register, number) for number in people][20:]
        engine.dispose()
        _empty(bare_url).dispose()
        copied = None
        if ON_POSTGRESQL:
            floor = RESIDENTS / _bare_postgresql(ours_url, bare_url, _insert)
            copy_url = make("copied")
            _empty(copy_url).dispose()
            copied = RESIDENTS / _bare_postgresql(ours_url, copy_url, _copy)
        else:
            floor = RESIDENTS / _bare_sqlite(ours_url, bare_url)
    p99 = statistics.quantiles(times, n=100)[98]
    return {
        "database": "postgresql" if ON_POSTGRESQL else "sqlite",
        "residents": RESIDENTS,
        "reads": READS,
        "copy_rows_a_second": copied,
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
