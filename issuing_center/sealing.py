"""Seals what concerns a person to the key of one visit, opens what a visit seals to the center, and signs documents.

The public key comes with the card's signature over it (design: sealed to the visit); this module neither knows nor asks
whose key it is.
"""

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from issuing_center import wire
from issuing_center.keys import SigningKey

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MLKEM_BYTES = 1184
_MLKEM_SEED_BYTES = 64
_SEED_BYTES = _MLKEM_SEED_BYTES + 32


class BadPublicKeyError(ValueError):
    """The visit's public key is not two raw keys that something can be sealed to."""


def visit_key(raw: bytes) -> MLKEM768X25519PublicKey:
    """Rebuild a visit's public key from its 1,184 + 32 raw bytes; raises BadPublicKeyError."""
    if len(raw) != wire.PUBLIC_KEY_BYTES:
        raise BadPublicKeyError
    try:
        return MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_BYTES]),
            x25519.X25519PublicKey.from_public_bytes(raw[_MLKEM_BYTES:]),
        )
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadPublicKeyError from error


def seal(plain: bytes, key: MLKEM768X25519PublicKey, binding: bytes) -> bytes:
    """Seal bytes to a visit's key, bound to `binding` (RFC 9180 base mode, single shot).

    Raises BadPublicKeyError for a key that only looks like one: X25519 has points that lead to no secret (RFC 7748, 6.1).
    """
    try:
        return _SUITE.encrypt(plain, key, info=binding)
    except ValueError as error:
        raise BadPublicKeyError from error


class NotSealedHereError(Exception):
    """A sealed message does not open with this key under this binding. Says nothing of its content."""


class CenterKey:
    """The center's own key pair of one visit, derived: every worker has it, and nothing of it is stored."""

    def __init__(self, secret: bytes, visit_id: str) -> None:
        """Derive from the center's secret, which never leaves it, and the visit's random id."""
        label = wire.canonical("certificate-kiosk center key of a visit v1", visit_id)
        seed = HKDF(hashes.SHA256(), _SEED_BYTES, None, label).derive(secret)
        kem = mlkem.MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED_BYTES])
        curve = x25519.X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED_BYTES:])
        self._private = MLKEM768X25519PrivateKey(kem, curve)
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        self.public_bytes = kem.public_key().public_bytes(*raw) + curve.public_key().public_bytes(*raw)
        """What the terminal seals to: 1,184 + 32 raw bytes."""

    def open(self, sealed: bytes, binding: bytes) -> bytes:
        """Open a sealed message under the binding it must have; raises NotSealedHereError."""
        try:
            return _SUITE.decrypt(sealed, self._private, info=binding)
        except (InvalidTag, ValueError):
            raise NotSealedHereError from None


def sign_document(key: SigningKey, binding: bytes, sealed: bytes) -> bytes:
    """Sign a sealed document with the center's P-256 key; DER-encoded ECDSA with SHA-256."""
    return key.sign(wire.document_statement(binding, sealed))


def verify_outcome(key: ec.EllipticCurvePublicKey, outcome: bytes, signature: bytes) -> bool:
    """Tell whether a kiosk's device key signed this outcome."""
    try:
        key.verify(signature, wire.outcome_statement(outcome), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
