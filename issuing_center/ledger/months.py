"""Months and fiscal years as Japan counts them, and the instants at which they begin.

A copy belongs to the day in Japan that is printed on it, whatever the clock of the server's zone says.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from issuing_center.municipal.package import JST

_TEXT = re.compile(r"(\d{4})-(\d{2})\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of the calendar."""

    year: int
    number: int
    """1 to 12."""

    @classmethod
    def of(cls, at: datetime) -> Self:
        """Give the month of an aware instant in Japan."""
        day = at.astimezone(JST)
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month as in 2026-10. Raises ValueError."""
        match = _TEXT.match(text)
        if match is None or not 1 <= int(match[2]) <= 12 or not 1989 <= int(match[1]) <= 9998:
            raise ValueError("a month is written as in 2026-10")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first_day(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def begins_at(self) -> datetime:
        """Midnight in Japan before its first day; the month ends where the next begins."""
        return midnight(self.first_day)

    @property
    def days(self) -> tuple[date, ...]:
        """All its days."""
        length = (self.following.first_day - self.first_day).days
        return tuple(self.first_day + timedelta(days=number) for number in range(length))

    @property
    def following(self) -> "Month":
        """The month after this one."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)


def midnight(day: date) -> datetime:
    """Give the instant at which a day begins in Japan."""
    return datetime.combine(day, time(), JST)


def fiscal_year_of(at: datetime) -> int:
    """Give the 年度 of an aware instant: April to March, named by the year it begins in."""
    month = Month.of(at)
    return month.year - (month.number < 4)


def months_of(fiscal_year: int) -> tuple[Month, ...]:
    """Give the twelve months of a 年度, April first."""
    months = [Month(fiscal_year, 4)]
    while len(months) < 12:
        months.append(months[-1].following)
    return tuple(months)
