"""The kiosk's journal: an intention made durable, against one bare INSERT that is fsynced, on the same disk in the same run.

The print's intention is the largest: its printer's ticket stands beside it.
"""

import sqlite3
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.ports.journal import Act, Intent, IntentId
from kiosk.ports.printer import PrintTicket

ROUNDS = 300
TICKET = PrintTicket(
    '["ipp://192.0.2.10:631/ipp/print","urn:uuid:0",123,"AAAA-BBBB-CCCC-DDDD",1,false,1000,null,86400,0]'
)


def _intent(act: Act, number: int) -> Intent:
    return Intent(act, TransactionId(f"{number:032x}"), 200, SerialNumber("AAAA-BBBB-CCCC-DDDD"), 1)


def _begun(journal: SqliteJournal, intent: Intent, begun: list[IntentId]) -> None:
    begun.append(journal.intend(intent, TICKET))


def _bare(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, word TEXT NOT NULL, txn TEXT NOT NULL) STRICT")
    return db


def _ms(act: Callable[[], object]) -> float:
    begin = perf_counter()
    act()
    return (perf_counter() - begin) * 1000


def run() -> dict[str, object]:
    """Measure; medians of interleaved rounds in milliseconds."""
    floor: list[float] = []
    ours: dict[str, list[float]] = {"money": [], "print": [], "its end": []}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        journal, bare = SqliteJournal(Path(name) / "journal.db"), _bare(Path(name) / "bare.db")
        try:
            for number in range(ROUNDS):
                line = "INSERT INTO line (word, txn) VALUES (?, ?)", ("print", f"{number:032x}")
                floor.append(_ms(partial(bare.execute, *line)))
                ours["money"].append(_ms(partial(journal.intend, _intent(Act.TAKE_MONEY, number))))
                begun: list[IntentId] = []
                ours["print"].append(_ms(partial(_begun, journal, _intent(Act.PRINT, number), begun)))
                ours["its end"].append(_ms(partial(journal.conclude, begun[0], "done", 1)))
        finally:
            journal.close()
            bare.close()
    base = statistics.median(floor)
    return {
        "rounds": ROUNDS,
        "figures": [
            {
                "name": f"journal: {what} durable, against a bare fsynced insert",
                "unit": "ms",
                "ours": statistics.median(times),
                "floor": base,
                "ratio": statistics.median(times) / base,
                "target": "<= 1.5",
            }
            for what, times in ours.items()
        ],
    }
