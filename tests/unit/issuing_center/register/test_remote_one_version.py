"""One answer of a municipality's own register is exactly one committed version, however fast it changes (INV-5).

Two workers of the municipality take turns, so that an answer put together of two readings would show.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Engine

from issuing_center.municipal_server.app import MunicipalRegister, make_app
from issuing_center.outbound import HttpFetcher
from issuing_center.register.ids import resident_id_of
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.remote.snapshot import RemoteSnapshot
from tests.support.municipal_server import MunicipalServer
from tests.support.registers import AS_OF, SHIOMINO
from tests.unit.issuing_center.register.test_one_version import READERS, READINGS, read_while_updating

HANAKO = resident_id_of(SHIOMINO, "hanako")


def test_every_remote_reading_is_of_one_committed_version(
    workers: tuple[Engine, Engine], municipal_server: MunicipalServer, municipal_fetcher: HttpFetcher
) -> None:
    centers = frozenset({municipal_server.credentials.center.sha256})
    apps = [make_app(MunicipalRegister(engine, frozenset({SHIOMINO}), centers)) for engine in workers]
    turns = count()

    def by_turns(environ: Any, start_response: Any) -> Any:  # noqa: ANN401
        return apps[next(turns) % 2](environ, start_response)

    municipal_server.app = by_turns
    link = municipal_server.link(municipal_fetcher)

    @contextmanager
    def remote(_engine: Engine) -> Iterator[RegisterSnapshot]:
        yield RemoteSnapshot(link, HANAKO, AS_OF)

    readings = read_while_updating(workers, remote)
    assert len(readings) == READERS * READINGS
    assert [marks for marks in readings if len(marks) != 1] == []
