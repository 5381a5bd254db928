import json
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome

LEFT = OrderOutcome(
    TransactionId("ab" * 16),
    MoneyFate.KEPT,
    300,
    ((SerialNumber("AAAA-BBBB-CCCC"), DocumentFate.UNKNOWN, 1),),
    "ABABABAB",
)
DONE = OrderOutcome(TransactionId("cd" * 16), MoneyFate.NONE, 0, (), None)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    book = SqliteJournal(path)
    book.decide(LEFT)
    book.decide(DONE)
    book.close()
    return path


def test_open_cases_are_listed_until_they_are_closed_with_their_cause(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cases", "--journal", str(journal), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["case"], row["code"], row["held_yen"]) == ("ABABABAB", "PRINT-05", 300)
    assert main(["cases", "--journal", str(journal), "--close", "abababab", "--cause", "sheet found, destroyed"]) == 0
    assert main(["cases", "--journal", str(journal)]) == 0
    assert capsys.readouterr().out == "closed: ABABABAB\nopen cases: 0\n"


def test_a_case_that_is_not_there_is_not_closed(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cases", "--journal", str(journal), "--close", "00000000", "--cause", "none"]) == 1
    assert capsys.readouterr().err.startswith("CASE-01: ")


def test_a_case_is_closed_with_its_cause_only(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cases", "--journal", str(journal), "--close", "ABABABAB"]) == 1
    assert capsys.readouterr().err.startswith("CONFIG-01: ")
