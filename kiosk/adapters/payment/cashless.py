"""The PaymentDevice of a machine with a card or e-money terminal: authorise, then capture; void to give back.

The terminal is the memory: it knows every key, so nothing is kept here. An answer that is lost is asked for again by
`state`, which moves nothing, and never by a second authorisation.
"""

from collections.abc import Callable
from threading import Event
from typing import assert_never

from kiosk.ports.cashless import (
    Authorised,
    Captured,
    CashlessCancelled,
    CashlessTerminal,
    CashlessUnavailable,
    CashlessUnknown,
    Declined,
    NothingThere,
    Voided,
)
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

_AWAY = PaymentUnavailable("PAY-01")


class CashlessCashier:
    """A till made of one terminal."""

    def __init__(self, terminal: CashlessTerminal) -> None:
        self._terminal = terminal

    def unavailable(self, due_yen: int) -> PaymentUnavailable | None:
        """Ask whether the terminal answers."""
        return None if self._terminal.ready() else _AWAY

    def change_advice(self, due_yen: int) -> ChangeAdvice:
        """Any: no change is ever due."""
        return ChangeAdvice.ANY if self._terminal.ready() else ChangeAdvice.NONE

    def collect(self, key: ChargeKey, due_yen: int, inserted: Callable[[int], None], stop: Event) -> PaymentOutcome:
        """Reserve and take the amount; what was reserved and cannot be taken is released."""
        reserved = self._terminal.authorise(key, due_yen, stop)
        if isinstance(reserved, CashlessUnknown):
            return self._asked(key, due_yen)
        match reserved:
            case Declined() | CashlessCancelled():
                return PaymentCancelled()
            case CashlessUnavailable():
                return _AWAY
            case Authorised() | Captured():
                inserted(due_yen)
                return self._taken(key, due_yen)
            case _:
                assert_never(reserved)

    def refund(self, key: ChargeKey) -> RefundOutcome:
        """Give back; an answer that is lost is asked for once more, since a void may be repeated."""
        given = self._terminal.void(key)
        if isinstance(given, CashlessUnknown):
            given = self._terminal.void(key)
        match given:
            case Voided():
                return Refunded(given.yen)
            case NothingThere():
                return NotCharged()
            case CashlessUnavailable():
                return _AWAY
            case CashlessUnknown():
                return PaymentUnknown(0)
            case _:
                assert_never(given)

    def charge_state(self, key: ChargeKey) -> ChargeState:
        """Ask the terminal; a reservation counts as held, since giving back releases it."""
        state = self._terminal.state(key)
        match state:
            case Authorised() | Captured():
                return Paid(state.yen)
            case Voided():
                return Refunded(state.yen)
            case NothingThere():
                return NotCharged()
            case CashlessUnavailable() | CashlessUnknown():
                return PaymentUnknown(0)
            case _:
                assert_never(state)

    def _taken(self, key: ChargeKey, due_yen: int) -> PaymentOutcome:
        taken = self._terminal.capture(key)
        if isinstance(taken, Captured):
            return Paid(taken.yen)
        if isinstance(taken, CashlessUnknown | CashlessUnavailable):
            return self._asked(key, due_yen)
        return PaymentUnknown(due_yen)

    def _asked(self, key: ChargeKey, due_yen: int) -> PaymentOutcome:
        """Find out what a lost answer said; a reservation that is left is released, because it may be repeated."""
        state = self._terminal.state(key)
        if isinstance(state, Authorised):
            state = self._terminal.void(key)
        match state:
            case Captured():
                return Paid(state.yen)
            case Voided() | NothingThere():
                return PaymentCancelled()
            case CashlessUnavailable() | CashlessUnknown():
                return PaymentUnknown(due_yen)
            case _:
                assert_never(state)
