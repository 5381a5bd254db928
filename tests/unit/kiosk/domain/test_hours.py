"""The national window, by the wall clock of Japan."""

from datetime import UTC, datetime, time, timedelta

import pytest

from kiosk.domain.hours import JST, NationalHours

HOURS = NationalHours()


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-20T06:29:59", False),
        ("2026-11-20T06:30:00", True),
        ("2026-11-20T22:59:59", True),
        ("2026-11-20T23:00:00", False),
        ("2026-11-22T12:00:00", True),
        ("2026-12-28T12:00:00", True),
        ("2026-12-29T12:00:00", False),
        ("2026-12-31T12:00:00", False),
        ("2027-01-03T12:00:00", False),
        ("2027-01-04T06:30:00", True),
    ],
)
def test_the_window_opens_at_half_past_six_and_closes_at_eleven_except_at_the_turn_of_the_year(
    local: str, is_open: bool
) -> None:
    assert HOURS.is_open(datetime.fromisoformat(local).replace(tzinfo=JST)) is is_open


def test_the_place_of_the_clock_does_not_matter() -> None:
    assert HOURS.is_open(datetime(2026, 11, 19, 21, 30, tzinfo=UTC))
    assert not HOURS.is_open(datetime(2026, 11, 19, 21, 29, 59, tzinfo=UTC))


def test_japan_has_no_summer_time() -> None:
    assert {datetime(2026, month, 1, tzinfo=JST).utcoffset() for month in range(1, 13)} == {timedelta(hours=9)}


def test_another_window_is_data() -> None:
    office = NationalHours(time(8, 30), time(17, 15), frozenset())
    assert office.is_open(datetime(2027, 1, 1, 8, 30, tzinfo=JST))
    assert not office.is_open(datetime(2027, 1, 1, 17, 15, tzinfo=JST))
