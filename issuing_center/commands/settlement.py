"""`python -m issuing_center settlement`: what operators pay to municipalities for a month; drafted, or closed for good."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from issuing_center.commands.books import add_books_options, open_books

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from issuing_center.commands.csv_file import Cell
    from issuing_center.commands.statistics import Commands
    from issuing_center.ledger.months import Month
    from issuing_center.ledger.settlement import NotNext, NotOver, Settlement
    from issuing_center.ledger.settlement_commissions import Commissions

SAMPLE = Path(__file__).parents[2] / "assets" / "commissions.toml"
"""The rates of the sandbox's fictitious operator."""
HEADER = (
    *("month", "order_month", "municipality", "operator", "kind", "state", "orders", "copies"),
    *("fees_yen", "copy_commission_yen", "commission_yen", "net_yen", "received_yen"),
)
"""Columns of the CSV; issuing_center/ledger/README.md says what each holds."""


def add_parser(commands: "Commands") -> None:
    """Say what the command takes."""
    parser = commands.add_parser("settlement", help="settle fees and operators' commission of a month")
    parser.add_argument("--month", required=True, type=_month, help="as in 2026-10")
    parser.add_argument("--close", action="store_true", help="write the month once and for all")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a CSV file for office use")
    parser.add_argument("--commissions", type=Path, metavar="FILE", help="rates (default: as the settings file says)")
    add_books_options(parser)
    parser.set_defaults(command=run)


def _month(text: str) -> "Month":
    from issuing_center.ledger.months import Month

    try:
        return Month.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(options: argparse.Namespace) -> int:
    """Settle, and show; 1 with a code when it cannot be done, and then nothing was written."""
    from issuing_center.ledger.settlement import AlteredSettlementError, NotNext, NotOver, load
    from issuing_center.ledger.settlement_commissions import CommissionMissingError, CommissionsError

    try:
        with open_books(options) as (engine, now):
            known = load(engine, options.month)
            found = _settle(options, engine, now) if known is None else known
    except CommissionsError as error:
        return _refuse(f"SETTLE-05: {error}")
    except CommissionMissingError as error:
        return _refuse(f"SETTLE-02: {error}; nothing was settled")
    except AlteredSettlementError as error:
        return _refuse(f"SETTLE-04: the closed settlement of {error} was altered; look for who did")
    match found:
        case NotOver(closable_at):
            return _refuse(f"SETTLE-01: {options.month} cannot be closed before {closable_at.isoformat()}")
        case NotNext(expected):
            return _refuse(f"SETTLE-03: {expected} is to be closed first")
        case _:
            _show(found, options.csv)
            return 0


def _settle(options: argparse.Namespace, engine: "Engine", now: "datetime") -> "Settlement | NotOver | NotNext":
    from issuing_center.ledger.settlement import close, draft

    rates = _rates(options)
    return close(engine, options.month, rates, now) if options.close else draft(engine, options.month, rates)


def _refuse(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1


def _rates(options: argparse.Namespace) -> "Commissions":
    from issuing_center.ledger.settlement_commissions import Commissions, read_commissions
    from issuing_center.settings import load_settings

    path: Path | None = options.commissions
    if path is None:
        path = SAMPLE if options.sandbox else load_settings(options.config).commissions
    return Commissions() if path is None else read_commissions(path)


def _show(settlement: "Settlement", path: Path | None) -> None:
    from issuing_center.commands.csv_file import table, write_csv

    rows = _rows(settlement)
    if path is not None:
        write_csv(path, HEADER, rows)
    else:
        sys.stdout.write(table(HEADER, rows) + "\n")
    closed_at = settlement.closed_at
    state = "draft" if closed_at is None else f"closed {closed_at.isoformat()} {settlement.digest}"
    net, still_open = sum(line.net_yen for line in settlement.lines), sum(each.orders for each in settlement.open)
    sys.stdout.write(f"{settlement.month}: {state}; net {net:,} yen, {still_open:,} open orders" + "\n")


def _rows(settlement: "Settlement") -> "list[tuple[Cell, ...]]":
    month = str(settlement.month)
    rows: list[tuple[Cell, ...]] = []
    for line in settlement.lines:
        state = "settled" if line.order_month == month else "correction"
        names = (month, line.order_month, line.municipality_code, line.operator, line.kind, state)
        amounts = (line.fees_yen, line.copy_commission_yen, line.commission_yen, line.net_yen)
        rows.append((*names, "", line.copies, *amounts, ""))
    for each in settlement.open:
        names = (month, each.order_month, each.municipality_code, each.operator, each.kind, "open")
        rows.append((*names, each.orders, "", "", "", "", "", each.received_yen))
    return rows
