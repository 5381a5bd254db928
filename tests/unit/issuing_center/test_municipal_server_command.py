"""The municipality's server as it is started, fed by the commands of the register, and asked by a center."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuing_center.database import make_engine
from issuing_center.migrations import upgrade
from issuing_center.register.remote.link import RegisterLink
from tests.support.municipal_server import NAMES, MunicipalServer
from tests.support.registers import SHIOMINO, load
from tests.unit.issuing_center.test_command import command, failed

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(municipal_server: MunicipalServer, tmp_path: Path) -> Path:
    """Settings of a municipality's server with the fictitious register."""
    known = municipal_server.credentials
    database = f"sqlite:///{tmp_path / 'register.db'}"
    engine = make_engine(database)
    upgrade(engine)
    load(engine)
    engine.dispose()
    file = tmp_path / "municipal.toml"
    file.write_text(
        f"""
        [service]
        host = "127.0.0.1"
        port = 0
        threads = 2
        [database]
        url = "{database}"
        [tls]
        certificate = "{known.server.certificate}"
        key = "{known.server.key}"
        center_ca = "{known.authority.certificate}"
        [centers]
        sha256 = ["{known.center.sha256}"]
        [municipalities]
        codes = ["{SHIOMINO}"]
        """,
        encoding="utf-8",
    )
    return file


def test_it_serves_until_it_is_told_to_end(municipal_server: MunicipalServer, config: Path) -> None:
    arguments = [sys.executable, "-m", "issuing_center", "municipal-server", "--config", str(config)]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        word, _, url = server.stdout.readline().strip().partition(" ")
        assert word == "ready"
        with municipal_server.fetcher() as fetcher:
            link = RegisterLink(NAMES[SHIOMINO], url, fetcher, lambda: datetime(2026, 11, 20, 3, tzinfo=UTC))
            assert link.ask(None, datetime(2026, 11, 20, 3, tzinfo=UTC)).municipality == SHIOMINO
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0


def test_records_are_taken_in_by_the_command_of_every_register(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "stops.jsonl"
    header = f'{{"register_import":1,"municipality":"{SHIOMINO}","kind":"stops","sequence":1'
    file.write_text(header + ',"as_of":"2026-11-20T03:00:00Z","count":0}\n', encoding="utf-8")
    assert command("register", "import", str(file), "--config", str(config)).stdout.startswith(
        f"{SHIOMINO} stops 1: 0 records"
    )


def test_a_mistake_in_its_settings_is_one_line_with_a_code(config: Path) -> None:
    config.write_text(config.read_text(encoding="utf-8").replace("threads = 2", "threads = 0"), encoding="utf-8")
    assert failed("municipal-server", "--config", str(config)).startswith("CONFIG-01: ")
