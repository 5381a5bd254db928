"""The databases that tests run on: real, fresh for each test, and never quietly left out."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text

from issuing_center.database import make_engine, reading, writing
from issuing_center.ledger.tables import events
from tests.support.databases import Cluster, PostgresqlMissingError, find_binaries
from tests.support.ledger_entries import NOW


@pytest.mark.parametrize("majors", [(), ("14",), ("common",)])
def test_a_machine_without_a_sufficient_server_fails_and_says_what_to_install(
    tmp_path: Path, majors: tuple[str, ...]
) -> None:
    for major in majors:
        (tmp_path / major / "bin").mkdir(parents=True)
        (tmp_path / major / "bin" / "postgres").touch()
    with pytest.raises(PostgresqlMissingError, match="apt-get install postgresql"):
        find_binaries(tmp_path)


def test_the_newest_server_is_taken_by_number_and_not_by_spelling(tmp_path: Path) -> None:
    for major in ("9", "15", "17"):
        (tmp_path / major / "bin").mkdir(parents=True)
        (tmp_path / major / "bin" / "postgres").touch()
    assert find_binaries(tmp_path) == tmp_path / "17" / "bin"


def test_the_server_is_private_and_real(postgresql_cluster: Cluster) -> None:
    engine = make_engine(postgresql_cluster.url("postgres"))
    with reading(engine) as connection:
        version = connection.execute(text("SHOW server_version_num")).scalar_one()
        assert int(version) >= 150000
        assert connection.execute(text("SHOW listen_addresses")).scalar_one() == ""
        assert connection.execute(text("SHOW unix_socket_directories")).scalar_one() == str(postgresql_cluster.sockets)
    engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_a_database_of_its_own(engine: Engine, turn: int) -> None:
    with reading(engine) as connection:
        assert connection.execute(select(events.c.detail)).scalars().all() == []
    with writing(engine) as connection:
        connection.execute(insert(events).values(at=NOW, txn=None, event="test", detail=str(turn)))
