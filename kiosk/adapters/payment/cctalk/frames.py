"""ccTalk frames: bytes to messages and back, with either checksum.

Refuses to know what a header means. Source: ccTalk Serial Communication Protocol, Generic Specification, part 1.
"""

from dataclasses import dataclass
from enum import Enum

MASTER = 1
"""Address of the machine on the bus."""
ACK, NAK, BUSY = 0, 5, 6
"""Headers of replies; a reply with data has the header of ACK."""
LONGEST = 255 + 5


class Checksum(Enum):
    """How a frame is protected."""

    SIMPLE = "simple"
    """One byte that makes the sum of the frame 0 modulo 256."""
    CRC16 = "crc16"
    """CRC-CCITT from 0, its low byte in the place of the source address, its high byte last."""


class FrameError(Exception):
    """These bytes are no frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    destination: int
    header: int
    data: bytes = b""
    source: int = MASTER
    """MASTER where the checksum leaves no room for it."""


def encode(frame: Frame, checksum: Checksum) -> bytes:
    """Give the bytes of a frame. Raises ValueError for more than 255 bytes of data."""
    if checksum is Checksum.SIMPLE:
        body = bytes((frame.destination, len(frame.data), frame.source, frame.header)) + frame.data
        return body + bytes((-sum(body) & 0xFF,))
    crc = crc_ccitt(bytes((frame.destination, len(frame.data), frame.header)) + frame.data)
    return bytes((frame.destination, len(frame.data), crc & 0xFF, frame.header)) + frame.data + bytes((crc >> 8,))


def decode(raw: bytes, checksum: Checksum) -> Frame:
    """Give the frame that these bytes are, whole and with nothing behind it. Raises FrameError."""
    if len(raw) < 5 or len(raw) != raw[1] + 5:
        raise FrameError("wrong length")
    destination, _, source, header = raw[:4]
    data = raw[4:-1]
    if checksum is Checksum.SIMPLE:
        if sum(raw) & 0xFF:
            raise FrameError("wrong checksum")
        return Frame(destination, header, data, source)
    if crc_ccitt(bytes((destination, raw[1], header)) + data) != raw[2] | raw[-1] << 8:
        raise FrameError("wrong checksum")
    return Frame(destination, header, data)


def crc_ccitt(data: bytes) -> int:
    """Give the CRC with polynomial 1021 hex, first value 0, most significant bit first."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
