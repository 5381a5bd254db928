"""A cashier that follows a script: it pays, hesitates, cancels or vanishes as told. For headless runs and the dock.

Like a real device it remembers each charge by its key, so that asking twice never charges twice.
"""

from collections.abc import Callable
from enum import Enum
from queue import Empty, Queue
from threading import Event, Lock

from kiosk.ports.payment import (
    ChangeAdvice,
    ChargeKey,
    ChargeState,
    NotCharged,
    Paid,
    PaymentCancelled,
    PaymentOutcome,
    PaymentUnavailable,
    PaymentUnknown,
    Refunded,
    RefundOutcome,
)

_POLL_S = 0.05


class MoneyFault(Enum):
    """Faults by name."""

    AWAY = "away"
    """The device is not there at all."""
    LOST_AFTER_CHARGE = "lost_after_charge"
    """The line dies after the money went in."""
    REFUND_LOST = "refund_lost"
    """The line dies while money is given back."""
    LITTLE_CHANGE = "little_change"
    """Hardly any change is left."""


class ScriptedCashier:
    """A till whose coins come from `insert`, or by themselves when `pays_by_itself`."""

    def __init__(self, *, pays_by_itself: bool) -> None:
        self.faults: set[MoneyFault] = set()
        self._pays_by_itself = pays_by_itself
        self._coins: Queue[int] = Queue()
        self._charges: dict[ChargeKey, ChargeState] = {}
        self._lock = Lock()

    def insert(self, yen: int) -> None:
        """Put in a coin or a note."""
        self._coins.put(yen)

    def unavailable(self, due_yen: int) -> PaymentUnavailable | None:
        """Away when told so."""
        return PaymentUnavailable("PAY-01") if MoneyFault.AWAY in self.faults else None

    def change_advice(self, due_yen: int) -> ChangeAdvice:
        """Any: what is put in is counted and never needs change, unless told otherwise."""
        if MoneyFault.AWAY in self.faults:
            return ChangeAdvice.NONE
        return ChangeAdvice.EXACT_ONLY if MoneyFault.LITTLE_CHANGE in self.faults else ChangeAdvice.ANY

    def collect(self, key: ChargeKey, due_yen: int, inserted: Callable[[int], None], stop: Event) -> PaymentOutcome:
        """Take coins until the amount is there; change goes out at once."""
        if MoneyFault.AWAY in self.faults:
            return PaymentUnavailable("PAY-01")
        with self._lock:
            known = self._charges.get(key)
        if isinstance(known, Paid):
            return known
        received = 0
        while not self._coins.empty():
            self._coins.get_nowait()
        while received < due_yen:
            if stop.is_set():
                return PaymentCancelled()
            if self._pays_by_itself:
                received = due_yen
            else:
                try:
                    received += self._coins.get(timeout=_POLL_S)
                except Empty:
                    continue
            inserted(received)
        with self._lock:
            paid = Paid(due_yen)
            self._charges[key] = paid
        if MoneyFault.LOST_AFTER_CHARGE in self.faults:
            return PaymentUnknown(due_yen)
        return paid

    def refund(self, key: ChargeKey) -> RefundOutcome:
        """Give back what was taken."""
        with self._lock:
            state = self._charges.get(key, NotCharged())
            if isinstance(state, Paid):
                if MoneyFault.REFUND_LOST in self.faults:
                    return PaymentUnknown(state.received_yen)
                state = Refunded(state.received_yen)
                self._charges[key] = state
        return state

    def charge_state(self, key: ChargeKey) -> ChargeState:
        """Tell what is known of a key."""
        with self._lock:
            return self._charges.get(key, NotCharged())
