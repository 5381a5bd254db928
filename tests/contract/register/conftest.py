"""The whole suite runs on each way to keep a register: in the center's own database, and at the municipality."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.support.municipal_server import FedRegister, fed_register


@pytest.fixture(params=["embedded", "remote"])
def register(request: pytest.FixtureRequest, engine: Engine) -> Iterator[FedRegister]:
    """The fictitious register on a fresh database of each kind, kept in each of the ways."""
    with fed_register(request.param, engine, request) as fed:
        yield fed
