"""Years as Japan counts them, for labels on the screen.

Knows years only; dates on paper are the issuing center's. A year's name follows from the year alone, never from when
the machine was started.
"""

from datetime import date

ERAS: tuple[tuple[date, str], ...] = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)
"""First day and name of each era, newest first; older years have no tax data anywhere."""


def era_year(day: date) -> str:
    """Name the year of a day: ``令和8``, the first one ``令和元``. Raises ValueError before 昭和."""
    for first_day, name in ERAS:
        if day >= first_day:
            number = day.year - first_day.year + 1
            return f"{name}{'元' if number == 1 else number}"
    raise ValueError("the table of eras does not go back so far")


def fiscal_year(year: int) -> str:
    """Name a 年度 by the era of its first day, as paper does: 2026 is ``令和8``, 2019 is ``平成31``."""
    return era_year(date(year, 4, 1))


def income_year(year: int) -> str:
    """Name the year of the income that a tax 年度 goes by: the calendar year before it, by the era of its last day."""
    return era_year(date(year - 1, 12, 31))
