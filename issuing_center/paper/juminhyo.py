"""The 住民票の写し: a sheet as data goes in, a finished PDF or a typed refusal comes out.

Pure: no clock, no network, no randomness; the same sheet and font give the same bytes. The fixed part is kept by
`form`, the values of one household are drawn over it here. Knows nothing of orders, fees or eligibility.
"""

import functools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from issuing_center.paper import form, grid
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.era import era_date, western_date
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import MM, PAGE_PT, Page, assemble
from issuing_center.paper.sheet import (
    PERSONS_A_PAGE,
    DateCell,
    JuminhyoSheet,
    Mark,
    PersonEntry,
    Reading,
    WrittenDate,
)
from issuing_center.paper.text import Box, Fitted, GlyphMissing, TooLong, fit, missing_glyphs, shape, width_em

PDF_TITLE: Final = "証明書"
"""Title in the metadata of every certificate: says nothing of whom or what kind."""
VALUE_FONT: Final = "ValueFont"
_LINE_EM: Final = 1.12
"""Distance of two lines in a cell, in ems."""
_TWO_LINES_LEAST_PT: Final = 5.0
"""Smallest size of two lines: 1.8 mm ideographs, still read without a lens."""
_HANGING: Final = frozenset("【（「『")
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


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """A finished document."""

    pdf: bytes = field(repr=False)
    """The file."""
    pages: int
    """Number of pages; one sheet of paper each (the back page is somebody else's)."""
    texts: tuple[PlacedText, ...] = field(repr=False)
    """Every value in the order drawn. A record of intent: for proof look at the file (`completeness`)."""


class _Refused(Exception):
    """Carries a refusal out of the drawing; never leaves this module."""

    def __init__(self, outcome: GlyphMissing | TooLong) -> None:
        super().__init__()
        self.outcome = outcome


