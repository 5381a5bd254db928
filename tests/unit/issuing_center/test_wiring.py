"""Putting a worker together: what production refuses, and what its names for build and configuration stand for."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from issuing_center.sandbox.folder import SandboxFolder
from issuing_center.settings import Settings, SettingsError
from issuing_center.wiring import running_service
from tests.support.center import Center


def write_anchor(file: Path) -> None:
    """Write a CA certificate that is nobody's."""
    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fictitious authority of a test")])
    usage = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("encipher_only", "decipher_only"),
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def settings(shared_center: Center, tmp_path: Path) -> Settings:
    """Settings over a copy of the sandbox's files, and a database of their own."""
    folder = SandboxFolder(Path(shutil.copytree(shared_center.folder.root, tmp_path / "copy")))
    original = shared_center.running.settings
    return replace(
        original,
        database_url=f"sqlite:///{tmp_path / 'center.db'}",
        devices=folder.device_list,
        document_key=folder.document_signing_key,
        subject_key=folder.subject_key,
        generations=folder.generations,
        crls=(folder.crl(2), folder.crl(3)),
    )


def now() -> datetime:
    return datetime.now(UTC)


def config_id(settings: Settings, *, enforce_hours: bool = False) -> str:
    with running_service(settings, now, enforce_hours=enforce_hours) as service:
        return service.config_id


def test_workers_of_the_same_files_have_the_same_names_wherever_the_files_lie(
    settings: Settings, shared_center: Center, tmp_path: Path
) -> None:
    elsewhere = replace(settings, host="0.0.0.0", port=1, threads=2, database_url=f"sqlite:///{tmp_path / 'b.db'}")
    with (
        running_service(settings, now, enforce_hours=False) as one,
        running_service(elsewhere, now, enforce_hours=False) as two,
    ):
        assert (one.build_id, one.config_id) == (two.build_id, two.config_id)
    assert one.build_id == shared_center.service.build_id
    assert len(one.config_id) == len(one.build_id) == 16


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


CHANGES: dict[str, Callable[[Settings], Settings]] = {
    "policy": lambda s: replace(s, policy_oid="1.2.3"),
    "responder": lambda s: replace(s, ocsp_url="http://127.0.0.1:1/"),
    "generations": lambda s: replace(s, generations=s.generations[1:]),
    "register age": lambda s: replace(s, register_age=timedelta(minutes=5)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_setting_is_another_configuration(settings: Settings, change: str) -> None:
    assert config_id(CHANGES[change](settings)) != config_id(settings)


def test_another_content_of_a_file_is_another_configuration(settings: Settings) -> None:
    before = config_id(settings)
    for file, change in (
        (settings.devices, lambda text: text + b"\n"),
        (settings.subject_key, lambda _text: b"ab" * 32),
    ):
        rewrite(file, change)
        after = config_id(settings)
        assert after != before
        before = after
    assert config_id(settings, enforce_hours=True) != before


@pytest.mark.parametrize("content", [b"", b"zz" * 32, b"ab" * 31, b"ab" * 33])
def test_a_subject_key_of_another_form_is_refused(settings: Settings, content: bytes) -> None:
    settings.subject_key.write_bytes(content)
    with pytest.raises(SettingsError, match=r"keys\.subject"):
        config_id(settings)


def test_a_document_key_of_another_kind_is_refused(settings: Settings) -> None:
    file = settings.document_key
    assert isinstance(file, Path)
    pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked = serialization.BestAvailableEncryption(b"x")
    for key, encryption in (
        (ec.generate_private_key(ec.SECP384R1()), serialization.NoEncryption()),
        (rsa.generate_private_key(65537, 2048), serialization.NoEncryption()),
        (ec.generate_private_key(ec.SECP256R1()), locked),
    ):
        file.write_bytes(key.private_bytes(*pkcs8, encryption))
        with pytest.raises(SettingsError, match=r"keys\.document"):
            config_id(settings)
    file.write_bytes(b"no key")
    with pytest.raises(SettingsError, match=r"keys\.document"):
        config_id(settings)


def test_a_certificate_of_another_key_is_refused(settings: Settings, shared_center: Center) -> None:
    for other in (shared_center.folder.server_certificate, shared_center.folder.generation_certificate(2)):
        with pytest.raises(SettingsError, match=r"keys\.certificate"):
            config_id(replace(settings, document_certificate=other))


def test_a_list_of_devices_with_a_mistake_is_a_setting_with_a_mistake(settings: Settings) -> None:
    settings.devices.write_text("[]")
    with pytest.raises(SettingsError, match="not a list of devices"):
        config_id(settings)
