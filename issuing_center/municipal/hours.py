"""When a certificate can be had: national window, turn of the year, maintenance, the municipality's hours, the building's.

Pure, and by the wall clock of Japan. Asked at menu time and again at the order, so that a visit that straddles the closing
minute ends before payment.
"""

from collections.abc import Iterable
from datetime import datetime, time
from enum import Enum

from issuing_center.municipal.fees import fee_at
from issuing_center.municipal.holidays import Holidays
from issuing_center.municipal.package import JST, Day, OpenSpan, SettingsPackage
from issuing_center.municipal.vocabulary import APPLICATION

NATIONAL_OPENS, NATIONAL_CLOSES = time(6, 30), time(23, 0)
NATIONAL_YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
"""Month and day of the nationwide closure; a municipality may add days, not take any away."""


class Unavailable(Enum):
    """Why a certificate cannot be had now; all of it public."""

    NOT_OFFERED = "not_offered"
    YEAR_END = "year_end"
    HOURS = "closed_hours"
    MAINTENANCE = "maintenance"
    SITE = "site_closed"


def available(kind: str, rules: SettingsPackage, now: datetime, site: str, holidays: Holidays) -> Unavailable | None:
    """Say why a certificate cannot be had at an aware instant at a kiosk; None when it can.

    `site` is the kiosk's device id; one that stands in no building of the package has no further hours. A closing minute
    is closed already. The first reason in the order of the module's title is given.
    """
    found = rules.rules(kind)
    if found is None or fee_at(kind, rules, now) is None:
        return Unavailable.NOT_OFFERED
    return _at_kiosk(kind, found.hours, rules, now, site, holidays)


def application_available(rules: SettingsPackage, now: datetime, site: str, holidays: Holidays) -> Unavailable | None:
    """Say why no application for 利用登録 is taken at an aware instant at a kiosk; None when one is.

    It has hours and maintenance of its own, and the national window, the turn of the year and the building's hours as
    everything else.
    """
    if not rules.application_hours:
        return Unavailable.NOT_OFFERED
    return _at_kiosk(APPLICATION, rules.application_hours, rules, now, site, holidays)


def application_available_at_counter(
    rules: SettingsPackage, now: datetime, terminal: str, holidays: Holidays
) -> Unavailable | None:
    """Say the same of a counter terminal, whose hours are its office's."""
    if not rules.application_hours:
        return Unavailable.NOT_OFFERED
    return _at_counter(APPLICATION, rules, now, terminal, holidays)


def _at_kiosk(
    word: str, hours: Iterable[OpenSpan], rules: SettingsPackage, now: datetime, site: str, holidays: Holidays
) -> Unavailable | None:
    local = now.astimezone(JST)
    clock, today = local.time(), local.date()
    if not NATIONAL_OPENS <= clock < NATIONAL_CLOSES:
        return Unavailable.HOURS
    if (today.month, today.day) in NATIONAL_YEAR_END | rules.year_end:
        return Unavailable.YEAR_END
    if any(rest.concerns(word) and rest.closed_from <= now < rest.closed_until for rest in rules.maintenance):
        return Unavailable.MAINTENANCE
    readings = holidays.readings(today, rules.local_holidays)
    if not _open(hours, readings, clock):
        return Unavailable.HOURS
    buildings = (building for building in rules.sites if site in building.kiosks)
    if not all(_open(building.hours, readings, clock) for building in buildings):
        return Unavailable.SITE
    return None


def available_at_counter(
    kind: str, rules: SettingsPackage, now: datetime, terminal: str, holidays: Holidays
) -> Unavailable | None:
    """Say why a certificate cannot be had now at a counter terminal; None when it can.

    The hours are those of the office the terminal stands in, whatever the national window and the certificate's own hours
    are; a terminal in no office has none. Turn of the year, holidays and maintenance hold as everywhere.
    """
    if rules.rules(kind) is None or fee_at(kind, rules, now) is None:
        return Unavailable.NOT_OFFERED
    return _at_counter(kind, rules, now, terminal, holidays)


def _at_counter(
    word: str, rules: SettingsPackage, now: datetime, terminal: str, holidays: Holidays
) -> Unavailable | None:
    office = rules.office_of(terminal)
    if office is None:
        return Unavailable.SITE
    local = now.astimezone(JST)
    today = local.date()
    if (today.month, today.day) in NATIONAL_YEAR_END | rules.year_end:
        return Unavailable.YEAR_END
    if any(rest.concerns(word) and rest.closed_from <= now < rest.closed_until for rest in rules.maintenance):
        return Unavailable.MAINTENANCE
    if not _open(office.hours, holidays.readings(today, rules.local_holidays), local.time()):
        return Unavailable.SITE
    return None


def _open(spans: Iterable[OpenSpan], readings: Iterable[Day], clock: time) -> bool:
    now = [span for span in spans if span.opens <= clock < span.closes]
    return all(any(day in span.days for span in now) for day in readings)
