"""A terminal reached by lines of text over TCP: one connection an exchange, one line there, one line back.

No terminal maker publishes its protocol; this one is ours, small enough to stand in front of any terminal's own library.
ASCII, each line ends with a line feed; KEY is 32 hexadecimal digits, YEN a decimal number:

    READY                 -> READY
    AUTHORISE KEY YEN     -> AUTHORISED YEN | CAPTURED YEN | DECLINED | CANCELLED     (once the holder has tapped)
    CANCEL KEY            -> OK                                    (on a connection of its own, while AUTHORISE waits)
    CAPTURE KEY           -> CAPTURED YEN | VOIDED YEN | NOTHING
    VOID KEY              -> VOIDED YEN | NOTHING
    STATE KEY             -> AUTHORISED YEN | CAPTURED YEN | VOIDED YEN | NOTHING

Anything else, or no line at all, is an answer that was lost. The network is the machine's own: between kiosk and terminal
there must be nobody else, since the lines are neither encrypted nor signed.
"""

import re
import socket
from threading import Event
from time import monotonic

from kiosk.ports.cashless import (
    Authorised,
    AuthoriseOutcome,
    Captured,
    CaptureOutcome,
    CashlessCancelled,
    CashlessState,
    CashlessUnavailable,
    CashlessUnknown,
    Declined,
    NothingThere,
    Voided,
    VoidOutcome,
)
from kiosk.ports.payment import ChargeKey

LONGEST = 64
_SLICE_S = 0.1
_WORDS = re.compile(rb"(AUTHORISED|CAPTURED|VOIDED) ([0-9]{1,9})\n\Z|(DECLINED|CANCELLED|NOTHING|READY|OK)\n\Z")

_Answer = (
    Authorised
    | Captured
    | Voided
    | NothingThere
    | Declined
    | CashlessCancelled
    | CashlessUnknown
    | CashlessUnavailable
    | None
)


class LineTerminal:
    """The client's side of the lines."""

    def __init__(self, host: str, port: int, answer_s: float, tap_s: float) -> None:
        self._address = host, port
        self._answer_s = answer_s
        self._tap_s = tap_s

    def ready(self) -> bool:
        """Ask for a sign of life."""
        return self._exchange("READY", self._answer_s) is None

    def authorise(self, key: ChargeKey, yen: int, stop: Event) -> AuthoriseOutcome:
        """Reserve an amount; `stop` asks the terminal to give up and still waits for its one answer."""
        if stop.is_set():
            known = self.state(key)
            return CashlessCancelled() if isinstance(known, NothingThere | Voided) else known
        answer = self._exchange(f"AUTHORISE {key} {yen}", self._tap_s, stop, key)
        if isinstance(answer, Authorised | Captured | Declined | CashlessCancelled | CashlessUnavailable):
            return answer
        return CashlessUnknown()

    def capture(self, key: ChargeKey) -> CaptureOutcome:
        """Take what is reserved."""
        answer = self._exchange(f"CAPTURE {key}", self._answer_s)
        return (
            answer if isinstance(answer, Captured | Voided | NothingThere | CashlessUnavailable) else CashlessUnknown()
        )

    def void(self, key: ChargeKey) -> VoidOutcome:
        """Release or give back."""
        answer = self._exchange(f"VOID {key}", self._answer_s)
        return answer if isinstance(answer, Voided | NothingThere | CashlessUnavailable) else CashlessUnknown()

    def state(self, key: ChargeKey) -> CashlessState:
        """Ask what is known."""
        answer = self._exchange(f"STATE {key}", self._answer_s)
        if isinstance(answer, Authorised | Captured | Voided | NothingThere | CashlessUnavailable):
            return answer
        return CashlessUnknown()

    def _exchange(self, line: str, wait_s: float, stop: Event | None = None, key: ChargeKey | None = None) -> _Answer:
        """Give what a line was answered; None for READY and OK."""
        try:
            with socket.create_connection(self._address, timeout=self._answer_s) as link:
                link.sendall(f"{line}\n".encode("ascii"))
                return self._read(link, wait_s, stop, key)
        except ConnectionRefusedError:
            return CashlessUnavailable()  # nobody listened, so nobody heard
        except OSError:
            return CashlessUnknown()

    def _read(self, link: socket.socket, wait_s: float, stop: Event | None, key: ChargeKey | None) -> _Answer:
        link.settimeout(_SLICE_S)
        ends, raw, cancelled = monotonic() + wait_s, b"", False
        while not raw.endswith(b"\n") and len(raw) < LONGEST and monotonic() < ends:
            if stop is not None and stop.is_set() and not cancelled:
                cancelled = True
                self._exchange(f"CANCEL {key}", self._answer_s)
            try:
                some = link.recv(LONGEST - len(raw))
            except TimeoutError:
                continue
            if not some:
                break
            raw += some
        return _meaning(raw)


def _meaning(raw: bytes) -> _Answer:
    found = _WORDS.match(raw)
    if found is None:
        return CashlessUnknown()
    word, yen = (found[1] or found[3]).decode(), int(found[2] or 0)
    match word:
        case "AUTHORISED":
            return Authorised(yen)
        case "CAPTURED":
            return Captured(yen)
        case "VOIDED":
            return Voided(yen)
        case "DECLINED":
            return Declined()
        case "CANCELLED":
            return CashlessCancelled()
        case "NOTHING":
            return NothingThere()
        case _:
            return None
