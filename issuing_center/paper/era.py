"""Dates as Japanese certificates print them: by era, and in the Western calendar only where the form says so.

The era follows from the date alone, never from when a program was started: a city once printed 平成31年5月
because its terminals learnt of the new era only at their first boot.
"""

from datetime import date

ERAS: tuple[tuple[date, str], ...] = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)
"""First day and name of each era, newest first. 明治 starts in 1868, but only from 1873 does its calendar agree
with ours day by day; older dates come as text (:class:`issuing_center.paper.sheet.WrittenDate`)."""


def era_date(day: date) -> str:
    """Write a date in its era, the first year as 元年: ``令和8年11月20日``, ``令和元年5月1日``.

    Raises ValueError before 1873, where the calendars differ.
    """
    for first_day, name in ERAS:
        if day >= first_day:
            year = day.year - first_day.year + 1
            if name == "明治":
                year = day.year - 1867
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    raise ValueError("a date before 1873 has no day in the era calendar")


def era_year(day: date) -> str:
    """Write the year a day lies in: ``令和8年``. For 所得の年 pass the last day of the year, for 年度 its first (April)."""
    return era_date(day).partition("年")[0] + "年"


def western_date(day: date) -> str:
    """Write a date in the Western calendar, as the birth dates of foreign residents are: ``1985年3月9日``."""
    return f"{day.year}年{day.month}月{day.day}日"
