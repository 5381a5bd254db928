"""The fixed part of the sheet, drawn once for a settings version and kept ready: lines, labels, mayor, sentence, seal.

Everything here is the same for every resident of the municipality. What differs is drawn over it by `juminhyo`.
"""

import functools
import zlib
from dataclasses import dataclass, field
from typing import Final

from issuing_center.paper import grid
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.outline import bounds, outline
from issuing_center.paper.pdf import MM, PAGE_PT, PdfObject, stream
from issuing_center.paper.sheet import PERSONS_A_PAGE, Issuer, Mark, Scope, SealColour
from issuing_center.paper.text import GlyphMissing, Glyphs, missing_glyphs, shape, width_em

BLACK_SEAL_NOTE: Final = "この印は黒色です"
TITLE: Final = "住民票"
CLOSED: Final = "以下余白"
CENTRE_OF_EM: Final = 0.38
"""Height of the middle of an ideograph above the baseline, in ems (ascent 0.88, descent 0.12)."""
HAIR_PT, FRAME_PT = 0.35, 0.9
LABEL_PT: Final = 7.0
FORM_FONT: Final = "FormFont"
"""Object name of the form's own subset."""
FORM, NATIONAL, FOREIGN, SEAL, SPECIMEN = "Form", "National", "Foreign", "Seal", "Specimen"
"""Object names of the kept drawings."""
SPECIMEN_COLOUR: Final = b"q 0.9 g 0.9 G"
"""Pale enough to read the values over it, dark enough to survive a copier."""
UNUSED: Final = ("", "Unused1", "Unused2", "Unused3")
"""Object names of the closed rest of a page, by the number of blocks nobody stands in."""

SENTENCE_MM: Final = 253.0
DATE_MM: Final = 260.5
MAYOR_MM: Final = 268.5
SEAL_LEFT_MM: Final = 171.0
SEAL_CENTRE_MM: Final = 268.0
FOOT_MM: Final = 285.2
"""Rows of the foot, as centres of their text, and the place of the seal."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The ready objects of one settings version; they go into every document unchanged."""

    objects: tuple[PdfObject, ...] = field(repr=False)
    """Font, page form, two kinds of block, unused block, seal and specimen mark."""
    seal_side_pt: float
    """Edge length of the seal on the page."""


def x_pt(x_mm: float) -> float:
    """Convert millimetres from the left edge into points."""
    return x_mm * MM


def y_pt(y_mm: float) -> float:
    """Convert millimetres from the upper edge into points from the lower edge."""
    return PAGE_PT[1] - y_mm * MM


@functools.lru_cache(maxsize=32)
def kept_form(issuer: Issuer, scope: Scope, fonts: PaperFonts) -> KeptForm | GlyphMissing:
    """Draw the fixed part for an issuer and a scope, once; later calls give the kept one.

    GlyphMissing says that the municipality's own settings hold a character without a glyph.
    """
    for item in ("prefecture", "municipality", "mayor_title", "mayor_name"):
        if missing := missing_glyphs(getattr(issuer, item), fonts):
            return GlyphMissing(f"issuer.{item}", missing)
    font = EmbeddedFont(FORM_FONT, fonts)
    pen = _Pen(font, fonts)
    page = _page(pen, issuer, scope)
    national, foreign = _block(pen, foreign=False), _block(pen, foreign=True)
    unused = [_unused_blocks(pen, count) for count in range(1, PERSONS_A_PAGE)]
    box = f"0 0 {PAGE_PT[0]} {PAGE_PT[1]}"
    block_box = f"-1 -{grid.BLOCK_ROWS * grid.ROW_MM * MM + 1:.2f} {PAGE_PT[0]} 1"
    box_below = f"-1 -{PAGE_PT[1]} {PAGE_PT[0]} 1"
    colour = "0 g 0 G" if issuer.seal_colour is SealColour.BLACK else "0.75 0.08 0.1 rg 0.75 0.08 0.1 RG"
    objects = (
        *font.objects(),
        _form(FORM, page, box),
        _form(NATIONAL, national, block_box),
        _form(FOREIGN, foreign, block_box),
        *[_form(name, content, box_below) for name, content in zip(UNUSED[1:], unused, strict=True)],
        _form(SEAL, f"{colour}\n".encode() + issuer.seal.path, "-20 -20 1020 1020"),
        _form(SPECIMEN, _specimen(fonts), box),
    )
    return KeptForm(objects, issuer.seal.side_mm * MM)


