"""Dates by era."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuing_center.paper.era import ERAS, era_date, era_year, western_date


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(2026, 11, 20), "令和8年11月20日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1873, 1, 1), "明治6年1月1日"),
    ],
)
def test_an_era_changes_on_its_day_and_its_first_year_is_gannen(day: date, printed: str) -> None:
    assert era_date(day) == printed


def test_a_day_before_the_calendars_agree_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="before 1873"):
        era_date(date(1872, 12, 31))


def test_birth_dates_of_foreign_residents_are_western() -> None:
    assert western_date(date(1985, 3, 9)) == "1985年3月9日"


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2100, 12, 31)))
def test_no_two_days_are_printed_alike(day: date) -> None:
    assert era_date(day) != era_date(day + timedelta(days=1))


def test_eras_stand_newest_first() -> None:
    assert [first for first, _ in ERAS] == sorted((first for first, _ in ERAS), reverse=True)


def test_a_year_alone_is_named_by_the_day_that_is_asked() -> None:
    assert [era_year(date(2019, month, 1)) for month in (4, 5)] == ["平成31年", "令和元年"]
