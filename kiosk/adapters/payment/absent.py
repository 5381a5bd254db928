"""The money device of a machine that has none: always away, so a machine that takes payment stays out of service.

Missing hardware is told, never replaced by something virtual.
"""

from collections.abc import Callable
from threading import Event

from kiosk.ports.payment import (
    ChangeAdvice,
    ChargeKey,
    ChargeState,
    PaymentOutcome,
    PaymentUnavailable,
    PaymentUnknown,
    RefundOutcome,
)

_AWAY = PaymentUnavailable("PAY-01")


class AbsentMoney:
    """No device."""

    def unavailable(self, due_yen: int) -> PaymentUnavailable | None:
        """Away."""
        return _AWAY

    def change_advice(self, due_yen: int) -> ChangeAdvice:
        """None."""
        return ChangeAdvice.NONE

    def collect(self, key: ChargeKey, due_yen: int, inserted: Callable[[int], None], stop: Event) -> PaymentOutcome:
        """Away."""
        return _AWAY

    def refund(self, key: ChargeKey) -> RefundOutcome:
        """Away."""
        return _AWAY

    def charge_state(self, key: ChargeKey) -> ChargeState:
        """Whatever was charged, this is not the device that knows."""
        return PaymentUnknown(0)
