"""What operators are paid for an issued copy: data with periods, read from a file and checked whole.

    [[commission]]
    operator = "mihon-store"    # as devices.json names it
    copy_yen = 117
    first_day = 2026-04-01
    last_day = 2027-03-31       # left out: until further notice

A new rate gets a period of its own; that of a month which is closed is left as it was.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

_FIELDS = {"operator", "copy_yen", "first_day", "last_day"}
_MOST_YEN = 100_000


class CommissionsError(ValueError):
    """The file is refused; the text names the entry and the field."""


class CommissionMissingError(LookupError):
    """No rate is known for an operator on a day; nothing is settled on a guess."""

    def __init__(self, operator: str, day: date) -> None:
        super().__init__(f"no commission of {operator} on {day}")


@dataclass(frozen=True, slots=True)
class Commission:
    """One rate."""

    operator: str
    copy_yen: int
    """For each copy that was handed over."""
    first_day: date
    last_day: date | None
    """Inclusive; None until further notice."""

    def holds(self, day: date) -> bool:
        """Tell whether the rate is that of a day in Japan."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Commissions:
    """All rates."""

    rates: tuple[Commission, ...] = ()

    def rate(self, operator: str, day: date) -> int:
        """Give what an operator gets for a copy of a day; 0 for the municipality's own machines (an empty operator).

        Raises CommissionMissingError.
        """
        if not operator:
            return 0
        for each in self.rates:
            if each.operator == operator and each.holds(day):
                return each.copy_yen
        raise CommissionMissingError(operator, day)


def read_commissions(path: Path) -> Commissions:
    """Read a file of rates. Raises CommissionsError, and OSError when there is none."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommissionsError(f"{path.name} is not TOML in UTF-8") from error
    entries = table.get("commission", [])
    if set(table) - {"commission"} or not isinstance(entries, list):
        raise CommissionsError(f"{path.name} holds nothing but [[commission]] entries")
    rates = [_commission(number, entry) for number, entry in enumerate(entries, start=1)]
    for at, one in enumerate(rates):
        for number, other in enumerate(rates[at + 1 :], start=at + 2):
            if one.operator == other.operator and (one.holds(other.first_day) or other.holds(one.first_day)):
                raise CommissionsError(f"commission {number}: two rates of {one.operator} on one day")
    return Commissions(tuple(rates))


def _commission(number: int, entry: Any) -> Commission:  # noqa: ANN401  whatever TOML holds
    def refuse(what: str) -> CommissionsError:
        return CommissionsError(f"commission {number}: {what}")

    if not isinstance(entry, dict) or not {"operator", "copy_yen", "first_day"} <= set(entry) <= _FIELDS:
        raise refuse("operator, copy_yen, first_day, and perhaps last_day")
    operator, yen, first, last = (entry.get(name) for name in ("operator", "copy_yen", "first_day", "last_day"))
    if not isinstance(operator, str) or not 1 <= len(operator) <= 64:
        raise refuse("operator is a text of 1 to 64 characters")
    if not isinstance(yen, int) or isinstance(yen, bool) or not 0 <= yen <= _MOST_YEN:
        raise refuse(f"copy_yen is a number from 0 to {_MOST_YEN}")
    # A TOML instant is a datetime, which Python takes for a date.
    if not isinstance(first, date) or isinstance(first, datetime):
        raise refuse("first_day is a day")
    if last is not None and (not isinstance(last, date) or isinstance(last, datetime) or last < first):
        raise refuse("last_day is a day, not before first_day")
    return Commission(operator, yen, first, last)
