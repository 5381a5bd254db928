"""The sandbox folder: what is in it, how it comes to be, and when it is made again."""

import json
import os
import subprocess
import sys
from base64 import b64decode
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from issuing_center.register.signer import signer_of
from issuing_center.sandbox import PERSONAS, SandboxError, SandboxFolder, ensure_sandbox, jpki, links
from issuing_center.sandbox.build import CLERKS, DEVICES
from issuing_center.sandbox.certificates import POLICY_OID, SIGNATURE_POLICY_OID
from issuing_center.sandbox.files import read_certificate, read_key
from issuing_center.sandbox.folder import ALL_GENERATIONS, FORMAT, GENERATIONS
from issuing_center.sandbox.personas import CertificateState, Persona, PersonaKind, persona

ROOT = Path(__file__).resolve().parents[4]
DAY = timedelta(days=1)


def _card(folder: SandboxFolder, name: str) -> dict[str, object]:
    content: dict[str, object] = json.loads(folder.card(name).read_text("utf-8"))
    return content


def _part(folder: SandboxFolder, name: str, part: str = "auth") -> dict[str, Any]:
    content = _card(folder, name)[part]
    assert isinstance(content, dict)
    return content


def _certificate(folder: SandboxFolder, name: str, which: str = "certificate") -> x509.Certificate:
    return x509.load_der_x509_certificate(b64decode(_part(folder, name)[which]))


