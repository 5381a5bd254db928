"""`counter`: the books of a day at the counter, its close, and the 申請書 that are kept."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from issuing_center.commands.books import add_books_options, open_books

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its acts."""
    parser = commands.add_parser("counter", help="the municipal counter: totals, close of a day, kept applications")
    acts = parser.add_subparsers(required=True, metavar="ACT")
    totals = acts.add_parser("totals", help="what was handed over and taken on a day, as CSV")
    close = acts.add_parser("close", help="cancel what a day left open and was never paid; list what was paid")
    application = acts.add_parser("application", help="write the kept 申請書 of a number as PDF files")
    for act in (totals, close, application):
        add_books_options(act)
        act.add_argument("--municipality", required=True, metavar="CODE")
    for act in (totals, close):
        act.add_argument("--day", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        act.add_argument("--office", help="id of one office; without it all of them")
    for act in (close, application):
        act.add_argument("--by", required=True, metavar="STAFF", help="staff id, written into the ledger")
    totals.add_argument("--out", type=Path, help="file to write; without it standard output")
    application.add_argument("request", help="request id of the number")
    application.add_argument("--out", type=Path, required=True, help="folder for the files")
    totals.set_defaults(command=_totals)
    close.set_defaults(command=_close)
    application.set_defaults(command=_application)


def _totals(options: argparse.Namespace) -> int:
    from issuing_center.counter.totals import totals_csv, totals_in

    with open_books(options) as (engine, _):
        text = totals_csv(totals_in(engine, options.municipality, options.day, options.office))
    if options.out is None:
        sys.stdout.write(text)
    else:
        options.out.write_bytes(b"\xef\xbb\xbf" + text.encode())
    return 0


def _close(options: argparse.Namespace) -> int:
    from issuing_center.counter.staff import Staff, StaffId
    from issuing_center.counter.totals import close_in

    staff = Staff(StaffId(options.by), options.municipality)
    with open_books(options) as (engine, now):
        left = close_in(engine, staff, options.day, options.office, now)
    for each in left:
        print(f"{each.office} {each.number} {each.state.value} {each.paid_yen} yen")
    return 1 if left else 0


def _application(options: argparse.Namespace) -> int:
    from issuing_center.counter.keeping import DamagedRecordError, read_kept
    from issuing_center.counter.staff import Staff, StaffId

    staff = Staff(StaffId(options.by), options.municipality)
    subject_key, document_key = _keys(options)
    with open_books(options) as (engine, now):
        try:
            found = read_kept(engine, now, staff, options.request, subject_key, document_key)
        except DamagedRecordError:
            print("COUNTER-11: the record does not open, or is not what the center signed", file=sys.stderr)
            return 1
    if not found:
        print("COUNTER-01: nothing is kept under this number", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    for at, application in enumerate(found, start=1):
        file = options.out / f"{options.request}-{at}.pdf"
        file.write_bytes(application.pdf)
        print(file)
    return 0


def _keys(options: argparse.Namespace) -> "tuple[bytes, ec.EllipticCurvePublicKey]":
    """Read what opens the records and what checks them: the center's secret, and the certificate that kiosks know too."""
    if options.sandbox:
        # Named here, because nothing of the sandbox is loaded by a command of production; a test compares the names.
        keys: Path = options.data / "center"
        return _secret(keys / "subject.key"), _public(keys / "document-signing.pem")
    from issuing_center.settings import load_settings

    settings = load_settings(options.config)
    return _secret(settings.subject_key), _public(settings.document_certificate)


def _secret(file: Path) -> bytes:
    return bytes.fromhex(file.read_text(encoding="ascii").strip())


def _public(file: Path) -> "ec.EllipticCurvePublicKey":
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    key = x509.load_pem_x509_certificate(file.read_bytes()).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SystemExit("the document certificate must have a P-256 key")
    return key
