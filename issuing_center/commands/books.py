"""The database of a center for a command beside the running service; needs no keys and changes no schema."""

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

DEFAULT_DATA = Path(__file__).parents[2] / "build" / "sandbox"
_STAFF = re.compile(r"[0-9A-Za-z._-]{1,40}\Z", re.ASCII)


def add_books_options(parser: argparse.ArgumentParser) -> None:
    """Let a command be told whose books it opens: those of a center in production, or the sandbox's own."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--config", type=Path, help="settings file (TOML)")
    which.add_argument("--sandbox", action="store_true", help="the sandbox's own database")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of the sandbox")


def staff_id(text: str) -> str:
    """Read who acts, for the ledger. Raises ArgumentTypeError."""
    if not _STAFF.match(text):
        raise argparse.ArgumentTypeError("a staff id of letters, digits, dots and hyphens, not a name")
    return text


@contextmanager
def open_books(options: argparse.Namespace) -> "Iterator[tuple[Engine, datetime]]":
    """Give the database of a center, which may be running, and the time; raises SettingsError or FileNotFoundError."""
    from issuing_center.commands.municipal_server import database_of
    from issuing_center.database import make_engine

    if options.sandbox:
        file: Path = options.data / "center.db"
        if not file.is_file():
            raise FileNotFoundError(f"no sandbox has kept books in {options.data.name}")
        url = f"sqlite:///{file}"
    else:
        url = database_of(options.config)
    engine = make_engine(url)
    try:
        yield engine, datetime.now(UTC)
    finally:
        engine.dispose()
