"""Books are read beside the kiosk that holds them, and a copy always agrees with itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.adapters.payment.tillbook import TillBook
from kiosk.book_copy import copied

HOLDS_JOURNAL = """
import sys
from pathlib import Path
from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.domain.certificates import TransactionId
from kiosk.ports.center import MoneyFate, OrderOutcome
journal = SqliteJournal(Path(sys.argv[1]))
journal.decide(OrderOutcome(TransactionId("ab" * 16), MoneyFate.UNKNOWN, 300, (), "ABABABAB"))
print("held", flush=True)
sys.stdin.read()
"""
HOLDS_TILL = """
import sys
from pathlib import Path
from kiosk.adapters.payment.tillbook import Line, Place, TillBook
book = TillBook(Path(sys.argv[1]))
book.write(None, [(Line.FILLED, 100, 40, Place.HOPPER.value)])
print("held", flush=True)
sys.stdin.read()
"""
WRITES_WITHOUT_END = """
import sys
from pathlib import Path
from kiosk.adapters.payment.tillbook import Line, Place, TillBook
book = TillBook(Path(sys.argv[1]))
pieces = [(Line.FILLED, coin, 1, Place.HOPPER.value) for coin in (10, 50, 100, 500)]
book.write(None, pieces)
print("held", flush=True)
while True:
    book.write(None, pieces)
"""


@contextmanager
def held(program: str, path: Path) -> Iterator[None]:
    """Have another process hold a book, as a running kiosk does."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_cases_are_listed_while_the_kiosk_runs_and_closed_when_it_is_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "journal.db"
    closed = ["cases", "--journal", str(path), "--close", "ABABABAB", "--cause", "money given back"]
    with held(HOLDS_JOURNAL, path):
        assert main(["cases", "--journal", str(path)]) == 0
        assert capsys.readouterr().out.startswith("ABABABAB  PAY-05")
        assert main(closed) == 1
        assert capsys.readouterr().err == "JOURNAL-01: the running kiosk holds the journal; stop it first\n"
    assert main(closed) == 0


def test_the_till_is_looked_at_while_the_kiosk_runs_and_filled_when_it_is_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = ["till", "--book", str(tmp_path / "till.db")]
    with held(HOLDS_TILL, tmp_path / "till.db"):
        assert main([*till, "counts"]) == 0
        assert "4000" in capsys.readouterr().out
        assert main([*till, "settle", "--look"]) == 0
        assert main([*till, "settle"]) == 2
        assert "PAY-07: the running kiosk" in capsys.readouterr().out
    assert main([*till, "settle"]) == 0


def test_a_copy_agrees_with_itself_while_the_book_is_written_to(tmp_path: Path) -> None:
    path, seen = tmp_path / "till.db", 0
    with held(WRITES_WITHOUT_END, path):
        for _ in range(30):
            with copied(path) as copy, closing(TillBook(copy)) as book:
                holdings = book.holdings()
            pieces = {count for counts in holdings.values() for count in counts.values()}
            assert len(pieces) == 1  # of each coin as many: no stroke is there by half
            assert min(pieces) >= seen
            seen = min(pieces)


def test_looking_leaves_no_copy_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, elsewhere = tmp_path / "journal.db", tmp_path / "temporary"
    SqliteJournal(path).close()
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    before = path.read_bytes()
    assert main(["cases", "--journal", str(path)]) == 0
    assert path.read_bytes() == before
    assert list(elsewhere.iterdir()) == []


def test_a_book_that_cannot_be_read_says_so_with_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database, but longer than nothing")
    assert main(["cases", "--journal", str(path)]) == 1
    assert capsys.readouterr().err.startswith("JOURNAL-01: ")
    assert main(["till", "--book", str(path), "counts"]) == 2
    assert capsys.readouterr().out.startswith("PAY-07: ")
