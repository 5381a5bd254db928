"""What operators do beside serving: publish settings, take in records, list incidents; one line and a code for every no."""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuing_center import __main__ as command_line
from issuing_center import migrations
from issuing_center.database import make_engine, writing
from issuing_center.ledger import store as ledger
from issuing_center.ledger.incident_tables import incidents
from issuing_center.municipal.signature import sign
from issuing_center.register.sql import SqlRegister

CODE = "990019"
PACKAGE = Path(__file__).parents[3] / "assets" / "municipalities" / CODE


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the data folder of a sandbox that has only its books."""
    engine = make_engine(f"sqlite:///{tmp_path / 'center.db'}")
    migrations.upgrade(engine)
    engine.dispose()
    return tmp_path


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, Path]:
    """Give a signed package and the municipality's public key."""
    key = Ed25519PrivateKey.generate()
    folder = tmp_path / CODE
    shutil.copytree(PACKAGE, folder)
    (folder / "settings.sig").write_bytes(sign((folder / "settings.toml").read_bytes(), key))
    public = tmp_path / "municipality.pem"
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return folder, public


def run(data: Path, *arguments: str) -> int:
    """Run a command on the books of this folder, in this process; its mode is declared already."""
    return command_line.main([*arguments, "--sandbox", "--data", str(data)])


def publish(data: Path, package: tuple[Path, Path]) -> int:
    folder, key = package
    return run(data, "register", "publish", str(folder), "--municipality", CODE, "--key", str(key))


def import_file(data: Path, records: Sequence[dict[str, object]], sequence: int = 1, count: int | None = None) -> int:
    header = {
        "register_import": 1,
        "municipality": CODE,
        "kind": "stops",
        "sequence": sequence,
        "as_of": datetime.now(UTC).isoformat(timespec="seconds"),
        "count": len(records) if count is None else count,
    }
    file = data / "stops.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in (header, *records)), encoding="utf-8")
    return run(data, "register", "import", str(file))


STOP: dict[str, object] = {"stop": "a" * 32, "kind": "stopped", "since": "2026-11-20T09:00:00+09:00"}


def test_a_municipality_goes_live_by_publishing_its_settings(
    data: Path, package: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(data, package) == 0
    assert publish(data, package) == 0
    assert capsys.readouterr().out.splitlines() == ["published", "published before, nothing changed"]
    engine = make_engine(f"sqlite:///{data / 'center.db'}")
    assert [name.code for name in SqlRegister(engine).municipalities()] == [CODE]
    engine.dispose()


def test_altered_settings_are_refused(
    data: Path, package: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = package[0] / "settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert publish(data, package) == 1
    assert capsys.readouterr().err.startswith("SETTINGS-03 ")


def test_a_file_is_taken_whole_and_the_next_one_after_it(
    data: Path, package: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    publish(data, package)
    capsys.readouterr()
    assert import_file(data, [STOP]) == 0
    assert capsys.readouterr().out.startswith(f"{CODE} stops 1: 1 records, version ")
    assert import_file(data, [], sequence=3) == 1
    assert capsys.readouterr().err.startswith("IMPORT-02: ")


def test_a_file_that_is_not_as_its_header_says_is_refused_with_its_lines(
    data: Path, package: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    publish(data, package)
    assert import_file(data, [STOP], count=2) == 1
    first, *lines = capsys.readouterr().err.splitlines()
    assert first.startswith("IMPORT-01: stops.jsonl ")
    assert lines


def test_records_of_an_unknown_municipality_are_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_file(data, [STOP]) == 1
    assert capsys.readouterr().err.startswith("IMPORT-03: ")


@pytest.fixture
def incident(data: Path) -> str:
    """Give the number of an open incident among other events."""
    engine = make_engine(f"sqlite:///{data / 'center.db'}")
    ledger.record_event(engine, datetime.now(UTC), "visit-opened", "ocsp")
    row = {"incident_id": "ABCDEFGH", "at": datetime.now(UTC), "name": "seal", "path": f"municipality {CODE}"}
    with writing(engine) as connection:
        connection.execute(incidents.insert().values(**row, detail="missing"))
    engine.dispose()
    return "ABCDEFGH"


def test_incidents_are_listed_and_other_events_are_not(
    data: Path, incident: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, "incidents") == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{incident} open ")
    assert line.endswith(f" seal [municipality {CODE}] - missing")


def test_an_incident_is_closed_with_who_and_why(data: Path, incident: str, capsys: pytest.CaptureFixture[str]) -> None:
    close = ("incidents", "--close", incident)
    assert run(data, *close, "--by", "Mihon", "--cause", "ok") == 1
    assert run(data, *close, "--by", "Mihon", "--cause", "it worked on the second retry") == 1
    assert run(data, *close, "--cause", "the seal had not been imported") == 1
    assert run(data, *close, "--by", "Mihon", "--cause", "the seal had not been imported") == 0
    assert run(data, *close, "--by", "Mihon", "--cause", "the seal had not been imported") == 1
    codes = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert codes == ["INCIDENT-01", "INCIDENT-01", "INCIDENT-02", "INCIDENT-03"]
    assert run(data, "incidents") == 0
    assert " closed " in capsys.readouterr().out
