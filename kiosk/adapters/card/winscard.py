"""The one typed door to pyscard, whose C functions have no types: values in, values out, errors as `PcscError`.

It refuses to know what a card says; it knows handles, result codes and states of PC/SC only.
"""

from dataclasses import dataclass
from typing import NewType

from smartcard import scard

Context = NewType("Context", int)
Handle = NewType("Handle", int)


def _unsigned(code: int) -> int:
    return code & 0xFFFFFFFF


SUCCESS = 0
CANCELLED = 0x80100002
TIMEOUT = 0x8010000A
SHARING_VIOLATION = 0x8010000B
NO_CARD = 0x8010000C
UNRESPONSIVE = 0x80100066

INVALID_HANDLE = 0x80100003
"""A context of a service that was restarted; on a card handle: the connection is gone."""

SERVICE_AWAY = frozenset(
    {
        INVALID_HANDLE,
        0x80100013,  # F_COMM_ERROR: the socket to the service broke
        0x80100014,  # F_UNKNOWN_ERROR
        0x8010001D,  # E_NO_SERVICE
        0x8010001E,  # E_SERVICE_STOPPED
    }
)
READER_AWAY = frozenset(
    {
        0x80100009,  # E_UNKNOWN_READER
        0x80100017,  # E_READER_UNAVAILABLE
        0x8010002E,  # E_NO_READERS_AVAILABLE
    }
)

STATE_EMPTY = int(scard.SCARD_STATE_EMPTY)
STATE_PRESENT = int(scard.SCARD_STATE_PRESENT)
STATE_CHANGED = int(scard.SCARD_STATE_CHANGED)
STATE_UNAWARE = int(scard.SCARD_STATE_UNAWARE)
STATE_AWAY = int(scard.SCARD_STATE_UNKNOWN) | int(scard.SCARD_STATE_UNAVAILABLE) | int(scard.SCARD_STATE_IGNORE)


class PcscError(Exception):
    """PC/SC refused a call. The code is the SCARD_ value, unsigned."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:08X}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Connection:
    """A card held exclusively."""

    handle: Handle
    protocol: int
    """SCARD_PROTOCOL_T0 or _T1, as the reader settled it."""


def _check(code: int) -> None:
    if _unsigned(code) != SUCCESS:
        raise PcscError(_unsigned(code))


def establish_context() -> Context:
    """Open a session with the PC/SC service."""
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _check(code)
    return Context(context)


def release_context(context: Context) -> None:
    """Close a session; one that is dead already is no error."""
    scard.SCardReleaseContext(context)


def list_readers(context: Context) -> tuple[str, ...]:
    """Name the readers that are plugged in now."""
    code, names = scard.SCardListReaders(context, [])
    if _unsigned(code) in READER_AWAY:
        return ()
    _check(code)
    return tuple(str(name) for name in names)


def reader_state(context: Context, reader: str, known: int, timeout_ms: int) -> int | None:
    """Wait until a reader's state differs from `known` and give it; None when `timeout_ms` passed without change.

    `known` is STATE_UNAWARE for "tell me at once". The state comes without its CHANGED bit, ready to be `known` of the
    next call. The interpreter lock is free while it waits.
    """
    code, states = scard.SCardGetStatusChange(context, timeout_ms, [(reader, known)])
    if _unsigned(code) == TIMEOUT:
        return None
    _check(code)
    return int(states[0][1]) & ~STATE_CHANGED


def connect(context: Context, reader: str) -> Connection:
    """Power the card and hold it exclusively."""
    code, handle, protocol = scard.SCardConnect(
        context, reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    )
    _check(code)
    return Connection(Handle(handle), int(protocol))


def transmit(connection: Connection, command: bytes | bytearray) -> bytes:
    """Exchange one APDU and give data and status word as they came; empty when the card was lost in mid-command.

    pyscard takes a list of int. It is built here, as late as possible, and overwritten at once; its elements are the
    interpreter's shared small integers, so no further copy of a PIN stays in Python. Out of our reach are pyscard's own
    C buffer (freed, not cleared), the socket to the service, and the service's buffers.
    """
    header = scard.SCARD_PCI_T0 if connection.protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
    frame = list(command)
    try:
        code, answer = scard.SCardTransmit(connection.handle, header, frame)
    finally:
        for place in range(len(frame)):
            frame[place] = 0
    _check(code)
    return bytes(answer)


def disconnect(connection: Connection) -> None:
    """Give the card back without power, which ends every PIN state; a card that is gone already is no error."""
    scard.SCardDisconnect(connection.handle, scard.SCARD_UNPOWER_CARD)
