"""Paths: what is accepted, sixty ways to be refused with their reasons, and what OpenSSL says of the same chains."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID

from issuing_center.trust import Bad, BadReason, TrustAnchors, Usage
from issuing_center.trust.path import AuthenticPath, PathChecker
from tests.unit.issuing_center.trust import chains
from tests.unit.issuing_center.trust.chains import (
    NOW,
    POLICY,
    POLICY_OID,
    UNKNOWN_OID,
    Leaf,
    generation,
    rsa_key,
    usage,
)

# cryptography announces that it will refuse such certificates itself one day; we refuse them now.
pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

ENDED = chains.authority("ended generation", end=NOW - DAY)
COMING = chains.authority("coming generation", start=NOW + DAY)
NEXT_CARD = chains.authority("next card", key=ec.generate_private_key(ec.SECP384R1()), digest=hashes.SHA384())
PINNED = (generation(1), generation(2), generation(3), ENDED, COMING, NEXT_CARD)
ANCHORS = TrustAnchors.from_certificates([each.certificate for each in PINNED])
CHECKER = PathChecker(ANCHORS, POLICY)
STRANGER = chains.authority("stranger")
"""Same name as the generations, another key, not pinned."""

LEAF = Leaf()


def _policies(*dotted: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in dotted])


def _unknown(last: int = 1) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(f"2.999.77.{last}"), b"\x05\x00")


def _key_id(of: chains.Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(of.certificate.public_key())  # type: ignore[arg-type]


def _flipped(place: float) -> bytes:
    """Flip a bit at this part of the length."""
    der = LEAF.der()
    at = int(len(der) * place)
    return der[:at] + bytes([der[at] ^ 1]) + der[at + 1 :]


def _twice_the_same_extension() -> bytes:
    der = LEAF.plus(_unknown(1), critical=False).plus(_unknown(2), critical=False).der()
    first = x509.ObjectIdentifier("2.999.77.1")
    second = x509.ObjectIdentifier("2.999.77.2")
    assert first != second
    return der.replace(b"\x06\x04\x88\x37\x4d\x02", b"\x06\x04\x88\x37\x4d\x01")


def _with_serial_octet(first_octet: int) -> bytes:
    der = LEAF.der()
    serial = LEAF.serial.to_bytes(8, "big")
    assert der.count(serial) == 1
    return der.replace(serial, bytes([first_octet]) + serial[1:])


def _with_an_unused_bit() -> bytes:
    """Count one bit of the signature as unused; a signature that ends in 0 bit is needed, every second one does."""
    for serial in range(1, 60):
        certificate = x509.load_der_x509_certificate(LEAF.but(serial=serial).der())
        if certificate.signature[-1] % 2 == 0:
            return certificate.public_bytes(serialization.Encoding.DER).replace(
                b"\x00" + certificate.signature, b"\x01" + certificate.signature
            )
    raise AssertionError("59 signatures in a row end in 1")


def _below_a_card() -> bytes:
    card = chains.Authority(x509.load_der_x509_certificate(LEAF.der()), rsa_key("leaf"))
    return LEAF.but(issuer=card, key=rsa_key("below")).der()


def _below_an_intermediate() -> bytes:
    middle = Leaf(
        extensions=((x509.BasicConstraints(True, None), True), (usage("key_cert_sign"), True)), key=rsa_key("middle")
    )
    signer = chains.Authority(x509.load_der_x509_certificate(middle.der()), rsa_key("middle"))
    return LEAF.but(issuer=signer).der()


def _own_signature() -> bytes:
    key = rsa_key("leaf")
    return LEAF.but(issuer_name=chains.name("SPECIMEN"), signer=key).der()


GOOD: dict[str, Callable[[], bytes]] = {
    "as on a card": LEAF.der,
    "of generation 1": lambda: LEAF.but(issuer=generation(1)).der(),
    "of generation 2": lambda: LEAF.but(issuer=generation(2)).der(),
    "without the issuer's key id": lambda: LEAF.but(issuer=generation(2), names_issuer_key=False).der(),
    "with basic constraints": lambda: LEAF.plus(x509.BasicConstraints(ca=False, path_length=None), critical=True).der(),
    "with extended usage": lambda: LEAF.plus(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=True
    ).der(),
    "with an alternative name": lambda: LEAF.plus(
        x509.SubjectAlternativeName([x509.RFC822Name("specimen@example.com")]), critical=False
    ).der(),
    "with an unknown extension": lambda: LEAF.plus(_unknown(), critical=False).der(),
    "with further policies": lambda: LEAF.instead(_policies("2.999.5.9", POLICY_OID)).der(),
    "policy not critical": lambda: LEAF.instead(_policies(POLICY_OID), critical=False).der(),
    "signed with SHA-384": lambda: LEAF.but(digest=hashes.SHA384()).der(),
    "with a P-384 key": lambda: LEAF.but(key=ec.generate_private_key(ec.SECP384R1())).der(),
    "of an elliptic generation": lambda: LEAF.but(issuer=NEXT_CARD, digest=hashes.SHA384()).der(),
    "from this second on": lambda: LEAF.but(start=NOW).der(),
    "to this second": lambda: LEAF.but(end=NOW).der(),
}

MALFORMED, UNTRUSTED = BadReason.MALFORMED, BadReason.UNTRUSTED
USAGE, POLICY_REASON = BadReason.WRONG_USAGE, BadReason.WRONG_POLICY

BAD: dict[str, tuple[BadReason, Callable[[], bytes]]] = {
    # not a certificate
    "nothing": (MALFORMED, lambda: b""),
    "zeros": (MALFORMED, lambda: bytes(1000)),
    "text": (MALFORMED, lambda: b"-----BEGIN CERTIFICATE-----\n"),
    "cut by one octet": (MALFORMED, lambda: LEAF.der()[:-1]),
    "cut to a half": (MALFORMED, lambda: LEAF.der()[:400]),
    "one octet more": (MALFORMED, lambda: LEAF.der() + b"\x00"),
    "filler of the card not cut off": (MALFORMED, lambda: LEAF.der() + b"\xff" * 20),
    "two certificates": (MALFORMED, lambda: LEAF.der() * 2),
    "larger than any": (
        MALFORMED,
        lambda: LEAF.plus(x509.UnrecognizedExtension(UNKNOWN_OID, bytes(8000)), critical=False).der(),
    ),
    "an extension twice": (MALFORMED, _twice_the_same_extension),
    "serial zero": (MALFORMED, lambda: LEAF.der().replace(LEAF.serial.to_bytes(8, "big"), bytes(8))),
    "a second encoding of a good one": (MALFORMED, _with_an_unused_bit),
    "serial negative": (MALFORMED, lambda: _with_serial_octet(0xDE)),
    "a public key of unknown kind": (
        MALFORMED,
        lambda: LEAF.der().replace(bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06092a864886f70d01017f")),
    ),
    # not authentic
    "another CA of the same name": (UNTRUSTED, lambda: LEAF.but(issuer=STRANGER).der()),
    "another CA of another name": (
        UNTRUSTED,
        lambda: LEAF.but(issuer=chains.authority("other", subject=chains.name("other"))).der(),
    ),
    "our key under another name": (UNTRUSTED, lambda: LEAF.but(issuer_name=chains.name("other")).der()),
    "our key under a name in other capitals": (
        UNTRUSTED,
        lambda: LEAF.but(issuer_name=chains.name("Generations")).der(),
    ),
    "signed by itself": (UNTRUSTED, _own_signature),
    "signed by itself under our name": (UNTRUSTED, lambda: LEAF.but(signer=rsa_key("leaf")).der()),
    "below another card": (UNTRUSTED, _below_a_card),
    "below an intermediate": (UNTRUSTED, _below_an_intermediate),
    "a bit flipped in the name": (UNTRUSTED, lambda: LEAF.der().replace(b"SPECIMEN", b"SPECIMEM")),
    "a bit flipped in the signature": (UNTRUSTED, lambda: _flipped(0.9)),
    "another serial": (UNTRUSTED, lambda: _with_serial_octet(0x5D)),
    "key id of another generation": (UNTRUSTED, lambda: LEAF.plus(_key_id(generation(2)), critical=False).der()),
    "generation has ended": (UNTRUSTED, lambda: LEAF.but(issuer=ENDED).der()),
    "generation has not begun": (UNTRUSTED, lambda: LEAF.but(issuer=COMING).der()),
    # weak
    "MD5": (UNTRUSTED, lambda: chains.signed_weakly(LEAF, 0x04, hashes.MD5())),  # noqa: S303
    "SHA-1": (UNTRUSTED, lambda: chains.signed_weakly(LEAF, 0x05, hashes.SHA1())),  # noqa: S303
    "SHA-224": (UNTRUSTED, lambda: LEAF.but(digest=hashes.SHA224()).der()),
    "PSS, which no card has": (UNTRUSTED, lambda: LEAF.but(pss=True).der()),
    "two algorithms named": (UNTRUSTED, lambda: chains.with_other_outer_algorithm(LEAF)),
    "RSA-1024": (UNTRUSTED, lambda: LEAF.but(key=rsa_key("short", 1024)).der()),
    "P-224": (UNTRUSTED, lambda: LEAF.but(key=ec.generate_private_key(ec.SECP224R1())).der()),
    "Ed25519, which no card has": (UNTRUSTED, lambda: LEAF.but(key=ed25519.Ed25519PrivateKey.generate()).der()),
    # critical extensions
    "unknown critical": (UNTRUSTED, lambda: LEAF.plus(_unknown(), critical=True).der()),
    "critical name constraints": (
        UNTRUSTED,
        lambda: LEAF.plus(x509.NameConstraints([x509.DNSName("example.com")], None), critical=True).der(),
    ),
    "critical policy constraints": (UNTRUSTED, lambda: LEAF.plus(x509.PolicyConstraints(0, None), critical=True).der()),
    "critical inhibitAnyPolicy": (UNTRUSTED, lambda: LEAF.plus(x509.InhibitAnyPolicy(0), critical=True).der()),
    "critical key id": (UNTRUSTED, lambda: LEAF.plus(x509.SubjectKeyIdentifier(b"1"), critical=True).der()),
    "usage not critical": (UNTRUSTED, lambda: LEAF.instead(usage("digital_signature"), critical=False).der()),
    # times
    "begins tomorrow": (BadReason.NOT_YET_VALID, lambda: LEAF.but(start=NOW + DAY).der()),
    "begins in a second": (BadReason.NOT_YET_VALID, lambda: LEAF.but(start=NOW + SECOND).der()),
    "ended yesterday": (BadReason.EXPIRED, lambda: LEAF.but(end=NOW - DAY).der()),
    "ended a second ago": (BadReason.EXPIRED, lambda: LEAF.but(end=NOW - SECOND).der()),
    "ended together with its generation": (BadReason.EXPIRED, lambda: LEAF.but(issuer=ENDED, end=NOW - DAY).der()),
    # usage
    "no usage": (USAGE, lambda: LEAF.without(x509.KeyUsage).der()),
    "encipherment only": (USAGE, lambda: LEAF.instead(usage("key_encipherment")).der()),
    "agreement only": (USAGE, lambda: LEAF.instead(usage("key_agreement")).der()),
    "signing certificate": (USAGE, lambda: LEAF.instead(usage("digital_signature", "content_commitment")).der()),
    "may sign certificates": (USAGE, lambda: LEAF.instead(usage("digital_signature", "key_cert_sign")).der()),
    "may sign CRLs": (USAGE, lambda: LEAF.instead(usage("digital_signature", "crl_sign")).der()),
    "a CA": (USAGE, lambda: LEAF.plus(x509.BasicConstraints(ca=True, path_length=0), critical=True).der()),
    "the generation itself": (USAGE, lambda: generation(3).certificate.public_bytes(serialization.Encoding.DER)),
    "OCSP responder": (
        USAGE,
        lambda: LEAF.plus(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False).der(),
    ),
    "TLS server": (
        USAGE,
        lambda: LEAF.plus(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False).der(),
    ),
    # policy
    "no policy": (POLICY_REASON, lambda: LEAF.without(x509.CertificatePolicies).der()),
    "another policy": (POLICY_REASON, lambda: LEAF.instead(_policies("2.999.5.2")).der()),
    "a policy below ours": (POLICY_REASON, lambda: LEAF.instead(_policies(POLICY_OID + ".1")).der()),
    "the policy above ours": (POLICY_REASON, lambda: LEAF.instead(_policies("2.999.5")).der()),
    "any policy": (POLICY_REASON, lambda: LEAF.instead(_policies("2.5.29.32.0")).der()),
    "the policy of the signing certificate": (
        POLICY_REASON,
        lambda: LEAF.instead(_policies("1.2.392.200149.8.5.1.1.20")).der(),
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_proper_certificate_has_a_path_to_the_generation_that_signed_it(case: str) -> None:
    der = GOOD[case]()
    path = CHECKER.check(der, NOW)
    assert isinstance(path, AuthenticPath)
    x509.load_der_x509_certificate(der).verify_directly_issued_by(path.issuer.certificate)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_chain_is_refused_for_its_reason(case: str) -> None:
    reason, make = BAD[case]
    assert CHECKER.check(make(), NOW) == Bad(reason)


def test_a_generation_that_is_not_pinned_has_no_say_though_its_name_is_shared() -> None:
    only_third = PathChecker(TrustAnchors.from_certificates([generation(3).certificate]), POLICY)
    assert only_third.check(LEAF.but(issuer=generation(2)).der(), NOW) == Bad(BadReason.UNTRUSTED)
    assert isinstance(only_third.check(LEAF.der(), NOW), AuthenticPath)


def test_no_single_changed_octet_leaves_a_certificate_acceptable() -> None:
    der = bytearray(LEAF.der())
    for at in range(len(der)):
        for mask in (0x01, 0x80):
            der[at] ^= mask
            assert isinstance(CHECKER.check(bytes(der), NOW), Bad), f"octet {at}"
            der[at] ^= mask


def test_a_certificate_cut_anywhere_is_malformed() -> None:
    der = LEAF.der()
    assert {CHECKER.check(der[:length], NOW) for length in range(len(der))} == {Bad(BadReason.MALFORMED)}


OURS_ALONE = {
    "one octet more", "filler of the card not cut off", "two certificates", "larger than any",
    "our key under a name in other capitals",
    "SHA-224", "PSS, which no card has", "P-224", "Ed25519, which no card has",
    "critical name constraints", "critical policy constraints", "critical inhibitAnyPolicy", "usage not critical",
    "no usage", "agreement only", "signing certificate", "may sign certificates", "may sign CRLs", "a CA",
    "any policy",
}  # fmt: skip
"""What OpenSSL lets pass: it looks at less, knows more algorithms, or has a wider notion of a client."""


def _openssl_accepts(der: bytes, folder: Path) -> bool:
    """Ask `openssl verify` about the same chain, time, purpose and policy."""
    roots = chains.write_pem(folder / "roots.pem", *(each.certificate for each in PINNED))
    leaf = folder / "leaf.der"
    leaf.write_bytes(der)
    command = [
        "openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", str(roots), "-attime", str(int(NOW.timestamp())),
        "-purpose", "sslclient", "-policy", POLICY_OID, "-explicit_policy", "-auth_level", "2", str(leaf),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0


@pytest.mark.parametrize("case", GOOD)
def test_openssl_accepts_what_we_accept(case: str, tmp_path: Path) -> None:
    # OpenSSL finds issuers by name and key id, so without a key id it takes the first of several generations; and it calls
    # the last second of a validity over, which RFC 5280, 4.1.2.5 includes.
    theirs_alone = {"without the issuer's key id", "to this second"}
    assert _openssl_accepts(GOOD[case](), tmp_path) == (case not in theirs_alone)


@pytest.mark.parametrize("case", BAD)
def test_openssl_refuses_what_we_refuse_except_where_we_are_stricter(case: str, tmp_path: Path) -> None:
    assert _openssl_accepts(BAD[case][1](), tmp_path) == (case in OURS_ALONE)


SIGNATURES = PathChecker(ANCHORS, replace(POLICY, usage=Usage.SIGNATURE))


def test_each_of_the_two_verifiers_refuses_the_certificates_of_the_other() -> None:
    signing = LEAF.instead(usage("digital_signature", "content_commitment")).der()
    assert isinstance(SIGNATURES.check(signing, NOW), AuthenticPath)
    assert CHECKER.check(signing, NOW) == Bad(BadReason.WRONG_USAGE)
    assert isinstance(CHECKER.check(LEAF.der(), NOW), AuthenticPath)
    assert SIGNATURES.check(LEAF.der(), NOW) == Bad(BadReason.WRONG_USAGE)


def test_a_ca_signs_no_application() -> None:
    issuing = LEAF.instead(usage("digital_signature", "content_commitment", "key_cert_sign")).der()
    assert SIGNATURES.check(issuing, NOW) == Bad(BadReason.WRONG_USAGE)
