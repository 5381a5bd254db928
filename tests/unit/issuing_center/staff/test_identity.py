"""Whose certificate it is, and whose token."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from issuing_center.counter.staff import Staff, StaffId
from issuing_center.staff.identity import Tokens, staff_of
from tests.support.staff_site import CLERK, OFFICE, SHIOMINO, SandboxFolder


def certificate(
    names: list[tuple[x509.ObjectIdentifier, str]],
    usage: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.CLIENT_AUTH,
) -> bytes:
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime(2026, 1, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(at).not_valid_after(at + timedelta(days=900))
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_the_sandboxs_clerks_are_who_their_certificates_say(sandbox_folder: SandboxFolder) -> None:
    pem = x509.load_pem_x509_certificate(sandbox_folder.clerk_certificate("mihon-01").read_bytes())
    assert staff_of(pem.public_bytes(serialization.Encoding.DER)) == CLERK


NAME, TOWN, UNIT = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30\x00",
        certificate([(NAME, "taro")]),
        certificate([(TOWN, SHIOMINO)]),
        certificate([(NAME, "taro"), (TOWN, "99001")]),
        certificate([(NAME, "taro"), (TOWN, "汐見野市")]),
        certificate([(NAME, "ta ro"), (TOWN, SHIOMINO)]),
        certificate([(NAME, "taro"), (NAME, "jiro"), (TOWN, SHIOMINO)]),
        certificate([(NAME, "taro"), (TOWN, SHIOMINO), (TOWN, "990035")]),
        certificate([(NAME, "taro"), (TOWN, SHIOMINO)], ExtendedKeyUsageOID.SERVER_AUTH),
        certificate([(NAME, "taro"), (TOWN, SHIOMINO)], None),
    ],
)
def test_whatever_is_not_one_clerk_of_one_municipality_is_nobody(der: bytes) -> None:
    assert staff_of(der) is None


def test_further_names_do_not_matter() -> None:
    der = certificate([(TOWN, SHIOMINO), (UNIT, "市民課"), (NAME, "taro")])
    assert staff_of(der) == Staff(StaffId("taro"), SHIOMINO)


def test_workers_with_one_secret_agree_and_others_do_not() -> None:
    one, same, other = (Tokens.derived(secret) for secret in (b"a", b"a", b"b"))
    assert same.is_form(CLERK, one.form(CLERK))
    assert not other.is_form(CLERK, one.form(CLERK))
    assert same.office_of(one.display(SHIOMINO, OFFICE)) == (SHIOMINO, OFFICE)
    assert other.office_of(one.display(SHIOMINO, OFFICE)) is None
    assert "a" not in repr(one).split("(")[1]
