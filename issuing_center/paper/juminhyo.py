"""The 世帯連記式: four persons of a household on a page, for the 住民票の写し and the 住民票記載事項証明書.

Knows the order of items in a block and which items foreign residents have; nothing of orders, fees or eligibility.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Body, Drawn, draw_certificate
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import MM
from issuing_center.paper.printed import printed, printed_western
from issuing_center.paper.sheet import (
    PERSONS_A_PAGE,
    Cell,
    Certificate,
    Essentials,
    Issuer,
    JuminhyoSheet,
    Mark,
    PersonEntry,
    as_date,
)
from issuing_center.paper.values import DrawnDocument, PlacedText, ValuePen

__all__ = ["DrawnDocument", "KisaijikoSheet", "PlacedText", "draw_juminhyo", "draw_kisaijiko", "person_items"]

NATIONAL, FOREIGN = "National", "Foreign"
UNUSED: Final = ("", "Unused1", "Unused2", "Unused3")
"""Object names of the closed rest of a page, by the number of blocks nobody stands in."""


@dataclass(frozen=True, slots=True)
class KisaijikoSheet(Certificate):
    """One 住民票記載事項証明書: the same blocks as the 住民票の写し, under a title and a sentence of its own."""

    address: str = field(repr=False)
    """住所 of the household."""
    head_name: Cell = field(repr=False)
    """世帯主; OMITTED unless 世帯主・続柄 was asked for."""
    persons: tuple[PersonEntry, ...] = field(repr=False)
    """At least one, in the order of the register; items not asked for are OMITTED."""

    def __post_init__(self) -> None:
        if not self.persons:
            raise ValueError("a sheet needs at least one person")

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        sentence = "この証明書は、住民票に記載された事項と相違ないことを証明する。"
        names = tuple(person.name for person in self.persons)
        pages, born = -(-len(names) // PERSONS_A_PAGE), as_date(self.persons[0].birth_date)
        return Essentials("住民票記載事項証明書", sentence, names, pages, born=born)


def draw_juminhyo(sheet: JuminhyoSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 住民票の写し on A4 portrait pages of four persons each."""
    return draw_certificate(sheet, _LAYOUT, partial(_bodies, sheet.address, sheet.head_name, sheet.persons), fonts)


