"""Which municipalities keep their own register: the center's settings, and those of the municipality's server."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuing_center.municipal_server.settings import load_municipal_settings
from issuing_center.register.records import MunicipalityName
from issuing_center.register.remote.several import SeveralRegisters
from issuing_center.settings import RemoteRegister, SettingsError, load_settings
from issuing_center.wiring import running_service
from tests.support.center import Center
from tests.support.municipal_server import NAMES, MunicipalServer
from tests.support.registers import YAMATE
from tests.unit.issuing_center.test_settings import GOOD

REMOTE = """
[register.remote.990035]
url = "https://register.yamate.example:8444"
ca = "yamate-ca.pem"
certificate = "to-yamate.pem"
key = "to-yamate.key"
prefecture = "例示県"
name = "山手市"
kana = "やまてし"
name_en = "Yamate City"
"""
SERVER = f"""
[service]
host = "127.0.0.1"
port = 8444
threads = 8
[database]
url = "sqlite:///register.db"
[tls]
certificate = "tls.pem"
key = "tls.key"
center_ca = "centers.pem"
[centers]
sha256 = ["{"0f" * 32}"]
[municipalities]
codes = ["990035"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_center_is_told_who_keeps_their_own_register(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, GOOD)).remote_registers == ()
    (remote,) = load_settings(written(tmp_path, GOOD + REMOTE)).remote_registers
    assert remote.name == MunicipalityName("990035", "例示県", "山手市", "やまてし", "Yamate City")
    assert (remote.url, remote.ca) == ("https://register.yamate.example:8444", tmp_path / "yamate-ca.pem")


@pytest.mark.parametrize("line", [line for line in REMOTE.splitlines() if "=" in line])
def test_nothing_of_a_remote_register_has_a_default(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match=line.partition(" ")[0]):
        load_settings(written(tmp_path, GOOD + REMOTE.replace(line, "")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("990035", "99003"),
        ("990035", "yamate"),
        ("https://", "http://"),
        (":8444", ":8444/path"),
        ('"yamate-ca.pem"', '""'),
        ("ca =", "kana_ca ="),
        ("[register.remote.990035]", "[register.remote]"),
    ],
)
def test_a_remote_register_that_is_written_wrong_is_an_error(tmp_path: Path, old: str, new: str) -> None:
    assert old in REMOTE
    with pytest.raises(SettingsError, match=r"register\.remote"):
        load_settings(written(tmp_path, GOOD + REMOTE.replace(old, new)))


def test_a_municipal_server_is_told_everything(tmp_path: Path) -> None:
    settings = load_municipal_settings(written(tmp_path, SERVER))
    assert settings.municipalities == {"990035"}
    assert settings.centers == {"0f" * 32}
    assert settings.center_ca == tmp_path / "centers.pem"


@pytest.mark.parametrize("line", [line for line in SERVER.splitlines() if "=" in line])
def test_nothing_of_a_municipal_server_has_a_default(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match=line.partition(" ")[0]):
        load_municipal_settings(written(tmp_path, SERVER.replace(line, "")))


@pytest.mark.parametrize(
    ("old", "new"),
    [("0f0f", "0F0F"), ("8444", "65536"), ("threads = 8", "threads = 0"), ('["990035"]', "[]"), ("[tls]", "[tsl]")],
)
def test_a_municipal_server_that_is_told_wrong_does_not_start(tmp_path: Path, old: str, new: str) -> None:
    assert old in SERVER
    with pytest.raises(SettingsError):
        load_municipal_settings(written(tmp_path, SERVER.replace(old, new, 1)))
    (tmp_path / "settings.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_municipal_settings(tmp_path / "settings.toml")


def test_a_worker_joins_both_kinds_and_says_so_in_its_name(
    shared_center: Center, municipal_server: MunicipalServer, tmp_path: Path
) -> None:
    known = municipal_server.credentials
    url = f"sqlite:///{tmp_path / 'center.db'}"
    alone = replace(shared_center.running.settings, database_url=url)
    remote = RemoteRegister(
        NAMES[YAMATE],
        f"https://127.0.0.1:{municipal_server.port}",
        known.authority.certificate,
        known.center.certificate,
        known.center.key,
    )

    def config_id(settings: object, check: Callable[[object], None] = lambda _register: None) -> str:
        with running_service(settings, lambda: datetime.now(UTC), enforce_hours=False) as service:  # type: ignore[arg-type]
            check(service.register)
            return service.config_id

    def joined(register: object) -> None:
        assert isinstance(register, SeveralRegisters)
        assert register.municipalities() == (NAMES[YAMATE],)

    both = replace(alone, remote_registers=(remote,))
    elsewhere = replace(alone, remote_registers=(replace(remote, url="https://127.0.0.1:1"),))
    assert len({config_id(alone), config_id(both, joined), config_id(elsewhere)}) == 3
    broken = replace(alone, remote_registers=(replace(remote, key=known.server.key),))
    with pytest.raises(SettingsError, match="990035"):
        config_id(broken)
