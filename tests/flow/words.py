"""Reads a strings file as a flat table of dotted keys."""

import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "strings"


def read_words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}

    def walk(prefix: str, table: dict[str, object]) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(f"{prefix}{key}.", value)
            else:
                found[f"{prefix}{key}"] = str(value)

    walk("", tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))
    return found
