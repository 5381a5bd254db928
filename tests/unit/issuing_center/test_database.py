"""What a transaction of the center is, on both databases."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from issuing_center.database import UNAVAILABLE, is_repeated, make_engine, reading, writing
from issuing_center.ledger.tables import events, orders, refusals
from issuing_center.register import tables as register_tables

AT = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))


def line(detail: str = "", at: datetime = AT) -> dict[str, object]:
    return {"at": at, "txn": None, "event": "test", "detail": detail}


def lines(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "postgresql+asyncpg://host/db"])
def test_only_a_sqlite_file_and_postgresql_by_psycopg_are_databases_of_the_center(url: str) -> None:
    with pytest.raises(ValueError, match="not a database of the center"):
        make_engine(url)


def test_an_instant_comes_back_as_utc(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(events).values(line()))
    with reading(engine) as connection:
        at = connection.execute(select(events.c.at)).scalar_one()
        stored = str(connection.execute(text("SELECT at FROM events")).scalar_one())
    assert at == AT
    assert at.tzinfo is UTC
    assert stored.startswith("2026-11-20 03:00:00.123456")


def test_a_naive_time_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError) as caught, writing(engine) as connection:
        connection.execute(insert(events).values(line(at=AT.replace(tzinfo=None))))
    assert isinstance(caught.value.orig, ValueError)


def test_a_writer_that_raises_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        connection.execute(insert(events).values(line(str(1 // 0))))
    assert lines(engine) == 0


def test_a_reader_sees_one_version_while_another_worker_commits(workers: tuple[Engine, Engine]) -> None:
    with reading(workers[0]) as connection:
        before = connection.execute(select(func.count()).select_from(events)).scalar_one()
        with writing(workers[1]) as writer:
            writer.execute(insert(events).values(line()))
        after = connection.execute(select(func.count()).select_from(events)).scalar_one()
    assert (before, after, lines(workers[0])) == (0, 0, 1)


def test_many_writers_on_two_workers_all_get_through(workers: tuple[Engine, Engine]) -> None:
    def write(number: int) -> None:
        with writing(workers[number % 2]) as connection:
            # The read before the write is what a late BEGIN fails on: another writer came in between.
            connection.execute(select(func.count()).select_from(events)).scalar_one()
            connection.execute(insert(events).values(line(str(number))))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40), timeout=60))
    assert lines(workers[0]) == 40


def test_a_writer_without_begin_immediate_fails_where_ours_waits(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    first = sqlite3.connect(path, timeout=5, isolation_level=None)
    second = sqlite3.connect(path, timeout=5, isolation_level=None)
    first.execute("PRAGMA journal_mode=WAL")
    first.execute("CREATE TABLE t (x)")
    for connection in (first, second):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM t").fetchone()
    first.execute("INSERT INTO t VALUES (1)")
    first.execute("COMMIT")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.execute("INSERT INTO t VALUES (2)")
    first.close()
    second.close()


def test_sqlite_is_set_to_keep_what_it_committed(tmp_path: Path, make_worker: Callable[[str], Engine]) -> None:
    engine = make_worker(f"sqlite:///{tmp_path / 'settings.db'}")
    expected: dict[str, object] = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }
    with reading(engine) as connection:
        assert {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in expected} == expected


def test_a_reader_cannot_write_and_the_next_writer_on_its_connection_can(
    database: str, make_worker: Callable[[str, int], Engine]
) -> None:
    engine = make_worker(database, 1)
    with pytest.raises(DBAPIError), reading(engine) as connection:
        connection.execute(insert(events).values(line()))
    assert lines(engine) == 0
    with writing(engine) as connection:
        connection.execute(insert(events).values(line()))
    assert lines(engine) == 1


def test_foreign_keys_hold(engine: Engine) -> None:
    with pytest.raises(IntegrityError) as caught, writing(engine) as connection:
        connection.execute(
            insert(register_tables.household).values(household_id="h", municipality_code="000000", address="x")
        )
    assert not is_repeated(caught.value)


def test_an_error_says_nothing_of_the_row(engine: Engine) -> None:
    marker = "MARKER-OF-A-RESIDENT"
    refusal = {"reference": marker, "kiosk_id": marker, "visit_id": None, "reason": marker, "at": AT}
    with writing(engine) as connection:
        connection.execute(insert(refusals).values(refusal))
    for values, repeated in ((refusal, True), ({**refusal, "reference": "x", "reason": None}, False)):
        with pytest.raises(IntegrityError) as caught, writing(engine) as connection:
            connection.execute(insert(refusals).values(values))
        assert is_repeated(caught.value) is repeated
        error: BaseException | None = caught.value
        while error is not None:
            assert marker not in str(error)
            assert marker not in repr(error)
            error = error.__cause__ or error.__context__


def test_a_lost_database_is_unavailable(tmp_path: Path, make_worker: Callable[[str], Engine]) -> None:
    for url in (
        f"sqlite:///{tmp_path}/no/such/folder/center.db",
        f"postgresql+psycopg://nobody@/nothing?host={tmp_path}",
    ):
        with pytest.raises(UNAVAILABLE), reading(make_worker(url)) as connection:
            connection.execute(select(orders.c.txn))


def test_a_full_pool_is_unavailable_and_not_a_wait_for_ever(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'center.db'}", pool_size=1, pool_wait_s=0.05)
    with reading(engine), pytest.raises(UNAVAILABLE), reading(engine):
        pass
    engine.dispose()
    assert OperationalError in UNAVAILABLE
