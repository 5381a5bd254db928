"""Every language says everything: the same keys, the same values to fill in, nothing empty, named fields only."""

import string
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

FOLDER = ROOT / "assets" / "strings"
FIRST = "ja"


def texts(path: Path) -> dict[str, str]:
    flat: dict[str, str] = {}

    def walk(prefix: str, table: dict[str, object]) -> None:
        for key, value in table.items():
            name = f"{prefix}{key}"
            if isinstance(value, dict):
                walk(f"{name}.", value)
            else:
                assert isinstance(value, str), f"{path.name}: {name} is no text"
                flat[name] = value

    walk("", tomllib.loads(path.read_text(encoding="utf-8")))
    return flat


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def flaws(folder: Path) -> list[str]:
    languages = {path.stem: texts(path) for path in sorted(folder.glob("*.toml"))}
    first = languages[FIRST]
    found = []
    for language, table in languages.items():
        found += [f"{language} lacks {key}" for key in first.keys() - table.keys()]
        found += [f"{language} has {key}, which {FIRST} lacks" for key in table.keys() - first.keys()]
        for key, text in table.items():
            if not text.strip():
                found.append(f"{language}: {key} is empty")
            if any(not name.isidentifier() for name in fields(text)):
                found.append(f"{language}: {key} has a field without a name")
            elif key in first and fields(text) != fields(first[key]):
                found.append(f"{language}: {key} fills in other values than {FIRST}")
    return sorted(found)


def test_every_language_is_complete() -> None:
    assert flaws(FOLDER) == []


def test_japanese_and_english_are_there() -> None:
    assert {"ja", "en"} <= {path.stem for path in FOLDER.glob("*.toml")}


@pytest.mark.parametrize(
    ("english", "flaw"),
    [
        ("[a]\none = '{n} left'", "en lacks a.two"),
        ("[a]\none = '{n} left'\ntwo = ' '", "en: a.two is empty"),
        ("[a]\none = 'left'\ntwo = 'x'", "en: a.one fills in other values than ja"),
        ("[a]\none = '{} left'\ntwo = 'x'", "en: a.one has a field without a name"),
        ("[a]\none = '{n} left'\ntwo = 'x'\nthree = 'x'", "en has a.three, which ja lacks"),
    ],
)
def test_a_planted_flaw_is_found(tmp_path: Path, english: str, flaw: str) -> None:
    (tmp_path / "ja.toml").write_text("[a]\none = 'あと{n}'\ntwo = 'に'", encoding="utf-8")
    (tmp_path / "en.toml").write_text(english, encoding="utf-8")
    assert flaws(tmp_path) == [flaw]
