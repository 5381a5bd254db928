"""Text as the paper needs it: cut by grapheme, judged for missing glyphs, fitted into a cell.

Nothing here draws, and nothing here changes a character. A text that does not fit is refused, not cut.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from issuing_center.paper.fonts import PaperFonts, is_selector

_NOT_AT_LINE_START: Final = frozenset("ー々ゝゞヽヾ、。，．・）」』】〕ぁぃぅぇぉっゃゅょァィゥェォッャュョ)-")
"""Characters that must not begin a line (kinsoku), as far as names and addresses have them."""
_NOT_AT_LINE_END: Final = frozenset("（「『【〔(")
"""Characters that must not end a line."""
LINE_EM: Final = 1.12
"""Distance of two lines in a cell, in ems."""
_SPACES: Final = frozenset(" \u3000")
_SIZE_STEP_PT: Final = 0.25
"""Sizes are stepped so that a sheet does not show thirty slightly different sizes."""

Glyphs = tuple[tuple[str, int, int], ...]
"""A shaped run: (cluster as stored, glyph id, advance in thousandths of an em) each."""


@dataclass(frozen=True, slots=True)
class GlyphMissing:
    """A text holds characters the paper font has no glyph for; the sheet is refused before payment (外字登録中)."""

    item: str
    """Which item of the sheet, without its content: ``persons[2].name``."""
    clusters: tuple[str, ...] = field(repr=False)
    """The clusters without a glyph; personal data in small, so never logged."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """A text does not fit its field even in two lines of the smallest size; the sheet is refused before payment."""

    item: str
    """Which item of the sheet, without its content."""


@dataclass(frozen=True, slots=True)
class Box:
    """What a cell allows its text."""

    width_pt: float
    """Free width."""
    size_pt: float
    """Size the text has when there is room."""
    least_pt: float
    """Smallest size of a single line."""
    least_in_two_pt: float
    """Smallest size of two lines; 0 when the cell takes one line only."""
    greatest_in_two_pt: float
    """Largest size of two lines, from the height of the cell."""
    lines: int = 2
    """Lines the text may take; with more than two it is set as a paragraph, broken before it is made smaller."""
    height_pt: float = 0
    """Free height; asked only of a paragraph."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that fits: its size and its lines."""

    size_pt: float
    """Chosen size."""
    lines: tuple[Glyphs, ...] = field(repr=False)
    """The runs; together exactly the clusters of the text."""


def clusters(text: str) -> list[str]:
    """Cut a text into grapheme clusters: a base with the variation selectors and combining marks that follow it.

    Enough of UAX #29 for what the paper font holds; joined emoji and conjoining jamo have no glyph here anyway.
    """
    result: list[str] = []
    for char in text:
        if result and (is_selector(char) or unicodedata.category(char)[0] == "M"):
            result[-1] += char
        else:
            result.append(char)
    return result


def missing_glyphs(text: str, fonts: PaperFonts) -> tuple[str, ...]:
    """Give the clusters of a text, in order and once each, for which the font has no glyph or no such sequence.

    Empty means that the text can be printed exactly. A selector of another collection (葛 with Adobe-Japan1's
    U+E0100) is missing here although 葛 is not: the default shape would be a silent change of a name.
    """
    if fonts.simple.keys() >= set(text):
        return ()
    return tuple(dict.fromkeys(cluster for cluster in clusters(text) if fonts.glyph(cluster) is None))


def shape(text: str, fonts: PaperFonts) -> Glyphs | None:
    """Give the glyphs of a text in order, or None if any is missing."""
    simple = fonts.simple
    try:
        return tuple([(char, *simple[char]) for char in text])
    except KeyError:
        pass
    run: list[tuple[str, int, int]] = []
    for cluster in clusters(text):
        found = fonts.glyph(cluster)
        if found is None:
            return None
        run.append((cluster, *found))
    return tuple(run)


