"""`python -m issuing_center registrations`: staff of a 本籍地 decide on applications for 利用登録.

Whoever looks at an application or decides on it is written into the ledger, by staff id and reception number; what the
application says is printed for that person and written nowhere.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from issuing_center.commands.books import add_books_options, open_books, staff_id

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from issuing_center.register.review import Case

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else

_STATES = ("received", "reviewing", "registered", "rejected")
_JST = timezone(timedelta(hours=9))


def add_parser(commands: "Commands") -> None:
    """Say what the command takes."""
    parser = commands.add_parser("registrations", help="decide on applications for the use of family registers")
    acts = parser.add_subparsers(required=True, metavar="ACT")
    listing = acts.add_parser("list", help="list applications by number and state")
    listing.add_argument("--state", choices=_STATES, help="those in this state only")
    listing.set_defaults(command=_list)
    _add_act(acts, "show", "print an application and who signed it", _show)
    _add_act(acts, "find", "list the persons of family registers who may be meant", _find)
    _add_act(acts, "review", "begin to look into an application", _review)
    _add_act(acts, "reject", "reject an application under review", _reject)
    registering = _add_act(acts, "register", "register an application under review for a person", _register)
    registering.add_argument("--koseki", required=True, metavar="KEY", help="the family register, as `find` names it")
    registering.add_argument("--person", required=True, metavar="KEY", help="the person in it, as `find` names them")
    for act in acts.choices.values():
        act.add_argument("--municipality", required=True, metavar="CODE", help="six digits")
        add_books_options(act)


def _add_act(
    acts: "Commands", name: str, says: str, act: "Callable[[_Desk, argparse.Namespace], int]"
) -> argparse.ArgumentParser:
    parser = acts.add_parser(name, help=says)
    parser.add_argument("number", metavar="NUMBER", help="the reception number")
    parser.add_argument("--by", required=True, type=staff_id, metavar="STAFF", help="staff id, for the ledger")
    parser.set_defaults(command=_at_desk(act))
    return parser


def _list(options: argparse.Namespace) -> int:
    from issuing_center.database import reading
    from issuing_center.register.port import RegistrationState
    from issuing_center.register.review import list_cases

    state = None if options.state is None else RegistrationState(options.state)
    with open_books(options) as (engine, _now), reading(engine) as connection:
        for number, each, received_at in list_cases(connection, options.municipality, state):
            print(f"{number} {each.value} {received_at.astimezone(_JST).isoformat(timespec='minutes')}")
    return 0


@dataclass(frozen=True, slots=True)
class _Desk:
    """One application on a staff member's desk, in the transaction that also writes the ledger."""

    connection: "Connection"
    now: datetime
    case: "Case"


def _at_desk(act: "Callable[[_Desk, argparse.Namespace], int]") -> "Callable[[argparse.Namespace], int]":
    """Make a command of an act: find the application, act, and write down who did; all of it or nothing."""

    def command(options: argparse.Namespace) -> int:
        from issuing_center.database import writing
        from issuing_center.ledger import store as ledger
        from issuing_center.register.registrations import WrongStateError
        from issuing_center.register.review import find_case
        from issuing_center.register.updates import UnknownResidentError

        number = options.number.strip().upper()
        try:
            with open_books(options) as (engine, now), writing(engine) as connection:
                case = find_case(connection, options.municipality, number)
                if case is None:
                    return _refused("REGISTRATION-01: no such application to this municipality")
                name = "registration-" + act.__name__.removeprefix("_")
                ledger.record_event(connection, now, name, f"{number} {options.by}")
                return act(_Desk(connection, now, case), options)
        except WrongStateError:
            return _refused("REGISTRATION-02: the application is not in a state for this act; see `list`")
        except UnknownResidentError:
            return _refused("REGISTRATION-03: no such person in such a family register, or they left it")

    return command


def _refused(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


def _show(desk: _Desk, _options: argparse.Namespace) -> int:
    case = desk.case
    print(f"{case.reception_number} {case.state.value}")
    print(f"本籍　　: {case.honseki}\n筆頭者　: {case.hittosha}\n電話番号: {case.telephone}")
    if case.signer is None:
        print("署名なし")
        return 0
    unknown = "（読み取れません）"
    print(f"署名者　: {case.signer.name or unknown}\n生年月日: {case.signer.birth_date or unknown}")
    print(f"住所　　: {case.signer.address or unknown}")
    return 0


def _find(desk: _Desk, options: argparse.Namespace) -> int:
    from issuing_center.register.review import candidates

    found = candidates(desk.connection, options.municipality, desk.case)
    for each in found:
        print(f"--koseki {each.koseki_key} --person {each.person_key}: {each.name} {each.birth_date}", end="")
        print(f" / {each.honseki} {each.hittosha} / {', '.join(each.agrees)}")
    if not found:
        print("該当する戸籍は見つかりません")
    return 0 if found else 1


def _review(desk: _Desk, _options: argparse.Namespace) -> int:
    from issuing_center.register.registrations import begin_review

    begin_review(desk.connection, desk.case.registration_id)
    return _done(desk, "reviewing")


def _reject(desk: _Desk, _options: argparse.Namespace) -> int:
    from issuing_center.register.registrations import reject

    reject(desk.connection, desk.case.registration_id, desk.now)
    return _done(desk, "rejected")


def _register(desk: _Desk, options: argparse.Namespace) -> int:
    from issuing_center.register.registrations import register_use

    register_use(desk.connection, desk.case.registration_id, options.koseki, options.person, desk.now)
    return _done(desk, "registered")


def _done(desk: _Desk, state: str) -> int:
    print(f"{desk.case.reception_number} {state}")
    return 0
