"""`incidents`: list what must never happen and did; close one under the cause that was found."""

import argparse
import sys
from datetime import timedelta

from issuing_center.commands.books import add_books_options, open_books


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its two acts; without one it lists."""
    parser = commands.add_parser("incidents", help="list what must never happen and did; close one with its cause")
    add_books_options(parser)
    parser.add_argument("--days", type=int, default=31, help="how far to look back for closed ones (default: 31)")
    parser.add_argument("--close", metavar="NUMBER", help="close this incident; its path is free again")
    parser.add_argument("--cause", default="", help="what staff found; that it worked the next time is no cause")
    parser.add_argument("--by", default="", metavar="NAME", help="who found it")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """List, exit 1 while any is open; or close one."""
    if options.close is not None:
        return _close(options)
    from issuing_center.incidents import incidents_since

    with open_books(options) as (engine, now):
        found = incidents_since(engine, now - timedelta(days=options.days))
    for incident in found:
        state = "open" if incident.cause is None else "closed"
        print(
            f"{incident.incident_id} {state} {incident.at.isoformat()} {incident.name} [{incident.path}]"
            f" {incident.txn or '-'} {incident.detail}".rstrip()
        )
    return 1 if any(incident.cause is None for incident in found) else 0


def _close(options: argparse.Namespace) -> int:
    from issuing_center.incidents import NoCauseError, NoSuchIncidentError, close_incident

    if not options.by.strip():
        print("INCIDENT-02: --by NAME says who found the cause", file=sys.stderr)
        return 1
    with open_books(options) as (engine, now):
        try:
            close_incident(engine, options.close.strip().upper(), options.cause, options.by.strip(), now)
        except NoCauseError:
            print(
                "INCIDENT-01: --cause says in 10 to 400 letters what was wrong; a retry is not a cause",
                file=sys.stderr,
            )
            return 1
        except NoSuchIncidentError:
            print("INCIDENT-03: no open incident has this number", file=sys.stderr)
            return 1
    print("closed")
    return 0
