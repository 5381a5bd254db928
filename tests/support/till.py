"""A till whose charges outlive its machine's process, as a real device's do: a file a charge, each change at one stroke."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from uuid import uuid4

from kiosk.ports.payment import (
    ChangeAdvice,
    ChargeKey,
    ChargeState,
    NotCharged,
    Paid,
    PaymentOutcome,
    PaymentUnavailable,
    Refunded,
    RefundOutcome,
)


class FileTill:
    """Takes the money at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def unavailable(self, due_yen: int) -> PaymentUnavailable | None:
        """Well."""
        return None

    def change_advice(self, due_yen: int) -> ChangeAdvice:
        """Any."""
        return ChangeAdvice.ANY

    def collect(self, key: ChargeKey, due_yen: int, inserted: Callable[[int], None], stop: Event) -> PaymentOutcome:
        """Charge, once a key."""
        inserted(due_yen)
        if isinstance(self.charge_state(key), NotCharged):
            self._write(key, f"paid {due_yen}")
        return Paid(due_yen)

    def refund(self, key: ChargeKey) -> RefundOutcome:
        """Give back, once a key."""
        state = self.charge_state(key)
        if isinstance(state, Paid):
            self._write(key, f"refunded {state.received_yen}")
            return Refunded(state.received_yen)
        assert isinstance(state, Refunded | NotCharged)
        return state

    def charge_state(self, key: ChargeKey) -> ChargeState:
        """Tell what is known of a key."""
        file = self._folder / key
        if not file.is_file():
            return NotCharged()
        word, yen = file.read_text().split()
        return Paid(int(yen)) if word == "paid" else Refunded(int(yen))

    def charges(self) -> dict[ChargeKey, ChargeState]:
        """Give every charge there ever was."""
        keys = [ChargeKey(file.name) for file in self._folder.iterdir() if file.suffix != ".new"]
        return {key: self.charge_state(key) for key in keys}

    def _write(self, key: ChargeKey, text: str) -> None:
        new = self._folder / f"{uuid4().hex}.new"
        new.write_text(text)
        new.rename(self._folder / key)
