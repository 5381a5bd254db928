"""`python -m issuing_center statistics`: issued copies of fiscal years, on the terminal, as CSV or as JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from issuing_center.commands.books import add_books_options, open_books

if TYPE_CHECKING:
    from issuing_center.ledger.statistics import Dimension, Line

BY = ("kind", "municipality", "kiosk", "operator", "month")
COUNTS = ("issued_copies", "unknown_copies", "voided_copies", "open_copies")
"""The columns after fiscal_year and those asked for; issuing_center/ledger/README.md says what each counts."""

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else


def add_parser(commands: "Commands") -> None:
    """Say what the command takes."""
    parser = commands.add_parser("statistics", help="count the copies that were issued in a fiscal year")
    parser.add_argument(
        "--year", required=True, action="append", type=_fiscal_year, help="年度, April to March; repeatable"
    )
    parser.add_argument("--by", action="append", choices=BY, help="told apart by (default: kind); repeatable")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--csv", type=Path, metavar="FILE", help="write a CSV file for office use")
    output.add_argument("--json", action="store_true", help="JSON on standard output")
    add_books_options(parser)
    parser.set_defaults(command=run)


def _fiscal_year(text: str) -> int:
    year = int(text)
    if not 1989 <= year <= 2100:
        raise argparse.ArgumentTypeError("a fiscal year from 1989 to 2100")
    return year


def run(options: argparse.Namespace) -> int:
    """Count, and show."""
    from issuing_center.commands.csv_file import Cell, table, write_csv
    from issuing_center.ledger.statistics import Dimension, count_copies

    by = [Dimension(name) for name in dict.fromkeys(options.by or ["kind"])]
    lines: list[Line] = []
    with open_books(options) as (engine, _now):
        for year in sorted(set(options.year)):
            lines += count_copies(engine, year, by)
    if options.json:
        sys.stdout.write(json.dumps(_json(lines, by), ensure_ascii=False, indent=1) + "\n")
        return 0
    header = ("fiscal_year", *(each.value for each in by), *COUNTS)
    rows: list[tuple[Cell, ...]] = [(str(line.fiscal_year), *line.keys, *line.copies.counts) for line in lines]
    if options.csv is None:
        rows += [(str(year), "total", *[""] * (len(by) - 1), *counts) for year, counts in _totals(lines)]
        sys.stdout.write(table(header, rows) + "\n")
    else:
        write_csv(options.csv, header, rows)
    return 0


def _totals(lines: "list[Line]") -> list[tuple[int, tuple[int, int, int, int]]]:
    from issuing_center.ledger.statistics import total

    years = sorted({line.fiscal_year for line in lines})
    return [(year, total([line for line in lines if line.fiscal_year == year]).counts) for year in years]


def _json(lines: "list[Line]", by: "list[Dimension]") -> dict[str, object]:
    names = [each.value for each in by]
    return {
        "lines": [
            {
                "fiscal_year": line.fiscal_year,
                **dict(zip(names, line.keys, strict=True)),
                **dict(zip(COUNTS, line.copies.counts, strict=True)),
            }
            for line in lines
        ],
        "totals": [{"fiscal_year": year, **dict(zip(COUNTS, counts, strict=True))} for year, counts in _totals(lines)],
    }