def _signature_certificate(folder: SandboxFolder, name: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(b64decode(_part(folder, name, "sign")["certificate"]))


NOT_LINKED = {"no-auth", "foreign", "unlinked", "applicant", "registered", "sign-blocked", "sign-revoked", "no-sign"}


@pytest.mark.parametrize("row", [each for each in PERSONAS if each.signature], ids=lambda row: row.name)
def test_a_signature_certificate_is_of_its_own_ca_and_names_its_holder(row: Persona, pristine: SandboxFolder) -> None:
    certificate = _signature_certificate(pristine, row.name)
    certificate.verify_directly_issued_by(read_certificate(pristine.signature_generations[-1]))
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    (policy,) = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert policy.policy_identifier.dotted_string == SIGNATURE_POLICY_OID
    signer = signer_of(certificate.public_bytes(serialization.Encoding.DER))
    assert row.signature is not None
    assert (signer.name, signer.address) == (row.signature.name, row.signature.address)
    assert len(certificate.public_bytes(serialization.Encoding.DER)) < 1600


def test_the_folder_holds_exactly_what_the_layout_promises(pristine: SandboxFolder) -> None:
    pairs = [
        *(f"jpki/{kind}generation-{number}" for kind in ("", "ocsp-") for number in ALL_GENERATIONS),
        *("tls/device-ca", "tls/center-ca", "tls/center", "center/document-signing"),
        *(f"devices/{each[0]}" for each in DEVICES),
        "staff/staff-ca",
        *(f"staff/{staff_id}" for staff_id, _ in CLERKS),
    ]
    expected = {f"{each}.{kind}" for each in pairs for kind in ("pem", "key")}
    expected |= {
        "sandbox.json",
        "jpki/status.json",
        "center/subject.key",
        "center/devices.json",
        "center/scramble-keys.toml",
    }
    expected |= {f"jpki/generation-{number}.crl" for number in ALL_GENERATIONS}
    expected |= {f"cards/{each.name}.json" for each in PERSONAS}
    found = {str(each.relative_to(pristine.root)) for each in pristine.root.rglob("*") if each.is_file()}
    assert found == expected
    assert json.loads(pristine.marker.read_text()) == {"format": FORMAT, "sandbox": True}


def test_folders_and_keys_are_for_their_owner_only(pristine: SandboxFolder) -> None:
    for each in (pristine.root, *pristine.root.rglob("*")):
        mode = each.stat().st_mode & 0o777
        if each.is_dir():
            assert mode == 0o700, each.name
        elif each.suffix == ".key" or each.parent.name == "cards" or each.name == "status.json":
            assert mode == 0o600, each.name


def test_each_certificate_fits_its_key(pristine: SandboxFolder) -> None:
    for path in pristine.root.rglob("*.pem"):
        assert read_certificate(path).public_key() == read_key(path.with_suffix(".key")).public_key(), path.name


def test_generations_share_one_name_and_overlap_as_the_real_ones_do(pristine: SandboxFolder, now: datetime) -> None:
    first, second, third = (read_certificate(path) for path in pristine.generations)
    assert first.subject == first.issuer == second.subject == third.subject
    assert first.public_key() != second.public_key() != third.public_key() != first.public_key()
    assert first.not_valid_after_utc < now
    for each in (second, third):
        assert each.not_valid_before_utc < now - 300 * DAY
        assert each.not_valid_after_utc > now + 300 * DAY


def test_no_name_of_a_real_authority_is_used(pristine: SandboxFolder) -> None:
    paths = [*pristine.root.rglob("*.pem")]
    names = [
        each.rfc4514_string()
        for path in paths
        for each in (read_certificate(path).subject, read_certificate(path).issuer)
    ]
    assert all("fictitious" in each for each in names)
    assert not any("JPKI" in each or "Japan Agency" in each for each in names)


@pytest.mark.parametrize("name", [each.name for each in PERSONAS if each.has_certificate])
def test_a_card_holds_a_certificate_of_the_real_shape(name: str, pristine: SandboxFolder) -> None:
    certificate, row = _certificate(pristine, name), persona(name)
    issuer = read_certificate(pristine.generation_certificate(row.generation))
    certificate.verify_directly_issued_by(issuer)
    assert _certificate(pristine, name, "ca_certificate") == issuer
    assert certificate.not_valid_before_utc >= issuer.not_valid_before_utc
    assert certificate.not_valid_after_utc <= issuer.not_valid_after_utc
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert (key.key_size, key.public_numbers().e) == (2048, 65537)
    private = serialization.load_der_private_key(b64decode(_part(pristine, name)["private_key"]), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    assert private.public_key() == key
    assert certificate.serial_number.bit_length() == 63
    (common_name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert len(str(common_name.value)) == 23
    assert str(common_name.value)[14:19] == "99001"
    extensions = certificate.extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.content_commitment
    (policy,) = extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert policy.policy_identifier.dotted_string == POLICY_OID
    assert not any(isinstance(each.value, x509.SubjectAlternativeName | x509.ExtendedKeyUsage) for each in extensions)


@pytest.mark.parametrize("row", PERSONAS, ids=lambda row: row.name)
def test_a_card_says_of_itself_what_the_table_says(row: Persona, pristine: SandboxFolder, now: datetime) -> None:
    card = _card(pristine, row.name)
    assert (card["format"], card["persona"], card["fictitious"], card["kind"]) == (1, row.name, True, row.kind.value)
    assert card["atr"] == "3B888001000005E0B381A1007F"
    if row.kind is PersonaKind.FOREIGN:
        assert card["auth"] is None
        assert card["sign"] is None
        return
    auth, sign = _part(pristine, row.name), _part(pristine, row.name, "sign")
    assert card["token_label"] == ("JPKIAPGPSETOKEN" if row.kind is PersonaKind.PHONE else "JPKIAPICCTOKEN2")
    assert auth["certificate_needs_pin"] is (row.kind is PersonaKind.PHONE)
    assert (auth["tries_left"], auth["tries_max"]) == (row.tries_left, 3)
    assert auth["pin"] == (row.pin if row.has_certificate else None)
    assert (auth["certificate"] is None) == (auth["private_key"] is None) == (not row.has_certificate)
    signature = row.signature
    assert sign["password"] == (None if signature is None else signature.password)
    assert (sign["certificate"] is None) == (sign["private_key"] is None) == (signature is None)
    assert (sign["tries_left"], sign["tries_max"]) == (5 if signature is None else signature.tries_left, 5)
    assert (
        "digital signature"
        in x509.load_der_x509_certificate(b64decode(sign["ca_certificate"])).subject.rfc4514_string()
    )
    if row.has_certificate:
        ended = _certificate(pristine, row.name).not_valid_after_utc < now
        assert ended == (row.state is CertificateState.EXPIRED)


def test_the_status_table_lists_every_certificate(pristine: SandboxFolder) -> None:
    table = json.loads(pristine.status.read_text())
    for row in PERSONAS:
        if row.has_certificate:
            entry = table[f"{_certificate(pristine, row.name).serial_number:x}"]
            status = {CertificateState.REVOKED: "revoked", CertificateState.ON_HOLD: "hold"}.get(row.state, "good")
            reason = {"revoked": "keyCompromise", "hold": "certificateHold", "good": None}[status]
            assert (entry["generation"], entry["status"], entry["reason"]) == (row.generation, status, reason)
        if row.signature is not None:
            entry = table[f"{_signature_certificate(pristine, row.name).serial_number:x}"]
            assert entry["reason"] == ("affiliationChanged" if row.signature.revoked else None)
    assert len(table) == sum(each.has_certificate + (each.signature is not None) for each in PERSONAS)


def test_links_name_the_residents_and_hide_the_serial_numbers(pristine: SandboxFolder) -> None:
    rows = links(pristine.root)
    assert {each.persona.name for each in rows} == {each.name for each in PERSONAS} - NOT_LINKED
    for link, key_id, serial in rows:
        certificate = _certificate(pristine, link.name)
        issuer = read_certificate(pristine.generation_certificate(link.generation))
        assert serial == certificate.serial_number
        assert key_id == x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
    assert not any(str(each.serial) in repr(rows) for each in rows)


def test_devices_are_listed_with_the_fingerprints_of_their_certificates(pristine: SandboxFolder) -> None:
    listed = json.loads(pristine.device_list.read_text("utf-8"))
    authority = read_certificate(pristine.device_ca_certificate)
    assert {name: row["channel"] for name, row in listed.items()} == {
        "kiosk-0001": "kiosk", "kiosk-0002": "kiosk",
        "counter-0001": "counter", "counter-0002": "counter", "counter-0003": "counter",
    }  # fmt: skip
    for name, row in listed.items():
        certificate = read_certificate(pristine.device_certificate(name))
        certificate.verify_directly_issued_by(authority)
        assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
        assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == name
        assert row["sha256"] == sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
        assert row["name_ja"].startswith("見本")
    assert len(bytes.fromhex(pristine.subject_key.read_text())) == 32


@pytest.mark.parametrize(
    ("authority", "leaf", "purpose"),
    [
        ("tls/center-ca.pem", "tls/center.pem", "sslserver"),
        ("tls/device-ca.pem", "devices/kiosk-0001.pem", "sslclient"),
        ("tls/center-ca.pem", "center/document-signing.pem", "smimesign"),
    ],
)
def test_openssl_accepts_the_service_certificates_strictly(
    authority: str, leaf: str, purpose: str, pristine: SandboxFolder
) -> None:
    names = ["-verify_hostname", "localhost"] if purpose == "sslserver" else []
    command = [
        "openssl",
        "verify",
        "-x509_strict",
        "-no-CApath",
        "-no-CAstore",
        "-CAfile",
        authority,
        "-purpose",
        purpose,
        *names,
        leaf,
    ]
    run = subprocess.run(command, cwd=pristine.root, capture_output=True, text=True, timeout=20, check=False)
    assert run.returncode == 0, run.stderr


def test_openssl_accepts_a_card_with_its_list(pristine: SandboxFolder, tmp_path: Path) -> None:
    leaf, crl = tmp_path / "leaf.pem", tmp_path / "crl.pem"
    crl.write_bytes(x509.load_der_x509_crl(pristine.crl(3).read_bytes()).public_bytes(serialization.Encoding.PEM))
    verdicts = {}
    for name in ("hanako", "revoked"):
        leaf.write_bytes(_certificate(pristine, name).public_bytes(serialization.Encoding.PEM))
        command = [
            "openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", str(pristine.generation_certificate(3)),
            "-CRLfile", str(crl), "-crl_check", "-policy", POLICY_OID, "-explicit_policy", str(leaf),
        ]  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        verdicts[name] = "revoked" if "certificate revoked" in run.stderr else run.returncode
    assert verdicts == {"hanako": 0, "revoked": "revoked"}


def test_a_complete_folder_is_left_as_it_is(own: SandboxFolder, now: datetime) -> None:
    before = {each: each.stat().st_mtime_ns for each in own.root.rglob("*")}
    assert ensure_sandbox(own.root, now) == own
    assert {each: each.stat().st_mtime_ns for each in own.root.rglob("*")} == before


def test_an_empty_folder_becomes_a_sandbox_though_an_earlier_process_died_while_building(
    tmp_path: Path, now: datetime
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / ".empty.building-dead").mkdir()
    assert ensure_sandbox(tmp_path / "empty", now).marker.exists()


def test_a_folder_with_other_content_is_not_touched(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "precious.txt").write_text("precious")
    with pytest.raises(SandboxError, match="not empty and not a sandbox"):
        ensure_sandbox(tmp_path, now)
    assert [each.name for each in tmp_path.iterdir()] == ["precious.txt"]


def test_two_processes_at_once_end_with_the_same_complete_folder(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from issuing_center.deployment import Mode, declare
declare(Mode.SANDBOX)
from issuing_center.sandbox import ensure_sandbox, links
print([each.serial for each in links(ensure_sandbox(Path(sys.argv[1])))])
"""
    command = [sys.executable, "-c", program, str(tmp_path / "new" / "sandbox")]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (each.communicate(timeout=60)[0] for each in running)
    assert [each.returncode for each in running] == [0, 0]
    assert first == second != ""
    assert [each.name for each in (tmp_path / "new").iterdir() if each.is_dir()] == ["sandbox"]


def test_a_folder_some_weeks_old_still_serves_and_gets_fresh_lists(own: SandboxFolder, now: datetime) -> None:
    later = now + 60 * DAY
    before = own.subject_key.read_bytes()
    ensure_sandbox(own.root, later)
    assert own.subject_key.read_bytes() == before
    for number in GENERATIONS:
        crl = x509.load_der_x509_crl(own.crl(number).read_bytes())
        assert crl.next_update_utc is not None
        assert crl.next_update_utc > later + DAY


@pytest.mark.parametrize(("days", "usable"), [(369, True), (371, False), (4000, False)])
def test_a_folder_is_usable_until_something_essential_has_less_than_a_month(
    days: int, usable: bool, pristine: SandboxFolder, now: datetime
) -> None:
    # the first essential thing to end are the responders' certificates, 400 days after the making
    assert jpki._is_usable(pristine, now.replace(hour=12) + days * DAY) == usable


@pytest.mark.parametrize(
    "missing", ["cards/maria.json", "tls/center.pem", "jpki/ocsp-generation-3.pem", "sandbox.json"]
)
def test_a_folder_with_an_essential_part_missing_is_not_usable(missing: str, own: SandboxFolder, now: datetime) -> None:
    assert jpki._is_usable(own, now)
    (own.root / missing).unlink()
    assert not jpki._is_usable(own, now)


def test_a_folder_of_another_format_is_kept_aside_and_made_again(own: SandboxFolder, now: datetime) -> None:
    before = own.subject_key.read_bytes()
    own.marker.write_text('{"format": 0, "sandbox": true}')
    assert ensure_sandbox(own.root, now) == own
    assert own.subject_key.read_bytes() != before
    (aside,) = own.root.parent.glob("sandbox.old-*")
    assert SandboxFolder(aside).subject_key.read_bytes() == before


def test_an_unreadable_marker_says_what_to_do(own: SandboxFolder, now: datetime) -> None:
    own.marker.write_text("{")
    with pytest.raises(SandboxError, match="delete the folder"):
        ensure_sandbox(own.root, now)


def test_a_relative_path_is_understood(own: SandboxFolder, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own.root.parent)
    assert ensure_sandbox(Path("sandbox"), now).root == own.root.resolve()
    assert os.getcwd() == str(own.root.parent)  # noqa: PTH109


def test_persona_names_are_unique_and_safe_as_file_names() -> None:
    names = [each.name for each in PERSONAS]
    assert len(set(names)) == len(names)
    assert all(each.replace("-", "").isalpha() and each.islower() for each in names)
    with pytest.raises(KeyError, match="hanako"):
        persona("nobody")


def test_a_certificate_is_read_in_as_many_commands_as_a_real_one(pristine: SandboxFolder) -> None:
    """At most 4 + 4 x 256 bytes: one command for the length and four for the rest."""
    for each in PERSONAS:
        if each.has_certificate:
            auth = json.loads(pristine.card(each.name).read_text("utf-8"))["auth"]
            assert len(b64decode(auth["certificate"])) <= 4 + 4 * 256