class _Pen:
    """Writes the operators of the fixed part."""

    def __init__(self, font: EmbeddedFont, fonts: PaperFonts) -> None:
        self._font, self._fonts = font, fonts

    def text(self, text: str, x: float, y: float, size: float, spread_to: float = 0, middle: bool = False) -> bytes:
        """Write one line centred on height `y`; `spread_to` sets its full width by even gaps (均等割付)."""
        run = self.run(text)
        width = width_em(run) * size
        gap = (spread_to - width) / (len(run) - 1) if spread_to and len(run) > 1 else 0.0
        if middle:
            x -= (width + gap * (len(run) - 1)) / 2
        start = f"/F {size:g} Tf {gap:.3f} Tc 1 0 0 1 {x:.2f} {y - CENTRE_OF_EM * size:.2f} Tm"
        return f"BT {start} <{self._font.show(run)}> Tj ET".encode("ascii")

    def run(self, text: str) -> Glyphs:
        run = shape(text, self._fonts)
        if run is None:
            raise ValueError("the paper font lacks a character of the form itself")
        return run

    def label(self, label: grid.Label) -> bytes:
        """Write a label spread over its cell, smaller if it must be."""
        cell = label.cell
        left, right = cell.left * grid.COLUMN_MM * MM, cell.right * grid.COLUMN_MM * MM
        room = right - left - 2 * grid.LABEL_PADDING_MM * MM
        natural = width_em(self.run(label.text))
        size = min(LABEL_PT, int(room / natural * 10) / 10)
        middle = -(cell.top + cell.rows / 2) * grid.ROW_MM * MM
        # Two characters flung to the edges of a wide cell no longer read as one word.
        spread = 0.0 if label.text == Mark.NOT_APPLICABLE.value else min(room, natural * size * 2.6)
        return self.text(label.text, (left + right) / 2, middle, size, spread_to=spread, middle=True)


