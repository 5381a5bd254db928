"""A terminal that is not there: it knows keys as a real one does, and fails as told. As an object, and over TCP lines.

Strict: a line it does not know gets no answer, as from a terminal of another make.
"""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from threading import Event

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

_SLICE_S = 0.02


class TerminalFault(Enum):
    """Faults by name."""

    AWAY = "away"
    """It does not answer at all; over TCP nobody listens to what comes."""
    DECLINES = "declines"
    AUTHORISE_LOST = "authorise_lost"
    """It reserves, and the answer does not arrive."""
    CAPTURE_LOST = "capture_lost"
    """It takes, and the answer does not arrive."""
    VOID_LOST = "void_lost"
    """It gives back, and the answer does not arrive."""
    STATE_LOST = "state_lost"
    SLOW = "slow"
    """The holder does not tap; only a cancel ends it."""


class ScriptedTerminal:
    """The terminal itself, with the memory that a real one keeps. Thread-safe."""

    def __init__(self) -> None:
        self.faults: set[TerminalFault] = set()
        self.charges: dict[ChargeKey, Authorised | Captured | Voided] = {}
        self.taken_yen = 0
        """What the holder's account has lost to this terminal, reservations not counted."""
        self._lock = threading.Lock()

    def ready(self) -> bool:
        """Away when told so."""
        return TerminalFault.AWAY not in self.faults

    def authorise(self, key: ChargeKey, yen: int, stop: Event) -> AuthoriseOutcome:
        """Reserve, once a key."""
        if TerminalFault.AWAY in self.faults:
            return CashlessUnavailable()
        with self._lock:
            known = self.charges.get(key)
        if known is not None and not isinstance(known, Voided):
            return known
        while TerminalFault.SLOW in self.faults and not stop.wait(_SLICE_S):
            pass
        if stop.is_set():
            return CashlessCancelled()
        if TerminalFault.DECLINES in self.faults:
            return Declined()
        with self._lock:
            self.charges[key] = Authorised(yen)
        return CashlessUnknown() if TerminalFault.AUTHORISE_LOST in self.faults else Authorised(yen)

    def capture(self, key: ChargeKey) -> CaptureOutcome:
        """Take, once a key."""
        if TerminalFault.AWAY in self.faults:
            return CashlessUnavailable()
        with self._lock:
            known = self.charges.get(key)
            if isinstance(known, Authorised):
                known = self.charges[key] = Captured(known.yen)
                self.taken_yen += known.yen
        if TerminalFault.CAPTURE_LOST in self.faults:
            return CashlessUnknown()
        return NothingThere() if known is None else known

    def void(self, key: ChargeKey) -> VoidOutcome:
        """Release or give back, once a key."""
        if TerminalFault.AWAY in self.faults:
            return CashlessUnavailable()
        with self._lock:
            known = self.charges.get(key)
            if isinstance(known, Captured):
                self.taken_yen -= known.yen
            if known is not None:
                self.charges[key] = Voided(known.yen)
        if TerminalFault.VOID_LOST in self.faults:
            return CashlessUnknown()
        return NothingThere() if known is None else Voided(known.yen)

    def state(self, key: ChargeKey) -> CashlessState:
        """Tell what is known."""
        if TerminalFault.AWAY in self.faults:
            return CashlessUnavailable()
        if TerminalFault.STATE_LOST in self.faults:
            return CashlessUnknown()
        with self._lock:
            return self.charges.get(key, NothingThere())


_LINE = re.compile(rb"(READY|(AUTHORISE|CANCEL|CAPTURE|VOID|STATE) ([0-9a-f]{32})(?: ([0-9]{1,9}))?)\n\Z")


@contextmanager
def listening(terminal: ScriptedTerminal) -> Iterator[int]:
    """Serve the terminal on a port of the loopback, which is given, until the end of the block."""
    stops: dict[str, Event] = {}

    class Exchange(socketserver.StreamRequestHandler):
        """One line and its answer."""

        def handle(self) -> None:
            """Answer, or hang up without a word."""
            found = _LINE.match(self.rfile.readline(64))
            if found is not None and terminal.ready():
                answer = _answer(terminal, stops, found)
                if answer is not None:
                    self.wfile.write(f"{answer}\n".encode("ascii"))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Exchange) as server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        serving.start()
        try:
            yield int(server.server_address[1])
        finally:
            for stop in stops.values():
                stop.set()
            server.shutdown()
            serving.join()


def _answer(terminal: ScriptedTerminal, stops: dict[str, Event], found: re.Match[bytes]) -> str | None:
    if found[2] is None:
        return "READY"
    verb, key = found[2].decode(), found[3].decode()
    if (verb == "AUTHORISE") != (found[4] is not None):
        return None
    match verb:
        case "AUTHORISE":
            stop = stops[key] = Event()
            return _words(terminal.authorise(ChargeKey(key), int(found[4]), stop))
        case "CANCEL":
            if key in stops:
                stops[key].set()
            return "OK"
        case "CAPTURE":
            return _words(terminal.capture(ChargeKey(key)))
        case "VOID":
            return _words(terminal.void(ChargeKey(key)))
        case _:
            return _words(terminal.state(ChargeKey(key)))


def _words(outcome: AuthoriseOutcome | CaptureOutcome | VoidOutcome | CashlessState) -> str | None:
    match outcome:
        case Authorised():
            return f"AUTHORISED {outcome.yen}"
        case Captured():
            return f"CAPTURED {outcome.yen}"
        case Voided():
            return f"VOIDED {outcome.yen}"
        case Declined():
            return "DECLINED"
        case CashlessCancelled():
            return "CANCELLED"
        case NothingThere():
            return "NOTHING"
        case CashlessUnknown() | CashlessUnavailable():
            return None
