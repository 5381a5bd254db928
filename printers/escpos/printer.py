"""A slip printed once, and told truly: printed is what the printer confirms, never what was written to the cable.

A slip goes out in bands, each with a mark that the printer answers when it has carried the band out; never more than two
bands are on their way. Between them it is asked how it is, and that question is answered even by a printer that is stuck.
When something is wrong the rest is thrown away in the printer, so that nothing comes out later in front of somebody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from printers.escpos import commands
from printers.escpos.commands import Marks
from printers.escpos.drawing import Undrawable, draw
from printers.escpos.lettering import Lettering
from printers.escpos.line import Line, LineLostError
from printers.escpos.status import (
    QUERIES,
    Cleared,
    Marked,
    PrinterStatus,
    RealTime,
    Replies,
    Reply,
    SlipTrouble,
    Status,
    StatusUnknown,
    read_status,
)
from printers.slip import Slip, Width

_WINDOW = 2
"""Bands on their way: one being printed and one waiting, so that the paper does not stop between them."""


@dataclass(frozen=True, slots=True)
class SlipPrinted:
    """The printer confirmed that the whole slip is out and cut off."""

    near_end: bool | None
    """Whether the roll is nearly used up; None when the printer did not say afterwards."""


@dataclass(frozen=True, slots=True)
class SlipFailed:
    """The slip is not out as a whole, and no more of it will come."""

    trouble: SlipTrouble
    begun: bool
    """Whether a part of it may hang out of the printer; the next slip is cut off from it."""


@dataclass(frozen=True, slots=True)
class SlipUnknown:
    """Everything was handed over and then contact was lost: the slip may be out, or may come yet."""


SlipOutcome = SlipPrinted | SlipFailed | SlipUnknown


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds."""

    answer_s: float = 2.0
    """For the answer to a question; a band on a line of 9,600 baud takes longer, so use 5 there."""
    write_s: float = 5.0
    """For a band to be taken."""
    poll_s: float = 0.25
    """Between two questions while a band is printed."""
    band_s: float = 10.0
    """For a band to be carried out by a printer that says that all is well."""


