"""A small builder of certificates, good ones and bad ones. Its own code, so that no mistake of the sandbox is repeated."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

from issuing_center.trust import TrustPolicy

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
POLICY_OID = "2.999.5.1"
POLICY = TrustPolicy(required_policy_oid=POLICY_OID)
UNKNOWN_OID = x509.ObjectIdentifier("2.999.77.1")

Digest = hashes.SHA224 | hashes.SHA256 | hashes.SHA384

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def rsa_key(_purpose: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Make a key once a process."""
    return rsa.generate_private_key(65537, bits)


def name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sandbox Public Key Service (fictitious)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


SHARED_NAME = name("generations")


def usage(*bits: str) -> x509.KeyUsage:
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
    )
    named = {each: each in bits for each in every.split()}
    return x509.KeyUsage(**named, encipher_only=False, decipher_only=False)


@dataclass(frozen=True)
class Authority:
    """A CA certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def authority(
    purpose: str,
    *,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    start: datetime = NOW - timedelta(days=2000),
    end: datetime = NOW + timedelta(days=2000),
    subject: x509.Name = SHARED_NAME,
    constraints: x509.BasicConstraints | None = None,
    bits: tuple[str, ...] = ("key_cert_sign", "crl_sign"),
    digest: Digest | None = None,
    signer: rsa.RSAPrivateKey | None = None,
) -> Authority:
    key = key or rsa_key(purpose)
    constraints = constraints or x509.BasicConstraints(ca=True, path_length=None)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 77, start, end, [])
        .add_extension(constraints, critical=True)
        .add_extension(usage(*bits), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(signer or key, digest or hashes.SHA256())
    )
    return Authority(certificate, key)


@cache
def generation(number: int) -> Authority:
    """Three generations of one name, all valid at NOW."""
    return authority(f"generation {number}")


Extensions = tuple[tuple[x509.ExtensionType, bool], ...]


def card_extensions() -> Extensions:
    """What a card's certificate has, as far as it is looked at."""
    policy = x509.PolicyInformation(x509.ObjectIdentifier(POLICY_OID), None)
    return ((usage("digital_signature"), True), (x509.CertificatePolicies([policy]), True))


@dataclass(frozen=True)
class Leaf:
    """A certificate to be made; every field can be made wrong."""

    issuer: Authority = field(default_factory=lambda: generation(3))
    issuer_name: x509.Name | None = None
    signer: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None
    key: Key | None = None
    start: datetime = NOW - timedelta(days=100)
    end: datetime = NOW + timedelta(days=100)
    serial: int = 0x5EC1_3E11_5EC1_3E11
    digest: Digest = field(default_factory=hashes.SHA256)
    pss: bool = False
    extensions: Extensions = field(default_factory=card_extensions)
    names_issuer_key: bool = True
    """Whether an authority key identifier is added, if the extensions have none."""

    def but(self, **changes: object) -> "Leaf":
        """Give the same certificate with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # the names are checked at run time by replace

    def plus(self, extension: x509.ExtensionType, *, critical: bool) -> "Leaf":
        """Give the same certificate with one more extension."""
        return replace(self, extensions=(*self.extensions, (extension, critical)))

    def instead(self, extension: x509.ExtensionType, *, critical: bool = True) -> "Leaf":
        """Give the same certificate with an extension in the place of the one of its kind."""
        others = tuple(each for each in self.extensions if each[0].oid != extension.oid)
        return replace(self, extensions=((extension, critical), *others))

    def without(self, kind: type[x509.ExtensionType]) -> "Leaf":
        """Give the same certificate without the extension of this kind."""
        return replace(self, extensions=tuple(each for each in self.extensions if not isinstance(each[0], kind)))

    def der(self) -> bytes:
        """Make it."""
        signer = self.signer or self.issuer.key
        subject_key = (self.key or rsa_key("leaf")).public_key()
        builder = x509.CertificateBuilder(
            self.issuer_name or self.issuer.certificate.subject,
            name("SPECIMEN"),
            subject_key,
            self.serial,
            self.start,
            self.end,
            [],
        )
        for extension, critical in self.extensions:
            builder = builder.add_extension(extension, critical)
        if self.names_issuer_key and all(each[0].oid != x509.AuthorityKeyIdentifier.oid for each in self.extensions):
            key_id = x509.SubjectKeyIdentifier.from_public_key(self.issuer.key.public_key()).digest
            builder = builder.add_extension(x509.AuthorityKeyIdentifier(key_id, None, None), critical=False)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if self.pss else None
        certificate = builder.sign(signer, self.digest, rsa_padding=pss)
        return certificate.public_bytes(serialization.Encoding.DER)


_SHA256 = bytes.fromhex("06092a864886f70d01010b")


def signed_weakly(leaf: Leaf, last_octet: int, digest: hashes.HashAlgorithm) -> bytes:
    """Sign with a hash that the library refuses to use; the algorithm differs in the last octet of its identifier."""
    der = leaf.der()
    certificate = x509.load_der_x509_certificate(der)
    weak = _SHA256[:-1] + bytes([last_octet])
    tbs = certificate.tbs_certificate_bytes.replace(_SHA256, weak)
    signer = leaf.signer or leaf.issuer.key
    assert isinstance(signer, rsa.RSAPrivateKey)
    signature = signer.sign(tbs, padding.PKCS1v15(), digest)
    der = der.replace(certificate.tbs_certificate_bytes, tbs).replace(_SHA256, weak)
    return der.replace(certificate.signature, signature)


def with_other_outer_algorithm(leaf: Leaf) -> bytes:
    """Say SHA-384 outside and SHA-256 inside the signed part."""
    der = leaf.der()
    tbs = x509.load_der_x509_certificate(der).tbs_certificate_bytes
    before, signed, after = der.partition(tbs)
    return before + signed + after.replace(_SHA256, _SHA256[:-1] + b"\x0c", 1)


def write_pem(path: Path, *certificates: x509.Certificate) -> Path:
    path.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates))
    return path
