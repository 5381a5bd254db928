"""The cable to a slip printer: bytes out, bytes in, each with a time limit. The only module that knows python-escpos.

Of that package the connections by USB and serial line are used. Its text() is not (it writes Japanese as GB18030), nor its paper_status()
(it answers "adequate" when nothing answers), nor its close() (it waits for a stuck serial line without limit).
"""

import logging
import socket
import sys
import tempfile
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from errno import ETIMEDOUT
from time import monotonic
from typing import Any, Protocol, assert_never


class LineLostError(Exception):
    """The cable, the printer's power or the device file is gone, or takes no more bytes."""


class Line(Protocol):
    """An open connection to one printer, used by one thread at a time."""

    def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over all bytes, or raise LineLostError when that is not possible in time; some may have gone then."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Give what came, waiting for the first byte; nothing when none came in time. Raises LineLostError."""
        ...

    def close(self) -> None:
        """Let go of the connection, at once."""
        ...


class Flow(Enum):
    """How a serial printer says that its buffer is full; a switch on the printer has the same setting."""

    RTS_CTS = "rts-cts"
    """Also for printers that call it DTR/DSR: their DTR is wired to our CTS."""
    XON_XOFF = "xon-xoff"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NetworkPlace:
    """A printer with an address."""

    host: str
    port: int = 9100


@dataclass(frozen=True, slots=True)
class SerialPlace:
    """A printer on a serial line; 8 bits, no parity, one stop bit."""

    device: str
    baud: int = 115_200
    flow: Flow = Flow.RTS_CTS


@dataclass(frozen=True, slots=True)
class UsbPlace:
    """A printer on USB, by its vendor and product numbers."""

    vendor: int
    product: int
    in_endpoint: int = 0x82
    out_endpoint: int = 0x01
    serial_number: str | None = None
    """Tells two printers of one model apart; None takes the only one."""


_LOST = (OSError, ValueError, termios.error)
"""What devices that are gone raise; ValueError comes from a USB library that is not there."""

Place = NetworkPlace | SerialPlace | UsbPlace


def open_line(place: Place, timeout_s: float) -> Line:
    """Connect; raises LineLostError when nobody is there in time."""
    match place:
        case NetworkPlace():
            return _NetworkLine(place, timeout_s)
        case SerialPlace():
            return _SerialLine(place, timeout_s)
        case UsbPlace():
            return _UsbLine(place, timeout_s)
        case _:
            assert_never(place)


@contextmanager
def _library() -> Iterator[Any]:
    """Lend `escpos.printer`; every failure inside becomes LineLostError.

    Its calls set up logging for the whole process when nobody has yet; that is undone.
    """
    handlers = logging.root.handlers[:]
    try:
        yield _imported()
    except (*_LOST, _imported().usb.DeviceNotFoundError) as error:
        raise LineLostError(f"{type(error).__name__}: no connection") from error
    finally:
        logging.root.handlers[:] = handlers


def _imported() -> Any:  # noqa: ANN401 - an untyped library
    if "escpos.printer" in sys.modules:
        return sys.modules["escpos.printer"]
    folder = tempfile.tempdir
    with tempfile.TemporaryDirectory() as scratch:
        tempfile.tempdir = scratch  # at its import it leaves a folder with a pickle in the temporary directory
        try:
            from escpos import printer  # type: ignore[import-untyped]  # no stubs, no py.typed
        finally:
            tempfile.tempdir = folder
    return printer


def _taken_from(printer: Any) -> Any:  # noqa: ANN401 - objects of an untyped library
    """Give the open device and leave the package's object empty: when that is collected, it would close in its own way."""
    device, printer._device = printer.device, False  # noqa: SLF001 - there is no other way to let go
    return device


def _guarded(act: Callable[[], Any]) -> Any:  # noqa: ANN401 - what an untyped library gives
    try:
        return act()
    except _LOST as error:
        raise LineLostError(type(error).__name__) from error


class _NetworkLine:
    """A plain socket: the package's own connection leaks one whenever nobody is there."""

    def __init__(self, place: NetworkPlace, timeout_s: float) -> None:
        self._socket: socket.socket = _guarded(
            lambda: socket.create_connection((place.host, place.port), timeout=timeout_s)
        )

    def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over all bytes."""
        self._socket.settimeout(timeout_s)
        _guarded(lambda: self._socket.sendall(data))

    def read(self, timeout_s: float) -> bytes:
        """Give what came."""
        self._socket.settimeout(max(timeout_s, 0.001))

        def receive() -> bytes:
            try:
                came: bytes = self._socket.recv(256)
            except TimeoutError:
                return b""
            if not came:
                raise LineLostError("the printer closed the connection")
            return came

        data: bytes = _guarded(receive)
        return data

    def close(self) -> None:
        """Let go."""
        self._socket.close()


class _SerialLine:
    def __init__(self, place: SerialPlace, timeout_s: float) -> None:
        with _library() as library:
            printer = library.Serial(
                place.device,
                baudrate=place.baud,
                timeout=timeout_s,
                xonxoff=place.flow is Flow.XON_XOFF,
                dsrdtr=False,
            )
            printer.open()
            self._port = _taken_from(printer)
            self._port.rtscts = place.flow is Flow.RTS_CTS
            self._port.reset_input_buffer()

    def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over all bytes."""

        def hand_over() -> None:
            self._port.write_timeout = timeout_s  # setting it speaks to the device too
            self._port.write(data)

        _guarded(hand_over)

    def read(self, timeout_s: float) -> bytes:
        """Give what came."""

        def receive() -> bytes:
            self._port.timeout = timeout_s
            first: bytes = self._port.read(1)
            return first + self._port.read(self._port.in_waiting) if first else b""

        data: bytes = _guarded(receive)
        return data

    def close(self) -> None:
        """Let go without waiting for bytes that nobody takes."""
        with suppress(LineLostError):  # it may be gone already
            _guarded(self._port.reset_output_buffer)
        with suppress(LineLostError):
            _guarded(self._port.close)


class _UsbLine:
    def __init__(self, place: UsbPlace, timeout_s: float) -> None:
        named = {} if place.serial_number is None else {"serial_number": place.serial_number}
        with _library() as library:
            self._printer = library.Usb(
                place.vendor,
                place.product,
                usb_args=named,
                timeout=round(timeout_s * 1000),
                in_ep=place.in_endpoint,
                out_ep=place.out_endpoint,
            )
            self._printer.open()
            self._device = self._printer.device
        self._place = place

    def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over all bytes."""
        end = monotonic() + timeout_s
        while data:
            left_ms = max(1, round((end - monotonic()) * 1000))
            rest = data
            data = data[_guarded(lambda: self._device.write(self._place.out_endpoint, rest, left_ms)) :]  # noqa: B023
            if data and monotonic() >= end:
                raise LineLostError("the printer takes no more")

    def read(self, timeout_s: float) -> bytes:
        """Give what came."""

        def receive() -> bytes:
            try:
                return bytes(self._device.read(self._place.in_endpoint, 64, max(1, round(timeout_s * 1000))))
            except OSError as error:
                if error.errno == ETIMEDOUT:
                    return b""
                raise

        data: bytes = _guarded(receive)
        return data

    def close(self) -> None:
        """Let go."""
        self._printer.close()
