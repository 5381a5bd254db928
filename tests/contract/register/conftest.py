"""The whole suite runs on each way to keep a register: in the center's own database, and at the municipality."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from issuing_center.database import make_engine
from issuing_center.register.sql import SqlRegister
from tests.support.databases import fresh_database
from tests.support.municipal_server import FedRegister, connected, fed_register
from tests.support.registers import SHIOMINO, load


@pytest.fixture(params=["embedded", "remote"])
def register(request: pytest.FixtureRequest, engine: Engine) -> Iterator[FedRegister]:
    """The fictitious register on a fresh database of each kind, kept in each of the ways."""
    with fed_register(request.param, engine, request) as fed:
        yield fed


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def read_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of each kind with the fictitious register, for tests that only read."""
    with fresh_database(request, tmp_path_factory.mktemp("read")) as url:
        engine = make_engine(url)
        load(engine)
        yield engine
        engine.dispose()


def _version(engine: Engine) -> int:
    with SqlRegister(engine).snapshot(SHIOMINO) as snapshot:
        return snapshot.version


@pytest.fixture(params=["embedded", "remote"])
def read_register(request: pytest.FixtureRequest, read_engine: Engine) -> Iterator[FedRegister]:
    """As `register`, for a test that only reads: whoever changes anything fails."""
    version = _version(read_engine)
    with connected(request.param, read_engine, request) as fed:
        yield fed
    assert _version(read_engine) == version, "this test wants a register of its own"
