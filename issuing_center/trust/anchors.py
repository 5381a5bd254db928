"""The pinned CA generations: where every path ends.

Several generations share one name, and two or three are valid at once; so an issuer is never found by name, only by the
key that made the signature. What the card itself brings as its CA certificate is not looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from issuing_center.deployment import SANDBOX_MARKER_OID, Mode, current_mode
from issuing_center.trust.policy import SOUND_SIGNATURES

GenerationKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class AnchorError(ValueError):
    """A file given as trust anchor is not one; a mistake of the settings, found at start."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One pinned CA certificate with what is needed of it at each visit."""

    certificate: x509.Certificate = field(repr=False)
    key: GenerationKey = field(repr=False)
    key_id: bytes
    """SHA-1 over the subject public key."""
    name_der: bytes = field(repr=False)
    key_bits: bytes = field(repr=False)
    """The key as in the BIT STRING of its certificate, without the header."""

    def has_signed(self, certificate: x509.Certificate) -> bool:
        """Tell whether this generation's key signed the certificate; names and algorithm must fit too."""
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True

    def name_hash(self, algorithm: hashes.HashAlgorithm) -> bytes:
        """Hash the distinguished name, as an OCSP CertID has it (RFC 6960, 4.1.1)."""
        return _digest(self.name_der, algorithm)

    def key_hash(self, algorithm: hashes.HashAlgorithm) -> bytes:
        """Hash the public key (BIT STRING without its header), as an OCSP CertID has it (RFC 6960, 4.1.1)."""
        return _digest(self.key_bits, algorithm)


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """All pinned generations, in the order given."""

    generations: tuple[Generation, ...]

    @classmethod
    def from_pem_files(cls, paths: Iterable[Path]) -> "TrustAnchors":
        """Read one or more PEM files with CA certificates.

        Raises AnchorError for an empty set, a file without certificates, a certificate that is no sound self-signed CA,
        and in a production process for any CA of the sandbox. OSError passes.
        """
        certificates: list[x509.Certificate] = []
        for path in paths:
            try:
                certificates += x509.load_pem_x509_certificates(path.read_bytes())
            except ValueError as error:
                raise AnchorError(f"{path.name} holds no certificate that can be read") from error
        return cls.from_certificates(certificates)

    @classmethod
    def from_certificates(cls, certificates: Sequence[x509.Certificate]) -> "TrustAnchors":
        """Pin CA certificates that are already loaded; raises AnchorError as `from_pem_files` does."""
        if not certificates:
            raise AnchorError("no trust anchor given")
        return cls(tuple(_generation(certificate, place) for place, certificate in enumerate(certificates, 1)))

    def issuer_of(self, certificate: x509.Certificate) -> Generation | None:
        """Find the generation whose key signed the certificate; None when none of them did."""
        return next((each for each in self.generations if each.has_signed(certificate)), None)

    def by_key_id(self, key_id: bytes) -> Generation | None:
        """Find a generation by its key id; None when it is not pinned."""
        return next((each for each in self.generations if each.key_id == key_id), None)


def _generation(certificate: x509.Certificate, place: int) -> Generation:
    """Check one certificate as an anchor; `place` counts from 1 and names it in the error."""
    try:
        extensions = certificate.extensions
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
        raise AnchorError(f"trust anchor {place} is not a self-signed CA certificate") from error
    if not (constraints.ca and usage.key_cert_sign and usage.crl_sign):
        raise AnchorError(f"trust anchor {place} may not sign certificates and CRLs")
    if certificate.signature_algorithm_oid.dotted_string not in SOUND_SIGNATURES:
        raise AnchorError(f"trust anchor {place} is signed with a weak algorithm")
    if current_mode() is not Mode.SANDBOX and any(
        extension.oid.dotted_string == SANDBOX_MARKER_OID for extension in extensions
    ):
        raise AnchorError(f"trust anchor {place} belongs to the sandbox")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) or key.key_size < _minimum_bits(key):
        raise AnchorError(f"trust anchor {place} has a weak key")
    return Generation(
        certificate=certificate,
        key=key,
        key_id=x509.SubjectKeyIdentifier.from_public_key(key).digest,
        name_der=certificate.subject.public_bytes(),
        key_bits=_key_bits(key),
    )


def _minimum_bits(key: GenerationKey) -> int:
    """Give the least size for a key of this type: 2,048 bits for RSA, 256 for a curve (SP 800-57, 112 bits)."""
    return 2048 if isinstance(key, rsa.RSAPublicKey) else 256


def _key_bits(key: GenerationKey) -> bytes:
    """Give the content of subjectPublicKey (RFC 5280, 4.1.2.7): PKCS#1 for RSA, the uncompressed point for a curve."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _digest(content: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return digest.finalize()
