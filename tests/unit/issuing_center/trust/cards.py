"""Reading the sandbox's virtual cards."""

import json
from base64 import b64decode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from issuing_center.sandbox import SandboxFolder


def certificate_of(folder: SandboxFolder, persona: str) -> bytes:
    """Give the authentication certificate on a persona's card, DER."""
    return b64decode(json.loads(folder.card(persona).read_text("utf-8"))["auth"]["certificate"])


def signature_of(folder: SandboxFolder, persona: str, statement: bytes) -> bytes:
    """Sign as the card does."""
    der = b64decode(json.loads(folder.card(persona).read_text("utf-8"))["auth"]["private_key"])
    key = serialization.load_der_private_key(der, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(statement, padding.PKCS1v15(), hashes.SHA256())
