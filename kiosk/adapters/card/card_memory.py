"""What a virtual card keeps under its file ids, and how a card file is written into it."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from kiosk.adapters.card.card_file import CardFile

CERTIFICATE_FILLER = 64
"""Bytes FF after a certificate: the file is longer than what it holds."""

_PRESENT, _ABSENT = b"\x8f", b"\x00"


@dataclass(slots=True)
class Pin:
    """A PIN file with its counter."""

    value: bytes | None = field(repr=False)
    """None: nothing typed is ever right."""
    tries_left: int
    tries_max: int
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Data:
    """A transparent file."""

    content: bytes = field(repr=False)
    pin: Pin | None = None
    """What must be verified before reading."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key file; never readable."""

    key: rsa.RSAPrivateKey | None = field(repr=False)
    pin: Pin | None = None


File = Data | Key | Pin


def personalise(file: CardFile) -> dict[int, File]:
    """Write a card file into the files of JPKI-AP; what the card file leaves out does not exist on the card."""
    auth, sign = file.auth, file.sign
    list_of_certificates = (
        (_PRESENT if sign is not None and sign.certificate else _ABSENT)
        + (_PRESENT if auth is not None and auth.certificate else _ABSENT)
        + b"\x00"
    )
    files: dict[int, File] = {
        0x0006: Data(token_info(file.token_label)),
        0x0008: Data(list_of_certificates),
        0x0016: Key(None),
    }
    if auth is not None:
        pin = _pin(auth.pin, auth.tries_left, auth.tries_max)
        if auth.certificate:
            files[0x000A] = _certificate(auth.certificate, pin if auth.certificate_needs_pin else None)
        files[0x000B] = _certificate(auth.ca_certificate, None)
        files[0x0017] = Key(_private_key(auth.private_key), pin)
        files[0x0018] = pin
    if sign is not None:
        pin = _pin(sign.password, sign.tries_left, sign.tries_max)
        if sign.certificate:
            files[0x0001] = _certificate(sign.certificate, pin)
        files[0x0002] = _certificate(sign.ca_certificate, None)
        files[0x001A] = Key(_private_key(sign.private_key), pin)
        files[0x001B] = pin
    return files


def token_info(label: str) -> bytes:
    """Build EF 0006: a PKCS#11 CK_TOKEN_INFO with 32-bit big-endian integers, 160 bytes."""
    texts = label.ljust(32) + "SPECIMEN".ljust(32) + "VIRTUAL".ljust(16) + "0".ljust(16)
    flags, unlimited, unknown = 0x040D, 0, 0xFFFFFFFF
    numbers = (flags, unlimited, 0, unlimited, 0, 16, 4, unknown, unknown, unknown, unknown)
    return texts.encode("ascii") + b"".join(n.to_bytes(4) for n in numbers) + b"0301" + b"0" * 16


def _pin(value: str | None, tries_left: int, tries_max: int) -> Pin:
    return Pin(value.encode("ascii") if value is not None else None, tries_left, tries_max)


def _certificate(der: bytes, pin: Pin | None) -> Data:
    return Data(der + b"\xff" * CERTIFICATE_FILLER, pin)


def _private_key(pkcs8: bytes | None) -> rsa.RSAPrivateKey | None:
    if pkcs8 is None:
        return None
    # The check of an RSA key takes 33 ms, a hundred times the rest; a bad key shows in its signatures.
    key = load_der_private_key(pkcs8, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a card of the 2016 generation holds RSA keys")
    return key
