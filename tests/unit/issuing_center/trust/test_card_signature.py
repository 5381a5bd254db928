"""The card's signature over a statement."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from issuing_center.sandbox import SandboxFolder
from issuing_center.trust import verify_card_signature
from tests.unit.issuing_center.trust.cards import certificate_of, signature_of
from tests.unit.issuing_center.trust.chains import Leaf, rsa_key

STATEMENT = b"kiosk.visit.v1\x00fictitious statement"


@pytest.fixture(scope="module")
def signature(sandbox_folder: SandboxFolder) -> bytes:
    return signature_of(sandbox_folder, "hanako", STATEMENT)


def test_the_card_that_signed_is_recognised(sandbox_folder: SandboxFolder, signature: bytes) -> None:
    assert verify_card_signature(certificate_of(sandbox_folder, "hanako"), STATEMENT, signature)


def test_another_statement_or_card_is_not(sandbox_folder: SandboxFolder, signature: bytes) -> None:
    assert not verify_card_signature(certificate_of(sandbox_folder, "hanako"), STATEMENT + b" ", signature)
    assert not verify_card_signature(certificate_of(sandbox_folder, "ichiro"), STATEMENT, signature)


def test_a_changed_or_cut_signature_is_not(sandbox_folder: SandboxFolder, signature: bytes) -> None:
    certificate = certificate_of(sandbox_folder, "hanako")
    for wrong in (
        b"",
        signature[:-1],
        signature + b"\x00",
        b"\x00" + signature,
        bytes(256),
        bytes([signature[0] ^ 1]) + signature[1:],
    ):
        assert not verify_card_signature(certificate, STATEMENT, wrong)


def test_certificates_without_a_sound_rsa_key_verify_nothing(signature: bytes) -> None:
    elliptic = Leaf(key=ec.generate_private_key(ec.SECP256R1())).der()
    for certificate in (b"", b"\x30\x00", elliptic):
        assert not verify_card_signature(certificate, STATEMENT, signature)


@pytest.mark.parametrize(("bits", "believed"), [(1024, False), (2048, True)])
def test_a_right_signature_of_a_short_key_is_not_believed(bits: int, believed: bool) -> None:
    key = rsa_key("card", bits)
    signature = key.sign(STATEMENT, padding.PKCS1v15(), hashes.SHA256())
    assert verify_card_signature(Leaf(key=key).der(), STATEMENT, signature) == believed
