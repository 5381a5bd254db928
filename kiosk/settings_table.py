"""One table of a settings file, read setting by setting: each is of its type and within its bounds, or the complaint names it."""

import tomllib
from collections.abc import Collection
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

E = TypeVar("E", bound=Enum)
T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is missing or wrong; the text names it."""

    code = "CONFIG-01"


def read_toml(path: Path) -> dict[str, Any]:
    """Read a settings file. Raises SettingsError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.name} cannot be read: {type(error).__name__}") from error


class Table:
    """A table and what of it was read. Every reader raises SettingsError; without a default a setting must be there."""

    def __init__(self, name: str, content: object) -> None:
        if not isinstance(content, dict):
            raise SettingsError(f"[{name}] must be a table")
        self.name = name
        self._content: dict[str, Any] = content
        self._read: set[str] = set()

    def has(self, key: str) -> bool:
        """Tell whether a setting is written."""
        return key in self._content

    def close(self) -> None:
        """Complain of what nobody read."""
        for key in self._content.keys() - self._read:
            raise SettingsError(f"unknown setting {self.name}.{key}")

    def text(self, key: str, default: str | None = None, *, empty: bool = False) -> str:
        """Read a text."""
        value = self._value(key, default)
        if not isinstance(value, str) or not (value or empty):
            raise self._wrong(key, "a text")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Read a text that may be missing."""
        return self.text(key) if self.has(key) else None

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Read a list of texts."""
        value = self._value(key, list(default))
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self._wrong(key, "a list of texts")
        return tuple(value)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Read true or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def integer(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """Read a whole number."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._wrong(key, f"a whole number from {least} to {most}")
        return value

    def integers(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Read a list of whole numbers."""
        value = self._value(key, list(default))
        if not isinstance(value, list) or not all(type(each) is int for each in value):
            raise self._wrong(key, "a list of whole numbers")
        return tuple(value)

    def number(self, key: str, least: float, most: float, default: float | None = None) -> float:
        """Read a number."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self._wrong(key, f"a number from {least:g} to {most:g}")
        return float(value)

    def one_of(self, key: str, choices: Collection[T], default: T) -> T:
        """Read one of a few values."""
        value = self._value(key, default)
        if isinstance(value, bool) or value not in choices:
            raise self._wrong(key, f"one of {', '.join(str(each) for each in choices)}")
        return value  # type: ignore[no-any-return]  # it is equal to one of the choices

    def one_word(self, key: str, words: type[E], default: E) -> E:
        """Read a member of an enumeration by its value."""
        return words(self.one_of(key, [each.value for each in words], default.value))

    def tables(self, key: str) -> tuple["Table", ...]:
        """Read a list of tables, which may be missing."""
        value = self._value(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, "a list of tables")
        return tuple(Table(f"{self.name}.{key}", each) for each in value)

    def _value(self, key: str, default: object) -> Any:  # noqa: ANN401 - whatever TOML holds
        self._read.add(key)
        value = self._content.get(key, default)
        if value is None:
            raise SettingsError(f"{self.name}.{key} is missing")
        return value

    def _wrong(self, key: str, wanted: str) -> SettingsError:
        return SettingsError(f"{self.name}.{key} must be {wanted}")