def _lines(segments: list[tuple[float, float, float, float]], width_pt: float) -> bytes:
    drawn = [f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l" for x0, y0, x1, y1 in segments]
    return f"{width_pt} w {' '.join(drawn)} S".encode("ascii")


def _page(pen: _Pen, issuer: Issuer, scope: Scope) -> bytes:
    left, right = x_pt(grid.LEFT_MM), x_pt(grid.LEFT_MM + grid.COLUMNS * grid.COLUMN_MM)
    top, row = y_pt(grid.HEADER_TOP_MM), grid.HEADER_ROW_MM * MM
    label_end = x_pt(grid.LEFT_MM + grid.LABEL * grid.COLUMN_MM)
    parts = [
        pen.text(TITLE, PAGE_PT[0] / 2, y_pt(18.6), 21, spread_to=110, middle=True),
        pen.text(issuer.prefecture + issuer.municipality, left, y_pt(22.6), 10.5),
        _lines([(left, top - row, right, top - row), (label_end, top, label_end, top - 2 * row)], HAIR_PT),
        f"{FRAME_PT} w {left:.2f} {top - 2 * row:.2f} {right - left:.2f} {2 * row:.2f} re S".encode("ascii"),
    ]
    for index, text in enumerate(("住所", "世帯主")):
        middle = top - (index + 0.5) * row
        parts.append(pen.text(text, (left + label_end) / 2, middle, 8.5, spread_to=46, middle=True))
    parts.append(pen.text(scope.sentence, left + 4, y_pt(SENTENCE_MM), 11))
    mayor = f"{issuer.mayor_title}　　{issuer.mayor_name}"
    room = x_pt(SEAL_LEFT_MM) - x_pt(88) - 6
    size = min(15.0, room / width_em(pen.run(mayor)))
    parts.append(pen.text(mayor, x_pt(SEAL_LEFT_MM) - 8 - width_em(pen.run(mayor)) * size, y_pt(MAYOR_MM), size))
    if issuer.seal_colour is SealColour.BLACK:
        middle = x_pt(SEAL_LEFT_MM + issuer.seal.side_mm / 2)
        below = y_pt(SEAL_CENTRE_MM + issuer.seal.side_mm / 2 + 2.6)
        parts.append(pen.text(BLACK_SEAL_NOTE, middle, below, 6.5, middle=True))
    return b"\n".join(parts)


def _frame() -> bytes:
    width, height = grid.COLUMNS * grid.COLUMN_MM * MM, grid.BLOCK_ROWS * grid.ROW_MM * MM
    return f"{FRAME_PT} w 0 {-height:.2f} {width:.2f} {height:.2f} re S".encode("ascii")


def _block(pen: _Pen, foreign: bool) -> bytes:
    column, row = grid.COLUMN_MM * MM, grid.ROW_MM * MM
    segments = [(x0 * column, -y0 * row, x1 * column, -y1 * row) for x0, y0, x1, y1 in grid.rules(foreign)]
    labels = grid.FOREIGN_LABELS if foreign else grid.NATIONAL_LABELS
    return b"\n".join([_lines(segments, HAIR_PT), _frame(), *[pen.label(label) for label in labels]])


def _unused_blocks(pen: _Pen, count: int) -> bytes:
    """Close the blocks nobody stands in with one frame and a stroke, so that nothing can be written into them."""
    width = grid.COLUMNS * grid.COLUMN_MM * MM
    height = ((count - 1) * grid.BLOCK_PITCH_MM + grid.BLOCK_ROWS * grid.ROW_MM) * MM
    # The stroke runs from corner to corner and leaves room for the words in its middle.
    share = 0.5 - 46.0 / width if height < width / 2 else 0.5 - 15.0 / height
    segments = [
        (0.0, -height, width * share, -height * (1 - share)),
        (width * (1 - share), -height * share, width, 0.0),
    ]
    closed = pen.text(CLOSED, width / 2, -height / 2, 10.5, spread_to=78, middle=True)
    frame = f"{FRAME_PT} w 0 {-height:.2f} {width:.2f} {height:.2f} re S".encode("ascii")
    return b"\n".join([_lines(segments, HAIR_PT), frame, closed])


def _specimen(fonts: PaperFonts) -> bytes:
    """Draw 見本 across the page as pale outlines: seen by everybody, found by no text extraction."""
    em = fonts.units_per_em
    side = 235.0
    parts = [f"{SPECIMEN_COLOUR.decode()} 5 w 1 j 0.6 0.8 -0.8 0.6", f"{PAGE_PT[0] / 2:.2f} {PAGE_PT[1] / 2:.2f} cm"]
    for index, char in enumerate("見本"):
        x0, y0, x1, y1 = bounds(char, fonts)
        centre = (index - 0.5) * side * 1.35
        shift = (centre - (x0 + x1) / 2 * side / em, -(y0 + y1) / 2 * side / em)
        parts.append(outline(char, fonts, (side / em, side / em), shift) + " B")
    return " ".join([*parts, "Q"]).encode("ascii")


def _form(name: str, content: bytes, box: str) -> PdfObject:
    """Make a form XObject; deflated thoroughly, since it is done once."""
    return stream(
        name,
        zlib.compress(content, 9),
        f"/Type /XObject /Subtype /Form /BBox [{box}] /Filter /FlateDecode /Resources << /Font << /F ".encode(),
        FORM_FONT,
        b" >> >>",
    )