def draw_kisaijiko(sheet: KisaijikoSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 住民票記載事項証明書 on A4 portrait pages of four persons each."""
    return draw_certificate(sheet, _LAYOUT, partial(_bodies, sheet.address, sheet.head_name, sheet.persons), fonts)


def header(pen: form.FormPen, _issuer: Issuer) -> list[bytes]:
    """Draw the two rows above the blocks, 住所 and 世帯主."""
    left, right = form.x_pt(grid.LEFT_MM), form.x_pt(grid.LEFT_MM + grid.COLUMNS * grid.COLUMN_MM)
    top, row = form.y_pt(grid.HEADER_TOP_MM), grid.HEADER_ROW_MM * MM
    label_end = form.x_pt(grid.LEFT_MM + grid.LABEL * grid.COLUMN_MM)
    parts = [
        form.lines([(left, top - row, right, top - row), (label_end, top, label_end, top - 2 * row)], form.HAIR_PT),
        form.frame(left, top, right - left, 2 * row),
    ]
    for index, text in enumerate(("住所", "世帯主")):
        middle = top - (index + 0.5) * row
        parts.append(pen.text(text, (left + label_end) / 2, middle, 8.5, spread_to=46, middle=True))
    return parts


def write_header(pen: ValuePen, address: str, head_name: Cell) -> None:
    """Write the values of `header`."""
    for row, (item, value) in enumerate((("address", address), ("head_name", printed(head_name)))):
        cell = grid.Cell(grid.LABEL, grid.END, row, size_pt=11, least_pt=8)
        pen.cell(item, value, form.x_pt(grid.LEFT_MM), form.y_pt(grid.HEADER_TOP_MM), cell, grid.HEADER_ROW_MM * MM)


def person_items(person: PersonEntry) -> Iterator[tuple[str, str]]:
    """Give (field, what is printed) of every item of a person, remarks last; foreign items only where there are any."""
    for name in grid.VALUES:
        value = getattr(person, name)
        if name == "birth_date" and person.foreign is not None:
            yield name, printed_western(value)
        else:
            yield name, printed(value)
    if person.foreign is not None:
        for name in grid.FOREIGN_VALUES:
            if name == "period_ends_on":
                yield f"foreign.{name}", printed_western(person.foreign.period_ends_on)
            elif name != "remarks":
                yield f"foreign.{name}", printed(getattr(person.foreign, name))
    yield "remarks", printed(person.remarks)


def _block(pen: form.FormPen, foreign: bool) -> bytes:
    column, row = grid.COLUMN_MM * MM, grid.ROW_MM * MM
    segments = [(x0 * column, -y0 * row, x1 * column, -y1 * row) for x0, y0, x1, y1 in grid.rules(foreign)]
    labels = grid.FOREIGN_LABELS if foreign else grid.NATIONAL_LABELS
    outside = form.frame(0, 0, grid.COLUMNS * column, grid.BLOCK_ROWS * row)
    return b"\n".join([form.lines(segments, form.HAIR_PT), outside, *[pen.label(label) for label in labels]])


def _unused(pen: form.FormPen, count: int) -> bytes:
    return form.closed(pen, ((count - 1) * grid.BLOCK_PITCH_MM + grid.BLOCK_ROWS * grid.ROW_MM) * MM)


_BLOCK_PT: Final = round(grid.BLOCK_ROWS * grid.ROW_MM * MM + 1, 2)
_LAYOUT: Final = form.Layout(
    header,
    (
        form.Drawing(NATIONAL, partial(_block, foreign=False), _BLOCK_PT),
        form.Drawing(FOREIGN, partial(_block, foreign=True), _BLOCK_PT),
        *[form.Drawing(UNUSED[count], partial(_unused, count=count)) for count in range(1, PERSONS_A_PAGE)],
    ),
)


def _bodies(address: str, head_name: Cell, persons: Sequence[PersonEntry]) -> list[Body]:
    starts = range(0, len(persons), PERSONS_A_PAGE)
    return [partial(_page, address, head_name, persons[first : first + PERSONS_A_PAGE], first) for first in starts]


def _page(address: str, head_name: Cell, persons: Sequence[PersonEntry], first: int, pen: ValuePen) -> None:
    left = form.x_pt(grid.LEFT_MM)
    write_header(pen, address, head_name)
    for slot, person in enumerate(persons):
        index = first + slot
        top = form.y_pt(grid.FIRST_BLOCK_MM + slot * grid.BLOCK_PITCH_MM)
        pen.drawing(NATIONAL if person.foreign is None else FOREIGN, left, top)
        pen.cell(f"persons[{index}].number", str(index + 1), left, top, _NUMBER, grid.ROW_MM * MM)
        cells = _NATIONAL_CELLS if person.foreign is None else _FOREIGN_CELLS
        for item, value in person_items(person):
            if item in grid.NATIONAL_ONLY and person.foreign is not None:
                continue
            if item == "remarks" and person.foreign is None:
                for cell in grid.SPARE:
                    pen.cell(f"persons[{index}].spare", Mark.NOT_APPLICABLE.value, left, top, cell, grid.ROW_MM * MM)
            pen.cell(f"persons[{index}].{item}", value, left, top, cells[item], grid.ROW_MM * MM)
    if unused := PERSONS_A_PAGE - len(persons):
        top = form.y_pt(grid.FIRST_BLOCK_MM + len(persons) * grid.BLOCK_PITCH_MM)
        pen.drawing(UNUSED[unused], left, top)


_NUMBER: Final = grid.Cell(0, grid.NUMBER, 0, rows=12, align=grid.Align.CENTRE, size_pt=9)
_NATIONAL_CELLS: Final = {**grid.VALUES, "remarks": grid.REMARKS}
_FOREIGN_CELLS: Final = {
    **grid.VALUES,
    **{f"foreign.{name}": cell for name, cell in grid.FOREIGN_VALUES.items()},
    "remarks": grid.FOREIGN_VALUES["remarks"],
}
