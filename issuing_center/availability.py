"""When a certificate can be had, in the words of the wire, and whether a register is not too late to issue from.

Asked at menu time and again at the order, so that a visit that straddles the closing time ends before payment.
"""

from datetime import datetime, timedelta
from typing import assert_never

from issuing_center.municipal.holidays import national_holidays
from issuing_center.municipal.hours import (
    Unavailable,
    application_available,
    application_available_at_counter,
    available,
    available_at_counter,
)
from issuing_center.municipal.package import JST, SettingsPackage
from issuing_center.wire import Closed, Kind

__all__ = ["JST", "application_closed", "closed", "is_fresh"]


def is_fresh(as_of: datetime, now: datetime, limit: timedelta | None) -> bool:
    """Tell whether a register that is complete up to `as_of` may be issued from; without a limit it always may (INV-11)."""
    return limit is None or now - as_of <= limit


def closed(
    rules: SettingsPackage, kind: Kind, device_id: str, now: datetime, *, channel: str = "kiosk"
) -> Closed | None:
    """Say why a certificate cannot be had at an aware instant at a device; None when it can.

    A device of channel "counter" has the hours of its office, every other the national and municipal windows.
    """
    hours = available_at_counter if channel == "counter" else available
    return _word(hours(kind.value, rules, now, device_id, national_holidays()))


def application_closed(
    rules: SettingsPackage, device_id: str, now: datetime, *, channel: str = "kiosk"
) -> Closed | None:
    """Say why no application for 利用登録 is taken at an aware instant at a device; None when one is."""
    hours = application_available_at_counter if channel == "counter" else application_available
    return _word(hours(rules, now, device_id, national_holidays()))


def _word(unavailable: Unavailable | None) -> Closed | None:
    match unavailable:
        case None:
            return None
        case Unavailable.MAINTENANCE:
            return Closed.MAINTENANCE
        case Unavailable.HOURS | Unavailable.YEAR_END | Unavailable.SITE | Unavailable.NOT_OFFERED:
            return Closed.HOURS
        case _:
            assert_never(unavailable)
