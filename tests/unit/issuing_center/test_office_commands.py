"""Statistics and settlement as an office runs them: on the terminal, as CSV for a spreadsheet, as JSON."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuing_center import __main__ as command_line
from issuing_center.commands.csv_file import write_csv
from issuing_center.database import make_engine, writing
from issuing_center.ledger.settlement_commissions import CommissionsError, read_commissions
from issuing_center.migrations import upgrade
from tests.support.ledger_histories import CASE, VOIDED, add_order

AT = datetime(2025, 10, 15, 3, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the data folder of a sandbox with a few orders of October 2025."""
    engine = make_engine(f"sqlite:///{tmp_path / 'center.db'}")
    upgrade(engine)
    with writing(engine) as connection:
        add_order(connection, AT, copies=2, operator="mihon-store")
        add_order(connection, AT, kiosk_id="-1+cmd", kind="inkan", fee_yen=300)
        add_order(connection, AT, VOIDED)
        add_order(connection, AT, CASE, operator="mihon-store")
    engine.dispose()
    return tmp_path


def run(data: Path, *arguments: str) -> int:
    return command_line.main([*arguments, "--sandbox", "--data", str(data)])


def rows_of(path: Path) -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_a_year_is_shown_with_its_total(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "statistics", "--year", "2025") == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["fiscal_year", "kind", "issued_copies", "unknown_copies", "voided_copies", "open_copies"],
        ["2025", "inkan", "1", "0", "0", "0"],
        ["2025", "juminhyo", "2", "1", "1", "0"],
        ["2025", "total", "3", "1", "1", "0"],
    ]


