"""The till book: every piece of money that moved, and every movement that was begun, in one SQLite file.

The money side's own memory across power cuts. A line is on the disk before a call returns; nothing written is changed, but
for the meters, which say where each unit's own counters stood when the book last agreed with them. A movement and the
meter that proves it are written at one stroke. Holds keys, pieces and counters; nothing of a person, no fee, no kind.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import Any

from kiosk.ports.cash import Counts, Denomination, Movement
from kiosk.ports.payment import ChargeKey

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, key TEXT, act TEXT NOT NULL, denomination INTEGER NOT NULL,
    pieces INTEGER NOT NULL, place TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS entry_key ON entry (key);
CREATE TABLE IF NOT EXISTS meter (unit TEXT PRIMARY KEY, counter INTEGER NOT NULL, life INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS payout (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, denomination INTEGER NOT NULL, wanted INTEGER NOT NULL,
    life INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS payout_counter (
    payout_id INTEGER PRIMARY KEY REFERENCES payout (id), counter INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS payout_end (payout_id INTEGER PRIMARY KEY REFERENCES payout (id)) STRICT;
CREATE TABLE IF NOT EXISTS charge (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL, state TEXT NOT NULL,
    yen INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS charge_key ON charge (key);
CREATE TABLE IF NOT EXISTS closing (id INTEGER PRIMARY KEY, at TEXT NOT NULL, last_entry INTEGER NOT NULL) STRICT;
"""
_TABLES = ("entry", "payout", "payout_counter", "payout_end", "charge", "closing")
_APPEND_ONLY = """
CREATE TRIGGER IF NOT EXISTS {table}_kept_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the till book is append-only'); END;
"""


_LAST = 1 << 62
"""Behind every line there can be."""


