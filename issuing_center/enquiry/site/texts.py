"""The sentences of the site, in both languages, with its limits filled in."""

import tomllib
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

from issuing_center.enquiry.site.limits import MIB, Limits

ASSETS: Final = Path(__file__).parent / "assets"


class Language(Enum):
    """Languages of the site; the value stands in addresses and in the page's `lang`."""

    JA = "ja"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language."""

    language: Language
    table: dict[str, Any] = field(repr=False)
    numbers: dict[str, int]

    def __call__(self, key: str, **values: object) -> str:
        """Give a sentence; the key of one in a table is `table.key`. Raises KeyError."""
        found: Any = self.table
        for part in key.split(".", 1):
            found = found[part]
        return str(found).format(**self.numbers, **values)


def load_texts(limits: Limits) -> dict[Language, Texts]:
    """Read both languages."""
    numbers = {
        "file_mib": limits.file_bytes // MIB,
        "request_mib": limits.request_bytes // MIB,
        "pages": limits.pages,
    }
    return {
        language: Texts(
            language, tomllib.loads((ASSETS / f"{language.value}.toml").read_text(encoding="utf-8")), numbers
        )
        for language in Language
    }


def preferred(accept_language: str) -> Language:
    """Choose by a browser's wish: Japanese unless English is wished and stands before it."""
    for part in accept_language.lower().split(","):
        for language in Language:
            if part.strip().startswith(language.value):
                return language
    return Language.EN if accept_language.strip() else Language.JA
