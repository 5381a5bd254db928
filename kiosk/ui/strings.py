"""The words of one language, looked up by key. Knows no toolkit: the headless program uses it too."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from kiosk.flow.screen_model import Language, Text

UI_KEYS = (
    "ui.language_name",
    "ui.service_name",
    "ui.step",
    "ui.page",
    "ui.previous_page",
    "ui.next_page",
    "ui.ticked",
    "ui.unticked",
    "ui.pin_count",
    "ui.tries_left",
    "ui.characters",
    "ui.password_count",
    "ui.tries_short",
    "ui.key_voiced",
    "ui.key_half_voiced",
    "ui.key_small",
    "ui.key_long",
    "ui.key_hyphen",
    "ui.key_space",
    "ui.latin_keys",
    "ui.kana_keys",
    "ui.erase",
    "ui.clear",
    "ui.fewer",
    "ui.more",
    "ui.total",
    "ui.due",
    "ui.inserted",
    "ui.remaining",
    "ui.yen",
    "ui.sheets",
    "ui.code",
    "ui.warning_title",
    "ui.warning_seconds",
    "ui.stay",
    "ui.specimen",
    "ui.text_large",
    "ui.text_standard",
    "ui.contrast_high",
    "ui.contrast_standard",
)
"""What the pages themselves say; every strings file holds all of them."""


class MissingTextError(LookupError):
    """A key, or a value that its sentence wants, is not there. A mistake of ours, so it is not caught."""


@dataclass(frozen=True, slots=True)
class Strings:
    """Every sentence of one language under its dotted key."""

    language: Language
    sentences: Mapping[str, str] = field(repr=False)

    @classmethod
    def load(cls, assets_dir: Path, language: Language) -> Self:
        """Read `strings/<language>.toml` below the assets folder.

        Raises OSError for a missing file, tomllib.TOMLDecodeError or TypeError for one that is not tables of text.
        """
        with (assets_dir / "strings" / f"{language}.toml").open("rb") as file:
            return cls(language, _flat(tomllib.load(file)))

    def text(self, text: Text) -> str:
        """Give the sentence of a key with its values put in, or the literal of a text without a key."""
        if not text.key:
            return text.literal
        return self.sentence(text.key, **dict(text.values))

    def sentence(self, key: str, **values: str) -> str:
        """Give the sentence of `key`; raises MissingTextError when it, or one of its values, is missing."""
        try:
            sentence = self.sentences[key]
        except KeyError:
            raise MissingTextError(f"{self.language}: no text {key}") from None
        try:
            return sentence.format_map(values)
        except KeyError as missing:
            raise MissingTextError(f"{self.language}: {key} wants the value {missing}") from None


def available_languages(assets_dir: Path) -> tuple[Language, ...]:
    """Name the languages that have a strings file; Japanese first, the others by tag."""
    tags = [file.stem for file in (assets_dir / "strings").glob("*.toml")]
    return tuple(Language(tag) for tag in sorted(tags, key=lambda tag: (tag != "ja", tag)))


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    sentences: dict[str, str] = {}
    for name, value in table.items():
        match value:
            case str():
                sentences[prefix + name] = value
            case dict():
                sentences |= _flat(value, f"{prefix}{name}.")
            case _:
                raise TypeError(f"{prefix}{name} is not a text")
    return sentences
