"""The system's clocks, or the same clocks set to another wall time for demonstrations and tests."""

import time
from datetime import UTC, datetime, timedelta

from kiosk.ports.clock import Instant


class SystemClock:
    """Monotonic seconds and wall time of this machine."""

    def __init__(self, starts_at: datetime | None = None) -> None:
        """Run from now, or as if it were `starts_at` (aware) now; the latter is for headless runs only."""
        self._shift = timedelta() if starts_at is None else starts_at - datetime.now(UTC)

    def now(self) -> Instant:
        """Read both clocks."""
        return Instant(time.monotonic(), datetime.now(UTC) + self._shift)
