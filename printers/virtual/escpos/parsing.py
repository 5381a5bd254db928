"""ESC/POS bytes taken apart as a printer does: real-time commands at every place, the others one after the other.

Knows what the commands are, not what they do. Source: Epson's ESC/POS reference.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum


class Request(Enum):
    """Real-time commands; values are their bytes."""

    PRINTER = b"\x10\x04\x01"
    OFFLINE_CAUSE = b"\x10\x04\x02"
    ERROR_CAUSE = b"\x10\x04\x03"
    PAPER = b"\x10\x04\x04"
    RECOVER = b"\x10\x05\x02"
    CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


_LONGEST = max(len(request.value) for request in Request)


class RealTimeScanner:
    """Finds real-time commands in everything that arrives, however it is split."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> Iterator[Request]:
        """Give the commands that end within the new bytes."""
        text = self._tail + data
        found = (
            sorted(
                (start, request)
                for request in Request
                for start in _places(text, request.value)
                if start + len(request.value) > len(self._tail)
            )
            if b"\x10" in text
            else []
        )
        self._tail = text[-(_LONGEST - 1) :]
        for _, request in found:
            yield request


def _places(text: bytes, wanted: bytes) -> Iterator[int]:
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


@dataclass(frozen=True, slots=True)
class Initialise:
    """ESC @."""


@dataclass(frozen=True, slots=True)
class Raster:
    """GS v 0, normal size."""

    rows: bytes = field(repr=False)
    row_bytes: int


@dataclass(frozen=True, slots=True)
class Text:
    """Printable ASCII up to LF, in the printer's own letters."""

    text: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """A real-time command in its turn, or CR: nothing is left to do."""


@dataclass(frozen=True, slots=True)
class FeedRows:
    """ESC J."""

    rows: int


@dataclass(frozen=True, slots=True)
class FeedLines:
    """ESC d, or an empty line."""

    lines: int


@dataclass(frozen=True, slots=True)
class Cut:
    """GS V, with the feed to the cutter (66) or without."""


@dataclass(frozen=True, slots=True)
class DrawerPulse:
    """ESC p."""


@dataclass(frozen=True, slots=True)
class ProcessId:
    """GS ( H, function 48."""

    number: bytes


@dataclass(frozen=True, slots=True)
class TransmitStatus:
    """GS r 1."""


@dataclass(frozen=True, slots=True)
class WantStatus:
    """GS a."""

    which: int


@dataclass(frozen=True, slots=True)
class Stray:
    """A byte with which no command begins here."""

    what: str


Command = (
    Initialise
    | Raster
    | Text
    | NewLine
    | FeedRows
    | FeedLines
    | Cut
    | DrawerPulse
    | ProcessId
    | TransmitStatus
    | WantStatus
    | Stray
)

_LENGTHS = {b"\x1b@": 2, b"\x1bJ": 3, b"\x1bd": 3, b"\x1bp": 5, b"\x1da": 3, b"\x1dr": 3}


def next_command(data: bytes) -> tuple[Command, int] | None:
    """Give the first command and its length in bytes; None when it is not complete, or nothing is there."""
    if not data:
        return None
    first = data[0]
    if first in (0x1B, 0x1D):
        return _escaped(data)
    if first == 0x10:
        return _real_time(data)
    if first == 0x0A:
        return FeedLines(1), 1
    if first == 0x0D:
        return NewLine(), 1
    if 0x20 <= first <= 0x7E:
        return _text(data)
    return Stray(f"byte {first:02x}"), 1


def _escaped(data: bytes) -> tuple[Command, int] | None:
    if len(data) < 2:
        return None
    name = data[:2]
    if name == b"\x1dv":
        return _raster(data)
    if name == b"\x1dV":
        return _cut(data)
    if name == b"\x1d(":
        return _process_id(data)
    if name not in _LENGTHS:
        return Stray(f"command {name.hex(' ')}"), 2
    length = _LENGTHS[name]
    if len(data) < length:
        return None
    value = data[2] if length > 2 else 0
    if name == b"\x1dr" and value not in (1, 49):
        return Stray(f"GS r {value}"), length
    commands: dict[bytes, Command] = {
        b"\x1b@": Initialise(),
        b"\x1bJ": FeedRows(value),
        b"\x1bd": FeedLines(value),
        b"\x1bp": DrawerPulse(),
        b"\x1da": WantStatus(value),
        b"\x1dr": TransmitStatus(),
    }
    return commands[name], length


def _raster(data: bytes) -> tuple[Command, int] | None:
    if len(data) < 8:
        return None
    if data[2:4] not in (b"0\0", b"00"):
        return Stray(f"GS v {data[2:4].hex(' ')}"), 4
    row_bytes, rows = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
    length = 8 + row_bytes * rows
    if row_bytes > 128 or rows > 2303:
        return Stray(f"raster of {row_bytes} bytes x {rows} rows"), 8
    return None if len(data) < length else (Raster(data[8:length], row_bytes), length)


def _cut(data: bytes) -> tuple[Command, int] | None:
    if len(data) < 3:
        return None
    if data[2] in (0, 1, 48, 49):
        return Cut(), 3
    if data[2] in (65, 66):
        return None if len(data) < 4 else (Cut(), 4)
    return Stray(f"GS V {data[2]}"), 3


def _process_id(data: bytes) -> tuple[Command, int] | None:
    if len(data) < 5:
        return None
    length = 5 + int.from_bytes(data[3:5], "little")
    if data[2:3] != b"H" or length != 11:
        return Stray(f"GS ( {data[2]:02x} of {length} bytes"), 5
    if len(data) < length:
        return None
    if data[5:7] != b"00" or not all(0x20 <= byte <= 0x7E for byte in data[7:11]):
        return Stray("GS ( H that is no process id"), length
    return ProcessId(data[7:11]), length


def _real_time(data: bytes) -> tuple[Command, int] | None:
    for request in Request:
        if data.startswith(request.value):
            return NewLine(), len(request.value)
        if request.value.startswith(data):
            return None
    return Stray(f"real-time {data[:3].hex(' ')}"), 1


def _text(data: bytes) -> tuple[Command, int] | None:
    end = next((place for place, byte in enumerate(data) if not 0x20 <= byte <= 0x7E), None)
    if end is None:
        return None
    return Text(data[:end].decode("ascii")), end + (data[end] == 0x0A)
