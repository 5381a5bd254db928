"""Command line of the kiosk: the touch screen, one headless visit, a virtual card, and what staff need beside them."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from kiosk import eventlog
from kiosk.domain.certificates import CertificateKind, Item, ScopeKind

DEFAULT_DATA = Path(__file__).parents[1] / "build" / "sandbox"


_KINDS = """\
options by kind of certificate; a municipality may offer less, and what it does not offer is REFUSED-02:
  juminhyo      resident record: --scope self|household|some, --item head_and_relation|domicile|my_number|foreign_status
  kisaijiko     certificate of its entries: as juminhyo
  inkan         seal registration
  kazei         tax assessed, or none: --year
  shotoku       income: --year
  nozei         tax paid: --year
  koseki-zenbu  family register, everybody
  koseki-kojin  family register, individual: --scope self|one|some, --member
  fuhyo         addresses of the family register: --scope whole|self|one, --member, --item domicile|overseas_voting
  risai         damage by disaster
all take --copies and --municipality; family registers are issued where they are kept."""


class _Parser(argparse.ArgumentParser):
    """Says in one line, with a stable code, what is wrong with the words of a command."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"USAGE-01: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; every error is one line that opens with a stable code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.CRITICAL, format="%(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log addresses of requests
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last boundary: one line, never a traceback with data in it
        return _report(error)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m kiosk", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="write the event log to standard error")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    visit = commands.add_parser(
        "visit",
        help="one headless visit against the sandbox center",
        epilog=_KINDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    visit.add_argument("--card", required=True, metavar="PERSONA", help="whose card; `card --list` names them")
    visit.add_argument("--pin", required=True, type=_pin, help="four digits")
    visit.add_argument("--certificate", required=True, choices=[kind.value for kind in CertificateKind])
    visit.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the PDF")
    visit.add_argument("--json", action="store_true", help="print the result as JSON")
    visit.add_argument(
        "--scope",
        choices=[scope.value for scope in ScopeKind],
        help="whose entries; default: one's own where that is offered, else the first",
    )
    visit.add_argument(
        "--member",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="Nth person of the list: repeatable with --scope some, once with --scope one (default: oneself)",
    )
    visit.add_argument("--year", type=int, metavar="N", help="tax year, 2026 for Reiwa 8; default: the newest")
    visit.add_argument("--item", action="append", default=[], choices=[item.value for item in Item], help="repeatable")
    visit.add_argument("--copies", type=int, default=1, metavar="N")
    visit.add_argument("--municipality", default="990019", metavar="CODE", help="six digits")
    visit.add_argument(
        "--center", metavar="URL", help="a center to use; default: the running sandbox, or one for this visit"
    )
    visit.add_argument("--at", type=_instant, help="as if it were this instant, with the real opening hours")
    visit.add_argument("--vpcd", metavar="HOST:PORT", help="lay the card into this vpcd reader of a real pcscd")
    visit.add_argument("--reader", default="Virtual PCD 00 00", help="PC/SC name of that reader")
    visit.add_argument("--language", default="en", choices=["ja", "en"], help="language of the one line")
    _add_data(visit)
    visit.set_defaults(command=_visit)

    run = commands.add_parser("run", help="the touch screen")
    run.add_argument("--mode", required=True, choices=["kiosk", "counter"])
    run.add_argument("--demo", action="store_true", help="virtual card, money and printer, with a dock to play them")
    run.add_argument("--config", type=Path, help="settings file (TOML); needed without --demo")
    run.add_argument("--at", type=_instant, help="with --demo: as if it were this instant, with the real hours")
    run.add_argument("--out", type=Path, default=Path("build/printed"), metavar="DIR", help="with --demo: the paper")
    run.add_argument("--window", metavar="WxH", help="size of the window in pixels (default: the whole screen)")
    _add_data(run)
    run.set_defaults(command=_run)

    card = commands.add_parser("card", help="a virtual card in a vpcd reader")
    card.add_argument("persona", nargs="?", metavar="PERSONA")
    card.add_argument("--list", action="store_true", help="list the personas")
    card.add_argument("--json", action="store_true", help="with --list: as JSON")
    card.add_argument("--host", default="127.0.0.1")
    card.add_argument("--port", type=int, default=35963)
    card.add_argument("--fault", help="a fault by name, as the card's documentation lists them")
    _add_data(card)
    card.set_defaults(command=_card)

    doctor = commands.add_parser("doctor", help="check reader, printer, center, clock, fonts and settings")
    doctor.add_argument("--config", type=Path, help="settings file (TOML); default: the sandbox")
    doctor.add_argument("--json", action="store_true")
    _add_data(doctor)
    doctor.set_defaults(command=_doctor)

    reopen = commands.add_parser("reopen", help="close the machine's incidents with their cause and serve again")
    reopen.add_argument("--cause", required=True, type=_cause, help="what was found; `worked on retry` is none")
    reopen.add_argument("--journal", type=Path, required=True, help="the machine's journal")
    reopen.set_defaults(command=_reopen)
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="folder of the sandbox (default: build/sandbox)"
    )