def width_em(run: Glyphs) -> float:
    """Add up the advances of a run, in ems."""
    return sum([advance for _, _, advance in run]) / 1000


def fit(run: Glyphs, box: Box) -> Fitted | None:
    """Choose one line, a smaller line, two lines, or a paragraph where the cell has the height; None when nothing fits."""
    if box.lines > 2:
        return _paragraph(run, box)
    size = _stepped(min(box.size_pt, box.width_pt / max(width_em(run), 0.001)))
    if size >= box.least_pt:
        return Fitted(size, (run,))
    if not box.least_in_two_pt:
        return None
    greatest = _stepped(min(box.greatest_in_two_pt, 2 * box.width_pt / width_em(run)))
    for inside_words in (False, True):
        size = greatest
        while size >= box.least_in_two_pt:
            cut = _cut(run, box.width_pt / size, inside_words)
            if cut is not None:
                return Fitted(size, (run[:cut], run[cut:]))
            size -= _SIZE_STEP_PT
    return None


def wrap(run: Glyphs, room_em: float) -> tuple[Glyphs, ...] | None:
    """Break a run into as many lines as it needs; None when a single cluster is wider than a line."""
    lines = []
    while width_em(run) > room_em + 1e-9:
        cut = _last_break(run, room_em, inside_words=False) or _last_break(run, room_em, inside_words=True)
        if cut is None:
            return None
        lines.append(run[:cut])
        run = run[cut:]
    return (*lines, run)


def _last_break(run: Glyphs, room_em: float, *, inside_words: bool) -> int | None:
    """Find the last place where a line may end that begins the run; None when it may end nowhere."""
    room, before = room_em * 1000 + 1e-6, 0
    last: int | None = None
    for index, (cluster, _, advance) in enumerate(run):
        previous, _, space = run[index - 1]
        if before - (space if previous in _SPACES else 0) > room:
            break
        whole = inside_words or not (_in_word(previous) and _in_word(cluster))
        if index and whole and _may_begin(cluster, previous) and previous not in _NOT_AT_LINE_END:
            last = index
        before += advance
    return last


def _paragraph(run: Glyphs, box: Box) -> Fitted | None:
    size = box.size_pt
    while size >= box.least_pt:
        lines = wrap(run, box.width_pt / size)
        if lines and len(lines) <= box.lines and size * (1 + LINE_EM * (len(lines) - 1)) <= box.height_pt:
            return Fitted(size, lines)
        size -= _SIZE_STEP_PT
    return None


def _stepped(size_pt: float) -> float:
    return int(size_pt / _SIZE_STEP_PT + 1e-9) * _SIZE_STEP_PT


def _cut(run: Glyphs, room_em: float, inside_words: bool) -> int | None:
    """Find where the second line begins so that both fit: after a space if there is one, else anywhere allowed."""
    room = room_em * 1000 + 1e-6
    total, before = sum([advance for _, _, advance in run]), 0
    last: int | None = None
    last_space: int | None = None
    for index, (cluster, _, advance) in enumerate(run):
        previous, _, space = run[index - 1]
        # A space at the end of a line needs no room.
        seen = before - (space if previous in _SPACES else 0)
        if index and total - before <= room and seen <= room and _may_begin(cluster, previous):
            if previous in _SPACES:
                last_space = index
            if inside_words or not (_in_word(previous) and _in_word(cluster)):
                last = index
        before += advance
    return last_space or last


def _may_begin(cluster: str, previous: str) -> bool:
    """Say whether a cluster may begin a line: no closing mark, and no space but one that follows another."""
    return cluster not in _NOT_AT_LINE_START and (cluster not in _SPACES or previous in _SPACES)


def _in_word(cluster: str) -> bool:
    """Say whether a cluster belongs to a Latin word or a number, which are not broken while there is another way."""
    char = cluster[0]
    return (char < "\u2e80" and char != " ") or "\uff10" <= char <= "\uff19"
