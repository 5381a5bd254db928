"""Command line of the center: serve, and what operators need beside it."""

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from issuing_center.commands import (
    backs,
    cases,
    counter,
    enquiry_site,
    incidents,
    municipal_server,
    openapi,
    registrations,
    settlement,
    staff_locks,
    statistics,
    verify,
)
from issuing_center.commands.books import DEFAULT_DATA, add_books_options, open_books
from issuing_center.deployment import Mode, declare

if TYPE_CHECKING:
    import uvicorn

    from issuing_center.sandbox.clerks import SpecimenDoor
    from issuing_center.service import Service
    from issuing_center.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; errors are one line with a stable code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    declare(Mode.SANDBOX if getattr(options, "sandbox", False) else Mode.PRODUCTION)
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last boundary: one line instead of a traceback with data in it
        print(f"{_code(error)}: {_line(error)}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m issuing_center", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve kiosks and counters over mutual TLS")
    serve.add_argument("--config", type=Path, help="settings file (TOML); needed without --sandbox")
    serve.add_argument("--sandbox", action="store_true", help="bring a pretend JPKI and fictitious registers")
    serve.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of the sandbox (default: build/sandbox)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (sandbox)")
    serve.add_argument("--port", type=int, default=8443, help="port to listen on, 0 for any (sandbox)")
    serve.add_argument("--staff-port", type=int, metavar="N", help="clerks' pages on this port, 0 for any (sandbox)")
    serve.add_argument("--database", metavar="URL", help="database of the sandbox (default: SQLite in the data folder)")
    serve.add_argument("--register", type=Path, metavar="FILE", help="a fictitious register of one's own (sandbox)")
    serve.add_argument("--at", type=_instant, help="begin as if it were this instant, with the real hours (sandbox)")
    serve.add_argument("--enforce-hours", action="store_true", help="keep the real opening hours (sandbox)")
    serve.add_argument(
        "--unlisted", action="store_true", help="leave no note in the data folder and end with standard input (sandbox)"
    )
    serve.set_defaults(command=_serve)

    sandbox = commands.add_parser("sandbox", help="make the sandbox's data folder and say where it is")
    sandbox.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the folder (default: build/sandbox)")
    sandbox.set_defaults(command=_sandbox, sandbox=True)

    expire = commands.add_parser("expire", help="erase what is past its time limit")
    expire.set_defaults(command=_expire)
    reconcile = commands.add_parser("reconcile", help="compare orders, documents and outcomes; name what disagrees")
    reconcile.add_argument("--days", type=int, default=31, help="how far to look back (default: 31)")
    reconcile.set_defaults(command=_reconcile)
    reason = commands.add_parser("reason", help="tell staff the private reason behind a reference")
    reason.add_argument("reference")
    reason.set_defaults(command=_reason)
    incidents.add_parser(commands)
    for module in (
        statistics,
        settlement,
        cases,
        openapi,
        municipal_server,
        registrations,
        verify,
        backs,
        counter,
        staff_locks,
        enquiry_site,
    ):
        module.add_parser(commands)
    register = commands.add_parser("register", help="take in what municipalities send: records and settings")
    acts = register.add_subparsers(required=True, metavar="ACT")
    take = acts.add_parser("import", help="import files of a master system, each whole or not at all")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE", help="as issuing_center/register/README.md says")
    take.set_defaults(command=_import)
    publish = acts.add_parser("publish", help="publish a signed settings package")
    publish.add_argument("folder", type=Path, help="as assets/municipalities/README.md says")
    publish.add_argument("--municipality", required=True, metavar="CODE", help="six digits")
    publish.add_argument(
        "--key", required=True, type=Path, action="append", help="Ed25519 public key (PEM); repeatable"
    )
    publish.set_defaults(command=_publish)
    for books in (expire, reconcile, reason, take, publish):
        add_books_options(books)
    return parser


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("an instant needs its offset, as in 2026-11-20T10:00+09:00")
    return at


def _clock(starts_at: datetime | None) -> Callable[[], datetime]:
    shift = timedelta() if starts_at is None else starts_at - datetime.now(UTC)
    return lambda: datetime.now(UTC) + shift


def _serve(options: argparse.Namespace) -> int:
    from issuing_center import server, web
    from issuing_center.commands.staff import serving_staff
    from issuing_center.settings import SettingsError

    if options.staff_port is not None and not options.sandbox:
        raise SettingsError("--staff-port is of the sandbox; in production it is [staff] of the settings")
    # The HTTP server ends in good order on SIGTERM and then raises the signal again, which must not skip our own ends.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    with _center(options) as (settings, service), server.listen(settings.host, settings.port) as listener:
        url = f"https://{settings.host}:{listener.getsockname()[1]}"
        tls = server.server_tls(settings.server_certificate, settings.server_key, settings.device_ca)
        http = server.make_server(web.make_app(service), tls, settings.threads)
        pages = serving_staff(settings.staff, service, settings.threads, _specimen_door() if options.sandbox else None)
        with pages as lines, _announced(options, url, lines):
            if options.unlisted:
                Thread(target=_end_with_input, args=(http,), daemon=True).start()
            http.run(sockets=[listener])
    return 0


def _specimen_door() -> "SpecimenDoor":
    from issuing_center.sandbox.clerks import SpecimenDoor

    return SpecimenDoor()


def _end_with_input(http: "uvicorn.Server") -> None:
    """End the service when whoever started it closes our standard input, or is gone."""
    sys.stdin.read()
    http.should_exit = True


@contextmanager
def _center(options: argparse.Namespace) -> "Iterator[tuple[Settings, Service]]":
    """Give settings and tools of the worker, in production or in the sandbox; nothing falls from one into the other."""
    if options.sandbox:
        from issuing_center.sandbox.center import sandbox_center

        with sandbox_center(
            options.data,
            now=_clock(options.at),
            database_url=options.database,
            host=options.host,
            port=options.port,
            enforce_hours=options.enforce_hours or options.at is not None,
            register=options.register,
            staff_port=options.staff_port,
        ) as center:
            yield center.settings, center.service
        return
    from issuing_center.settings import SettingsError

    if options.config is None:
        raise SettingsError("serve needs --config FILE; --sandbox is for demonstrations")
    with _production(options.config) as worker:
        yield worker


@contextmanager
def _production(config: Path) -> "Iterator[tuple[Settings, Service]]":
    from issuing_center.settings import load_settings
    from issuing_center.wiring import running_service

    settings = load_settings(config)
    with running_service(settings, _clock(None), enforce_hours=True) as service:
        yield settings, service


@contextmanager
def _announced(options: argparse.Namespace, url: str, pages: Sequence[str]) -> Iterator[None]:
    """Say that the service listens: on standard output, and for a sandbox in its data folder, where kiosks look."""
    note = options.data / "center.json" if options.sandbox and not options.unlisted else None
    if options.sandbox:
        print("SANDBOX: pretend JPKI, fictitious residents, every sheet a specimen", file=sys.stderr)
    if note is not None:
        staff = {"staff": list(pages)} if pages else {}
        note.write_text(json.dumps({"url": url, "pid": os.getpid(), **staff}), encoding="utf-8")
    print(*pages, f"ready {url}", sep="\n", flush=True)
    try:
        yield
    finally:
        if note is not None:
            note.unlink(missing_ok=True)


def _sandbox(options: argparse.Namespace) -> int:
    from issuing_center.sandbox.jpki import ensure_sandbox

    print(ensure_sandbox(options.data).root)
    return 0


def _expire(options: argparse.Namespace) -> int:
    from issuing_center.counter.keeping import erase_overdue
    from issuing_center.counter.reports import erase_expired
    from issuing_center.ledger import store as ledger
    from issuing_center.visits import store as visits

    with open_books(options) as (engine, now):
        erase_overdue(engine, now)
        erase_expired(engine, now)
        print(f"orders {ledger.erase_expired(engine, now)}, visits {visits.expire(engine, now)}")
    return 0


def _reconcile(options: argparse.Namespace) -> int:
    from issuing_center.ledger.reconciliation import reconcile

    with open_books(options) as (engine, now):
        found = reconcile(engine, now - timedelta(days=options.days), now)
    for discrepancy in found:
        print(f"{discrepancy.txn} {discrepancy.finding.value} {discrepancy.serial or ''}".rstrip())
    return 1 if found else 0


def _reason(options: argparse.Namespace) -> int:
    from issuing_center.ledger import store as ledger

    with open_books(options) as (engine, _now):
        refusal = ledger.find_refusal(engine, options.reference.strip().upper())
    if refusal is None:
        print("REASON-01: no such reference", file=sys.stderr)
        return 1
    print(f"{refusal.at.isoformat()} {refusal.kiosk_id} {refusal.reason}")
    return 0


def _import(options: argparse.Namespace) -> int:
    """Take files in the order given; the first that is refused ends it, and those before it stay in."""
    from issuing_center.register.import_files import ImportRefusedError
    from issuing_center.register.importing import import_file
    from issuing_center.register.port import UnknownMunicipalityError
    from issuing_center.register.updates import FeedGapError

    with open_books(options) as (engine, now):
        for file in options.files:
            try:
                taken = import_file(engine, file, now)
            except ImportRefusedError as refused:
                print(
                    f"IMPORT-01: {file.name} is refused as a whole",
                    *map(str, refused.errors),
                    sep="\n",
                    file=sys.stderr,
                )
                return 1
            except FeedGapError:
                print(
                    f"IMPORT-02: {file.name} is not the next of its feed; what depends on it is stopped",
                    file=sys.stderr,
                )
                return 1
            except UnknownMunicipalityError:
                print(f"IMPORT-03: {file.name}: no settings of this municipality are published", file=sys.stderr)
                return 1
            print(
                f"{taken.municipality_code} {taken.kind} {taken.sequence}: {taken.records} records, version {taken.version}"
            )
    return 0


def _publish(options: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    from issuing_center.municipal.folder import load_package
    from issuing_center.municipal.parsing import SettingsPackageError
    from issuing_center.register.settings_sql import publish_settings

    keys = [load_pem_public_key(file.read_bytes()) for file in options.key]
    signers = [key for key in keys if isinstance(key, Ed25519PublicKey)]
    try:
        signed = load_package(options.folder, options.municipality, signers)
        with open_books(options) as (engine, _now):
            new = publish_settings(engine, signed)
    except SettingsPackageError as refused:
        print(refused, file=sys.stderr)
        return 1
    print("published" if new else "published before, nothing changed")
    return 0


def _line(error: Exception) -> str:
    """Give one line that is safe to show: the text of our own start-up errors, else only the type and place."""
    from issuing_center.eventlog import place_of
    from issuing_center.paper.absent import PaperUnavailable
    from issuing_center.settings import SettingsError

    if isinstance(error, SettingsError | PaperUnavailable | OSError | ImportError):
        return str(error)
    return f"{type(error).__name__} at {place_of(error)}"


def _code(error: Exception) -> str:
    from issuing_center.paper.absent import PaperUnavailable
    from issuing_center.settings import SettingsError

    match error:
        case SettingsError():
            return "CONFIG-01"
        case PaperUnavailable():
            return error.code
        case OSError():
            return "SERVE-01"
        case _:
            return "OTHER-01"


if __name__ == "__main__":
    sys.exit(main())
