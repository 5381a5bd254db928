"""Command line of the kiosk: the touch screen, one headless visit, a virtual card, and what staff need beside them."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

from kiosk import eventlog
from kiosk.domain.certificates import CertificateKind, Item, ScopeKind
from kiosk.flow.kana import SPACE, keys_for
from kiosk.flow.lines import IN_NUMBERS, MOST, is_complete
from kiosk.flow.states import Form, Line
from kiosk.ports.password import ALLOWED_CHARACTERS, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH

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
all take --copies and --municipality; family registers are issued where they are kept: who lives elsewhere names that
place with --honseki, once registered there (see `register`)."""

_REGISTER = """\
an application takes --password, --honseki-address, --hittosha and --telephone; words are written with the keys of the
screen: hiragana, digits, hyphen, capital letters. It prints the reception number; --state prints one of
  none received reviewing registered rejected not_needed"""


class _Parser(argparse.ArgumentParser):
    """Says in one line, with a stable code, what is wrong with the words of a command."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"USAGE-01: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; every error is one line that opens with a stable code."""
    words = sys.argv[1:] if arguments is None else arguments
    options = _parser(words).parse_args(words)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.CRITICAL, format="%(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log addresses of requests
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last boundary: one line, never a traceback with data in it
        return _report(error)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
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
    visit.add_argument(
        "--devices",
        type=Path,
        metavar="FILE",
        help="[printer], [slips], [cash] or [cashless] as in a machine's settings; default: a folder, paid by itself",
    )
    visit.add_argument("--journal", type=Path, metavar="FILE", help="keep this journal; default: one for this visit")
    issuer = visit.add_mutually_exclusive_group()
    issuer.add_argument("--municipality", default="990019", metavar="CODE", help="where one lives; six digits")
    issuer.add_argument("--honseki", metavar="CODE", help="where the family register is kept, for who lives elsewhere")
    _add_headless(visit)
    visit.set_defaults(command=_visit)

    register = commands.add_parser(
        "register",
        help="apply for registration with the municipality of the family register, or ask with --state",
        epilog=_REGISTER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    register.add_argument("--card", required=True, metavar="PERSONA", help="whose card; `card --list` names them")
    register.add_argument("--pin", required=True, type=_pin, help="four digits")
    register.add_argument("--municipality", required=True, metavar="CODE", help="that keeps the register; six digits")
    register.add_argument("--state", action="store_true", help="only ask where an application stands")
    register.add_argument("--password", type=_password, help="of the signature certificate: 6 to 16 of A-Z and 0-9")
    register.add_argument(
        "--honseki-address", type=partial(_kana, Line.HONSEKI), metavar="KANA", help="town and number of the register"
    )
    register.add_argument(
        "--hittosha", type=partial(_kana, Line.HITTOSHA), metavar="KANA", help="name of the head of the register"
    )
    register.add_argument("--telephone", type=_telephone, help="10 or 11 digits, with hyphens or without")
    register.add_argument("--json", action="store_true", help="print the result as JSON")
    _add_headless(register)
    register.set_defaults(command=_register)

    run = commands.add_parser("run", help="the touch screen")
    run.add_argument("--mode", required=True, choices=["kiosk", "counter"])
    run.add_argument("--demo", action="store_true", help="virtual card, money and printer, with a dock to play them")
    run.add_argument("--config", type=Path, help="settings file (TOML); needed without --demo")
    run.add_argument("--at", type=_instant, help="with --demo: as if it were this instant, with the real hours")
    run.add_argument("--out", type=Path, default=Path("build/printed"), metavar="DIR", help="with --demo: the paper")
    run.add_argument(
        "--terminal",
        choices=["counter-0001", "counter-0002", "counter-0003"],
        default="counter-0001",
        help="with --mode counter --demo: whose; the office of counter-0003 asks for what the card itself says",
    )
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

    till = commands.add_parser("till", help="what lies in the till; filling and emptying it; the day's settlement")
    if words[:1] == ["till"]:  # what it names takes a while to load, and the first screen does not wait for it
        from kiosk.till_command import add_arguments

        till.add_argument("--config", type=Path, help="settings file (TOML) that names the till book")
        add_arguments(till)
    till.set_defaults(command=_till)

    cases = commands.add_parser("cases", help="orders left for staff: list them, close one with what was found")
    whose = cases.add_mutually_exclusive_group(required=True)
    whose.add_argument("--journal", type=Path, help="the machine's journal")
    whose.add_argument("--config", type=Path, help="settings file (TOML) that names it")
    cases.add_argument("--close", metavar="NUMBER", help="as on the slip; needs --cause")
    cases.add_argument("--cause", type=_cause, help="what was found and done: refunded by hand, sheet destroyed, ...")
    cases.add_argument("--json", action="store_true")
    cases.set_defaults(command=_cases)
    return parser


def _add_headless(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--center", metavar="URL", help="a center to use; default: the running sandbox, or one for this visit"
    )
    parser.add_argument("--at", type=_instant, help="as if it were this instant, with the real opening hours")
    parser.add_argument("--vpcd", metavar="HOST:PORT", help="lay the card into this vpcd reader of a real pcscd")
    parser.add_argument("--reader", default="Virtual PCD 00 00", help="PC/SC name of that reader")
    parser.add_argument("--language", default="en", choices=["ja", "en"], help="language of the one line")
    _add_data(parser)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="folder of the sandbox (default: build/sandbox)"
    )