def test_years_and_columns_may_be_several(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--year", "2025", "--year", "2024", "--by", "month", "--by", "operator", "--json")
    assert run(data, "statistics", *arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["lines"][1] == {
        "fiscal_year": 2025,
        "month": "2025-10",
        "operator": "mihon-store",
        "issued_copies": 2,
        "unknown_copies": 1,
        "voided_copies": 0,
        "open_copies": 0,
    }
    assert [total["fiscal_year"] for total in answer["totals"]] == [2025]


def test_a_spreadsheet_runs_nothing_of_the_file(data: Path) -> None:
    file = data / "kiosks.csv"
    assert run(data, "statistics", "--year", "2025", "--by", "kiosk", "--csv", str(file)) == 0
    assert rows_of(file)[1:] == [["2025", "'-1+cmd", "1", "0", "0", "0"], ["2025", "kiosk-0001", "2", "1", "1", "0"]]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", '="a",b'])
def test_no_cell_is_a_formula(tmp_path: Path, cell: str) -> None:
    write_csv(tmp_path / "x.csv", ["name", "amount"], [(cell, -200), ("普通", 1)])
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["name", "amount"], [f"'{cell}", "-200"], ["普通", "1"]]


def test_a_month_is_settled_and_closed_for_good(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft, first, second = (data / name for name in ("draft.csv", "first.csv", "second.csv"))
    assert run(data, "settlement", "--month", "2025-10", "--csv", str(draft)) == 0
    assert run(data, "settlement", "--month", "2025-10", "--close", "--csv", str(first)) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "2025-10: draft; net 466 yen, 1 open orders"
    assert told[1].startswith("2025-10: closed ")
    assert run(data, "settlement", "--month", "2025-10", "--close", "--csv", str(second)) == 0
    assert capsys.readouterr().out.splitlines()[0] == told[1]
    assert draft.read_bytes() == first.read_bytes() == second.read_bytes()
    assert rows_of(first)[1:] == [
        ["2025-10", "2025-10", "990019", "", "inkan", "settled", "", "1", "300", "0", "0", "300", ""],
        ["2025-10", "2025-10", "990019", "mihon-store", "juminhyo", "settled", "", "2", "400", "117", "234", "166", ""],
        ["2025-10", "2025-10", "990019", "mihon-store", "juminhyo", "open", "1", "", "", "", "", "", "200"],
    ]


def test_a_month_that_cannot_be_closed_is_refused_with_a_code(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rates = tmp_path / "rates.toml"
    rates.write_text("", encoding="utf-8")
    assert run(data, "settlement", "--month", "9998-01", "--close") == 1
    assert run(data, "settlement", "--month", "2025-11", "--close") == 1
    assert run(data, "settlement", "--month", "2025-10", "--close", "--commissions", str(rates)) == 1
    rates.write_text("x = 1", encoding="utf-8")
    assert run(data, "settlement", "--month", "2025-10", "--close", "--commissions", str(rates)) == 1
    codes = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert codes == ["SETTLE-01", "SETTLE-03", "SETTLE-02", "SETTLE-05"]


GOOD = 'operator = "a"\ncopy_yen = 117\nfirst_day = 2026-04-01\n'
BAD_RATES = {
    "not TOML": "[",
    "another table": "[commissions]",
    "not entries": "commission = 1",
    "no operator": "[[commission]]\ncopy_yen = 1\nfirst_day = 2026-04-01",
    "a misspelt field": f"[[commission]]\n{GOOD}lastday = 2026-05-01",
    "an empty operator": f"[[commission]]\n{GOOD}".replace('"a"', '""'),
    "no number": f"[[commission]]\n{GOOD}".replace("117", "true"),
    "less than nothing": f"[[commission]]\n{GOOD}".replace("117", "-1"),
    "an instant": f"[[commission]]\n{GOOD}".replace("2026-04-01", "2026-04-01T00:00:00Z"),
    "an end before its beginning": f"[[commission]]\n{GOOD}last_day = 2026-03-31",
    "two at once": f"[[commission]]\n{GOOD}last_day = 2026-04-30\n[[commission]]\n{GOOD}".replace(
        "117\nfirst_day = 2026-04-01\n", "115\nfirst_day = 2026-04-30\n"
    ),
}


@pytest.mark.parametrize("text", BAD_RATES.values(), ids=BAD_RATES)
def test_a_file_of_rates_with_a_mistake_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rates.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommissionsError):
        read_commissions(file)


def test_periods_may_follow_each_other(tmp_path: Path) -> None:
    file = tmp_path / "rates.toml"
    second = GOOD.replace("2026-04-01", "2026-05-01")
    file.write_text(f"[[commission]]\n{GOOD}last_day = 2026-04-30\n[[commission]]\n{second}", encoding="utf-8")
    assert len(read_commissions(file).rates) == 2


@pytest.mark.parametrize("arguments", [["statistics", "--year", "1988"], ["settlement", "--month", "2026-13"]])
def test_what_is_no_year_or_month_is_refused(data: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        run(data, *arguments)


def test_a_case_is_listed_shown_and_closed_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "cases", "list", "--days", "5000") == 1
    assert "CASE-1 " in capsys.readouterr().out
    end = ("--ended", "handed-over", "--by", "staff-7", "--cause", "it lay in the tray")
    assert run(data, "cases", "close", "CASE-1", *end) == 0
    told = capsys.readouterr().out
    assert "by staff-7: handed_over, 1 of 1 copies kept" in told
    assert run(data, "cases", "show", "CASE-1") == 0
    assert capsys.readouterr().out == told
    assert run(data, "cases", "list", "--days", "5000") == 0
    assert run(data, "settlement", "--month", "2025-10") == 0
    assert "0 open orders" in capsys.readouterr().out


def test_a_case_that_is_not_closed_says_why(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    end = ("--ended", "refunded", "--by", "staff-7", "--cause")
    assert run(data, "cases", "show", "CASE-9") == 1
    assert run(data, "cases", "close", "CASE-9", *end, "given back by hand") == 1
    assert run(data, "cases", "close", "CASE-1", *end, "why") == 1
    assert run(data, "cases", "close", "CASE-1", *end, "given back by hand", "--copies", "1") == 1
    assert run(data, "cases", "close", "CASE-1", *end, "given back by hand") == 0
    assert run(data, "cases", "close", "CASE-1", *end, "given back by hand") == 1
    codes = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert codes == ["CASE-02", "CASE-02", "CASE-05", "CASE-05", "CASE-04"]
    engine = make_engine(f"sqlite:///{data / 'center.db'}")
    with writing(engine) as connection:
        add_order(connection, AT, CASE)
    engine.dispose()
    assert run(data, "cases", "show", "CASE-1") == 1
    assert run(data, "cases", "close", "CASE-1", *end, "given back by hand") == 1
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["CASE-03", "CASE-03"]
    with pytest.raises(SystemExit):
        run(data, "cases", "close", "CASE-1", "--ended", "refunded", "--cause", "given back", "--by", "見本 花子")
