"""A virtual card joined to a real pcscd: the card's end of the vpcd reader driver's TCP protocol.

For tests and demonstrations; a kiosk in service has no vpcd. It refuses to know what the commands mean. Every message
is a two-byte length and a payload; one byte from the reader is a control code, anything longer an APDU.
"""

import socket
from enum import Enum

from kiosk.adapters.card.card_faults import Pulled, Silent
from kiosk.adapters.card.virtual_card import VirtualCard

DEFAULT_PORT = 35963
"""0x8C7B, first slot of vpcd's own configuration."""

FIRST_WORD_S = 3.0
"""vpcd asks for the ATR every 0.4 s; a longer silence means that another card holds the slot."""

_POWER_OFF, _POWER_ON, _RESET, _ATR = b"\x00", b"\x01", b"\x02", b"\x04"


class Ended(Enum):
    """Why a card is no longer in the reader."""

    CLOSED = "closed"
    """Taken out by `close`."""
    PULLED = "pulled"
    """Left by an ordered fault."""
    READER_GONE = "reader gone"
    """vpcd closed the connection: pcscd ended."""


class VpcdLink:
    """One insertion of a card: joining inserts it, closing removes it."""

    def __init__(self, card: VirtualCard, connection: socket.socket) -> None:
        """Take over a connection to vpcd."""
        self._card = card
        self._connection = connection
        self._closed = False

    @classmethod
    def join(cls, card: VirtualCard, host: str, port: int) -> "VpcdLink":
        """Insert a card into the slot that listens there. Raises OSError when nothing does."""
        return cls(card, socket.create_connection((host, port), timeout=FIRST_WORD_S))

    def wait_for_reader(self) -> bool:
        """Wait for the reader's first word; False when it does not come, because another card holds the slot.

        A connection that ends meanwhile is no silence: `serve` tells how it ended.
        """
        self._connection.settimeout(FIRST_WORD_S)
        try:
            self._hurry()
            self._connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def serve(self) -> Ended:
        """Answer the reader until the card is out. Call it once, on a thread of its own or the main one."""
        try:
            self._connection.settimeout(None)
            while True:
                message = self._receive()
                if len(message) > 1:
                    self._send(self._card.process(message))
                elif message == _ATR:
                    self._send(self._card.atr)
                elif message == _RESET:
                    self._card.reset()
                elif message == _POWER_ON:
                    self._card.power_on()
                elif message == _POWER_OFF:
                    self._card.power_off()
        except Pulled:
            return Ended.PULLED
        except Silent:
            return self._keep_silent()
        except OSError:
            return self._end()
        finally:
            self._card.power_off()
            self._connection.close()

    def close(self) -> None:
        """Take the card out, from any thread or a signal handler; `serve` returns soon after."""
        self._closed = True
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # out already

    def _end(self) -> Ended:
        return Ended.CLOSED if self._closed else Ended.READER_GONE

    def _keep_silent(self) -> Ended:
        """Leave the reader waiting for its answer until somebody takes the card out."""
        try:
            while self._connection.recv(64):
                pass
        except OSError:
            pass
        return self._end()

    def _send(self, payload: bytes) -> None:
        # Never an empty payload: vpcd's reader thread does not survive a length of 0.
        self._connection.sendall(len(payload).to_bytes(2) + payload)

    def _receive(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(2)))

    def _exactly(self, length: int) -> bytes:
        received = bytearray()
        while len(received) < length:
            self._hurry()
            piece = self._connection.recv(length - len(received))
            if not piece:
                raise ConnectionError("the reader closed the connection")
            received += piece
        return bytes(received)

    def _hurry(self) -> None:
        # vpcd writes length and payload apart, so Nagle waits for our ACK: 44 ms a command if the kernel delays it. The
        # kernel forgets the option after use, hence before every recv.
        if self._connection.family in (socket.AF_INET, socket.AF_INET6):
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
