"""`python -m issuing_center cases`: orders that only staff can put right, and how staff found that they ended."""

import argparse
import sys
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

from issuing_center.commands.books import add_books_options, open_books, staff_id

if TYPE_CHECKING:
    from issuing_center.commands.statistics import Commands
    from issuing_center.ledger.cases import Case

_ENDS = ("handed-over", "refunded", "nothing-taken")
_JST = timezone(timedelta(hours=9))


def add_parser(commands: "Commands") -> None:
    """Say what the command takes."""
    parser = commands.add_parser("cases", help="orders that only staff can put right: list, show, close")
    acts = parser.add_subparsers(required=True, metavar="ACT")
    listing = acts.add_parser("list", help="list the open ones, oldest first; exit 1 while there is any")
    listing.add_argument("--days", type=int, default=400, help="how far to look back (default: 400)")
    listing.set_defaults(command=_list)
    showing = acts.add_parser("show", help="say all that is known of one")
    showing.set_defaults(command=_show)
    closing = acts.add_parser("close", help="say how one ended, once and for all; its settlement counts it by that")
    closing.add_argument("--ended", required=True, choices=_ENDS, help="what became of paper and money")
    closing.add_argument(
        "--copies", type=int, metavar="N", help="handed over and paid for (default: all; the rest: given back)"
    )
    closing.add_argument("--cause", required=True, metavar="TEXT", help="what had happened; nothing of a person")
    closing.add_argument("--by", required=True, type=staff_id, metavar="STAFF", help="staff id, for the ledger")
    closing.set_defaults(command=_close)
    for act in (showing, closing):
        act.add_argument("number", metavar="NUMBER", help="as on the machine's slip, or the transaction id")
    for act in acts.choices.values():
        add_books_options(act)


def _list(options: argparse.Namespace) -> int:
    from issuing_center.ledger.cases import open_cases

    with open_books(options) as (engine, now):
        found = open_cases(engine, now - timedelta(days=options.days), now)
    for case in found:
        print(_line(case))
    return 1 if found else 0


def _show(options: argparse.Namespace) -> int:
    from issuing_center.ledger.cases import NoSuchCaseError, SeveralCasesError, find_case

    with open_books(options) as (engine, now):
        try:
            case = find_case(engine, options.number, now)
        except NoSuchCaseError:
            return _refused("CASE-02: no order that is or was a case has this number")
        except SeveralCasesError:
            return _refused("CASE-03: several have this number; name the transaction id, as `list` does")
    _tell(case)
    return 0


def _close(options: argparse.Namespace) -> int:
    from issuing_center.ledger.cases import (
        ClosedCaseError,
        Closing,
        ClosingError,
        Ended,
        NoSuchCaseError,
        SeveralCasesError,
        close_case,
        find_case,
    )

    ended = Ended(options.ended.replace("-", "_"))
    with open_books(options) as (engine, now):
        try:
            copies = options.copies
            if copies is None:
                copies = find_case(engine, options.number, now).copies if ended is Ended.HANDED_OVER else 0
            closing = Closing(ended, copies, options.cause.strip(), options.by, now)
            case = close_case(engine, options.number, closing)
        except NoSuchCaseError:
            return _refused("CASE-02: no order that is or was a case has this number")
        except SeveralCasesError:
            return _refused("CASE-03: several have this number; name the transaction id, as `list` does")
        except ClosedCaseError:
            return _refused("CASE-04: it is closed already; `show` says how")
        except ClosingError as error:
            return _refused(f"CASE-05: {error}")
    _tell(case)
    return 0


def _tell(case: "Case") -> None:
    print(_line(case))
    if case.closing is not None:
        closing = case.closing
        at = closing.at.astimezone(_JST).isoformat(timespec="minutes")
        print(
            f"closed {at} by {closing.closed_by}: {closing.ended.value}, {closing.copies} of {case.copies} copies kept"
        )
        print(f"cause: {closing.cause}")


def _line(case: "Case") -> str:
    at = case.created_at.astimezone(_JST).isoformat(timespec="minutes")
    told = "not reported" if case.money is None else f"money {case.money}, received {case.received_yen} yen"
    return (
        f"{case.number or '-'} {case.txn} {at} {case.kiosk_id} {case.municipality_code} {case.kind}"
        f" {case.copies} x {case.fee_yen} yen: {told}, handed over {case.handed_over}"
    )


def _refused(line: str) -> int:
    print(line, file=sys.stderr)
    return 1
