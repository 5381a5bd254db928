"""The n-th call that opens, writes or syncs journal or till book fails: afterwards each order has one end, and no record is lost.

A kiosk that cannot write stops at once; on a good disk the next start settles what it left.
"""

import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.crash_books import CASE, HANDED_OVER, NOTHING, REFUNDED
from tests.support.crash_rounds import Tally, Watch
from tests.support.crash_street import ROOT, Center, a_center, a_kiosk
from tests.support.failing_disk import FAULTS, DiskFault, library, visit_on_a_failing_disk

A_VISIT = 55
"""Calls of a start and a visit together, at the least: all of them must have been walked over."""
OPENING = """
import ctypes, errno, sys
from pathlib import Path
from kiosk.adapters.journal.sqlite import JournalUnavailableError, SqliteJournal
from kiosk.adapters.payment.tillbook import TillBook, TillBookUnavailableError
for number in (*range(1, 16), 10_000):
    for book, refused in ((SqliteJournal, JournalUnavailableError), (TillBook, TillBookUnavailableError)):
        folder = Path(sys.argv[1]) / f"{book.__name__}-{number}"
        ctypes.CDLL(None).arm_failure(bytes(folder), number, errno.EIO, 0, 0)
        try:
            opened = book(folder / "book.db")
        except refused:
            print("refused")
        else:
            print(opened._db.execute("PRAGMA journal_mode").fetchone()[0])
            opened.close()
"""


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Center]:
    with a_center(tmp_path_factory.mktemp("center"), data) as center:
        yield center


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library(tmp_path_factory.mktemp("library"))


def walk(center: Center, data: Path, folder: Path, failing: Path, fault: DiskFault, numbers: Iterable[int]) -> int:
    """Make a visit with each of these calls failing, until there are not so many; gives how many failed."""
    struck = 0
    with a_kiosk(folder, center, data, random.Random(1), preload=failing) as kiosk:
        watch = Watch(kiosk, center, Tally())
        for number in numbers:
            failed = visit_on_a_failing_disk(kiosk, watch, number, fault)
            assert failed.breaches == (), failed
            assert set(failed.ends) <= {HANDED_OVER, REFUNDED, CASE, NOTHING}
            if failed.struck is None:
                break
            struck += 1
    return struck


@pytest.mark.parametrize(
    ("fault", "numbers"),
    [
        ("a write that fails once", (9, 25, 45)),
        ("a disk that is full", (14, 40, 52)),
        ("no descriptor left", (2,)),
    ],
)
def test_a_call_that_fails_leaves_one_end_to_each_order(
    center: Center, data: Path, tmp_path: Path, failing: Path, fault: str, numbers: tuple[int, ...]
) -> None:
    assert walk(center, data, tmp_path / "street", failing, FAULTS[fault], numbers) == len(numbers)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_that_fails_leaves_one_end_to_each_order(
    center: Center, data: Path, tmp_path: Path, failing: Path, fault: str
) -> None:
    struck = walk(center, data, tmp_path / "street", failing, FAULTS[fault], count(1))
    assert struck >= (2 if FAULTS[fault].to_open else A_VISIT)


def test_a_book_is_opened_with_its_log_or_not_at_all(tmp_path: Path, failing: Path) -> None:
    """An error of the disk while the log was switched on was swallowed once, and nobody knew what the book stood on."""
    done = subprocess.run(
        [sys.executable, "-c", OPENING, str(tmp_path)],
        env={"PYTHONPATH": str(ROOT), "LD_PRELOAD": str(failing)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["refused", "refused"] * 15 + ["wal", "wal"]
