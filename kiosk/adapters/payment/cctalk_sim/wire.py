"""The simulated bus: every byte is echoed, whole frames reach their unit, answers come back, or go wrong as told.

`PtyBus` puts it on a pseudo-terminal, so that the shipped serial code runs; `DirectLine` is the same without a thread.
"""

import os
import select
import threading
import tty
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from kiosk.adapters.payment.cctalk.frames import ACK, MASTER, NAK, Checksum, Frame, FrameError, decode, encode
from kiosk.adapters.payment.cctalk.line import LineAway
from kiosk.adapters.payment.cctalk_sim.units import Nak, NoReply, Unit, World

MASTER_INHIBIT = 228


class WireFault(Enum):
    """Faults of one exchange."""

    LOST_BYTES = "lost_bytes"
    """The answer's last two bytes are missing."""
    CHECKSUM = "checksum"
    """One bit of the answer is wrong."""
    LOST_ANSWER = "lost_answer"
    """It was done; nothing comes back."""
    LOST_ORDER = "lost_order"
    """It was not heard."""
    DOUBLE_ANSWER = "double_answer"
    LATE_ANSWER = "late_answer"
    """It was done; the answer comes into the next exchange."""
    FOREIGN_ANSWER = "foreign_answer"
    """Another address answers."""


class Wire:
    """The bus with its units."""

    def __init__(
        self, units: Sequence[Unit], world: World, lock: threading.RLock, checksum: Checksum = Checksum.SIMPLE
    ) -> None:
        self._units = {unit.address: unit for unit in units}
        self._world = world
        self._lock = lock
        self._checksum = checksum
        self._heard = b""
        self._late = b""
        self._faults: deque[tuple[WireFault, int | None]] = deque()
        self.when_shut: Callable[[], object] | None = None
        """Done once, when the coin slot is next shut."""
        self.exchanges = 0

    def fault(self, fault: WireFault, header: int | None = None) -> None:
        """Let the next exchange, or the next with this header, go wrong; several are worked off in order."""
        with self._lock:
            self._faults.append((fault, header))

    def receive(self, data: bytes) -> bytes:
        """Hear bytes; give what the wire carries back: the echo, and the answer once a frame is whole."""
        with self._lock:
            back, self._late = self._late + data, b""
            self._heard += data
            while len(self._heard) >= 2 and len(self._heard) >= self._heard[1] + 5:
                whole = self._heard[1] + 5
                raw, self._heard = self._heard[:whole], self._heard[whole:]
                back += self._answer(raw)
            return back

    def _answer(self, raw: bytes) -> bytes:
        self.exchanges += 1
        try:
            asked = decode(raw, self._checksum)
        except FrameError as error:
            self._world.breaches.append(f"no frame: {error}")
            return b""
        unit = self._units.get(asked.destination)
        if unit is None:
            self._world.breaches.append(f"nobody at {asked.destination}")
            return b""
        fault = self._struck(asked.header)
        if unit.away or fault is WireFault.LOST_ORDER:
            return b""
        try:
            answer = Frame(MASTER, ACK, unit.answer(asked.header, asked.data), unit.address)
        except Nak:
            answer = Frame(MASTER, NAK, b"", unit.address)
        except NoReply:
            return b""
        if asked.header == MASTER_INHIBIT and asked.data == b"\x00" and self.when_shut is not None:
            late, self.when_shut = self.when_shut, None
            late()
        return self._spoilt(answer, fault)

    def _struck(self, header: int) -> WireFault | None:
        if self._faults and self._faults[0][1] in (None, header):
            return self._faults.popleft()[0]
        return None

    def _spoilt(self, answer: Frame, fault: WireFault | None) -> bytes:
        raw = encode(answer, self._checksum)
        match fault:
            case WireFault.LOST_BYTES:
                return raw[:-2]
            case WireFault.CHECKSUM:
                return raw[:-1] + bytes((raw[-1] ^ 0x10,))
            case WireFault.DOUBLE_ANSWER:
                return raw + raw
            case WireFault.LATE_ANSWER:
                self._late = raw
                return b""
            case WireFault.FOREIGN_ANSWER:
                return encode(Frame(MASTER, answer.header, answer.data, 99), self._checksum)
            case WireFault.LOST_ANSWER:
                return b""
            case _:
                return raw


class DirectLine:
    """The machine's end of the wire, without a thread: silence is known at once."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._input = b""
        self.unplugged = False
        self.before: Callable[[], None] = lambda: None
        """Called before each exchange: a resident's hands, or the end of the power."""

    def write(self, data: bytes) -> None:
        """Send."""
        if self.unplugged:
            raise LineAway
        self.before()
        self._input += self._wire.receive(data)

    def read(self, count: int) -> bytes:
        """Give what is there."""
        some, self._input = self._input[:count], self._input[count:]
        return some

    def drop_input(self) -> None:
        """Forget what came."""
        self._input = b""


@contextmanager
def pty_bus(wire: Wire) -> Iterator[Path]:
    """Put the wire on a pseudo-terminal, whose path is given, until the end of the block."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    ends, ended = os.pipe()

    def serve() -> None:
        while True:
            ready, _, _ = select.select([ours, ends], [], [])
            if ends in ready:
                return
            try:
                os.write(ours, wire.receive(os.read(ours, 512)))
            except OSError:
                return

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield Path(os.ttyname(theirs))
    finally:
        os.write(ended, b"x")
        serving.join()
        for each in (ours, theirs, ends, ended):
            os.close(each)
