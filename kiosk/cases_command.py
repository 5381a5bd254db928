"""The command `python -m kiosk cases`: what this machine left for staff to put right, and how each was put right.

Lists numbers, yen, sheets and codes, never whose they are: the center knows orders by the transaction alone.
"""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

from kiosk.adapters.journal.sqlite import JournalUnavailableError, SqliteJournal
from kiosk.book_copy import copied
from kiosk.flow.codes import CASE, PAYMENT_UNKNOWN, PRINT_UNKNOWN
from kiosk.flow.step import held_yen
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome
from kiosk.settings import SettingsError, load_settings


def run(options: argparse.Namespace) -> int:
    """List the open cases, beside a running kiosk too, or close one; 1 when there is no such case, or a kiosk runs.

    Raises SettingsError, JournalUnavailableError.
    """
    path: Path = options.journal if options.config is None else load_settings(options.config).journal
    if not path.is_file():
        raise SettingsError(f"there is no journal {path.name}")
    if (options.close is None) is not (options.cause is None):
        raise SettingsError("a case is closed with --close NUMBER and --cause TEXT")
    if options.close is None:
        _list(_open_cases(path), as_json=options.json)
        return 0
    try:
        with closing(SqliteJournal(path)) as journal:
            return _close(journal, options.close.upper(), options.cause)
    except JournalUnavailableError as error:
        if not error.in_use:
            raise
        print(f"{error.code}: the running kiosk holds the journal; stop it first", file=sys.stderr)
        return 1


def code_of(outcome: OrderOutcome) -> str:
    """Give the code that says what is to be put right first: money, then paper."""
    if outcome.money is MoneyFate.UNKNOWN:
        return PAYMENT_UNKNOWN
    papers_unknown = any(fate is DocumentFate.UNKNOWN for _, fate, _ in outcome.documents)
    return PRINT_UNKNOWN if papers_unknown else CASE


def _open_cases(path: Path) -> tuple[OrderOutcome, ...]:
    try:
        with copied(path) as copy, closing(SqliteJournal(copy)) as journal:
            return journal.open_cases()
    except OSError as error:
        raise JournalUnavailableError from error


def _close(journal: SqliteJournal, number: str, cause: str) -> int:
    if journal.close_case(number, cause) == 0:
        print(f"{CASE}: there is no open case {number}", file=sys.stderr)
        return 1
    print(f"closed: {number}")
    return 0


def _list(cases: tuple[OrderOutcome, ...], *, as_json: bool) -> None:
    rows = [
        {
            "case": outcome.case,
            "code": code_of(outcome),
            "txn": outcome.transaction,
            "money": outcome.money.value,
            "held_yen": held_yen(outcome),
            "documents": [
                {"serial": serial, "fate": fate.value, "sheets": sheets} for serial, fate, sheets in outcome.documents
            ],
        }
        for outcome in cases
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for outcome, row in zip(cases, rows, strict=True):
        yen = "unknown" if row["held_yen"] is None else row["held_yen"]
        print(f"{outcome.case}  {row['code']}  money {outcome.money.value}, held yen {yen}  txn {outcome.transaction}")
        for serial, fate, sheets in outcome.documents:
            print(f"          {serial}  {fate.value}, sheets out {sheets}")
    print(f"open cases: {len(cases)}")
