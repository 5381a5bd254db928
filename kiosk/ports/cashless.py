"""A card or e-money terminal as a payment sees it: authorise, capture, void, ask. Amounts are whole yen.

Everything goes under a key and may be repeated: a terminal that knows the key answers with what it did. An answer that is
lost is `CashlessUnknown` until `state` says otherwise. Refuses to know card numbers and brands; no terminal tells them here.
"""

from dataclasses import dataclass
from threading import Event
from typing import Protocol

from kiosk.ports.payment import ChargeKey


@dataclass(frozen=True, slots=True)
class Authorised:
    """The amount is reserved and not yet taken."""

    yen: int


@dataclass(frozen=True, slots=True)
class Captured:
    """The amount is taken."""

    yen: int


@dataclass(frozen=True, slots=True)
class Voided:
    """What was reserved or taken is released or given back."""

    yen: int


@dataclass(frozen=True, slots=True)
class NothingThere:
    """The terminal has nothing under this key: never asked, declined or cancelled."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The terminal or its host said no, or the holder took too long; nothing moved."""


@dataclass(frozen=True, slots=True)
class CashlessCancelled:
    """Ended by `stop` before anything was reserved."""


@dataclass(frozen=True, slots=True)
class CashlessUnknown:
    """The answer did not come; what the terminal did is not known."""


@dataclass(frozen=True, slots=True)
class CashlessUnavailable:
    """The terminal cannot be reached; the request did not leave."""


AuthoriseOutcome = Authorised | Captured | Declined | CashlessCancelled | CashlessUnknown | CashlessUnavailable
CaptureOutcome = Captured | Voided | NothingThere | CashlessUnknown | CashlessUnavailable
VoidOutcome = Voided | NothingThere | CashlessUnknown | CashlessUnavailable
CashlessState = Authorised | Captured | Voided | NothingThere | CashlessUnknown | CashlessUnavailable


class CashlessTerminal(Protocol):
    """One terminal, used by one thread at a time."""

    def ready(self) -> bool:
        """Tell whether the terminal answers now."""
        ...

    def authorise(self, key: ChargeKey, yen: int, stop: Event) -> AuthoriseOutcome:
        """Reserve an amount once the holder has tapped; a key that is reserved or taken already is told, not repeated."""
        ...

    def capture(self, key: ChargeKey) -> CaptureOutcome:
        """Take what is reserved under a key; safe to repeat."""
        ...

    def void(self, key: ChargeKey) -> VoidOutcome:
        """Release or give back; safe to repeat."""
        ...

    def state(self, key: ChargeKey) -> CashlessState:
        """Tell what the terminal knows of a key; moves nothing."""
        ...
