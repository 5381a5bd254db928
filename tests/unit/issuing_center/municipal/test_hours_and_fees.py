"""When a certificate can be had and what it costs, minute by minute at every edge."""

from datetime import UTC, datetime, timedelta

import pytest

from issuing_center.municipal.fees import fee_at
from issuing_center.municipal.holidays import national_holidays
from issuing_center.municipal.hours import Unavailable, available
from issuing_center.municipal.package import JST, SettingsPackage
from issuing_center.municipal.parsing import parse_package
from tests.support.registers import KOMIHON, SHIOMINO, YAMATE, package_folder

PACKAGES = {
    code: parse_package((package_folder(code) / "settings.toml").read_bytes()) for code in (SHIOMINO, YAMATE, KOMIHON)
}
TICK = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


def reason(code: str, kind: str, moment: datetime, site: str = "kiosk-0001") -> Unavailable | None:
    found = available(kind, PACKAGES[code], moment, site, national_holidays())
    assert available(kind, PACKAGES[code], moment.astimezone(UTC), site, national_holidays()) is found
    return found


@pytest.mark.parametrize(
    ("code", "kind", "opens", "closes"),
    [
        (SHIOMINO, "juminhyo", "2026-11-20T06:30", "2026-11-20T23:00"),  # national window
        (SHIOMINO, "koseki-zenbu", "2026-11-22T06:30", "2026-11-22T23:00"),  # Sunday
        (YAMATE, "koseki-zenbu", "2026-11-20T09:00", "2026-11-20T17:00"),  # office hours
        (YAMATE, "inkan", "2026-11-23T08:00", "2026-11-23T20:00"),  # a Monday, and a holiday
        (YAMATE, "inkan", "2026-11-30T06:30", "2026-11-30T23:00"),  # a Monday
        (KOMIHON, "juminhyo", "2026-11-20T07:00", "2026-11-20T20:00"),
        (KOMIHON, "koseki-kojin", "2026-11-20T08:30", "2026-11-20T17:15"),
    ],
)
def test_hours_begin_at_their_minute_and_are_over_at_theirs(code: str, kind: str, opens: str, closes: str) -> None:
    for edge, before, after in ((opens, Unavailable.HOURS, None), (closes, None, Unavailable.HOURS)):
        assert reason(code, kind, at(edge) - TICK) is before
        assert reason(code, kind, at(edge)) is after


@pytest.mark.parametrize(
    ("code", "day"),
    [
        (YAMATE, "2026-11-23"),  # 勤労感謝の日
        (YAMATE, "2026-09-22"),  # 国民の休日
        (YAMATE, "2025-11-24"),  # 振替休日
        (YAMATE, "2026-07-01"),  # the city's own day
        (YAMATE, "2026-11-21"),  # a Saturday
        (YAMATE, "2029-11-26"),  # a Monday of a year without a table: never open by mistake
    ],
)
def test_office_hours_rest_on_holidays(code: str, day: str) -> None:
    assert reason(code, "koseki-zenbu", at(f"{day}T12:00")) is Unavailable.HOURS


def test_a_year_without_a_table_of_holidays_keeps_what_holidays_do_not_change() -> None:
    assert reason(SHIOMINO, "juminhyo", at("2029-11-26T12:00")) is None


@pytest.mark.parametrize(
    ("code", "last", "first"),
    [(SHIOMINO, "2026-12-29T00:00", "2027-01-04T00:00"), (YAMATE, "2026-12-28T00:00", "2027-01-05T00:00")],
)
def test_the_turn_of_the_year_is_closed_for_whole_days(code: str, last: str, first: str) -> None:
    noon = timedelta(hours=12)
    assert reason(code, "juminhyo", at(last) - noon) is None
    assert reason(code, "juminhyo", at(last) + noon) is Unavailable.YEAR_END
    assert reason(code, "juminhyo", at(first) - noon) is Unavailable.YEAR_END
    assert reason(code, "juminhyo", at(first) + noon) is None


