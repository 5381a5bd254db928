"""A key that is the same in every run, so that what it signs can be compared; and certificates for it."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from issuing_center.keys import FileKey, SigningKey
from issuing_center.visible_seal import Sealer

KEY = FileKey(ec.derive_private_key(0x5EA1, ec.SECP256R1()))
SEALER = Sealer(KEY, "5EA150")
_AUTHORITY = ec.derive_private_key(0xCA, ec.SECP256R1())


def _name(words: str) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "JP")
    return x509.Name([country, x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _usage(*names: str) -> x509.KeyUsage:
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{each: each in names for each in every})


def _certificate(subject: str, key: ec.EllipticCurvePublicKey, serial: int, usage: x509.KeyUsage) -> x509.Certificate:
    now = datetime.now(UTC).replace(microsecond=0)
    authority = usage.key_cert_sign
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name("Test authority (fictitious)"))
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(_AUTHORITY.public_key()), critical=False)
        .sign(_AUTHORITY, hashes.SHA256())
    )


@cache
def certificates_of(key: SigningKey, serial: int = 0x80) -> tuple[x509.Certificate, x509.Certificate]:
    """Give a certificate for a key, and that of its authority."""
    root = _certificate("Test authority (fictitious)", _AUTHORITY.public_key(), 1, _usage("key_cert_sign", "crl_sign"))
    own = _usage("digital_signature", "content_commitment")
    return _certificate("Test signer (fictitious)", key.public_key(), serial, own), root
