"""Who stands behind a settings package: a signature over its exact bytes by a key of the municipality.

Ed25519: one key size, no parameters, no random number to get wrong. The drawing of the seal is covered through the digest
that the package names.
"""

import base64
import binascii
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LABEL = b"certificate-kiosk settings package 1\n"
"""Keeps a signature over a package from being one over anything else."""


def sign(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """Sign the bytes of settings.toml; gives the content of settings.sig."""
    return base64.b64encode(key.sign(_LABEL + content)) + b"\n"


def is_signed(content: bytes, signature: bytes, keys: Iterable[Ed25519PublicKey]) -> bool:
    """Tell whether one of the municipality's keys signed exactly these bytes; never by way of an exception."""
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
    except binascii.Error:
        return False
    for key in keys:
        try:
            key.verify(raw, _LABEL + content)
        except InvalidSignature:
            continue
        return True
    return False
