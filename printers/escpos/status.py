"""What an ESC/POS printer says of itself, read out of its bytes. "Unknown" is an answer of its own, never "all is well".

Source: Epson's ESC/POS reference: DLE EOT n, GS a (automatic status back), GS r, GS ( H, DLE DC4 fn 8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class SlipTrouble(Enum):
    """Why a slip does not come out."""

    AWAY = "away"
    """Nothing answers, or the line was lost."""
    PAPER = "paper"
    COVER = "cover"
    CUTTER = "cutter"
    OFFLINE = "offline"
    """Switched offline, or for a reason that the printer does not name."""
    FAULT = "fault"
    """An error that needs a technician, or a head too hot."""
    CHARACTER = "character"
    """A character that no font has; nothing was sent."""


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """The printer answered."""

    near_end: bool
    trouble: SlipTrouble | None
    """What keeps it from printing now; None when nothing does."""


@dataclass(frozen=True, slots=True)
class StatusUnknown:
    """Nobody answered, or not in full."""


Status = PrinterStatus | StatusUnknown

QUERIES = tuple(bytes((0x10, 0x04, number)) for number in (1, 2, 3, 4))
"""DLE EOT 1 to 4: printer, cause of offline, cause of error, paper. Answered at once, even by a printer that is stuck."""


def read_status(answers: bytes) -> PrinterStatus:
    """Read the four answers to QUERIES, in their order."""
    printer, offline, error, paper = answers
    return _status(
        offline=bool(printer & 0x08),
        cover=bool(offline & 0x04),
        paper_end=bool(offline & 0x20 or paper & 0x60),
        cutter=bool(error & 0x08),
        fault=bool(error & 0x60),
        near_end=bool(paper & 0x0C),
    )


def _status(*, offline: bool, cover: bool, paper_end: bool, cutter: bool, fault: bool, near_end: bool) -> PrinterStatus:
    # An open cover hides the paper sensor on many models, so it is told before the paper.
    causes = (
        (cover, SlipTrouble.COVER),
        (paper_end, SlipTrouble.PAPER),
        (cutter, SlipTrouble.CUTTER),
        (fault, SlipTrouble.FAULT),
        (offline, SlipTrouble.OFFLINE),
    )
    return PrinterStatus(near_end, next((trouble for holds, trouble in causes if holds), None))


@dataclass(frozen=True, slots=True)
class RealTime:
    """The answer to one DLE EOT."""

    value: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """Four bytes that the printer sent by itself."""

    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class Marked:
    """Everything sent before a mark was carried out."""

    number: int | None
    """Number of the mark; None from printers that only answer in order."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """The printer threw away what it had not printed."""


Reply = RealTime | Automatic | Marked | Cleared


class Replies:
    """Takes the printer's bytes apart. Kinds of answers are told apart by their fixed bits."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Give every whole answer; what is incomplete waits for more, what belongs to none is dropped."""
        self._rest += data
        while self._rest:
            length = self._length()
            if length is None or len(self._rest) < length:
                return
            answer, self._rest = self._rest[:length], self._rest[length:]
            reply = _read(answer)
            if reply is not None:
                yield reply

    def _length(self) -> int | None:
        first = self._rest[0]
        if first == 0x37:
            end = self._rest.find(b"\0")
            return None if end < 0 else end + 1
        return 4 if first & 0x93 == 0x10 else 1


def _read(answer: bytes) -> Reply | None:
    first = answer[0]
    if first == 0x37:
        if answer == b"\x37\x25\0":
            return Cleared()
        number = answer[2:-1]
        return Marked(int(number)) if answer[1:2] == b"\x22" and len(number) == 4 and number.isdigit() else None
    if first & 0x93 == 0x12:
        return RealTime(first)
    if first & 0x93 == 0x10:
        _, error, paper, _ = answer
        return Automatic(
            _status(
                offline=bool(first & 0x08),
                cover=bool(first & 0x20),
                paper_end=bool(paper & 0x0C),
                cutter=bool(error & 0x08),
                fault=bool(error & 0x60),
                near_end=bool(paper & 0x03),
            )
        )
    return Marked(None) if first & 0x90 == 0 else None
