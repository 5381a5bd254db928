"""Reads values out of a settings table and writes down every one that is not as documented.

Each reader gives a value in any case, a harmless stand-in after a flaw, so that one look finds all flaws of a file. What
was written instead is never quoted. Knows TOML's types and nothing of municipalities.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any, TypeVar

EnumT = TypeVar("EnumT", bound=Enum)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place of a settings package that is not as it must be."""

    file: str
    field: str
    """Path of the field: `certificate[2].fee[0].fee_yen`; empty for the file as a whole."""
    expected: str
    """What would be right, in words."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.field, self.expected) if part)


@dataclass(slots=True)
class Reader:
    """Collects the flaws of one file."""

    file: str
    flaws: list[Flaw] = field(default_factory=list)

    def flaw(self, path: str, expected: str) -> None:
        """Write down what a field should have been."""
        self.flaws.append(Flaw(self.file, path, expected))

    def root(self, content: Mapping[str, Any], required: Collection[str], optional: Collection[str]) -> "Section":
        """Read the whole file as a table."""
        return self.section(content, "", required, optional)

    def section(self, value: object, path: str, required: Collection[str], optional: Collection[str]) -> "Section":
        """Read a table and hold its keys against the known ones."""
        if not isinstance(value, dict):
            self.flaw(path, "a table")
            return Section(self, {}, path)
        section = Section(self, value, path)
        for key in value:
            if key not in required and key not in optional:
                self.flaw(section.at(str(key)), f"no such key; known are {', '.join((*required, *optional))}")
        for key in required:
            if key not in value:
                self.flaw(section.at(key), "is missing")
        return section


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the file. A missing key is silent here: whoever opened the table has said so."""

    reader: Reader
    values: Mapping[str, Any]
    path: str

    def at(self, key: str) -> str:
        """Give the path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def flaw(self, key: str, expected: str) -> None:
        """Write down what a key should have been."""
        self.reader.flaw(self.at(key), expected)

    def text(self, key: str, longest: int) -> str:
        """Read a text of one line: not empty, no blank ends, nothing that cannot be printed."""
        value = self.values.get(key)
        if isinstance(value, str) and 0 < len(value) <= longest and value == value.strip() and _printable(value):
            return value
        if key in self.values:
            self.flaw(key, f"a text of 1 to {longest} printable characters without blank ends")
        return ""

    def number(self, key: str, least: int, most: int) -> int:
        """Read a whole number within bounds."""
        value = self.values.get(key)
        if type(value) is int and least <= value <= most:
            return value
        if key in self.values:
            self.flaw(key, f"a whole number from {least} to {most}")
        return least

    def day(self, key: str) -> date | None:
        """Read a date; None when there is none."""
        value = self.values.get(key)
        if value is None or type(value) is date:
            return value
        self.flaw(key, "a date, written 2026-04-01")
        return None

    def instant(self, key: str) -> datetime | None:
        """Read an instant with its offset from UTC; None when there is none."""
        value = self.values.get(key)
        if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
            return value
        self.flaw(key, "an instant with its offset, written 2026-04-01T17:30:00+09:00")
        return None

    def clock(self, key: str) -> time | None:
        """Read a time of day in whole minutes; None when there is none."""
        value = self.values.get(key)
        if value is None or (isinstance(value, time) and not (value.second or value.microsecond)):
            return value
        self.flaw(key, "a time of day in whole minutes, written 08:30:00")
        return None

    def month_day(self, key: str) -> tuple[int, int] | None:
        """Read a day of any year, written as text: "06-10"; None when there is none."""
        value = self.values.get(key)
        if value is None:
            return None
        try:
            # 1999 is a common year: the 29th of February is no day of every year.
            day = date.fromisoformat(f"1999-{value}") if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None:
            self.flaw(key, 'a month and day of every year, written "06-10"')
            return None
        return day.month, day.day

    def word(self, key: str, known: type[EnumT]) -> EnumT | None:
        """Read one of an enum's words; None when there is none."""
        value = self.values.get(key)
        for member in known:
            if member.value == value:
                return member
        if key in self.values:
            self.flaw(key, f"one of {', '.join(str(member.value) for member in known)}")
        return None

    def words(self, key: str, known: Collection[str], *, least: int = 0) -> tuple[str, ...]:
        """Read a list of different words, each of the known ones."""
        value = self.values.get(key)
        if (
            isinstance(value, list)
            and len(value) >= least
            and all(isinstance(word, str) and word in known for word in value)
            and len(set(value)) == len(value)
        ):
            return tuple(value)
        if key in self.values:
            some = "one or more" if least else "any"
            self.flaw(key, f"a list of {some} of {', '.join(sorted(known)) or 'nothing'}, each once")
        return ()

    def texts(self, key: str, longest: int) -> tuple[str, ...]:
        """Read a list of different texts of at most `longest` characters each; a missing list is empty."""
        value = self.values.get(key, [])
        if (
            isinstance(value, list)
            and all(isinstance(each, str) and 0 < len(each) <= longest and _printable(each) for each in value)
            and len(set(value)) == len(value) <= 20
        ):
            return tuple(value)
        self.flaw(key, f"a list of at most 20 texts of 1 to {longest} characters, each once")
        return ()

    def switch(self, key: str) -> bool:
        """Read true or false; a missing switch is false."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.flaw(key, "true or false")
            return False
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """Read a list of dates."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(type(day) is date for day in value):
            return tuple(value)
        self.flaw(key, "a list of dates, each written 2026-04-01")
        return ()

    def sections(
        self, key: str, required: Collection[str], optional: Collection[str] = (), *, least: int = 0, most: int = 500
    ) -> Iterator["Section"]:
        """Read an array of tables, each held against the known keys."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.flaw(key, f"{least} to {most} tables, each written [[{self.at(key)}]]")
            return
        for number, entry in enumerate(value):
            yield self.reader.section(entry, f"{self.at(key)}[{number}]", required, optional)


def _printable(text: str) -> bool:
    # Control, format, surrogate, private and unassigned characters; of the separators only blanks, narrow and wide.
    return not any(
        unicodedata.category(char).startswith("C") or (unicodedata.category(char)[0] == "Z" and char not in " \u3000")
        for char in text
    )
