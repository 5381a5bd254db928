"""The journal in one SQLite file: a row for each intent, a row for each end, nothing ever changed.

Holds identifiers, yen and sheets. A transaction is committed, and with `synchronous=FULL` on the disk, before a call
returns: what the caller does next has its intention written down.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock

from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome
from kiosk.ports.journal import Act, Entry, Intent, IntentId, OpenOrder
from kiosk.ports.printer import PrintTicket

_SCHEMA = """
CREATE TABLE IF NOT EXISTS intent (
    id INTEGER PRIMARY KEY, act TEXT NOT NULL, txn TEXT NOT NULL, yen INTEGER NOT NULL, serial TEXT,
    sheets INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS intent_txn ON intent (txn);
CREATE TABLE IF NOT EXISTS print_ticket (
    intent_id INTEGER PRIMARY KEY REFERENCES intent (id), ticket TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS conclusion (
    intent_id INTEGER PRIMARY KEY REFERENCES intent (id), result TEXT NOT NULL, detail INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS decision (txn TEXT PRIMARY KEY, outcome TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS settlement (txn TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS incident (id INTEGER PRIMARY KEY, code TEXT NOT NULL, txn TEXT, word TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS incident_closed (
    incident_id INTEGER PRIMARY KEY REFERENCES incident (id), cause TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS case_closed (txn TEXT PRIMARY KEY REFERENCES decision (txn), cause TEXT NOT NULL) STRICT;
"""
_TABLES = (
    *("intent", "print_ticket", "conclusion", "decision", "settlement"),
    *("incident", "incident_closed", "case_closed"),
)
_APPEND_ONLY = """
CREATE TRIGGER IF NOT EXISTS {table}_kept_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""


class JournalUnavailableError(Exception):
    """The journal cannot be opened or written; the machine must not act. `code` is stable."""

    code = "JOURNAL-01"

    @property
    def in_use(self) -> bool:
        """Whether another process holds it, as a running kiosk does."""
        return getattr(self.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


class SqliteJournal:
    """One machine's journal; a second process that opens the same file is refused."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises JournalUnavailableError."""
        self._lock = Lock()
        with ExitStack() as undo:
            self._db = self._opened(path)
            undo.callback(self._db.close)
            self._prepare()
            undo.pop_all()

    def _opened(self, path: Path) -> sqlite3.Connection:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Workers of one process share the connection, one at a time; `isolation_level=None` leaves BEGIN to us,
            # because the module would begin late and by guesswork.
            return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailableError from error

    def _prepare(self) -> None:
        try:
            # Exclusive: the file lock is taken at the first write and kept, so two machines never share a journal.
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            if self._db.execute("PRAGMA journal_mode=WAL").fetchall() != [("wal",)]:
                # All rows: an error of the disk comes after the first, and whoever stops there never hears of it.
                raise sqlite3.OperationalError("no write-ahead log")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._db.executescript(_SCHEMA)
            for table in _TABLES:
                for verb in ("UPDATE", "DELETE"):
                    self._db.execute(_APPEND_ONLY.format(table=table, verb=verb))
        except sqlite3.Error as error:
            raise JournalUnavailableError from error

    def intend(self, intent: Intent, ticket: PrintTicket | None = None) -> IntentId:
        """Write down an act before it is begun; `ticket` is the printer's, for PRINT."""
        with self._writing() as db:
            intent_id = _inserted(db, intent)
            if ticket is not None:
                db.execute("INSERT INTO print_ticket VALUES (?, ?)", (intent_id, ticket))
            return intent_id

    def note(self, intents: Sequence[Intent]) -> None:
        """Write down acts that are done already, at one stroke."""
        with self._writing() as db:
            for intent in intents:
                db.execute("INSERT INTO conclusion VALUES (?, 'done', 0)", (_inserted(db, intent),))

    def conclude(self, intent_id: IntentId, result: str, detail: int = 0) -> None:
        """Write down how an act ended. Raises ValueError for an unknown or a concluded intent."""
        with self._writing() as db:
            try:
                db.execute("INSERT INTO conclusion VALUES (?, ?, ?)", (intent_id, result, detail))
            except sqlite3.IntegrityError as error:
                raise ValueError("no such open intent") from error

    def decide(self, outcome: OrderOutcome) -> None:
        """Write down what became of an order. Raises ValueError for a second decision."""
        with self._writing() as db:
            try:
                db.execute("INSERT INTO decision VALUES (?, ?)", (outcome.transaction, _to_text(outcome)))
            except sqlite3.IntegrityError as error:
                raise ValueError("this order's outcome is decided already") from error

    def settle(self, transaction: TransactionId) -> None:
        """Close the books of an order; repeating it changes nothing."""
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO settlement VALUES (?)", (transaction,))

    def open_orders(self) -> tuple[OpenOrder, ...]:
        """Give every order that is not settled, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT i.id, i.act, i.txn, i.yen, i.serial, i.sheets, c.result, coalesce(c.detail, 0), t.ticket"
                " FROM intent i LEFT JOIN conclusion c ON c.intent_id = i.id"
                " LEFT JOIN print_ticket t ON t.intent_id = i.id"
                " WHERE i.txn NOT IN (SELECT txn FROM settlement) ORDER BY i.id"
            ).fetchall()
            decided = dict(self._db.execute("SELECT txn, outcome FROM decision").fetchall())
        orders: dict[str, list[Entry]] = {}
        for id_, act, txn, yen, serial, sheets, result, detail, ticket in rows:
            intent = Intent(
                Act(act), TransactionId(txn), yen, SerialNumber(serial) if serial is not None else None, sheets
            )
            orders.setdefault(txn, []).append(Entry(IntentId(id_), intent, result, detail, ticket))
        return tuple(
            OpenOrder(TransactionId(txn), tuple(entries), _from_text(decided[txn]) if txn in decided else None)
            for txn, entries in orders.items()
        )

    def cases_untold(self) -> tuple[OrderOutcome, ...]:
        """Give every open case whose 未発行票 was not seen to its end, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT outcome FROM decision WHERE json_extract(outcome, '$[4]') IS NOT NULL"
                " AND txn NOT IN (SELECT txn FROM case_closed) AND txn NOT IN"
                " (SELECT i.txn FROM intent i JOIN conclusion c ON c.intent_id = i.id WHERE i.act = ?) ORDER BY rowid",
                (Act.SLIP.value,),
            ).fetchall()
        return tuple(_from_text(text) for (text,) in rows)

    def raise_incident(self, code: str, transaction: TransactionId | None, check: str) -> None:
        """Stop the machine durably."""
        with self._writing() as db:
            db.execute("INSERT INTO incident (code, txn, word) VALUES (?, ?, ?)", (code, transaction, check))

    def open_incident(self) -> str | None:
        """Give the code of the oldest incident that staff have not closed."""
        with self._lock:
            row = self._db.execute(
                "SELECT code FROM incident WHERE id NOT IN (SELECT incident_id FROM incident_closed) ORDER BY id"
            ).fetchone()
        return None if row is None else str(row[0])

    def close_incidents(self, cause: str) -> int:
        """Close every open incident under a cause. Raises ValueError for an empty one."""
        if not cause.strip():
            raise ValueError("an incident is closed with its cause")
        with self._writing() as db:
            return db.execute(
                "INSERT INTO incident_closed SELECT id, ? FROM incident"
                " WHERE id NOT IN (SELECT incident_id FROM incident_closed)",
                (cause,),
            ).rowcount

    def open_cases(self) -> tuple[OrderOutcome, ...]:
        """Give every order that ended as a case which staff have not closed, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT outcome FROM decision WHERE txn NOT IN (SELECT txn FROM case_closed) ORDER BY rowid"
            ).fetchall()
        return tuple(outcome for outcome in map(_from_text, (row[0] for row in rows)) if outcome.case is not None)

    def close_case(self, number: str, cause: str) -> int:
        """Close the open cases of a number under what staff found and did, and give how many there were.

        Raises ValueError for an empty cause.
        """
        if not cause.strip():
            raise ValueError("a case is closed with its cause")
        closing = [(outcome.transaction, cause) for outcome in self.open_cases() if outcome.case == number]
        with self._writing() as db:
            db.executemany("INSERT INTO case_closed VALUES (?, ?)", closing)
        return len(closing)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise JournalUnavailableError from error
            try:
                yield self._db
                self._db.execute("COMMIT")
            except ValueError:
                self._db.execute("ROLLBACK")
                raise
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise JournalUnavailableError from error


def _inserted(db: sqlite3.Connection, intent: Intent) -> IntentId:
    row = db.execute(
        "INSERT INTO intent (act, txn, yen, serial, sheets) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (intent.act.value, intent.transaction, intent.amount_yen, intent.serial, intent.sheets),
    ).fetchone()
    return IntentId(row[0])


def _to_text(outcome: OrderOutcome) -> str:
    documents = [[serial, fate.value, sheets] for serial, fate, sheets in outcome.documents]
    return json.dumps(
        [outcome.transaction, outcome.money.value, outcome.received_yen, documents, outcome.case],
        separators=(",", ":"),
    )


def _from_text(text: str) -> OrderOutcome:
    transaction, money, received_yen, documents, case = json.loads(text)
    return OrderOutcome(
        TransactionId(transaction),
        MoneyFate(money),
        received_yen,
        tuple((SerialNumber(serial), DocumentFate(fate), sheets) for serial, fate, sheets in documents),
        case,
    )