def test_maintenance_is_of_its_kinds_and_ends_at_its_instant() -> None:
    begin, end = at("2027-01-16T00:00"), at("2027-01-18T06:30")
    assert reason(KOMIHON, "inkan", begin + timedelta(hours=12)) is Unavailable.MAINTENANCE
    assert reason(KOMIHON, "inkan", end - TICK) is Unavailable.HOURS  # the national window comes first
    assert reason(KOMIHON, "juminhyo", end + timedelta(minutes=30)) is None
    friday = at("2026-12-11T17:30")
    assert reason(YAMATE, "juminhyo", friday) is None
    assert reason(YAMATE, "fuhyo", at("2026-12-14T09:00") - TICK) is Unavailable.MAINTENANCE
    assert reason(YAMATE, "fuhyo", at("2026-12-14T09:00")) is None


def test_a_building_closes_its_own_kiosk_and_no_other() -> None:
    evening, noon = at("2026-11-20T17:15"), at("2026-11-20T12:30")
    assert reason(YAMATE, "juminhyo", evening - TICK, "kiosk-0002") is None
    assert reason(YAMATE, "juminhyo", evening, "kiosk-0002") is Unavailable.SITE
    assert reason(YAMATE, "juminhyo", evening, "kiosk-0001") is None
    assert reason(KOMIHON, "inkan", noon, "counter-0001") is Unavailable.SITE
    assert reason(YAMATE, "juminhyo", at("2026-11-23T10:00"), "kiosk-0002") is Unavailable.SITE


def test_what_is_not_offered_is_not_available() -> None:
    noon = at("2026-11-20T12:00")
    assert reason(YAMATE, "risai", noon) is Unavailable.NOT_OFFERED
    assert reason(KOMIHON, "kazei", noon) is Unavailable.NOT_OFFERED
    assert reason(SHIOMINO, "passport", noon) is Unavailable.NOT_OFFERED


@pytest.mark.parametrize(
    ("code", "kind", "moment", "before", "after"),
    [
        (SHIOMINO, "juminhyo", "2024-04-01T00:00", 300, 200),
        (SHIOMINO, "juminhyo", "2019-10-01T00:00", None, 300),
        (SHIOMINO, "risai", "2019-10-01T00:00", None, 0),
        (YAMATE, "juminhyo", "2026-10-01T00:00", 300, 10),
        (YAMATE, "juminhyo", "2027-04-01T00:00", 10, 300),
        (YAMATE, "koseki-zenbu", "2026-10-01T00:00", 450, None),
        (YAMATE, "koseki-zenbu", "2026-10-02T00:00", None, 350),
    ],
)
def test_fees_and_campaigns_change_at_midnight_in_japan(
    code: str, kind: str, moment: str, before: int | None, after: int | None
) -> None:
    rules = PACKAGES[code]
    assert fee_at(kind, rules, at(moment) - TICK) == before
    assert fee_at(kind, rules, at(moment)) == after
    assert fee_at(kind, rules, at(moment).astimezone(UTC)) == after


def test_a_day_between_two_fees_offers_nothing() -> None:
    assert reason(YAMATE, "koseki-zenbu", at("2026-10-01T12:00")) is Unavailable.NOT_OFFERED


def test_the_sample_municipalities_differ_in_all_their_rules() -> None:
    def facets(rules: SettingsPackage) -> list[object]:
        juminhyo = rules.rules("juminhyo")
        assert juminhyo is not None
        taxes = [entry.tax_years for entry in rules.kinds if entry.tax_years]
        return [
            {entry.kind for entry in rules.kinds},
            (juminhyo.items, juminhyo.form, juminhyo.scopes, juminhyo.hours),
            (juminhyo.copies_limit, juminhyo.fees),
            [(entry.fees, entry.campaigns) for entry in rules.kinds],
            taxes[0],
            (rules.year_end, rules.local_holidays),
            (rules.maintenance, rules.sites),
            rules.mayors,
            [(seal.sha256, seal.colour) for seal in rules.seals],
        ]

    one, two, three = (facets(rules) for rules in PACKAGES.values())
    for a, b, c in zip(one, two, three, strict=True):
        assert a != b
        assert b != c
        assert c != a
