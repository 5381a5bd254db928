"""Years by their era: the label on the screen is the one that stands on paper."""

from datetime import date

import pytest

from kiosk.domain.era import era_year, fiscal_year, income_year


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 4, 1), "令和8"),
        (date(2019, 5, 1), "令和元"),
        (date(2019, 4, 30), "平成31"),
        (date(1989, 1, 8), "平成元"),
        (date(1989, 1, 7), "昭和64"),
        (date(1926, 12, 25), "昭和元"),
    ],
)
def test_a_year_is_named_by_the_era_of_its_day(day: date, name: str) -> None:
    assert era_year(day) == name


def test_a_day_before_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        era_year(date(1926, 12, 24))


@pytest.mark.parametrize(
    ("year", "fiscal", "income"),
    [(2026, "令和8", "令和7"), (2020, "令和2", "令和元"), (2019, "平成31", "平成30"), (1989, "平成元", "昭和63")],
)
def test_a_tax_year_goes_by_the_income_of_the_year_before(year: int, fiscal: str, income: str) -> None:
    assert (fiscal_year(year), income_year(year)) == (fiscal, income)
