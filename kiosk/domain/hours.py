"""When the service is open, by the wall clock of Japan.

The national window only: what a municipality narrows further is decided by the center, at menu time and again at the
order. The kiosk asks this module so that nobody lays down a card in vain.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")
"""Japan has one zone and has had no summer time since 1951, so a fixed offset is exact."""


@dataclass(frozen=True, slots=True)
class NationalHours:
    """Daily window of コンビニ交付 and the days on which it is closed."""

    opens: time = time(6, 30)
    closes: time = time(23, 0)
    closed_days: frozenset[tuple[int, int]] = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
    """Month and day of the year-end closure."""

    def is_open(self, at: datetime) -> bool:
        """Tell whether the service is open at an aware instant; the closing minute itself is closed."""
        local = at.astimezone(JST)
        return (local.month, local.day) not in self.closed_days and self.opens <= local.time() < self.closes
