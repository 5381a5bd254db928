"""The font of the paper: found, verified, and asked for one thing only, the glyph of a character.

A character here is a grapheme cluster: a base and, where the register has one, its variation selector. The font
either has exactly that cluster or the answer is None; there is no default glyph, no fallback font and no normalising
of what is stored. Which text goes where is not known here.
"""

import functools
import hashlib
import struct
import tomllib
import unicodedata
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb  # type: ignore[import-untyped]  # the package ships neither stubs nor py.typed
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # the same

from issuing_center.paper.absent import PaperUnavailable

PINS: Final = Path(__file__).parents[2] / "assets" / "fonts" / "fonts.toml"
"""The pinned fonts of the project."""

_HIDDEN_TABLES: Final = frozenset(
    {b"cmap", b"GSUB", b"GPOS", b"GDEF", b"BASE", b"vmtx", b"vhea", b"name", b"cvt ", b"fpgm", b"prep", b"gasp"}
)
"""Tables the embedded subsets do without. Hiding cmap from the subsetter is what makes asking by glyph id cheap: it
would walk all 66,000 mappings for every sheet (5 ms; without, 0.05 ms). Hints go too: printers do not use them."""

_NOT_FOR_PAPER: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories without an agreed shape: controls, unassigned, and private use, which means something only locally."""


@dataclass(frozen=True, slots=True, eq=False)
class PaperFonts:
    """The verified paper font with its tables at hand. Immutable, made once a process, shared by all threads."""

    family: str
    """PostScript-like name for the PDF."""
    version: str
    """Version string of the file, for start-up reports."""
    sha256: str
    """Digest of the file."""
    units_per_em: int
    """Design units of one em."""
    ascent: int
    """Design units above the baseline."""
    descent: int
    """Design units below the baseline, negative."""
    cmap: Mapping[int, int] = field(repr=False)
    """Glyph of every single code point."""
    sequences: Mapping[tuple[int, int], int] = field(repr=False)
    """Glyph of every (base, selector) of the font's cmap format 14, default ones resolved to the base's glyph."""
    advances: "array[int]" = field(repr=False)
    """Advance width of every glyph in thousandths of an em, rounded."""
    locations: "array[int]" = field(repr=False)
    """Start of every outline in the glyf table; equal neighbours mean an empty glyph."""
    face: Any = field(repr=False)
    """uharfbuzz face without a cmap: for subsetting and outlines by glyph id."""
    simple: Mapping[str, tuple[int, int]] = field(repr=False)
    """(glyph, advance) of every character that is a whole cluster by itself; the fast path of nearly all text."""

    def glyph(self, cluster: str) -> tuple[int, int] | None:
        """Give (glyph id, advance in thousandths of an em) of one grapheme cluster, or None if the font lacks it.

        A base with combining marks is had only if Unicode defines a single character of the very same meaning and
        the font has that: the marks of this font are not placed by its tables, so a mark drawn apart would stand
        anywhere. A selector the font does not know is None, never the base: the shape is the name.
        """
        known = self.simple.get(cluster)
        if known is not None:
            return known
        if len(cluster) < 2:
            return None
        if len(cluster) == 2 and is_selector(cluster[1]):
            glyph = self.sequences.get((ord(cluster[0]), ord(cluster[1])))
            return None if glyph is None or self._is_empty(glyph) else (glyph, self.advances[glyph])
        if any(is_selector(char) for char in cluster):
            return None
        return self.simple.get(unicodedata.normalize("NFC", cluster))

    def _is_empty(self, glyph: int) -> bool:
        return self.locations[glyph] == self.locations[glyph + 1]


def is_selector(char: str) -> bool:
    """Say whether a character chooses a variant of the one before it (U+FE00 block, U+E0100 block)."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def load_fonts(pins: Path = PINS) -> PaperFonts:
    """Find the pinned paper font, compare its SHA-256 and read its tables (about half a second, once a process).

    Raises PaperUnavailable (FONT-01) when no file of the search list is the pinned one. There is no second choice:
    another font, or another version, would print other shapes.
    """
    try:
        table = tomllib.loads(pins.read_text(encoding="utf-8"))
        pin, search = table["paper"], table["search"]
    except (OSError, KeyError, ValueError) as error:
        raise PaperUnavailable("FONT-01", f"{pins.name} cannot be read", "restore assets/fonts") from error
    remedy = f"install the Debian package {pin['debian_package']}"
    for folder in search:
        file = pins.parent / folder / pin["file"]
        if not file.is_file():
            continue
        if file.stat().st_size == pin["bytes"]:
            data = file.read_bytes()
            if hashlib.sha256(data).hexdigest() == pin["sha256"]:
                return _read(file, data, pin)
        remedy = f"install {pin['debian_package']} {pin['version']}: the file found is another version"
    raise PaperUnavailable("FONT-01", f"the paper font {pin['file']} was not found as pinned", remedy)


@functools.lru_cache(maxsize=1)
def shared_fonts() -> PaperFonts:
    """Give the process's one copy of the paper font, loaded at the first call."""
    return load_fonts()


def _read(file: Path, data: bytes, pin: Mapping[str, Any]) -> PaperFonts:
    with TTFont(file, lazy=True) as font:
        glyph_ids = font.getReverseGlyphMap()
        cmap = {code: glyph_ids[name] for code, name in font.getBestCmap().items()}
        variations = next(table for table in font["cmap"].tables if table.format == 14).uvsDict
        sequences = {
            (base, selector): cmap[base] if name is None else glyph_ids[name]
            for selector, pairs in variations.items()
            for base, name in pairs
        }
        em = font["head"].unitsPerEm
        metrics, names = font["hmtx"].metrics, font.getGlyphOrder()
        advances = array("i", (round(metrics[name][0] * 1000 / em) for name in names))
        locations = array("I", font["loca"].locations)
        ascent, descent = font["hhea"].ascent, font["hhea"].descent
    simple = {
        chr(code): (glyph, advances[glyph])
        for code, glyph in cmap.items()
        if unicodedata.category(chr(code)) not in _NOT_FOR_PAPER
        and not unicodedata.combining(chr(code))
        and unicodedata.category(chr(code))[0] != "M"
        and not is_selector(chr(code))
        and (locations[glyph] != locations[glyph + 1] or chr(code) in " \u3000")
    }
    return PaperFonts(
        family=pin["family"].replace(" ", ""),
        version=pin["version"],
        sha256=pin["sha256"],
        units_per_em=em,
        ascent=ascent,
        descent=descent,
        cmap=cmap,
        sequences=sequences,
        advances=advances,
        locations=locations,
        face=_face_without_cmap(data),
        simple=simple,
    )


def _face_without_cmap(data: bytes) -> Any:  # noqa: ANN401 - an object of an untyped library
    """Hide tables from uharfbuzz by writing a shorter table directory in front of the same bytes."""
    (count,) = struct.unpack(">H", data[4:6])
    records = [data[12 + 16 * index : 28 + 16 * index] for index in range(count)]
    kept = [record for record in records if record[:4] not in _HIDDEN_TABLES]
    # The directory keeps its length, so all offsets stay right; the tail of it is simply no longer counted.
    directory = struct.pack(">4sHHHH", data[:4], len(kept), 0, 0, 0) + b"".join(kept)
    header = directory.ljust(12 + 16 * count, b"\0")
    return hb.Face(hb.Blob(b"".join((header, memoryview(data)[len(header) :]))))
