"""Ledgers for tests that want one for each of many examples."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from secrets import token_hex
from shutil import copyfile

import pytest
from sqlalchemy import Engine

from issuing_center.database import make_engine

EmptyLedger = Callable[[], AbstractContextManager[Engine]]


@pytest.fixture(scope="session")
def empty_ledger(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> EmptyLedger:
    """Make a migrated, empty ledger at every call (SQLite)."""
    folder = tmp_path_factory.mktemp("ledgers")

    @contextmanager
    def make() -> Iterator[Engine]:
        path = folder / f"{token_hex(8)}.db"
        copyfile(sqlite_template, path)
        engine = make_engine(f"sqlite:///{path}")
        yield engine
        engine.dispose()

    return make
