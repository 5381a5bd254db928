"""Letters of slips: which face has every character of a text, how wide it runs, where its lines break.

A character here is a base with its variation selector, if it has one. A face either has exactly that or the text goes to
the next face as a whole, so that no line mixes two; a text no face has is refused (None), never drawn with a box in it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from threading import Lock

import uharfbuzz as hb  # type: ignore[import-untyped]  # the package ships neither stubs nor py.typed
from PIL import ImageFont, features

_SELECTOR = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_CLUSTER = re.compile(rf".{_SELECTOR}?", re.DOTALL)
_UNIT = re.compile(rf"[!-~]+ ?|.{_SELECTOR}?", re.DOTALL)
"""What a line may end behind: a word of Latin letters with its space, or one character."""

_HIRAGANA = re.compile("[ぁ-ゖー]")
_ENDS_WORD = re.compile("[ぁ-ゖー、。，．！？）」』】〕 !-~]")
_NEVER_FIRST = frozenset("、。，．・：；！？）」』】〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々")
_NEVER_LAST = frozenset("（「『【〔")
_NO_SHAPE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class LetteringUnavailableError(RuntimeError):
    """A font file is not there, or Pillow cannot shape: slips are not printed at all then."""


@dataclass(frozen=True, slots=True)
class SlipFonts:
    """Font files in the order they are asked; whoever gives them has looked whether they are the right ones."""

    regular: tuple[Path, ...]
    bold: tuple[Path, ...]


class Face:
    """One font file."""

    def __init__(self, path: Path) -> None:
        try:
            self._glyphs = hb.Font(hb.Face(hb.Blob.from_file_path(str(path))))
        except hb.HarfBuzzError as error:
            raise LetteringUnavailableError(f"the font {path.name} cannot be read") from error
        self._path = path
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}
        self._known: dict[str, bool] = {}

    def has(self, text: str) -> bool:
        """Say whether the face has every character, selectors included."""
        return all(self._has(cluster) for cluster in _CLUSTER.findall(text))

    def _has(self, cluster: str) -> bool:
        known = self._known.get(cluster)
        if known is None:
            known = self._known[cluster] = self._look_up(cluster)
        return known

    def _look_up(self, cluster: str) -> bool:
        base = cluster[0]
        category = unicodedata.category(base)
        # A mark by itself would have to be placed on the letter before it, which few of these fonts can.
        if category in _NO_SHAPE or category.startswith("M"):
            return False
        if len(cluster) == 1:
            glyph = self._glyphs.get_nominal_glyph(ord(base))
        else:
            glyph = self._glyphs.get_variation_glyph(ord(base), ord(cluster[1]))
        if not glyph:
            return False
        extents = self._glyphs.get_glyph_extents(glyph)
        return base in " \u3000\u00a0" or bool(extents and extents.width and extents.height)

    def at(self, size_dots: int) -> ImageFont.FreeTypeFont:
        """Give the face in a size."""
        font = self._sizes.get(size_dots)
        if font is None:
            font = ImageFont.truetype(str(self._path), size_dots, layout_engine=ImageFont.Layout.RAQM)
            self._sizes[size_dots] = font
        return font


class Lettering:
    """The faces of a printer. Made once; used by one thread at a time, which it sees to itself."""

    def __init__(self, fonts: SlipFonts) -> None:
        """Open the fonts; raises LetteringUnavailableError when one is missing."""
        if not features.check("raqm"):
            # Pillow alone would drop variation selectors and print another character of the same person's name.
            raise LetteringUnavailableError("Pillow finds no libfribidi, so it cannot choose variants of characters")
        self._faces = {
            False: tuple(Face(path) for path in fonts.regular),
            True: tuple(Face(path) for path in fonts.bold),
        }
        self.lock = Lock()

    def face(self, text: str, *, bold: bool) -> Face | None:
        """Give the first face that has every character of a text; None when none has."""
        return next((face for face in self._faces[bold] if face.has(text)), None)


@lru_cache(maxsize=4096)
def _width(font: ImageFont.FreeTypeFont, text: str) -> float:
    return font.getlength(text)


def width_dots(font: ImageFont.FreeTypeFont, text: str) -> int:
    """Measure a text on one line."""
    return round(_width(font, text)) if len(text) < 4 else round(font.getlength(text))


def broken(font: ImageFont.FreeTypeFont, text: str, limit_dots: int) -> tuple[str, ...]:
    """Break a text into lines: Japanese between any two characters but those that may not begin or end a line."""
    if width_dots(font, text) <= limit_dots:
        return (text,)
    # As many lines as needed, none with two letters left over, and words whole where that costs no further line.
    limits = range(limit_dots - 12, limit_dots * 6 // 10, -12)
    full = tuple(_lines(font, text, limit_dots))
    ways = [full, *(tuple(_lines(font, text, limit)) for limit in limits)]
    return min((way for way in ways if len(way) == len(full)), key=_clumsiness)


def _clumsiness(lines: tuple[str, ...]) -> tuple[int, int]:
    """Count the breaks within a word (a word begins where hiragana or a mark gives way to something else), then the gaps."""
    inside = sum(
        not (_ENDS_WORD.match(before[-1]) and not _HIRAGANA.match(after[0]))
        for before, after in pairwise(lines)
        if before and after
    )
    lengths = [len(line) for line in lines]
    return inside, max(lengths) - min(lengths)


def _lines(font: ImageFont.FreeTypeFont, text: str, limit_dots: int) -> Iterator[str]:
    line: list[str] = []
    used = 0.0
    for unit in _units(font, text, limit_dots):
        width = _width(font, unit.rstrip(" "))
        if line and used + width > limit_dots:
            carried = _carried(line, unit)
            yield "".join(line[: len(line) - len(carried)]).rstrip(" ")
            line = carried
            used = sum(_width(font, each) for each in line)
        line.append(unit)
        used += _width(font, unit)
    yield "".join(line).rstrip(" ")


def _units(font: ImageFont.FreeTypeFont, text: str, limit_dots: int) -> Iterator[str]:
    for unit in _UNIT.findall(text):
        if len(unit) > 1 and unit.isascii() and _width(font, unit.rstrip(" ")) > limit_dots:
            yield from unit  # a word wider than the paper is broken anywhere
        else:
            yield unit


def _carried(line: list[str], unit: str) -> list[str]:
    """Give what goes to the next line together with `unit`, so that neither begins or ends where it must not."""
    count = 0
    first = unit[0]
    while count + 1 < len(line) and (first in _NEVER_FIRST or line[-1 - count][0] in _NEVER_LAST):
        count += 1
        first = line[-count][0]
    return line[len(line) - count :]
