"""What a virtual card keeps under its file ids, and how a card file is written into it."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from kiosk.adapters.card.card_file import AttributesPart, CardFile

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
    lengths: tuple[int, int] = (4, 4)
    """Shortest and longest that a change may write."""


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
        pin = _pin(sign.password, sign.tries_left, sign.tries_max, (6, 16))
        if sign.certificate:
            files[0x0001] = _certificate(sign.certificate, pin)
        files[0x0002] = _certificate(sign.ca_certificate, None)
        files[0x001A] = Key(_private_key(sign.private_key), pin)
        files[0x001B] = pin
    return files


def personalise_attributes(part: AttributesPart) -> dict[int, File]:
    """Write the files of 券面事項入力補助AP that its PIN opens, that PIN, and the one that is blocked on every card seen."""
    pin = _pin(part.pin, part.tries_left, part.tries_max)
    return {
        0x0001: Data(b"\xff\x10\x0c" + part.my_number.encode("ascii") + b"\xff\xff", pin),
        0x0002: Data(attributes_file(part), pin),
        0x0011: pin,
        0x0012: Pin(None, 0, 3),
    }


def attributes_file(part: AttributesPart) -> bytes:
    """Build EF 0002: FF20 with the offsets of the four objects from the start of the file, and those objects."""
    texts = (part.name, part.address, part.birth_date, part.sex)
    objects = [_object(0xDF22 + place, text.encode()) for place, text in enumerate(texts)]
    table_bytes, body_bytes = 3 + 2 * len(objects), sum(len(each) for each in objects)
    first = len(_object(0xFF20, bytes(table_bytes + body_bytes))) - body_bytes
    starts = [first + sum(len(each) for each in objects[:place]) for place in range(len(objects))]
    table = _object(0xDF21, b"".join(start.to_bytes(2) for start in starts))
    return _object(0xFF20, table + b"".join(objects))


def _object(tag: int, content: bytes) -> bytes:
    """Write a BER-TLV object with a two-byte tag and a length of up to two bytes."""
    length = len(content)
    match length:
        case _ if length < 0x80:
            head = bytes((length,))
        case _ if length < 0x100:
            head = bytes((0x81, length))
        case _:
            head = b"\x82" + length.to_bytes(2)
    return tag.to_bytes(2) + head + content


def token_info(label: str) -> bytes:
    """Build EF 0006: a PKCS#11 CK_TOKEN_INFO with 32-bit big-endian integers, 160 bytes."""
    texts = label.ljust(32) + "SPECIMEN".ljust(32) + "VIRTUAL".ljust(16) + "0".ljust(16)
    flags, unlimited, unknown = 0x040D, 0, 0xFFFFFFFF
    numbers = (flags, unlimited, 0, unlimited, 0, 16, 4, unknown, unknown, unknown, unknown)
    return texts.encode("ascii") + b"".join(n.to_bytes(4) for n in numbers) + b"0301" + b"0" * 16


def _pin(value: str | None, tries_left: int, tries_max: int, lengths: tuple[int, int] = (4, 4)) -> Pin:
    return Pin(value.encode("ascii") if value is not None else None, tries_left, tries_max, lengths=lengths)


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
