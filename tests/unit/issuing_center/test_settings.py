"""The settings file: complete, known and of the right kind, or not taken."""

from datetime import timedelta
from pathlib import Path

import pytest

from issuing_center.settings import SettingsError, load_settings

GOOD = """
[service]
host = "127.0.0.1"
port = 8443
threads = 8
[database]
url = "sqlite:///center.db"
[register]
max_age_minutes = 60
[tls]
certificate = "tls.pem"
key = "tls.key"
device_ca = "ca.pem"
[devices]
file = "devices.json"
[keys]
document = "document.key"
subject = "subject.key"
[jpki]
generations = ["one.pem", "two.pem"]
policy_oid = "1.2.3"
ocsp_url = "http://127.0.0.1/"
crls = []
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "center.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_files_are_found_beside_the_settings(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, GOOD))
    assert settings.generations == (tmp_path / "one.pem", tmp_path / "two.pem")
    assert settings.document_key == tmp_path / "document.key"
    assert settings.register_age == timedelta(hours=1)


@pytest.mark.parametrize("line", [line for line in GOOD.splitlines() if "=" in line])
def test_nothing_has_a_default(tmp_path: Path, line: str) -> None:
    name = line.partition(" ")[0]
    with pytest.raises(SettingsError, match=name):
        load_settings(written(tmp_path, GOOD.replace(line, "")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[tls]", "[tsl]"),
        ("threads = 8", "threds = 8"),
        ("threads = 8", "threads = 0"),
        ("threads = 8", "threads = true"),
        ("threads = 8", 'threads = "8"'),
        ("port = 8443", "port = 65536"),
        ("max_age_minutes = 60", "max_age_minutes = 0"),
        ("max_age_minutes = 60", "max_age_minutes = 1441"),
        ('"tls.pem"', '""'),
        ('"tls.pem"', "1"),
        ('["one.pem", "two.pem"]', '"one.pem"'),
        ('["one.pem", "two.pem"]', '["one.pem", ""]'),
        ('["one.pem", "two.pem"]', '["one.pem", 2]'),
        ("[service]", '[seals]\n990019 = "seal.toml"\n[service]'),
        ("[service]", "service = 1\n[other]"),
        ("[service]", "[service"),
    ],
)
def test_a_setting_that_is_unknown_or_wrong_is_an_error(tmp_path: Path, old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError):
        load_settings(written(tmp_path, GOOD.replace(old, new)))


def test_no_file_and_no_text_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "binary.toml")