class TillBookUnavailableError(Exception):
    """The till book cannot be opened or written; no money may move. `code` is stable."""

    code = "PAY-07"

    @property
    def in_use(self) -> bool:
        """Whether another process holds it, as a running kiosk does."""
        return getattr(self.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


class Place(Enum):
    """Where money lies."""

    HOPPER = "hopper"
    CASHBOX = "cashbox"
    ESCROW = "escrow"
    STACKER = "stacker"


class Line(Enum):
    """What a line of the book says of its pieces."""

    IN = "in"
    """Came in under the key, to the place."""
    LATE = "late"
    """Came in when no deposit was open; under the key that was the last, and no part of its charge."""
    OUT = "out"
    """Left its place for the resident's tray, under the key."""
    STACKED = "stacked"
    """Went from escrow to the stacker."""
    UNKNOWN = "unknown"
    """May have moved; the place is a word for it, the denomination 0 where not even that is known."""
    FILLED = "filled"
    """Put in by staff."""
    TAKEN = "taken"
    """Taken out by staff."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line."""

    id: int
    key: ChargeKey | None
    line: Line
    denomination: int
    """0 where it is not known."""
    pieces: int
    place: str


@dataclass(frozen=True, slots=True)
class Meter:
    """Where a unit's own counters stood."""

    counter: int
    """Events since its power-up, modulo its size."""
    life: int
    """Pieces in its life."""


@dataclass(frozen=True, slots=True)
class Payout:
    """A payout that was begun and whose end is not written."""

    id: int
    key: ChargeKey
    denomination: Denomination
    wanted: int
    life: int
    """What the hopper's life counter said before."""
    counter: int | None
    """What its counter of payouts said before; None in a line from when the book did not keep it."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What was last written of a charge."""

    due_yen: int
    state: str
    yen: int


Piece = tuple[Line, int, int, str]
"""Line, denomination, pieces, place."""


def utc_now() -> datetime:
    """Give the wall time."""
    return datetime.now(UTC)


class TillBook:
    """One machine's book; a second process that opens the same file is refused."""

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        """Open or make the file. Raises TillBookUnavailableError."""
        self._lock = Lock()
        self._now = now
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
        except (sqlite3.Error, OSError) as error:
            raise TillBookUnavailableError from error
        try:
            # Exclusive: taken at the first write and kept, so two machines never share a book.
            for pragma in ("locking_mode=EXCLUSIVE", "synchronous=FULL", "foreign_keys=ON"):
                self._db.execute(f"PRAGMA {pragma}")
            if self._db.execute("PRAGMA journal_mode=WAL").fetchall() != [("wal",)]:
                # All rows: an error of the disk comes after the first, and whoever stops there never hears of it.
                raise sqlite3.OperationalError("no write-ahead log")
            self._db.executescript(_SCHEMA)
            for table in _TABLES:
                for verb in ("UPDATE", "DELETE"):
                    self._db.execute(_APPEND_ONLY.format(table=table, verb=verb))
        except sqlite3.Error as error:
            self._db.close()
            raise TillBookUnavailableError from error

    def meter(self, unit: str) -> Meter | None:
        """Give where a unit's counters stood; None before they were ever read."""
        row = self._one("SELECT counter, life FROM meter WHERE unit = ?", unit)
        return None if row is None else Meter(*row)

    def write(
        self, key: ChargeKey | None, pieces: Sequence[Piece], unit: str | None = None, meter: Meter | None = None
    ) -> None:
        """Write lines and, at the same stroke, the meter that proves them."""
        with self._writing() as db:
            self._lines(db, key, pieces)
            if unit is not None and meter is not None:
                self._set_meter(db, unit, meter)

    def begin_payout(self, key: ChargeKey, denomination: Denomination, wanted: int, life: int, counter: int) -> Payout:
        """Write down that coins are about to be paid, and where the hopper's two counters stand."""
        with self._writing() as db:
            row = db.execute(
                "INSERT INTO payout (key, denomination, wanted, life) VALUES (?, ?, ?, ?) RETURNING id",
                (key, int(denomination), wanted, life),
            ).fetchone()
            db.execute("INSERT INTO payout_counter VALUES (?, ?)", (row[0], counter))
        return Payout(row[0], key, denomination, wanted, life, counter)

    def end_payout(self, payout: Payout, paid: int, unsure: int, unit: str, meter: Meter) -> None:
        """Write down how many certainly came out, and how many more may have."""
        coin = int(payout.denomination)
        pieces: list[Piece] = []
        if paid:
            pieces.append((Line.OUT, coin, paid, Place.HOPPER.value))
        if unsure:
            pieces.append((Line.UNKNOWN, coin, unsure, "payout"))
        with self._writing() as db:
            db.execute("INSERT INTO payout_end VALUES (?)", (payout.id,))
            self._lines(db, payout.key, pieces)
            self._set_meter(db, unit, meter)

    def open_payouts(self) -> tuple[Payout, ...]:
        """Give every payout that was begun and not ended, oldest first."""
        rows = self._all(
            "SELECT id, key, denomination, wanted, life, counter FROM payout LEFT JOIN payout_counter ON payout_id = id"
            " WHERE id NOT IN (SELECT payout_id FROM payout_end) ORDER BY id"
        )
        return tuple(Payout(id_, ChargeKey(key), Denomination(coin), *rest) for id_, key, coin, *rest in rows)

    def set_charge(self, key: ChargeKey, due_yen: int, state: str, yen: int) -> None:
        """Write down what became of a charge."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO charge (at, key, due, state, yen) VALUES (?, ?, ?, ?, ?)",
                (self._now().isoformat(), key, due_yen, state, yen),
            )

    def charge(self, key: ChargeKey) -> Charge | None:
        """Give what was last written of a charge; None when it was never begun."""
        row = self._one("SELECT due, state, yen FROM charge WHERE key = ? ORDER BY id DESC LIMIT 1", key)
        return None if row is None else Charge(*row)

    def charges_since(self, entry_at: str | None) -> tuple[Charge, ...]:
        """Give the last line of each charge that has one since a closing; None for all there ever were."""
        rows = self._all(
            "SELECT due, state, yen FROM charge WHERE id IN (SELECT max(id) FROM charge WHERE at > ? GROUP BY key)"
            " ORDER BY id",
            entry_at or "",
        )
        return tuple(Charge(*row) for row in rows)

    def latest_key(self) -> ChargeKey | None:
        """Give the key of the latest charge."""
        row = self._one("SELECT key FROM charge ORDER BY id DESC LIMIT 1")
        return None if row is None else ChargeKey(row[0])

    def escrow_key(self) -> ChargeKey | None:
        """Give the key under which a note was last held in escrow."""
        row = self._one(
            "SELECT key FROM entry WHERE place = ? AND act IN (?, ?) ORDER BY id DESC LIMIT 1",
            Place.ESCROW.value,
            Line.IN.value,
            Line.LATE.value,
        )
        return None if row is None or row[0] is None else ChargeKey(row[0])

    def movement(self, key: ChargeKey) -> Movement:
        """Give all that moved under a key by the book alone; payouts that are open count as not certain."""
        inserted: Counter[Denomination] = Counter()
        returned: Counter[Denomination] = Counter()
        unknown: list[str] = []
        for act, coin, pieces, place in self._all(
            "SELECT act, denomination, pieces, place FROM entry WHERE key = ? ORDER BY id", key
        ):
            match Line(act):
                case Line.IN:
                    inserted[Denomination(coin)] += pieces
                case Line.OUT:
                    returned[Denomination(coin)] += pieces
                case Line.UNKNOWN:
                    unknown.append(f"{place} {pieces} x {coin}")
                case _:
                    pass
        unknown += [f"payout {p.wanted} x {int(p.denomination)}" for p in self.open_payouts() if p.key == key]
        return Movement(inserted, returned, tuple(unknown))

    def holdings(self, up_to: int | None = None) -> dict[Place, Counts]:
        """Give what lies where by the book, now or after a line."""
        held: dict[Place, Counter[Denomination]] = {place: Counter() for place in Place}
        for act, denomination, pieces, place in self._all(
            "SELECT act, denomination, sum(pieces), place FROM entry WHERE id <= ? AND act != ?"
            " GROUP BY act, denomination, place",
            _LAST if up_to is None else up_to,
            Line.UNKNOWN.value,
        ):
            coin = Denomination(denomination)
            match Line(act):
                case Line.OUT | Line.TAKEN:
                    held[Place(place)][coin] -= pieces
                case Line.STACKED:
                    held[Place.ESCROW][coin] -= pieces
                    held[Place.STACKER][coin] += pieces
                case _:
                    held[Place(place)][coin] += pieces
        return {place: {coin: n for coin, n in counts.items() if n} for place, counts in held.items()}

    def entries(self, after: int, up_to: int | None = None) -> tuple[Entry, ...]:
        """Give the lines after one and up to another, oldest first."""
        rows = self._all(
            "SELECT id, key, act, denomination, pieces, place FROM entry WHERE id > ? AND id <= ? ORDER BY id",
            after,
            _LAST if up_to is None else up_to,
        )
        return tuple(
            Entry(id_, None if key is None else ChargeKey(key), Line(act), coin, pieces, place)
            for id_, key, act, coin, pieces, place in rows
        )

    def latest_closing(self) -> tuple[int, str] | None:
        """Give the last line and the time of the latest closing; None before the first."""
        row = self._one("SELECT last_entry, at FROM closing ORDER BY id DESC LIMIT 1")
        return None if row is None else (int(row[0]), str(row[1]))

    def close_day(self) -> None:
        """Write down that the figures up to here were settled."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO closing (at, last_entry) SELECT ?, coalesce(max(id), 0) FROM entry",
                (self._now().isoformat(),),
            )

    def now(self) -> datetime:
        """Give the wall time by which the book dates its lines."""
        return self._now()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _lines(self, db: sqlite3.Connection, key: ChargeKey | None, pieces: Sequence[Piece]) -> None:
        at = self._now().isoformat()
        db.executemany(
            "INSERT INTO entry (at, key, act, denomination, pieces, place) VALUES (?, ?, ?, ?, ?, ?)",
            [(at, key, line.value, int(coin), count, place) for line, coin, count, place in pieces],
        )

    @staticmethod
    def _set_meter(db: sqlite3.Connection, unit: str, meter: Meter) -> None:
        db.execute(
            "INSERT INTO meter VALUES (?, ?, ?) ON CONFLICT (unit) DO UPDATE SET counter = excluded.counter,"
            " life = excluded.life",
            (unit, meter.counter, meter.life),
        )

    def _one(self, sql: str, *values: str | int) -> tuple[Any, ...] | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

    # A row is what its query says; the few callers name each column's type by what they build of it.
    def _all(self, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise TillBookUnavailableError from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise TillBookUnavailableError from error
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
