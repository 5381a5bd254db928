"""The table of holidays against the rule of the law, and against what was printed in the gazette."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from assets.municipalities.make_holidays import YEARS, table
from issuing_center.municipal.holidays import HOLIDAY_FILE, Holidays, load_holidays, national_holidays
from issuing_center.municipal.package import WEEK, Day

ANNOUNCED = {
    2024: "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23",
    2025: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24",
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
    2028: "1/1 1/10 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/22 10/9 11/3 11/23",
}
"""Typed by hand from the calendars of each year, not from the rule."""


def test_the_kept_table_is_what_the_rule_gives() -> None:
    assert HOLIDAY_FILE.read_text(encoding="utf-8") == table()


def test_the_table_is_what_was_announced() -> None:
    announced = {date(year, *map(int, day.split("/"))) for year, days in ANNOUNCED.items() for day in days.split()}
    assert national_holidays() == Holidays(frozenset(announced), frozenset(YEARS))


def test_no_holiday_is_lost_to_a_sunday_and_no_day_stands_alone_between_two() -> None:
    days = national_holidays().days
    for day in days:
        if day.weekday() == 6:
            following = day + timedelta(days=1)
            assert following in days
        assert not (day + timedelta(days=2) in days and day + timedelta(days=1) not in days)


def test_a_day_is_its_weekday_or_a_holiday_of_the_nation_or_the_place() -> None:
    local = frozenset({date(2026, 7, 1)})
    holidays = national_holidays()
    assert holidays.readings(date(2026, 9, 22), local) == (Day.HOLIDAY,)
    assert holidays.readings(date(2026, 7, 1), local) == (Day.HOLIDAY,)
    assert holidays.readings(date(2026, 7, 1), frozenset()) == (Day.WED,)
    assert holidays.readings(date(2026, 11, 22), local) == (Day.SUN,)


def test_a_year_without_a_table_has_both_readings() -> None:
    assert national_holidays().readings(date(2029, 1, 9), frozenset()) == (WEEK[1], Day.HOLIDAY)


@pytest.mark.parametrize(
    "entry",
    [
        '[[year.2024]]\non = 2025-01-01\nname = "元日"',
        '[[year.2024]]\non = "1/1"\nname = "元日"',
        '[[year.2024]]\non = 2024-01-01\nname = ""',
    ],
)
def test_a_table_with_a_wrong_entry_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text(entry, encoding="utf-8")
    with pytest.raises(ValueError, match=r"holidays\.toml: year\.2024"):
        load_holidays(path)
