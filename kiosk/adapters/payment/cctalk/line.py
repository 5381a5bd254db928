"""The wire of a ccTalk bus: 9600 baud, 8N1, one data line that everybody hears, the sender too.

The one door to pyserial. Opens the port when it is first needed and again after it went away.
"""

import termios
import threading
from pathlib import Path
from typing import Protocol

import serial

BAUD = 9600


class LineAway(Exception):
    """The port cannot be opened, or went away."""


class Line(Protocol):
    """Bytes out, bytes in."""

    def write(self, data: bytes) -> None:
        """Send. Raises LineAway."""
        ...

    def read(self, count: int) -> bytes:
        """Give up to that many bytes, fewer once the line is silent. Raises LineAway."""
        ...

    def drop_input(self) -> None:
        """Forget what came unasked. Raises LineAway."""
        ...


class SerialLine:
    """A serial port, held by this process alone. Thread-safe only in that `close` may come from anywhere."""

    def __init__(self, port: Path, silence_s: float) -> None:
        """`silence_s`: how long a line may be silent before an answer counts as ended or missing."""
        self._path = str(port)
        self._silence_s = silence_s
        self._port: serial.Serial | None = None
        self._guard = threading.Lock()

    def write(self, data: bytes) -> None:
        """Send. Raises LineAway."""
        try:
            self._opened().write(data)
        except OSError as error:
            raise self._lost() from error

    def read(self, count: int) -> bytes:
        """Give up to that many bytes, fewer once the line is silent. Raises LineAway."""
        try:
            return bytes(self._opened().read(count))
        except OSError as error:
            raise self._lost() from error

    def drop_input(self) -> None:
        """Forget what came unasked. Raises LineAway."""
        try:
            port = self._opened()
            port.reset_input_buffer()
        except (OSError, termios.error) as error:
            raise self._lost() from error

    def close(self) -> None:
        """Give the port back."""
        with self._guard:
            if self._port is not None:
                self._port.close()
                self._port = None

    def _opened(self) -> serial.Serial:
        with self._guard:
            if self._port is None:
                try:
                    self._port = serial.Serial(self._path, BAUD, timeout=self._silence_s, exclusive=True)
                except (OSError, termios.error) as error:
                    raise LineAway from error
            return self._port

    def _lost(self) -> LineAway:
        self.close()
        return LineAway()
