"""The pinned fonts of slips: the gothic of the screen first, and the paper's font for characters only that one has."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from printers.escpos.lettering import LetteringUnavailableError, SlipFonts


def slip_fonts(assets: Path) -> SlipFonts:
    """Find the fonts that `fonts/fonts.toml` of the assets folder pins, and compare their digests (about 50 ms).

    Raises LetteringUnavailableError when one is missing or another version: other shapes would be printed.
    """
    pins = assets / "fonts" / "fonts.toml"
    try:
        table = tomllib.loads(pins.read_text(encoding="utf-8"))
        paper, regular, bold = table["paper"], table["screen"]["ja"], table["screen"]["ja-bold"]
        folders = [pins.parent / folder for folder in table["search"]]
    except (OSError, KeyError, ValueError) as error:
        raise LetteringUnavailableError(f"{pins.name} cannot be read") from error
    rare = _found(paper, folders)
    return SlipFonts(regular=(_found(regular, folders), rare), bold=(_found(bold, folders), rare))


def _found(pin: dict[str, Any], folders: list[Path]) -> Path:
    for folder in folders:
        file: Path = folder / pin["file"]
        if file.is_file() and file.stat().st_size == pin["bytes"]:
            with file.open("rb") as opened:
                if hashlib.file_digest(opened, "sha256").hexdigest() == pin["sha256"]:
                    return file
    raise LetteringUnavailableError(f"{pin['file']} was not found as pinned: install {pin['debian_package']}")
