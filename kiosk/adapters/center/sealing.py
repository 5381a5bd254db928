"""The key of one visit: made in memory, shown to the center under the card's signature, gone with the visit.

Nothing that was sealed to it can be opened by another visit, another kiosk or the next resident (INV-1, INV-13).
"""

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

from issuing_center import wire

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


_MLKEM_BYTES = 1184


class NotForThisVisitError(Exception):
    """A sealed message does not open with this visit's key under this binding. Says nothing of its content."""


class VisitKey:
    """An ephemeral hybrid key pair (ML-KEM-768 and X25519), used for HPKE (RFC 9180)."""

    def __init__(self) -> None:
        kem, curve = mlkem.MLKEM768PrivateKey.generate(), x25519.X25519PrivateKey.generate()
        self._private: MLKEM768X25519PrivateKey | None = MLKEM768X25519PrivateKey(kem, curve)
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        self.public_bytes = kem.public_key().public_bytes(*raw) + curve.public_key().public_bytes(*raw)
        """What the statement names and the center seals to: 1,184 + 32 raw bytes."""

    def open(self, sealed: bytes, binding: bytes) -> bytes:
        """Open a sealed message under the binding it must have; raises NotForThisVisitError."""
        if self._private is None:
            raise NotForThisVisitError
        try:
            return _SUITE.decrypt(sealed, self._private, info=binding)
        except (InvalidTag, ValueError):
            # The cause could carry lengths of what was sealed; the fact is enough.
            raise NotForThisVisitError from None

    def forget(self) -> None:
        """Drop the private key; from here on nothing opens."""
        self._private = None


def seal_to_center(plain: bytes, public_key: bytes, binding: bytes) -> bytes:
    """Seal bytes to the center's key of a visit: 1,184 + 32 raw bytes. Raises ValueError for a key that is none."""
    kem = mlkem.MLKEM768PublicKey.from_public_bytes(public_key[:_MLKEM_BYTES])
    curve = x25519.X25519PublicKey.from_public_bytes(public_key[_MLKEM_BYTES:])
    return _SUITE.encrypt(plain, MLKEM768X25519PublicKey(kem, curve), info=binding)


def signed_by_center(key: ec.EllipticCurvePublicKey, binding: bytes, sealed: bytes, signature: bytes) -> bool:
    """Tell whether the center signed this sealed document under this binding."""
    try:
        key.verify(signature, wire.document_statement(binding, sealed), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
