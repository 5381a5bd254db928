"""When a certificate can be had: national window, municipal windows, maintenance, and a register that is not late.

By the wall clock of Japan.
Asked at menu time and again at the order, so that a visit that straddles the closing time ends before payment.
"""

from datetime import datetime, time, timedelta, timezone

from issuing_center.register.records import OfferSettings
from issuing_center.wire import Closed

JST = timezone(timedelta(hours=9), "JST")
"""One zone and no summer time since 1951, so a fixed offset is exact."""

NATIONAL_OPENS, NATIONAL_CLOSES = time(6, 30), time(23, 0)
YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
"""Month and day of the nationwide closure."""


def is_fresh(as_of: datetime, now: datetime, limit: timedelta | None) -> bool:
    """Tell whether a register that is complete up to `as_of` may be issued from; without a limit it always may (INV-11)."""
    return limit is None or now - as_of <= limit


def closed(offer: OfferSettings, now: datetime) -> Closed | None:
    """Say why an offer cannot be had at an aware instant; None when it can. A closing minute is closed already."""
    local = now.astimezone(JST)
    if (local.month, local.day) in YEAR_END or not NATIONAL_OPENS <= local.time() < NATIONAL_CLOSES:
        return Closed.HOURS
    if any(interval.closed_from <= now < interval.closed_until for interval in offer.closed):
        return Closed.MAINTENANCE
    windows = [window for window in offer.hours if window.weekday == local.weekday()]
    if not any(window.opens <= local.time() < window.closes for window in windows):
        return Closed.HOURS
    return None