def _pin(text: str) -> str:
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("a PIN is four digits")
    return text


def _cause(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("an incident is closed with its cause")
    return text.strip()


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise argparse.ArgumentTypeError("an instant has a date, a time and an offset: 2026-11-20T10:00+09:00")
    return at


def _visit(options: argparse.Namespace) -> int:
    from kiosk.visit_command import run

    return run(options)


def _run(options: argparse.Namespace) -> int:
    from kiosk.privacy import begin_again_wiping, forbid_dumps

    begin_again_wiping()
    forbid_dumps()
    from kiosk.run_command import run

    return run(options)


def _card(options: argparse.Namespace) -> int:
    from kiosk.cardproc import list_cards, run_card

    if options.list:
        return list_cards(options.data, as_json=options.json)
    if options.persona is None:
        print("USAGE-01: name a persona, or --list", file=sys.stderr)
        return 2
    return run_card(options.persona, options.host, options.port, options.data, options.fault)


def _doctor(options: argparse.Namespace) -> int:
    from kiosk.doctor import run

    return run(options)


def _reopen(options: argparse.Namespace) -> int:
    from kiosk.adapters.journal.sqlite import SqliteJournal
    from kiosk.settings import SettingsError

    if not options.journal.is_file():
        raise SettingsError(f"there is no journal {options.journal.name}")
    journal = SqliteJournal(options.journal)
    try:
        print(f"incidents closed: {journal.close_incidents(options.cause)}")
    finally:
        journal.close()
    return 0


def _report(error: Exception) -> int:
    """Say in one line what stopped the command: our own errors have a code, anything else its type and place."""
    from kiosk.adapters.card.card_file import CardFileError
    from kiosk.adapters.journal.sqlite import JournalUnavailableError
    from kiosk.runner import RunnerCrashedError
    from kiosk.sandbox_data import SandboxUnavailableError
    from kiosk.settings import SettingsError

    match error:
        case SandboxUnavailableError():
            line = f"CENTER-01: {error}"
        case CardFileError():
            line = f"CARD-11: {error}; `card --list` names the cards there are"
        case JournalUnavailableError():
            line = f"{error.code}: the journal cannot be used; is another kiosk running on it?"
        case SettingsError():
            line = f"{error.code}: {error}"
        case RunnerCrashedError():
            line = f"OTHER-01: {error}"
        case _:
            line = f"OTHER-01: {type(error).__name__} at {eventlog.place_of(error)}"
    print(line, file=sys.stderr)
    return 1


def _end_in_order(_number: int, _frame: object) -> None:
    """Let every open block end: folders are removed, and what a machine began is put in order."""
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end_in_order)
    sys.exit(main())
