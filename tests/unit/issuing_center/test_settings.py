"""The settings file: complete, known and of the right kind, or not taken."""

from datetime import timedelta
from pathlib import Path

import pytest

from issuing_center.keys import TokenKey
from issuing_center.settings import BackSettings, SettingsError, load_settings

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
certificate = "document.pem"
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
    assert settings.document_certificate == tmp_path / "document.pem"
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


SIGNATURE = """
[jpki_signature]
generations = ["sign.pem"]
policy_oid = "1.2.4"
ocsp_url = "http://127.0.0.1/sign"
crls = ["sign.crl"]
"""


def test_the_ca_of_signatures_is_optional_as_a_whole(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, GOOD)).signature is None
    signature = load_settings(written(tmp_path, GOOD + SIGNATURE)).signature
    assert signature is not None
    assert (signature.generations, signature.policy_oid) == ((tmp_path / "sign.pem",), "1.2.4")
    for line in SIGNATURE.strip().splitlines()[1:]:
        with pytest.raises(SettingsError, match=f"jpki_signature.{line.partition(' ')[0]}"):
            load_settings(written(tmp_path, GOOD + SIGNATURE.replace(line, "")))


TOKEN = 'document = "pkcs11:token=the%20center;object=document"\nmodule = "/lib/token.so"\npin_file = "pin"'


def test_a_key_may_lie_in_a_file_or_in_a_token(tmp_path: Path) -> None:
    file = load_settings(written(tmp_path, GOOD.replace('"document.key"', '"file:document.key"')))
    assert file.document_key == tmp_path / "document.key"
    token = load_settings(written(tmp_path, GOOD.replace('document = "document.key"', TOKEN)))
    assert token.document_key == TokenKey(Path("/lib/token.so"), "the center", "document", tmp_path / "pin")


@pytest.mark.parametrize(
    "keys",
    [
        TOKEN.replace("token=", "slot="),
        TOKEN.replace(";object=document", ""),
        TOKEN.replace(";object=document", ";object=document?pin-value=1234"),
        TOKEN.replace('module = "/lib/token.so"', ""),
        TOKEN.replace('pin_file = "pin"', ""),
        TOKEN.replace("pkcs11:token=the%20center;object=document", "document.key"),
    ],
)
def test_a_token_that_is_not_told_completely_is_an_error(tmp_path: Path, keys: str) -> None:
    with pytest.raises(SettingsError, match=r"keys\."):
        load_settings(written(tmp_path, GOOD.replace('document = "document.key"', keys)))


STAFF = """[staff]
listen = "192.0.2.10:8444"
certificate = "staff.pem"
key = "staff.key"
ca = "staff-ca.pem"
"""


def test_the_clerks_listener_is_told_whole(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, GOOD + STAFF))
    assert settings.staff is not None
    assert (settings.staff.host, settings.staff.port) == ("192.0.2.10", 8444)
    assert settings.staff.ca == tmp_path / "staff-ca.pem"
    assert load_settings(written(tmp_path, GOOD)).staff is None


@pytest.mark.parametrize("line", [line for line in STAFF.splitlines() if "=" in line])
def test_half_a_listener_is_none(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match="staff"):
        load_settings(written(tmp_path, GOOD + STAFF.replace(line, "")))


@pytest.mark.parametrize("address", ["8444", ":8444", "192.0.2.10:", "192.0.2.10:port", "192.0.2.10:65536"])
def test_an_address_has_a_host_and_a_port(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match=r"staff\.listen"):
        load_settings(written(tmp_path, GOOD + STAFF.replace("192.0.2.10:8444", address)))


BACK = """
[back]
keys = "scramble-keys.toml"
setting = "fine"
colour = true
screens = { dpi = 600, kept = 0.82 }
"""


def test_backs_are_told_in_a_table_of_their_own_or_there_are_none(tmp_path: Path) -> None:
    told = load_settings(written(tmp_path, GOOD + BACK)).back
    assert told == BackSettings(tmp_path / "scramble-keys.toml", fine=True, colour=True, dpi=600, kept=0.82)
    least = load_settings(written(tmp_path, GOOD + '[back]\nkeys = "scramble-keys.toml"\n')).back
    assert least == BackSettings(tmp_path / "scramble-keys.toml")
    assert load_settings(written(tmp_path, GOOD)).back is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"scramble-keys.toml"', '""'),
        ('"fine"', '"finer"'),
        ("true", "1"),
        ("dpi = 600", "dpi = 1200"),
        ("dpi = 600", "dpi = 300"),
        ("kept = 0.82", "kept = 0"),
        ("kept = 0.82", "kept = true"),
        ("kept = 0.82", "keep = 1"),
    ],
)
def test_a_back_that_is_told_wrong_is_an_error(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(SettingsError, match="back"):
        load_settings(written(tmp_path, GOOD + BACK.replace(old, new)))
