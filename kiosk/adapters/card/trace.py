"""A trace of the dialogue for diagnosis: command header, lengths and status word. Data bytes never enter it."""

from collections.abc import Callable

from kiosk.adapters.card.transport import Transport


class TracingTransport:
    """Passes every command on and tells a sink one line about it."""

    def __init__(self, inner: Transport, tell: Callable[[str], None]) -> None:
        self._inner = inner
        self._tell = tell

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Exchange one APDU; the line is `00200080 9>0 9000`: header, bytes sent, data bytes answered, status word."""
        header, sent = bytes(command[:4]).hex().upper(), len(command)
        data, status = self._inner.transmit(command)
        self._tell(f"{header} {sent}>{len(data)} {status:04X}")
        return data, status
