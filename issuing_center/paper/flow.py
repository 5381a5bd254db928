"""Forms that flow: blocks of 【label】value lines, as many pages as their real height takes.

A heading stands to the left, the lines to the right of it; a value too long for its line goes on below itself. The last
line is 以下余白, and 以下次頁 on every page before. Knows no form and no item.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Body
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import MM
from issuing_center.paper.sheet import Issuer
from issuing_center.paper.table import Head, Items, Slot, Table, row
from issuing_center.paper.text import Glyphs, TooLong, width_em, wrap
from issuing_center.paper.values import Refused, ValuePen, shaped

_SIZE_PT: Final = 10.0
_HEADING_PT, _HEADING_LEAST_PT = 9.5, 6.0
_LINE_MM: Final = 5.1
_GAP_MM: Final = 1.5
"""Space above an entry, and below the line above a group."""
_LEFT_MM: Final = grid.LEFT_MM
_RULE_MM: Final = _LEFT_MM + 9.5 * grid.COLUMN_MM
"""The line between headings and lines."""
_RIGHT_MM: Final = _LEFT_MM + grid.COLUMNS * grid.COLUMN_MM
_LABEL_MM: Final = _RULE_MM + 3.0
_VALUE_MM: Final = _LABEL_MM + 33.0
_WHOLE_LINES: Final = 16
"""An entry of so many lines goes to the next page rather than over its edge."""
_CONTINUED_WORDS: Final = "（前頁の続き）"
_INDENT_MM: Final = 5.0
"""How far an entry's heading stands in."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One 【label】value line."""

    label: str
    """Without its brackets."""
    item: str
    """Name of the value."""
    text: str = field(repr=False)
    """The value as it is printed."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under one heading."""

    heading: str
    """To the left of the first line."""
    item: str
    """Name of what the block shows."""
    pairs: tuple[Pair, ...] = field(repr=False)
    """At least one."""
    group: bool = False
    """True begins a group: a line above, heading not indented, and the lines stay on one page."""
    boxed: str = ""
    """A word in a box under the heading, such as 除籍."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One printed line; `texts` are (item, glyphs, x in mm, size)."""

    texts: list[tuple[str, Glyphs, float, float]] = field(repr=False)
    gap_mm: float = 0
    above_mm: float = 0
    ruled: bool = False
    boxed: Glyphs | None = None


class FlowForm:
    """The page of a form that flows: a table at its head, a frame, a column of headings."""

    def __init__(self, heads: Sequence[tuple[str, str]]) -> None:
        """Put `heads`, (words, item) of each row, above the text of every page."""
        rows = [row(Head(words, 9.5, 10), Slot(item, size_pt=11.5, least_pt=8)) for words, item in heads]
        self._head = Table(rows, 8.2, form.BODY_TOP_MM)
        self._top_mm = self._head.bottom_mm
        self.layout = form.Layout(self._fixed)

    def _fixed(self, pen: form.FormPen, _issuer: Issuer) -> list[bytes]:
        left, right, rule = (form.x_pt(x) for x in (_LEFT_MM, _RIGHT_MM, _RULE_MM))
        top, bottom = form.y_pt(self._top_mm), form.y_pt(form.BODY_BOTTOM_MM)
        return [
            self._head.fixed(pen),
            form.lines([(rule, top, rule, bottom)], form.HAIR_PT),
            form.frame(left, top, right - left, top - bottom),
        ]

    def bodies(self, head: Sequence[tuple[str, str]], blocks: Sequence[Block], fonts: PaperFonts) -> list[Body]:
        """Break blocks into pages; refuses like any other drawing."""
        room = form.BODY_BOTTOM_MM - self._top_mm - _LINE_MM - 2 * _GAP_MM
        pages: list[list[_Line]] = [[]]
        used = 0.0
        group: list[_Line] = []
        for block, chunk in _chunks(blocks, fonts):
            group = chunk if block.group else group
            if used + _height(chunk) > room and pages[-1]:
                # A loose sheet must say by itself whom its first lines are about.
                pages.append([] if block.group else _continued(group, fonts))
                used = _height(pages[-1])
            if used + _height(chunk) > room:
                raise Refused(TooLong(block.item))
            pages[-1] += chunk
            used += _height(chunk)
        return [partial(self._page, head, lines, at == len(pages) - 1, fonts) for at, lines in enumerate(pages)]

    def _page(self, head: Items, lines: Sequence[_Line], last: bool, fonts: PaperFonts, pen: ValuePen) -> None:
        self._head.write(pen, head)
        y = self._top_mm
        rules = []
        for number, line in enumerate(lines):
            # The first line of a page has the frame above it.
            y += line.above_mm if number else 0
            if line.ruled and number:
                rules.append((form.x_pt(_LEFT_MM), form.y_pt(y), form.x_pt(_RIGHT_MM), form.y_pt(y)))
            y += (line.gap_mm if number else _GAP_MM) + _LINE_MM
            middle = form.y_pt(y - _LINE_MM / 2)
            for item, run, x_mm, size in line.texts:
                pen.run(item, run, form.x_pt(x_mm), middle, size)
            if line.boxed is not None:
                _write_box(pen, line.boxed, middle)
        if rules:
            pen.strokes(form.lines(rules, form.HAIR_PT))
        y += _GAP_MM + _LINE_MM
        words = form.CLOSED if last else form.CONTINUED
        run = shaped("end", words, fonts)
        start = form.x_pt(_RIGHT_MM - 6) - width_em(run) * _SIZE_PT
        pen.run("end", run, start, form.y_pt(y - _LINE_MM / 2), _SIZE_PT)


