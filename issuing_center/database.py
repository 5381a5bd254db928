"""How the center opens its database, and what one transaction is.

Two databases, one schema: a SQLite file for a machine of its own and PostgreSQL for many workers. This module knows the
dialects so that the rooms do not have to; it knows no table of theirs and nothing of residents.

Rules kept here:
* a writer has the write lock from its first statement (BEGIN IMMEDIATE), so it never fails half-way for a lock;
* a reader sees one committed version, whatever is committed meanwhile (INV-5);
* what was committed is on the disk when the commit returns (synchronous=FULL; PostgreSQL's default);
* times are stored as UTC and come back aware;
* no value of a statement or a row gets into the text of an exception.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

LOCK_WAIT_S = 10
"""Longest wait for another writer. A healthy write takes milliseconds, so ten seconds are a fault and not a queue."""

STATEMENT_TIMEOUT_S = 30
"""Longest single statement on PostgreSQL."""

IDLE_TIMEOUT_S = 60
"""A worker that stalls inside a transaction loses it after this time instead of holding its row locks."""

POOL_WAIT_S = 5
"""Longest wait for a free connection: beyond it the worker is overloaded and says so (INV-4)."""

_READER = "issuing_center_reader"

UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeoutError)
"""What the rooms let through when the database is absent, locked or overloaded: the world's fault, not ours."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""The tables of every room; names of constraints are fixed so that migrations can speak of them on both databases."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as UTC with microseconds; a naive time is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time has no place in the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored instant back, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def make_engine(url: str, *, pool_size: int = 10, pool_wait_s: float = POOL_WAIT_S) -> Engine:
    """Make the engine of one worker; opens no connection yet.

    `url` is `sqlite:///FILE` or `postgresql+psycopg://…`. Raises ValueError for any other database and for SQLite in
    memory, which no second worker could see and no power cut would spare.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        engine = create_engine(
            parsed,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_wait_s,
            connect_args={"timeout": LOCK_WAIT_S},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif backend == "postgresql" and parsed.get_driver_name() == "psycopg":
        engine = create_engine(
            parsed,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_wait_s,
            # A fail-over leaves dead connections in the pool; asking costs one round trip.
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                "options": f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_S}s"
                f" -c statement_timeout={STATEMENT_TIMEOUT_S}s"
                f" -c idle_in_transaction_session_timeout={IDLE_TIMEOUT_S}s",
            },
        )
    else:
        raise ValueError(f"not a database of the center: {backend}; it takes a SQLite file or PostgreSQL by psycopg")
    event.listen(engine, "handle_error", _withhold_row)
    # The library's logger shows every row that was read, to whoever turns it up to DEBUG; its own switch hides parameters
    # only. Whatever level an operator sets, rows stay out.
    logging.getLogger("sqlalchemy.engine.Engine").addFilter(_shows_no_row)
    return engine


@contextmanager
def writing(bind: Engine | Connection) -> Iterator[Connection]:
    """Open one writing transaction that is durable when the block is left, and undone when it raises.

    Given a Connection, joins its transaction instead: then what is written is durable when the caller's block is left.
    """
    if isinstance(bind, Connection):
        yield bind
        return
    with bind.begin() as connection:
        yield connection


@contextmanager
def reading(bind: Engine | Connection) -> Iterator[Connection]:
    """Open one reading transaction in which every statement sees the same committed version.

    REPEATABLE READ READ ONLY on PostgreSQL, a deferred transaction on SQLite; either fixes its version at the first
    statement. Readers wait for nobody and nobody waits for them. Given a Connection, reads inside its transaction.
    """
    if isinstance(bind, Connection):
        yield bind
        return
    if bind.dialect.name == "sqlite":
        options: dict[str, Any] = {_READER: True}
    else:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with bind.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def insert_unless_taken(connection: Connection, table: Table, values: dict[str, Any], key: tuple[str, ...]) -> bool:
    """Insert one row unless the unique key is taken; tells whether the row is new.

    Waits for a concurrent writer of the same key, so False means the other row is committed and can be read. A conflict
    on any other unique constraint is an error as always (INV-9).
    """
    # The two constructs have the same methods but no common type.
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = insert(table).values(values).on_conflict_do_nothing(index_elements=list(key))
    # RETURNING gives a row only for what was inserted; the row count of an INSERT is not kept for us.
    return connection.execute(statement.returning(*table.primary_key.columns)).first() is not None


def is_repeated(error: IntegrityError) -> bool:
    """Tell whether an integrity error is a unique or primary key that exists, by its code and not by its text."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return original.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
    return isinstance(original, UniqueViolation)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin a transaction late and by guesswork; SQLAlchemy's "begin" does it instead.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Without it INSERT OR REPLACE would delete a row past its triggers.
        "recursive_triggers=ON",
        # An erased document is overwritten with zeros, not only unlinked from its table.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    reader = connection.get_execution_options().get(_READER, False)
    # A reader that writes is a mistake on PostgreSQL, so it is one here.
    connection.exec_driver_sql(f"PRAGMA query_only={int(reader)}")
    connection.exec_driver_sql("BEGIN" if reader else "BEGIN IMMEDIATE")


def _shows_no_row(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


def _withhold_row(context: ExceptionContext) -> None:
    # The server's DETAIL quotes the offending row. It stands on its own lines, so the first line alone is kept, in the
    # driver's error and in the one that wraps it and has copied the text already.
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].partition("\n")[0], *error.args[1:])
