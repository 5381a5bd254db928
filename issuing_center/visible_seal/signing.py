"""Signing a statement, and telling whether a seal was signed by a key. Whose key it is, is for certificates to say."""

import hashlib
from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from issuing_center.keys import SigningKey
from issuing_center.visible_seal.encoding import (
    REFERENCE_CHARACTERS,
    SIGNATURE,
    SIGNATURE_BYTES,
    MalformedSeal,
    Statement,
    read_statement,
    statement_bytes,
)

SIGNER = "JPCK"
"""Who signs: Japan, certificate kiosk. The certificate reference tells one center from another."""


def certificate_reference(certificate: x509.Certificate) -> str:
    """Give the reference of a certificate: the first six hexadecimal digits of the SHA-256 of its DER, in capitals."""
    digest = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
    return digest[:REFERENCE_CHARACTERS].upper()


@dataclass(frozen=True, slots=True)
class Sealer:
    """Signs statements in the name of one certificate."""

    key: SigningKey = field(repr=False)
    reference: str
    """`certificate_reference` of the key's certificate."""

    @classmethod
    def of(cls, key: SigningKey, certificate: x509.Certificate) -> "Sealer":
        """Make one of a key and its certificate."""
        return cls(key, certificate_reference(certificate))

    def seal(self, statement: Statement) -> bytes:
        """Give the bytes of the code; signer and certificate are filled in here. Raises TooMuchError."""
        signed = statement_bytes(replace(statement, signer=SIGNER, certificate=self.reference))
        r, s = decode_dss_signature(self.key.sign(signed))
        half = SIGNATURE_BYTES // 2
        return signed + bytes((SIGNATURE, SIGNATURE_BYTES)) + r.to_bytes(half, "big") + s.to_bytes(half, "big")


def is_signed_by(data: bytes, key: ec.EllipticCurvePublicKey) -> bool:
    """Tell whether a seal is well formed and signed by this key."""
    half = SIGNATURE_BYTES // 2
    try:
        _, signed, raw = read_statement(data)
        signature = encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except (MalformedSeal, InvalidSignature):
        return False
    return True
