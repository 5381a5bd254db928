"""The shapes of the sandbox's certificates: those of the real cards under an organisation that does not exist.

Only shapes: which certificates there are, and for whom, is decided in `jpki`. Nothing is written here.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from issuing_center.deployment import SANDBOX_ARC, SANDBOX_MARKER_OID
from issuing_center.sandbox.files import PrivateKey

POLICY_OID = f"{SANDBOX_ARC}.1"
"""Certificate policy of the sandbox's authentication certificates."""

SIGNATURE_POLICY_OID = f"{SANDBOX_ARC}.2"
"""Certificate policy of the sandbox's signature certificates."""

_HOLDER_ARC = "1.2.392.200149.8.5.5"
"""Other names in the alternative name of a signature certificate: 1 name, 3 sex, 4 birth date, 5 address."""

ORGANISATION = "Sandbox (fictitious)"
"""Short, so that a certificate is about as long as a real one, and a card is read in as many commands."""


def name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    """Make a distinguished name in Japan, in the order given."""
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP")] + [x509.NameAttribute(*each) for each in parts])


def generation_name(purpose: str) -> x509.Name:
    """Give the name that all generations of one purpose share (`user authentication` or `digital signature`)."""
    return name(
        (NameOID.ORGANIZATION_NAME, ORGANISATION),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, purpose),
    )


def key_usage(*names: str) -> x509.KeyUsage:
    """Make a key usage with exactly these bits, named as in cryptography (`digital_signature`, ...)."""
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{each: each in names for each in every})


def authority(subject: x509.Name, key: PrivateKey, serial: int, start: datetime, end: datetime) -> x509.Certificate:
    """Make a self-signed CA certificate with the marker by which a production center refuses it."""
    return (
        _begin(subject, subject, key, serial, start, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(_key_id(key), critical=False)
        .add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier(SANDBOX_MARKER_OID), b"\x05\x00"), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def authentication_certificate(
    issuer: x509.Certificate,
    issuer_key: PrivateKey,
    key: rsa.RSAPrivateKey,
    serial: int,
    issue_number: str,
    start: datetime,
    end: datetime,
) -> x509.Certificate:
    """Make a certificate as on a card: a number for a name, no alternative name, a critical policy, directory CRL point."""
    subject = name((NameOID.COMMON_NAME, issue_number))
    point = name(
        (NameOID.ORGANIZATION_NAME, ORGANISATION),
        (NameOID.COMMON_NAME, "Shiomino CRLDP"),
    )
    organisation_ja = name((NameOID.ORGANIZATION_NAME, "見本認証サービス（架空）"))
    policy = x509.PolicyInformation(x509.ObjectIdentifier(POLICY_OID), None)
    return (
        _begin(subject, issuer.subject, key, serial, start, end)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(x509.CertificatePolicies([policy]), critical=True)
        .add_extension(x509.IssuerAlternativeName([x509.DirectoryName(organisation_ja)]), critical=False)
        .add_extension(
            x509.CRLDistributionPoints([x509.DistributionPoint([x509.DirectoryName(point)], None, None, None)]),
            critical=False,
        )
        .add_extension(_issuer_key_id(issuer), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def signature_certificate(
    issuer: x509.Certificate,
    issuer_key: PrivateKey,
    key: rsa.RSAPrivateKey,
    serial: int,
    issue_number: str,
    start: datetime,
    end: datetime,
    *,
    holder: tuple[str, str, str, str],
) -> x509.Certificate:
    """Make the other certificate of a card; `holder` is name, sex (1 or 2), birth date (era digit, YYYYMMDD), address."""
    subject = name((NameOID.COMMON_NAME, issue_number))
    point = name((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, "Shiomino CRLDP"))
    organisation_ja = name((NameOID.ORGANIZATION_NAME, "見本認証サービス（架空）"))
    policy = x509.PolicyInformation(x509.ObjectIdentifier(SIGNATURE_POLICY_OID), None)
    others = [
        x509.OtherName(x509.ObjectIdentifier(f"{_HOLDER_ARC}.{place}"), _utf8(text))
        for place, text in zip((1, 3, 4, 5), holder, strict=True)
    ]
    return (
        _begin(subject, issuer.subject, key, serial, start, end)
        .add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(x509.CertificatePolicies([policy]), critical=True)
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.IssuerAlternativeName([x509.DirectoryName(organisation_ja)]), critical=False)
        .add_extension(
            x509.CRLDistributionPoints([x509.DistributionPoint([x509.DirectoryName(point)], None, None, None)]),
            critical=False,
        )
        .add_extension(_issuer_key_id(issuer), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def responder_certificate(
    issuer: x509.Certificate,
    issuer_key: PrivateKey,
    key: PrivateKey,
    serial: int,
    common_name: str,
    start: datetime,
    end: datetime,
) -> x509.Certificate:
    """Make a delegated OCSP responder certificate (RFC 6960, 4.2.2.2)."""
    subject = name((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, common_name))
    return (
        _begin(subject, issuer.subject, key, serial, start, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(_issuer_key_id(issuer), critical=False)
        .add_extension(_key_id(key), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def service_certificate(
    issuer: x509.Certificate,
    issuer_key: PrivateKey,
    key: ec.EllipticCurvePrivateKey,
    serial: int,
    common_name: str,
    start: datetime,
    end: datetime,
    *,
    usage: x509.ObjectIdentifier | None,
    hosts: tuple[str, ...] = (),
    municipality: str | None = None,
) -> x509.Certificate:
    """Make a certificate of the center, a device or a municipality's clerk: a TLS server with `hosts`, a client, or a signer."""
    subject = name((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, common_name))
    if municipality is not None:
        unit = NameOID.ORGANIZATIONAL_UNIT_NAME, ORGANISATION
        subject = name((NameOID.ORGANIZATION_NAME, municipality), unit, (NameOID.COMMON_NAME, common_name))
    bits = ("digital_signature",) if usage is not None else ("digital_signature", "content_commitment")
    builder = (
        _begin(subject, issuer.subject, key, serial, start, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(*bits), critical=True)
        .add_extension(_issuer_key_id(issuer), critical=False)
        .add_extension(_key_id(key), critical=False)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(each) for each in hosts]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _utf8(text: str) -> bytes:
    """Write a DER UTF8String (X.690, 8.23)."""
    content = text.encode()
    length = len(content)
    head = bytes((length,)) if length < 0x80 else bytes((0x81, length))
    return b"\x0c" + head + content


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _begin(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, serial: int, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _key_id(key: PrivateKey) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def _issuer_key_id(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
        issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    )


def years(count: float) -> timedelta:
    """Give a span of years of 365.25 days: the sandbox's validities need no calendar."""
    return timedelta(days=365.25 * count)
