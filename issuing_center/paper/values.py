"""The values of one document, written over the kept form; and the record of what was written where.

Knows cells and lines, no form. A value without a glyph or without room ends the drawing by a refusal that names the
item; an empty value is a mistake of whoever composed the sheet.
"""

import functools
import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from issuing_center.paper import form, grid
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import MM, Parts, PdfObject
from issuing_center.paper.sheet import Mark
from issuing_center.paper.text import (
    LINE_EM,
    Box,
    Fitted,
    GlyphMissing,
    Glyphs,
    TooLong,
    fit,
    missing_glyphs,
    shape,
    width_em,
)

_TWO_LINES_LEAST_PT: Final = 5.0
"""Smallest size of two lines: 1.8 mm ideographs, still read without a lens."""
_HANGING: Final = frozenset("【（「『")
PAINTED: Final = re.compile(rb"q ([\d.]+) 0 0 ([\d.]+) ([-\d.]+) ([-\d.]+) cm /(\w+) Do Q")
"""A line of a page that paints one drawing, as `ValuePen.drawing` writes it: width, height, left, bottom, name."""
_HANG_EM: Final = 0.45
"""Opening brackets are blank on their left half; hung out by this, their ink lines up with other values."""


class PlacedText(NamedTuple):
    """A value as it was drawn, for checks and for rasters made without a PDF renderer."""

    page: int
    """Page, from 0."""
    item: str
    """Which item of the sheet: ``persons[2].name``."""
    text: str
    """The exact code points of this line."""
    x_pt: float
    """Left end of the line."""
    y_pt: float
    """Baseline, from the lower edge."""
    size_pt: float
    """Size."""
    width_pt: float
    """Its advance."""


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """A finished document."""

    pdf: bytes = field(repr=False)
    """The file."""
    pages: int
    """Number of pages of the file: one a sheet of paper, two where it has a back (`back.drawing`)."""
    texts: tuple[PlacedText, ...] = field(repr=False)
    """Every value in the order drawn. A record of intent: for proof look at the file (`completeness`)."""
    parts: Parts = field(repr=False, compare=False)
    """The fronts before they were put together, for backs to be added to them."""


class Refused(Exception):
    """Carries a refusal out of the drawing; never leaves the paper room."""

    def __init__(self, outcome: GlyphMissing | TooLong) -> None:
        """Keep the outcome that `certificate.draw_certificate` will give."""
        super().__init__()
        self.outcome = outcome


MARKS: Final = frozenset(mark.value for mark in Mark)
"""What cells print that print no value."""


@functools.lru_cache(maxsize=512)
def _fitted_mark(text: str, box: Box, fonts: PaperFonts) -> Fitted:
    """Fit a mark: half of all cells print one. Values are never kept, only these."""
    run = shape(text, fonts)
    fitted = None if run is None else fit(run, box)
    if fitted is None:
        raise ValueError("a cell of the form does not hold its own marks")
    return fitted


def shaped(item: str, text: str, fonts: PaperFonts) -> Glyphs:
    """Give the glyphs of a value, or refuse by the name of its item."""
    run = shape(text, fonts)
    if run is None:
        raise Refused(GlyphMissing(item, missing_glyphs(text, fonts)))
    if not run:
        raise ValueError(f"{item} is empty; say which mark is meant")
    return run


class ValuePen:
    """Writes the values of one page."""

    def __init__(self, page: int, font: EmbeddedFont, fonts: PaperFonts, placed: list[PlacedText]) -> None:
        """Begin page `page` (from 0) of a document that shows its values in `font` and records them in `placed`."""
        self._page, self._font, self._fonts, self._placed = page, font, fonts, placed
        self.operators: list[str] = []
        self.drawings: list[str] = []
        self.names: dict[str, None] = {}
        self.objects: list[PdfObject] = []

    def drawing(self, name: str, x: float = 0, y: float = 0, width: float = 1, height: float | None = None) -> None:
        """Place a drawing, scaled; drawings lie beneath all values of the page, in the order placed."""
        self.names[name] = None
        scale = f"{width:.6g} 0 0 {width if height is None else height:.6g}"
        self.drawings.append(f"q {scale} {x:.2f} {y:.2f} cm /{name} Do Q")

    def picture(self, picture: PdfObject, x: float, y: float, width: float, height: float) -> None:
        """Place a picture that belongs to this document alone."""
        self.objects.append(picture)
        self.drawing(picture.name, x, y, width, height)

    def strokes(self, operators: bytes) -> None:
        """Draw lines that differ from page to page."""
        self.drawings.append(operators.decode("ascii"))

    def content(self) -> bytes:
        """Give the content stream."""
        return "\n".join([*self.drawings, "BT", *self.operators, "ET"]).encode("ascii")

    def line(self, item: str, text: str, x: float, y: float, size: float, share: float = 0) -> None:
        """Write a short line centred on height `y`, with this share of its width to the left of `x`."""
        fitted = self._fitted(item, text, Box(400.0, size, size, 0, 0))
        self._write(item, fitted, x - width_em(fitted.lines[0]) * size * share, y)

    def run(self, item: str, run: Glyphs, x: float, y: float, size: float) -> None:
        """Write glyphs that were measured before, centred on height `y`."""
        self._write(item, Fitted(size, (run,)), x, y)

    def cell(self, item: str, text: str, left: float, top: float, cell: grid.Cell, row: float) -> None:
        """Write a value into a cell of a block whose upper left corner is at (`left`, `top`)."""
        column, padding = grid.COLUMN_MM * MM, grid.PADDING_MM * MM
        x0, x1 = left + cell.left * column, left + cell.right * column
        height = cell.rows * row - cell.slack_pt
        room = x1 - x0 - (padding if cell.align is grid.Align.CENTRE else 2 * padding)
        greatest = min(cell.size_pt, height / (1 + LINE_EM))
        box = Box(room, cell.size_pt, cell.least_pt, _TWO_LINES_LEAST_PT, greatest, cell.lines, height)
        fitted = self._fitted(item, text, box)
        middle = top - (cell.top + cell.rows / 2) * row
        match cell.align:
            case grid.Align.LEFT:
                self._write(item, fitted, x0 + padding, middle)
            case grid.Align.CENTRE:
                self._write(item, fitted, (x0 + x1) / 2, middle, 0.5)
            case grid.Align.RIGHT:
                self._write(item, fitted, x1 - padding, middle, 1)

    def _fitted(self, item: str, text: str, box: Box) -> Fitted:
        if text in MARKS:
            return _fitted_mark(text, box, self._fonts)
        fitted = fit(shaped(item, text, self._fonts), box)
        if fitted is None:
            raise Refused(TooLong(item))
        return fitted

    def _write(self, item: str, fitted: Fitted, x: float, middle: float, share: float = 0) -> None:
        size, lines = fitted.size_pt, fitted.lines
        y = middle - form.CENTRE_OF_EM * size + (len(lines) - 1) * LINE_EM / 2 * size
        for run in lines:
            width = width_em(run) * size
            start = x - width * share
            if not share and run[0][0] in _HANGING:
                start -= _HANG_EM * size
            self.operators.append(f"/F {size:g} Tf 1 0 0 1 {start:.2f} {y:.2f} Tm <{self._font.show(run)}> Tj")
            self._placed.append(PlacedText(self._page, item, "".join([part[0] for part in run]), start, y, size, width))
            y -= LINE_EM * size
