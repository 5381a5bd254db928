"""Time as a visit sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Instant:
    """One reading of both clocks: deadlines use the steady one, opening hours the wall."""

    steady_s: float
    """Monotonic seconds; never steps."""
    wall: datetime
    """Aware; may step."""


class Clock(Protocol):
    """The machine's clocks."""

    def now(self) -> Instant:
        """Read both clocks at once."""
        ...
