"""Writing the sandbox's files: whole or not at all, and keys readable by their owner only."""

import json
import os
from pathlib import Path
from secrets import token_hex

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read (0600), replacing an older one in one step."""
    _replace(path, content, 0o600)


def write_plain(path: Path, content: bytes) -> None:
    """Write a file that is no secret (0644), replacing an older one in one step."""
    _replace(path, content, 0o644)


def write_json(path: Path, content: object, *, secret: bool = False) -> None:
    """Write JSON in UTF-8, readable by people."""
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    _replace(path, text.encode(), 0o600 if secret else 0o644)


def write_pair(certificate_path: Path, key_path: Path, certificate: x509.Certificate, key: PrivateKey) -> None:
    """Write a certificate (PEM) and its private key (PEM, PKCS#8, not encrypted, 0600)."""
    write_plain(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
    write_secret(key_path, private_pem(key))


def private_pem(key: PrivateKey) -> bytes:
    """Give a private key as PEM, PKCS#8, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_certificate(path: Path) -> x509.Certificate:
    """Read the first certificate of a PEM file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def read_key(path: Path) -> PrivateKey:
    """Read a private key; raises TypeError for a kind the sandbox never makes."""
    # The arithmetic of an RSA key is not checked again: the sandbox made it, and six checks cost a fifth of a second.
    key = serialization.load_pem_private_key(path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path.name} holds another kind of key")
    return key


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Write beside the target and rename: a reader sees the old file or the new one, never a part."""
    beside = path.with_name(f".{path.name}.{token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    beside.replace(path)
