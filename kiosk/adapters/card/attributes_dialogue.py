"""The dialogue with 券面事項入力補助AP: from four digits to the four attributes of the holder.

Before anything of it is asked, the card shows by its authentication certificate that it is the one that opened the visit:
a try is never spent on the card of somebody else. The individual number lies in the same application and is opened by the
same PIN; this dialogue selects the attributes' file alone, and reads nothing by short id.
"""

import hashlib
import hmac
from typing import assert_never

from kiosk.adapters.card import commands
from kiosk.adapters.card.attributes_file import HEAD_BYTES, MalformedFileError, parse_attributes, whole_length
from kiosk.adapters.card.commands import Blocked, Ended, Unread, Wrong
from kiosk.adapters.card.transport import CardLost, ReaderAway, Transport
from kiosk.ports.attributes import (
    AnotherCard,
    AttributesBlocked,
    CardAttributes,
    NoAttributes,
    ReadyForAttributes,
    WrongAttributesPin,
)
from kiosk.ports.card import (
    PIN_LENGTH,
    AttributesInspection,
    AttributesReading,
    CardRemoved,
    PinBuffer,
    ReaderUnavailable,
)

ATTRIBUTES_AID = bytes.fromhex("D3921000310001010408")
EF_AUTHENTICATION_CERTIFICATE = 0x000A
EF_ATTRIBUTES = 0x0002
EF_PIN = 0x0011

MAX_TRIES = 3
"""Limit of the PIN for 券面事項入力補助; a card that claims more is not believed."""
_NOT_FOUND = 0x6A82


def inspect(transport: Transport, certificate_sha256: bytes) -> AttributesInspection:
    """Find out whether the visit's own card can be asked, and how many tries are left, spending none.

    Ten commands for a certificate of 1,005 bytes. Raises ValueError, before the first command, for a digest of another
    length.
    """
    _require_digest(certificate_sha256)
    try:
        tries = _begin(transport, certificate_sha256)
        return ReadyForAttributes(tries) if isinstance(tries, int) else tries
    except Ended as end:
        return end.outcome
    except CardLost:
        return CardRemoved()
    except ReaderAway as away:
        return ReaderUnavailable(away.code)


def read_attributes(transport: Transport, pin: PinBuffer, certificate_sha256: bytes) -> AttributesReading:
    """Verify the PIN once and read the four attributes.

    Everything that `inspect` learnt is asked again: another card may lie there by now. The buffer is empty afterwards on
    every path. Raises ValueError, before the first command, for a digest of another length or an incomplete PIN.
    """
    try:
        _require_digest(certificate_sha256)
        if len(pin) != PIN_LENGTH:
            raise ValueError("the PIN is not complete")
        tries_before = _begin(transport, certificate_sha256)
        if not isinstance(tries_before, int):
            return tries_before
        refused = commands.verify(transport, PIN_LENGTH, pin.take(), tries_before)
        match refused:
            case None:
                return _read_file(transport)
            case Wrong(tries_left):
                return WrongAttributesPin(tries_left)
            case Blocked():
                return AttributesBlocked()
            case _:
                assert_never(refused)
    except Ended as end:
        return end.outcome
    except CardLost:
        return CardRemoved()
    except ReaderAway as away:
        return ReaderUnavailable(away.code)
    finally:
        pin.clear()


def _begin(transport: Transport, certificate_sha256: bytes) -> int | AnotherCard | NoAttributes | AttributesBlocked:
    """Recognise the visit's card, select the application and ask its counter; ends with the PIN file current."""
    commands.select_application(transport)
    certificate = commands.read_certificate(transport, EF_AUTHENTICATION_CERTIFICATE)
    match certificate:
        case bytes():
            if not hmac.compare_digest(hashlib.sha256(certificate).digest(), certificate_sha256):
                return AnotherCard()
        case Unread.MISSING:
            return AnotherCard()
        case Unread.NEEDS_PIN:
            return NoAttributes()  # a phone, which has no such application
        case _:
            assert_never(certificate)
    step = "select attributes application"
    command = bytes((0x00, 0xA4, 0x04, 0x0C, len(ATTRIBUTES_AID))) + ATTRIBUTES_AID
    _, status = commands.exchange(transport, step, command)
    if status == _NOT_FOUND:
        return NoAttributes()
    commands.require(step, status)
    return commands.ask_tries_left(transport, EF_PIN, MAX_TRIES) or AttributesBlocked()


def _read_file(transport: Transport) -> CardAttributes | NoAttributes:
    step = "read attributes"
    status = commands.select_file(transport, step, EF_ATTRIBUTES)
    if status == _NOT_FOUND:
        return NoAttributes()
    commands.require(step, status)
    content = bytearray(commands.read(transport, step, 0, HEAD_BYTES))
    try:
        length = whole_length(content)
        while len(content) < length:
            content += commands.read(transport, step, len(content), min(256, length - len(content)))
        return parse_attributes(content)
    except MalformedFileError:
        raise commands.fault("parse attributes", 0) from None
    finally:
        for place in range(len(content)):
            content[place] = 0


def _require_digest(certificate_sha256: bytes) -> None:
    if len(certificate_sha256) != hashlib.sha256().digest_size:
        raise ValueError("a SHA-256 digest has 32 bytes")