def draw_juminhyo(sheet: JuminhyoSheet, fonts: PaperFonts) -> DrawnDocument | GlyphMissing | TooLong:
    """Draw a 住民票の写し on A4 portrait pages of four persons each.

    Gives the document; GlyphMissing if any character or variation sequence has no glyph of its own; TooLong if a
    value does not fit its cell even in two small lines. Both refusals name the item and come before payment.
    """
    kept = form.kept_form(sheet.issuer, sheet.scope, fonts)
    if isinstance(kept, GlyphMissing):
        return kept
    font = EmbeddedFont(VALUE_FONT, fonts)
    count = -(-len(sheet.persons) // PERSONS_A_PAGE)
    pages: list[Page] = []
    placed: list[PlacedText] = []
    try:
        for number in range(count):
            pen = _Values(number, font, fonts, placed)
            content = _page(sheet, number, count, kept.seal_side_pt, pen)
            names = {name: name for name in pen.names}
            pages.append(Page(zlib.compress(content, 1), b"/Filter /FlateDecode", {"F": VALUE_FONT}, names))
    except _Refused as refused:
        return refused.outcome
    used = {name for page in pages for name in page.forms}
    kept_objects = [item for item in kept.objects if item.name in used or item.name.startswith(form.FORM_FONT)]
    pdf = assemble([*kept_objects, *font.objects()], pages, PDF_TITLE, sheet.txn)
    return DrawnDocument(pdf, count, tuple(placed))


_MARKS: Final = frozenset(mark.value for mark in Mark)


@functools.lru_cache(maxsize=256)
def _fitted_mark(text: str, box: Box, fonts: PaperFonts) -> Fitted:
    """Fit a mark: half of all cells print one. Values are never kept, only these."""
    run = shape(text, fonts)
    fitted = None if run is None else fit(run, box)
    if fitted is None:
        raise ValueError("a cell of the form does not hold its own marks")
    return fitted


class _Values:
    """Writes the values of one page."""

    def __init__(self, page: int, font: EmbeddedFont, fonts: PaperFonts, placed: list[PlacedText]) -> None:
        self._page, self._font, self._fonts, self._placed = page, font, fonts, placed
        self.operators: list[str] = []
        self.drawings: list[str] = []
        self.names: dict[str, None] = {}

    def drawing(self, name: str, x: float = 0, y: float = 0, scale: float = 1) -> None:
        """Place a kept drawing; drawings lie beneath all values of the page, in the order placed."""
        self.names[name] = None
        self.drawings.append(f"q {scale:.6g} 0 0 {scale:.6g} {x:.2f} {y:.2f} cm /{name} Do Q")

    def content(self) -> bytes:
        """Give the content stream."""
        return "\n".join([*self.drawings, "BT", *self.operators, "ET"]).encode("ascii")

    def line(self, item: str, text: str, x: float, y: float, size: float, share: float = 0) -> None:
        """Write a short line centred on height `y`, with this share of its width to the left of `x`."""
        fitted = self._fitted(item, text, Box(400.0, size, size, 0, 0))
        self._write(item, fitted, x - width_em(fitted.lines[0]) * size * share, y, None)

    def cell(self, item: str, text: str, left: float, top: float, cell: grid.Cell, row: float) -> None:
        """Write a value into a cell of a block whose upper left corner is at (`left`, `top`)."""
        column, padding = grid.COLUMN_MM * MM, grid.PADDING_MM * MM
        x0, x1 = left + cell.left * column, left + cell.right * column
        centre = cell.align is grid.Align.CENTRE
        room = x1 - x0 - (padding if centre else 2 * padding)
        greatest = min(cell.size_pt, (cell.rows * row - 1.2) / (1 + _LINE_EM))
        fitted = self._fitted(item, text, Box(room, cell.size_pt, cell.least_pt, _TWO_LINES_LEAST_PT, greatest))
        middle = top - (cell.top + cell.rows / 2) * row
        self._write(item, fitted, x0 + padding, middle, (x0 + x1) / 2 if centre else None)

    def _fitted(self, item: str, text: str, box: Box) -> Fitted:
        if text in _MARKS:
            return _fitted_mark(text, box, self._fonts)
        run = shape(text, self._fonts)
        if run is None:
            raise _Refused(GlyphMissing(item, missing_glyphs(text, self._fonts)))
        if not run:
            raise ValueError(f"{item} is empty; say which mark is meant")
        fitted = fit(run, box)
        if fitted is None:
            raise _Refused(TooLong(item))
        return fitted

    def _write(self, item: str, fitted: Fitted, x: float, middle: float, centre: float | None) -> None:
        size, lines = fitted.size_pt, fitted.lines
        y = middle - form.CENTRE_OF_EM * size + (len(lines) - 1) * _LINE_EM / 2 * size
        for run in lines:
            start = x if centre is None else centre - width_em(run) * size / 2
            if centre is None and run[0][0] in _HANGING:
                start -= _HANG_EM * size
            self.operators.append(f"/F {size:g} Tf 1 0 0 1 {start:.2f} {y:.2f} Tm <{self._font.show(run)}> Tj")
            self._placed.append(PlacedText(self._page, item, "".join([part[0] for part in run]), start, y, size))
            y -= _LINE_EM * size


def _page(sheet: JuminhyoSheet, number: int, count: int, seal_side: float, pen: _Values) -> bytes:
    left = form.x_pt(grid.LEFT_MM)
    right = form.x_pt(grid.LEFT_MM + grid.COLUMNS * grid.COLUMN_MM)
    if sheet.specimen:
        pen.drawing(form.SPECIMEN)
    pen.drawing(form.FORM)
    pen.line("issue_number", f"発行番号　{sheet.issue_number}", right, form.y_pt(22.6), 8.5, share=1)
    header = grid.HEADER_ROW_MM * MM
    for row, (item, value) in enumerate((("address", sheet.address), ("head_name", _printed(sheet.head_name)))):
        cell = grid.Cell(grid.LABEL, grid.END, row, size_pt=11, least_pt=8)
        pen.cell(item, value, left, form.y_pt(grid.HEADER_TOP_MM), cell, header)
    first = number * PERSONS_A_PAGE
    persons = sheet.persons[first : first + PERSONS_A_PAGE]
    for slot, person in enumerate(persons):
        index = first + slot
        top = form.y_pt(grid.FIRST_BLOCK_MM + slot * grid.BLOCK_PITCH_MM)
        pen.drawing(form.NATIONAL if person.foreign is None else form.FOREIGN, left, top)
        pen.cell(f"persons[{index}].number", str(index + 1), left, top, _NUMBER, grid.ROW_MM * MM)
        for item, value, cell in _items(person):
            pen.cell(f"persons[{index}].{item}", value, left, top, cell, grid.ROW_MM * MM)
    if unused := PERSONS_A_PAGE - len(persons):
        top = form.y_pt(grid.FIRST_BLOCK_MM + len(persons) * grid.BLOCK_PITCH_MM)
        pen.drawing(form.UNUSED[unused], left, top)
    pen.line("issued_on", era_date(sheet.issued_on), left + 15, form.y_pt(form.DATE_MM), 11)
    pen.line("page_number", f"（{number + 1}／{count}）", PAGE_PT[0] / 2, form.y_pt(form.FOOT_MM), 9, share=0.5)
    pen.line("txn", f"管理番号　{sheet.txn}", right, form.y_pt(form.FOOT_MM), 6, share=1)
    bottom = form.y_pt(form.SEAL_CENTRE_MM) - seal_side / 2
    pen.drawing(form.SEAL, form.x_pt(form.SEAL_LEFT_MM), bottom, seal_side / 1000)
    return pen.content()


_NUMBER: Final = grid.Cell(0, grid.NUMBER, 0, rows=12, align=grid.Align.CENTRE, size_pt=9)


def _items(person: PersonEntry) -> Iterator[tuple[str, str, grid.Cell]]:
    """Give (field, what is printed, where) of every cell of a block."""
    for name, cell in grid.VALUES.items():
        value = getattr(person, name)
        yield name, _birth(person) if name == "birth_date" else _printed(value), cell
    if person.foreign is None:
        for cell in grid.SPARE:
            yield "spare", Mark.NOT_APPLICABLE.value, cell
        yield "remarks", _printed(person.remarks), grid.REMARKS
        return
    for name, cell in grid.FOREIGN_VALUES.items():
        if name == "remarks":
            yield name, _printed(person.remarks), cell
        elif name == "period_ends_on":
            yield f"foreign.{name}", _western(person.foreign.period_ends_on), cell
        else:
            yield f"foreign.{name}", _printed(getattr(person.foreign, name)), cell


def _birth(person: PersonEntry) -> str:
    return _printed(person.birth_date) if person.foreign is None else _western(person.birth_date)


def _western(value: DateCell) -> str:
    return western_date(value) if isinstance(value, date) else _printed(value)


def _printed(value: str | Mark | DateCell | Reading) -> str:
    match value:
        case str():
            return value
        case Mark():
            return value.value
        case Reading():
            return value.printed()
        case WrittenDate(text):
            return text
        case date():
            return era_date(value)
