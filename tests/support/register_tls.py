"""Two authorities of a test, one of them foreign, and the certificates by which a center and a register know each other."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_USAGES = (
    "key_encipherment",
    "content_commitment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Credential:
    """A certificate with its key, as files."""

    certificate: Path
    key: Path

    @property
    def sha256(self) -> str:
        """Fingerprint in hexadecimal."""
        der = x509.load_pem_x509_certificate(self.certificate.read_bytes()).public_bytes(serialization.Encoding.DER)
        return hashlib.sha256(der).hexdigest()


class Authority:
    """An authority of a test, with a folder for what it certifies."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, _name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._issued = 0
        self.certificate = folder / f"{name}.pem"
        _write(self.certificate, self._sign(self._key, self._name, x509.BasicConstraints(ca=True, path_length=0)))

    def issue(self, name: str, usage: x509.ObjectIdentifier, host: str | None = None) -> Credential:
        """Certify a new key for a TLS server (with its address) or client."""
        key = ec.generate_private_key(ec.SECP256R1())
        more: list[x509.ExtensionType] = [x509.ExtendedKeyUsage([usage])]
        if host is not None:
            more.append(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]))
        issued = Credential(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        end = x509.BasicConstraints(ca=False, path_length=None)
        _write(issued.certificate, self._sign(key, _name(name), end, more))
        issued.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return issued

    def _sign(
        self,
        key: ec.EllipticCurvePrivateKey,
        subject: x509.Name,
        constraints: x509.BasicConstraints,
        more: list[x509.ExtensionType] | None = None,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        self._issued += 1
        authority = constraints.ca
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(self._issued)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(constraints, critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not authority,
                    key_cert_sign=authority,
                    crl_sign=authority,
                    **dict.fromkeys(_USAGES, False),
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for extension in more or []:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Fictitious {common}")])


def _write(file: Path, certificate: x509.Certificate) -> None:
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@dataclass(frozen=True)
class Credentials:
    """Everybody's."""

    authority: Authority
    foreign: Authority
    server: Credential
    center: Credential
    other_center: Credential
    """Of the same authority, and on nobody's list."""


def make_credentials(folder: Path) -> Credentials:
    """Make both authorities and what they certify."""
    folder.mkdir()
    authority, foreign = Authority(folder, "authority"), Authority(folder, "foreign")
    client = ExtendedKeyUsageOID.CLIENT_AUTH
    return Credentials(
        authority,
        foreign,
        server=authority.issue("register", ExtendedKeyUsageOID.SERVER_AUTH, "127.0.0.1"),
        center=authority.issue("center", client),
        other_center=authority.issue("other-center", client),
    )
