"""Keys that sign in the name of the center: whoever signs holds one of these and never learns where the secret lies.

A key in a file is for the sandbox and for small installations; a key in a token (`keys.token`) never enters our memory.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class KeyUnusableError(ValueError):
    """A key or its certificate is missing, of another kind, or they do not belong together; the text says which."""


class SigningKey(Protocol):
    """A P-256 key that signs."""

    def sign(self, message: bytes) -> bytes:
        """Sign a message: ECDSA with SHA-256, DER. May wait for its turn; never call it inside an event loop."""
        ...

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Give the public half."""
        ...


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Where a key lies in a PKCS#11 token."""

    module: Path
    """The token's PKCS#11 library."""
    token: str
    """Label of the token."""
    label: str
    """Label of the private key and of its public half."""
    pin_file: Path
    """A file with the user PIN in its first line; read once and not kept."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key from a file, in our memory."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Sign; the same message always gets the same signature (RFC 6979), so that a drawing can be repeated."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Give the public half."""
        return self.key.public_key()


def load_file_key(path: Path) -> FileKey:
    """Read a PEM file. Raises KeyUnusableError; OSError if it cannot be read."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise KeyUnusableError("keys.document must be a PEM key without a password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusableError("keys.document must be a P-256 key")
    return FileKey(key)


def load_certificates(path: Path, key: SigningKey) -> tuple[x509.Certificate, ...]:
    """Read the certificate of a key and, after it, those of its authorities (PEM).

    Raises KeyUnusableError unless the first is the key's own, which is tried by a signature; OSError as usual.
    """
    try:
        certificates = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except ValueError as error:
        raise KeyUnusableError("keys.certificate must be certificates in PEM") from error
    public = certificates[0].public_key()
    trial = b"certificate kiosk: does this key belong to this certificate?"
    try:
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise KeyUnusableError("keys.certificate must be of a P-256 key")
        public.verify(key.sign(trial), trial, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise KeyUnusableError("keys.certificate is not of keys.document") from error
    return certificates