def _write_box(pen: ValuePen, run: Glyphs, middle: float) -> None:
    height, width = 5.6 * MM, 24.0 * MM
    x = form.x_pt(_LEFT_MM + (_RULE_MM - _LEFT_MM) / 2) - width / 2
    pen.strokes(f"{form.FRAME_PT} w {x:.2f} {middle - height / 2:.2f} {width:.2f} {height:.2f} re S".encode("ascii"))
    inner = width_em(run) * 11
    pen.run("removed", run, x + (width - inner) / 2, middle, 11)


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.above_mm + line.gap_mm + _LINE_MM for line in lines)


def _continued(group: Sequence[_Line], fonts: PaperFonts) -> list[_Line]:
    """Repeat the first value of a group, whole, beside words that say where it began."""
    own = [group[0], *takewhile(lambda line: len(line.texts) == 1, group[1:])]
    lines = [_Line([(f"{item}.continued", run, x, size) for item, run, x, size in line.texts]) for line in own]
    _, _, x_mm, size = group[0].texts[0]
    lines[0].texts[0] = ("continued", shaped("continued", _CONTINUED_WORDS, fonts), x_mm, size)
    return lines


def _chunks(blocks: Sequence[Block], fonts: PaperFonts) -> Iterator[tuple[Block, list[_Line]]]:
    """Give what must not be parted by the end of a page: a group, an entry; only an unusually long one line by line."""
    for at, block in enumerate(blocks):
        lines = _lines(block, fonts, first=at == 0)
        if block.group or len(lines) <= _WHOLE_LINES:
            yield block, lines
        else:
            yield from ((block, [line]) for line in lines)


def _lines(block: Block, fonts: PaperFonts, *, first: bool) -> list[_Line]:
    result: list[_Line] = []
    heading = shaped(f"{block.item}.heading", block.heading, fonts)
    room_mm = _RULE_MM - _LEFT_MM - 4.0 - (0 if block.group else _INDENT_MM)
    size = min(_HEADING_PT, room_mm * MM / width_em(heading))
    if size < _HEADING_LEAST_PT:
        raise Refused(TooLong(f"{block.item}.heading"))
    start_mm = _LEFT_MM + 2.0 + (0 if block.group else _INDENT_MM)
    for pair in block.pairs:
        label = shaped(f"{pair.item}.label", f"【{pair.label}】", fonts)
        after_mm = _LABEL_MM + width_em(label) * _SIZE_PT / MM + 1.0
        value_mm = max(_VALUE_MM, after_mm)
        runs = wrap(shaped(pair.item, pair.text, fonts), (_RIGHT_MM - 1.5 - value_mm) * MM / _SIZE_PT)
        if runs is None:
            raise Refused(TooLong(pair.item))
        for number, run in enumerate(runs):
            texts = [(pair.item, run, value_mm, _SIZE_PT)]
            if not number:
                texts.insert(0, (f"{pair.item}.label", label, _LABEL_MM - 0.45 * _SIZE_PT / MM, _SIZE_PT))
            result.append(_Line(texts))
    texts = [(f"{block.item}.heading", heading, start_mm, size), *result[0].texts]
    above = _GAP_MM / 2 if block.group and not first else 0.0
    opened = [_Line(texts, 0.0 if first else _GAP_MM, above, block.group), *result[1:]]
    if block.boxed:
        opened += [_Line([]) for _ in range(3 - len(opened))]
        opened[2] = _Line(opened[2].texts, boxed=shaped(f"{block.item}.removed", block.boxed, fonts))
    return opened
