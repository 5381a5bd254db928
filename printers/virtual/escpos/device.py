"""The printer itself: what it does with each byte, in real time and in turn. Strict: a byte it does not know is recorded.

Real-time commands act as soon as they arrive, wherever they stand (inside pictures too, as in the real thing); all else
waits in the receive buffer, which stands still while the printer is offline. Source: Epson's ESC/POS reference.
"""

from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread

from printers.virtual.escpos.faults import Fault, FaultKind
from printers.virtual.escpos.paper import BETWEEN_HEAD_AND_CUTTER, Roll
from printers.virtual.escpos.parsing import (
    Command,
    Cut,
    DrawerPulse,
    FeedLines,
    FeedRows,
    Initialise,
    NewLine,
    ProcessId,
    Raster,
    RealTimeScanner,
    Request,
    Stray,
    Text,
    TransmitStatus,
    WantStatus,
    next_command,
)

_LINE_ROWS = 30
_ROWS_AT_ONCE = 24


class VirtualPrinter:
    """One printer with its own thread, between `start` and `stop`."""

    def __init__(self, width_dots: int = 576, folder: Path | None = None) -> None:
        self.roll = Roll(width_dots, folder)
        self.complaints: list[str] = []
        """Bytes that no command begins with, in words; empty for a well-behaved host."""
        self.drawer_pulses = 0
        self.send: Callable[[bytes], None] = lambda _data: None
        """Where answers go; the server sets it."""
        self.faults: dict[FaultKind, int] = {}
        """What is wrong now, with its number."""
        self._change = Condition()
        self._buffer = bytearray()
        self._scanner = RealTimeScanner()
        self._cutter_stuck = False
        self._reports = 0
        self._last_report = b""
        self._ended = False
        self._clears = 0
        self._arrived = 0
        self._thread = Thread(target=self._work, name="virtual-slip-printer", daemon=True)

    def start(self) -> None:
        """Switch on."""
        self._thread.start()

    def stop(self) -> None:
        """Switch off for good."""
        with self._change:
            self._ended = True
            self._change.notify_all()
        self._thread.join()

    def order(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        with self._change:
            self.faults[fault.kind] = fault.number
            self._report()
            self._change.notify_all()

    def mend(self) -> None:
        """Put everything right: paper in, cover shut, blade free, cable in."""
        with self._change:
            self.faults.clear()
            self._cutter_stuck = False
            self._report()
            self._change.notify_all()

    def receive(self, data: bytes) -> None:
        """Take bytes from the cable."""
        with self._change:
            if drop := self.faults.get(FaultKind.DROPS_BYTES):
                first = self._arrived
                data = bytes(byte for place, byte in enumerate(data, first + 1) if place % drop)
            self._arrived += len(data)
            for request in self._scanner.feed(data):
                self._at_once(request)
                if request is Request.CLEAR:
                    data = b""  # nothing that came before it is kept; a host waits for the answer before it sends more
            self._buffer += data
            self._change.notify_all()

    def lose_power(self) -> None:
        """Forget everything that is not on paper."""
        with self._change:
            self._forget()
            self._scanner = RealTimeScanner()
            self._change.notify_all()

    def _forget(self) -> None:
        self._buffer.clear()
        self._clears += 1

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = 10.0) -> bool:
        """Wait until something is so, looking again after every command; False when it never was."""
        with self._change:
            return self._change.wait_for(condition, timeout_s)

    @property
    def idle(self) -> bool:
        """Whether nothing waits in the buffer."""
        return not self._buffer

    def _stuck(self) -> bool:
        return (
            self._paper_end()
            or self._cutter_stuck
            or bool({FaultKind.COVER_OPEN, FaultKind.OFFLINE} & set(self.faults))
        )

    def _paper_end(self) -> bool:
        return FaultKind.PAPER_END in self.faults

    def _near_end(self) -> bool:
        return FaultKind.NEAR_END in self.faults or self._paper_end()

    def _answer(self, data: bytes) -> None:
        if FaultKind.MUTE not in self.faults:
            self.send(data)

    def _at_once(self, request: Request) -> None:
        match request:
            case Request.CLEAR:
                self._forget()
                self._cutter_stuck = False
                self._answer(b"\x37\x25\0")
            case Request.RECOVER:
                self._forget()
                self._cutter_stuck = False
            case Request.PRINTER:
                self._answer(bytes((0x12 | (0x08 if self._stuck() else 0),)))
            case Request.OFFLINE_CAUSE:
                cover = 0x04 if FaultKind.COVER_OPEN in self.faults else 0
                paper = 0x20 if self._paper_end() else 0
                self._answer(bytes((0x12 | cover | paper | (0x40 if self._cutter_stuck else 0),)))
            case Request.ERROR_CAUSE:
                self._answer(bytes((0x12 | (0x08 if self._cutter_stuck else 0),)))
            case Request.PAPER:
                self._answer(bytes((0x12 | (0x0C if self._near_end() else 0) | (0x60 if self._paper_end() else 0),)))

    def _report(self) -> None:
        """Send four bytes by itself when something of what the host asked for has changed."""
        on = self._reports or FaultKind.REPORTS_BY_ITSELF in self.faults
        cover = 0x20 if FaultKind.COVER_OPEN in self.faults else 0
        first = 0x10 | cover | (0x08 if self._stuck() else 0)
        paper = (0x03 if self._near_end() else 0) | (0x0C if self._paper_end() else 0)
        report = bytes((first, 0x08 if self._cutter_stuck else 0, paper, 0x0F))
        if on and report != self._last_report:
            self._last_report = report
            self._answer(report)

    def _work(self) -> None:
        with self._change:
            while not self._ended:
                taken = None if self._stuck() else next_command(bytes(self._buffer))
                if taken is None:
                    self._change.wait()
                    continue
                command, length = taken
                self._in_turn(command, length)
                self._report()
                self._change.notify_all()

    def _in_turn(self, command: Command, length: int) -> None:
        match command:
            case Raster(rows, row_bytes):
                self._burn([rows[start : start + row_bytes] for start in range(0, len(rows), row_bytes)], length)
                return
            case Text(text):
                self._burn(self.roll.rows_of_text(text), length)
                return
            case Initialise() | NewLine():
                pass
            case FeedRows(rows):
                self.roll.feed(rows)
            case FeedLines(lines):
                self.roll.feed(lines * _LINE_ROWS)
            case Cut():
                self.roll.feed(BETWEEN_HEAD_AND_CUTTER)
                if FaultKind.CUTTER_ERROR in self.faults:
                    self._cutter_stuck = True
                    return  # the command waits for the blade
                self.roll.cut()
            case DrawerPulse():
                self.drawer_pulses += 1
            case ProcessId(number):
                self._answer(b"\x37\x22" + number + b"\0")
            case TransmitStatus():
                self._answer(bytes(((0x03 if self._near_end() else 0) | (0x0C if self._paper_end() else 0),)))
            case WantStatus(which):
                self._reports, self._last_report = which, b""
            case Stray(what):
                self.complaints.append(what)
        del self._buffer[:length]

    def _burn(self, rows: list[bytes], length: int) -> None:
        """Print rows, pausing where the paper ends and resuming where it paused; a clear in between ends it."""
        clears = self._clears
        for number, row in enumerate(rows):
            self._change.wait_for(lambda: self._ended or self._clears != clears or not self._stuck())
            if self._ended or self._clears != clears:
                return
            self.roll.burn(row)
            left = self.faults.get(FaultKind.PAPER_END_AFTER)
            if left is not None:
                self.faults[FaultKind.PAPER_END_AFTER] = left - 1
                if left <= 1:
                    del self.faults[FaultKind.PAPER_END_AFTER]
                    self.faults[FaultKind.PAPER_END] = 0
                    self._report()
            if number % _ROWS_AT_ONCE == 0 and FaultKind.SLOW in self.faults:
                self._change.wait_for(lambda: self._ended or self._clears != clears, self.faults[FaultKind.SLOW] / 1000)
        if self._clears == clears:
            del self._buffer[:length]