class _StoppedError(Exception):
    """The printer tells a trouble, or tells nothing any more (AWAY)."""

    def __init__(self, trouble: SlipTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class EscposPrinter:
    """One printer. Calls of several threads wait for each other."""

    def __init__(
        self,
        open_line: Callable[[], Line],
        lettering: Lettering,
        width: Width,
        marks: Marks = Marks.PROCESS_ID,
        limits: Limits = Limits(),
    ) -> None:
        """Use the line that `open_line` gives when it is first needed, and again after it was lost."""
        self._open_line = open_line
        self._lettering = lettering
        self._width = width
        self._marks = marks
        self._limits = limits
        self._lock = Lock()
        self._conversation: _Conversation | None = None
        self._hanging = True
        """Whether a part of a slip may hang out; nobody knows at the start, so the first slip is cut off from it too."""

    def status(self) -> Status:
        """Ask the printer how it is; a line that went dead since the last time is opened anew once."""
        with self._lock:
            return self._status()

    def print_slip(self, slip: Slip) -> SlipOutcome:
        """Print a slip once. Nothing is sent unless all of it can be drawn and the printer says that it is well."""
        picture = draw(slip, self._width, self._lettering)
        if isinstance(picture, Undrawable):
            return SlipFailed(SlipTrouble.CHARACTER, begun=False)
        with self._lock:
            status = self._status()
            if isinstance(status, StatusUnknown) or self._conversation is None:
                return SlipFailed(SlipTrouble.AWAY, begun=False)
            if status.trouble is not None:
                return SlipFailed(status.trouble, begun=False)
            head = commands.INITIALISE + (commands.CUT if self._hanging else b"")
            self._hanging = True
            outcome = self._sent(self._conversation, [head, *commands.bands(picture), commands.CUT])
            self._hanging = not isinstance(outcome, SlipPrinted)
            return outcome

    def kick_drawer(self) -> SlipTrouble | None:
        """Open the cash drawer; None when the printer has carried the pulse out."""
        with self._lock:
            status = self._status()
            if isinstance(status, StatusUnknown) or self._conversation is None:
                return SlipTrouble.AWAY
            if status.trouble is not None:
                return status.trouble
            match self._sent(self._conversation, [commands.KICK_DRAWER]):
                case SlipPrinted():
                    return None
                case SlipFailed(trouble):
                    return trouble
                case SlipUnknown():
                    return SlipTrouble.AWAY

    def close(self) -> None:
        """Let go of the line."""
        with self._lock:
            self._drop()

    def _status(self) -> Status:
        if self._conversation is not None:
            try:
                return self._conversation.status()
            except (LineLostError, _StoppedError):
                self._drop()
        try:
            self._conversation = _Conversation(self._open_line(), self._marks, self._limits)
            # Whoever spoke last, we before a power cut perhaps, may have stopped in the middle of a band: the printer
            # would take our first bytes for the rest of it.
            self._conversation.clear()
            return self._conversation.status()
        except (LineLostError, _StoppedError):
            self._drop()
            return StatusUnknown()

    def _sent(self, conversation: "_Conversation", bands: list[bytes]) -> SlipOutcome:
        handed_over = 0
        try:
            for band in bands:
                handed_over += 1
                conversation.send(band)
            conversation.wait_for_all()
        except LineLostError:
            self._drop()
            # The cable may be back at once, and the printer may then say what the matter was.
            status = self._status()
            told = status.trouble if isinstance(status, PrinterStatus) else None
            return self._abandoned(told or SlipTrouble.AWAY, handed_over, len(bands))
        except _StoppedError as stopped:
            return self._abandoned(stopped.trouble, handed_over, len(bands))
        try:
            return SlipPrinted(conversation.status().near_end)
        except (LineLostError, _StoppedError):
            self._drop()
            return SlipPrinted(None)

    def _abandoned(self, trouble: SlipTrouble, handed_over: int, bands: int) -> SlipOutcome:
        """Throw the rest away in the printer; what was never handed over cannot come out in any case."""
        cleared = False
        if self._conversation is not None:
            try:
                self._conversation.clear()
                cleared = True
            except (LineLostError, _StoppedError):
                pass
            self._drop()
        if (cleared and trouble is not SlipTrouble.AWAY) or handed_over < bands:
            return SlipFailed(trouble, begun=True)
        return SlipUnknown()

    def _drop(self) -> None:
        # A late answer to a question given up would be taken for the answer to the next: begin with an empty line.
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None


class _Conversation:
    """Questions, bands and answers on one open line. Raises LineLostError and _StoppedError."""

    def __init__(self, line: Line, marks: Marks, limits: Limits) -> None:
        self._line = line
        self._marks = marks
        self._limits = limits
        self._replies = Replies()
        self._next_mark = 0
        self._open_marks: list[int] = []

    def status(self) -> PrinterStatus:
        """Ask the four questions, one by one: their answers look alike."""
        return read_status(bytes(self._ask(query) for query in QUERIES))

    def send(self, band: bytes) -> None:
        """Hand over a band when there is room for it."""
        while len(self._open_marks) >= _WINDOW:
            self._wait_for_mark()
        self._open_marks.append(self._next_mark)
        self._line.write(band + commands.mark(self._marks, self._next_mark), self._limits.write_s)
        self._next_mark += 1

    def wait_for_all(self) -> None:
        """Wait until every band is carried out."""
        while self._open_marks:
            self._wait_for_mark()

    def clear(self) -> None:
        """Make the printer throw away what it has not printed."""
        self._line.write(commands.CLEAR, self._limits.write_s)
        end = monotonic() + self._limits.answer_s
        while not any(isinstance(reply, Cleared) for reply in self._read_until(end)):
            pass

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()

    def _wait_for_mark(self) -> None:
        count, end = len(self._open_marks), monotonic() + self._limits.band_s
        while len(self._open_marks) == count:
            self._take(self._line.read(self._limits.poll_s))
            if len(self._open_marks) == count:
                trouble = self.status().trouble
                # The last mark may have come together with the bad news, and then the slip is out.
                if trouble is not None and len(self._open_marks) == count:
                    raise _StoppedError(trouble)
                if monotonic() > end:
                    raise _StoppedError(SlipTrouble.AWAY)

    def _ask(self, query: bytes) -> int:
        self._line.write(query, self._limits.answer_s)
        end = monotonic() + self._limits.answer_s
        while True:
            for reply in self._read_until(end):
                if isinstance(reply, RealTime):
                    return reply.value

    def _read_until(self, end: float) -> list[Reply]:
        left = end - monotonic()
        if left <= 0:
            raise _StoppedError(SlipTrouble.AWAY)
        return self._take(self._line.read(left))

    def _take(self, data: bytes) -> list[Reply]:
        # Printers that report by themselves (Automatic) are understood, but asking is surer.
        replies = list(self._replies.feed(data))
        for reply in replies:
            if isinstance(reply, Marked) and self._open_marks:
                if reply.number != (self._open_marks[0] % 10_000 if self._marks is Marks.PROCESS_ID else None):
                    raise _StoppedError(SlipTrouble.AWAY)  # bytes were lost on the way
                self._open_marks.pop(0)
        return replies
