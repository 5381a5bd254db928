"""Money as a visit sees it. Amounts are whole yen.

A key names one charge: asking again with the same key never charges twice. "Unknown" is an outcome of its own; nothing
here is ever retried on a guess.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Event
from typing import NewType, Protocol

ChargeKey = NewType("ChargeKey", str)
"""32 hexadecimal digits; the order's transaction id serves."""


@dataclass(frozen=True, slots=True)
class Paid:
    """The whole amount is in the machine and any change is out."""

    received_yen: int


@dataclass(frozen=True, slots=True)
class PaymentCancelled:
    """Ended before the amount was complete; whatever had been put in was given back."""


@dataclass(frozen=True, slots=True)
class PaymentUnknown:
    """The device went away at a moment when money may have moved."""

    received_yen: int
    """What the device last said it had taken."""


@dataclass(frozen=True, slots=True)
class PaymentUnavailable:
    """The device cannot take money now; none has moved."""

    code: str
    """PAY-01 device away, PAY-02 jam, PAY-03 no change."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """The amount was given back."""

    amount_yen: int


@dataclass(frozen=True, slots=True)
class NotCharged:
    """The device holds no money under this key."""


class ChangeAdvice(Enum):
    """What a screen can say about change before an amount is paid."""

    ANY = "any"
    """Whatever is taken, change is there for it."""
    EXACT_ONLY = "exact_only"
    """Only money that needs no change, or for which there is change, is taken; the rest falls through."""
    NONE = "none"
    """The amount cannot be taken now."""


PaymentOutcome = Paid | PaymentCancelled | PaymentUnknown | PaymentUnavailable
RefundOutcome = Refunded | NotCharged | PaymentUnknown | PaymentUnavailable
ChargeState = Paid | NotCharged | Refunded | PaymentUnknown


class PaymentDevice(Protocol):
    """The till, coin unit or e-money terminal of one kiosk."""

    def unavailable(self, due_yen: int) -> PaymentUnavailable | None:
        """Say why an amount could not be taken now, before anything irreversible; None when it can."""
        ...

    def change_advice(self, due_yen: int) -> ChangeAdvice:
        """Say whether change will be there; asked after `unavailable` and before the payment screen."""
        ...

    def collect(self, key: ChargeKey, due_yen: int, inserted: Callable[[int], None], stop: Event) -> PaymentOutcome:
        """Take the amount; `inserted` hears the running sum; `stop` cancels and gives back what is not complete."""
        ...

    def refund(self, key: ChargeKey) -> RefundOutcome:
        """Give back what was taken under a key; safe to repeat."""
        ...

    def charge_state(self, key: ChargeKey) -> ChargeState:
        """Tell what the device knows of a key; used by settlement at start-up."""
        ...
