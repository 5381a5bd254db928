"""The national holidays of Japan, from a table: the law moves them, sometimes for one year only, so no rule decides here.

The table is made by the rule of the law (`assets/municipalities/make_holidays.py`) and kept as a file that a clerk can
read and correct.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from issuing_center.municipal.package import WEEK, Day

HOLIDAY_FILE = Path(__file__).parents[2] / "assets" / "municipalities" / "holidays.toml"


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of some years."""

    days: frozenset[date] = field(repr=False)
    years: frozenset[int]
    """Years for which the table is complete."""

    def readings(self, on: date, local: frozenset[date]) -> tuple[Day, ...]:
        """Give what a day may be to opening hours; one reading as a rule.

        In a year that the table does not have both are given, and a certificate can be had only where both agree: a
        forgotten table shortens hours and never opens a closed office.
        """
        weekday = WEEK[on.weekday()]
        if on in self.days or on in local:
            return (Day.HOLIDAY,)
        return (weekday,) if on.year in self.years else (weekday, Day.HOLIDAY)


def load_holidays(path: Path) -> Holidays:
    """Read a table of holidays. Raises ValueError when it is not one."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    days: set[date] = set()
    for year, entries in table["year"].items():
        for entry in entries:
            if type(entry["on"]) is not date or str(entry["on"].year) != year or not entry["name"]:
                raise ValueError(f"{path.name}: year.{year}: each holiday is a day of that year and a name")
            days.add(entry["on"])
    return Holidays(frozenset(days), frozenset(int(year) for year in table["year"]))


@cache
def national_holidays() -> Holidays:
    """Give the table that ships with the program, read once a process."""
    return load_holidays(HOLIDAY_FILE)