def _pin(text: str) -> str:
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("a PIN is four digits")
    return text


def _password(text: str) -> str:
    if not (MIN_PASSWORD_LENGTH <= len(text) <= MAX_PASSWORD_LENGTH and set(text) <= set(ALLOWED_CHARACTERS)):
        raise argparse.ArgumentTypeError("a signature password is 6 to 16 of A-Z and 0-9")
    return text


def _kana(line: Line, text: str) -> str:
    try:
        keys_for(wide := SPACE.join(text.split()))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}: hiragana, digits, hyphen, capital letters") from None
    if not 1 <= len(wide) <= MOST[line]:
        raise argparse.ArgumentTypeError(f"this line has 1 to {MOST[line]} characters")
    return wide


def _telephone(text: str) -> str:
    right = is_complete(Form(telephone=text), Line.TELEPHONE) and set(text) <= IN_NUMBERS
    if not right or len(text) > MOST[Line.TELEPHONE]:
        raise argparse.ArgumentTypeError("a telephone number has 10 or 11 digits and opens with 0")
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


def _register(options: argparse.Namespace) -> int:
    lines = (options.password, options.honseki_address, options.hittosha, options.telephone)
    if not options.state and None in lines:
        print(
            "USAGE-01: an application wants --password, --honseki-address, --hittosha and --telephone; or --state",
            file=sys.stderr,
        )
        return 2
    from kiosk.register_command import run

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


def _cases(options: argparse.Namespace) -> int:
    from kiosk.cases_command import run

    return run(options)


def _till(options: argparse.Namespace) -> int:
    from kiosk.settings import SettingsError, load_settings
    from kiosk.till_command import run

    book: Path | None = options.book
    if book is None and options.config is not None:
        cash = load_settings(options.config).devices.cash
        book = None if cash is None else cash.book
    if book is None:
        raise SettingsError("till needs --book FILE, or --config FILE with a table [cash]")
    return run(options, book)


def _report(error: Exception) -> int:
    """Say in one line what stopped the command: our own errors have a code, anything else its type and place."""
    from kiosk.adapters.card.card_file import CardFileError
    from kiosk.adapters.journal.sqlite import JournalUnavailableError
    from kiosk.adapters.payment.tillbook import TillBookUnavailableError
    from kiosk.runner import RunnerCrashedError
    from kiosk.sandbox_data import SandboxUnavailableError
    from kiosk.settings import SettingsError
    from printers.escpos.lettering import LetteringUnavailableError

    match error:
        case SandboxUnavailableError():
            line = f"CENTER-01: {error}"
        case CardFileError():
            line = f"CARD-11: {error}; `card --list` names the cards there are"
        case JournalUnavailableError():
            line = f"{error.code}: the journal cannot be used; is another kiosk running on it?"
        case TillBookUnavailableError():
            line = f"{error.code}: the till book cannot be used; is another kiosk running on it?"
        case LetteringUnavailableError():
            line = f"FONT-01: {error}"
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
