"""`staff`: lock clerks out of the pages of the counter, let them in again, list who is locked out."""

import argparse
import hashlib
import re
import sys
from pathlib import Path

from issuing_center.commands.books import add_books_options, open_books, staff_id

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its acts."""
    parser = commands.add_parser("staff", help="clerks of counters: lock out, unlock, list")
    acts = parser.add_subparsers(required=True, metavar="ACT")
    lock = acts.add_parser("lock", help="let a clerk in no more: at once, open pages too")
    unlock = acts.add_parser("unlock", help="end such a lock")
    listing = acts.add_parser("list", help="who is locked out")
    for act in (lock, unlock):
        add_books_options(act)
        act.add_argument("--municipality", required=True, metavar="CODE")
        act.add_argument("--staff", required=True, metavar="ID", help="staff id of the clerk")
        one = "only this certificate: its file (PEM) or SHA-256; without it all of the clerk's"
        act.add_argument("--certificate", type=_certificate, metavar="FILE|SHA256", help=one)
        act.add_argument("--by", required=True, type=staff_id, metavar="ID", help="your staff id")
        act.add_argument("--reason", required=True, help="why, for the ledger; 4 to 200 characters, no name")
        act.set_defaults(command=_change, locks=act is lock)
    add_books_options(listing)
    listing.add_argument("--municipality", metavar="CODE")
    listing.add_argument("--history", action="store_true", help="everything that was done, ended locks too")
    listing.set_defaults(command=_list)


def _certificate(text: str) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if _SHA256.match(text.lower()):
        return text.lower()
    try:
        found = x509.load_pem_x509_certificate(Path(text).read_bytes())
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError("neither a certificate (PEM) nor 64 hexadecimal digits") from None
    return hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest()


def _change(options: argparse.Namespace) -> int:
    from issuing_center.counter import locks
    from issuing_center.counter.staff import Staff, StaffId

    try:
        clerk = Staff(StaffId(options.staff), options.municipality)
        with open_books(options) as (engine, now):
            act = locks.lock if options.locks else locks.unlock
            done = act(engine, clerk, options.certificate or locks.EVERY, options.by, options.reason, now)
    except ValueError as error:
        print(f"USAGE-01: {error}", file=sys.stderr)
        return 2
    if not done:
        print("STAFF-09: locked out already" if options.locks else "STAFF-09: no such lock", file=sys.stderr)
        return 1
    print(f"{options.municipality} {options.staff} {'locked' if options.locks else 'unlocked'}")
    return 0


def _list(options: argparse.Namespace) -> int:
    from issuing_center.counter.locks import locks

    with open_books(options) as (engine, _):
        for each in locks(engine, options.municipality, history=options.history):
            which = each.certificate_sha256[:16] or "every-certificate"
            word = "locked" if each.locked else "unlocked"
            clerk = f"{each.staff.municipality_code} {each.staff.staff_id}"
            print(f"{each.at:%Y-%m-%dT%H:%M:%SZ} {clerk} {which} {word} by {each.by}: {each.reason}")
    return 0
