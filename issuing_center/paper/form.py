"""The fixed part of a sheet, drawn once for a settings version and kept ready: lines, labels, mayor, sentence, seal.

What all forms share stands here; what a form has of its own comes as a `Layout`. Everything here is the same for every
resident of the municipality; what differs is drawn over it (`certificate`, `values`).
"""

import functools
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from issuing_center.paper import grid
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.outline import bounds, outline
from issuing_center.paper.pdf import MM, PAGE_PT, PdfObject, stream
from issuing_center.paper.sheet import Issuer, Mark, SealColour
from issuing_center.paper.text import GlyphMissing, Glyphs, missing_glyphs, shape, width_em

BLACK_SEAL_NOTE: Final = "この印は黒色です"
CLOSED: Final = "以下余白"
CONTINUED: Final = "以下次頁"
"""What a page of a form that flows ends with, when it is not the last."""
CENTRE_OF_EM: Final = 0.38
"""Height of the middle of an ideograph above the baseline, in ems (ascent 0.88, descent 0.12)."""
HAIR_PT, FRAME_PT = 0.35, 0.9
FORM_FONT: Final = "FormFont"
"""Object name of the form's own subset."""
FORM, SEAL, SPECIMEN = "Form", "Seal", "Specimen"
"""Object names of the kept drawings every form has."""
BODY_TOP_MM, BODY_BOTTOM_MM = grid.HEADER_TOP_MM, 247.0
"""What a form has of its own stands between these heights."""
SPECIMEN_LINE: Final = b"q 0 G 0.6 w"
"""Thin enough to read the values beside it; black, so that a copier keeps it and the picture on the back carries it."""
TITLE_PITCH_PT: Final = 110 / 3
"""Distance of the characters of a short title."""
TITLE_WIDTH_PT: Final = 204.0
"""Widest title, between the name of the municipality and the issue number."""
SENTENCE_MM: Final = 253.0
DATE_MM: Final = 260.5
DATE_LEFT_MM: Final = 47.0
"""Right of the signed code (`front_seal`), for the date and what stands below it."""
MAYOR_MM: Final = 268.5
SEAL_LEFT_MM: Final = 171.0
SEAL_CENTRE_MM: Final = 268.0
FOOT_MM: Final = 285.2
"""Rows of the foot, as centres of their text, and the place of the seal."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A kept drawing that a page may place any number of times: a block, a row, the closed rest of a page."""

    name: str
    """Object name, unique in its form."""
    draw: Callable[["FormPen"], bytes]
    """Its operators; the origin is its upper left corner, y runs upwards."""
    height_pt: float = PAGE_PT[1]
    """Height of its box; the default holds anything."""
    on_page: bool = False
    """True when it has one place only and is drawn in the coordinates of the page."""

    @property
    def box(self) -> str:
        """The bounding box, a point wider than the drawing for the width of its lines."""
        if self.on_page:
            return f"0 0 {PAGE_PT[0]} {PAGE_PT[1]}"
        return f"-1 -{self.height_pt:.6g} {PAGE_PT[0]} 1"


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What one form has of its own in the fixed part. Compared by identity: each is made once, with its module."""

    fixed: Callable[["FormPen", Issuer], Sequence[bytes]]
    """Operators of the page itself, between title and sentence."""
    drawings: tuple[Drawing, ...] = ()
    """Further kept drawings."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The ready objects of one settings version; they go into every document unchanged."""

    objects: tuple[PdfObject, ...] = field(repr=False)
    """Font, page form, drawings of the layout, seal and specimen mark."""
    seal_side_pt: float
    """Edge length of the seal on the page."""


def x_pt(x_mm: float) -> float:
    """Convert millimetres from the left edge into points."""
    return x_mm * MM


def y_pt(y_mm: float) -> float:
    """Convert millimetres from the upper edge into points from the lower edge."""
    return PAGE_PT[1] - y_mm * MM


@functools.lru_cache(maxsize=128)
def kept_form(issuer: Issuer, title: str, sentence: str, layout: Layout, fonts: PaperFonts) -> KeptForm | GlyphMissing:
    """Draw the fixed part for an issuer, a title and a sentence, once; later calls give the kept one.

    GlyphMissing says that the municipality's own settings hold a character without a glyph.
    """
    for item in ("prefecture", "municipality", "mayor_title", "mayor_name"):
        if missing := missing_glyphs(getattr(issuer, item), fonts):
            return GlyphMissing(f"issuer.{item}", missing)
    font = EmbeddedFont(FORM_FONT, fonts)
    pen = FormPen(font, fonts)
    page = _page(pen, issuer, title, sentence, layout)
    drawn = [(drawing, drawing.draw(pen)) for drawing in layout.drawings]
    box = f"0 0 {PAGE_PT[0]} {PAGE_PT[1]}"
    colour = "0 g 0 G" if issuer.seal_colour is SealColour.BLACK else "0.75 0.08 0.1 rg 0.75 0.08 0.1 RG"
    objects = (
        *font.objects(),
        _form(FORM, page, box),
        *[_form(drawing.name, content, drawing.box) for drawing, content in drawn],
        _form(SEAL, f"{colour}\n".encode() + issuer.seal.path, "-20 -20 1020 1020"),
        _form(SPECIMEN, _specimen(fonts), box),
    )
    return KeptForm(objects, issuer.seal.side_mm * MM)


@functools.lru_cache(maxsize=128)
def kept_office_form(issuer: Issuer, title: str, layout: Layout, fonts: PaperFonts) -> KeptForm | GlyphMissing:
    """Draw the fixed part of a paper that is no certificate: title and layout, without mayor, sentence and seal."""
    for item in ("prefecture", "municipality"):
        if missing := missing_glyphs(getattr(issuer, item), fonts):
            return GlyphMissing(f"issuer.{item}", missing)
    font = EmbeddedFont(FORM_FONT, fonts)
    pen = FormPen(font, fonts)
    page = b"\n".join([_title(pen, title), *layout.fixed(pen, issuer)])
    box = f"0 0 {PAGE_PT[0]} {PAGE_PT[1]}"
    return KeptForm((*font.objects(), _form(FORM, page, box), _form(SPECIMEN, _specimen(fonts), box)), 0)


class FormPen:
    """Writes the operators of the fixed part."""

    def __init__(self, font: EmbeddedFont, fonts: PaperFonts) -> None:
        """Collect what is shown in `font`, the form's own subset."""
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
        """Give the glyphs of a text of the form itself, which the font has, or the form is wrong."""
        run = shape(text, self._fonts)
        if run is None:
            raise ValueError("the paper font lacks a character of the form itself")
        return run

    def label(self, label: grid.Label, left: float = 0, top: float = 0, row_mm: float = grid.ROW_MM) -> bytes:
        """Write a label spread over its cell, smaller if it must be, in a block whose upper left corner is given."""
        cell = label.cell
        x0, x1 = left + cell.left * grid.COLUMN_MM * MM, left + cell.right * grid.COLUMN_MM * MM
        room = x1 - x0 - 2 * grid.LABEL_PADDING_MM * MM
        natural = width_em(self.run(label.text))
        size = min(label.size_pt, int(room / natural * 10) / 10)
        middle = top - (cell.top + cell.rows / 2) * row_mm * MM
        # Two characters flung to the edges of a wide cell no longer read as one word.
        spread = max(natural * size, min(room * label.spread, natural * size * 2.6))
        if not label.spread or label.text == Mark.NOT_APPLICABLE.value:
            spread = 0.0
        return self.text(label.text, (x0 + x1) / 2, middle, size, spread_to=spread, middle=True)


def lines(segments: Sequence[tuple[float, float, float, float]], width_pt: float) -> bytes:
    """Draw straight lines, all of one width."""
    drawn = [f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l" for x0, y0, x1, y1 in segments]
    return f"{width_pt} w {' '.join(drawn)} S".encode("ascii")


def frame(left: float, top: float, width: float, height: float) -> bytes:
    """Draw the strong frame of a table whose upper left corner is given."""
    return f"{FRAME_PT} w {round(left, 2):g} {top - height:.2f} {width:.2f} {height:.2f} re S".encode("ascii")


def closed(pen: FormPen, height: float) -> bytes:
    """Close an area over the full width with one frame and a stroke, so that nothing can be written into it."""
    width = grid.COLUMNS * grid.COLUMN_MM * MM
    # The stroke runs from corner to corner and leaves room for the words in its middle.
    share = 0.5 - 46.0 / width if height < width / 2 else 0.5 - 15.0 / height
    segments = [
        (0.0, -height, width * share, -height * (1 - share)),
        (width * (1 - share), -height * share, width, 0.0),
    ]
    words = pen.text(CLOSED, width / 2, -height / 2, 10.5, spread_to=78, middle=True)
    return b"\n".join([lines(segments, HAIR_PT), frame(0, 0, width, height), words])


def _page(pen: FormPen, issuer: Issuer, title: str, sentence: str, layout: Layout) -> bytes:
    left = x_pt(grid.LEFT_MM)
    parts = [
        _title(pen, title),
        pen.text(issuer.prefecture + issuer.municipality, left, y_pt(22.6), 10.5),
        *layout.fixed(pen, issuer),
        pen.text(sentence, left + 4, y_pt(SENTENCE_MM), 11),
    ]
    mayor = f"{issuer.mayor_title}　　{issuer.mayor_name}"
    room = x_pt(SEAL_LEFT_MM) - x_pt(88) - 6
    size = min(15.0, room / width_em(pen.run(mayor)))
    parts.append(pen.text(mayor, x_pt(SEAL_LEFT_MM) - 8 - width_em(pen.run(mayor)) * size, y_pt(MAYOR_MM), size))
    if issuer.seal_colour is SealColour.BLACK:
        middle = x_pt(SEAL_LEFT_MM + issuer.seal.side_mm / 2)
        below = y_pt(SEAL_CENTRE_MM + issuer.seal.side_mm / 2 + 2.6)
        parts.append(pen.text(BLACK_SEAL_NOTE, middle, below, 6.5, middle=True))
    return b"\n".join(parts)


def _title(pen: FormPen, title: str) -> bytes:
    spread = min(TITLE_PITCH_PT * len(title), TITLE_WIDTH_PT)
    size = min(21, TITLE_WIDTH_PT / len(title))
    return pen.text(title, PAGE_PT[0] / 2, y_pt(18.6), size, spread_to=spread, middle=True)


def _specimen(fonts: PaperFonts) -> bytes:
    """Draw 見本 across the page as outlines: seen by everybody, found by no text extraction."""
    em = fonts.units_per_em
    side = 235.0
    parts = [f"{SPECIMEN_LINE.decode()} 1 j 0.6 0.8 -0.8 0.6", f"{PAGE_PT[0] / 2:.2f} {PAGE_PT[1] / 2:.2f} cm"]
    for index, char in enumerate("見本"):
        x0, y0, x1, y1 = bounds(char, fonts)
        centre = (index - 0.5) * side * 1.35
        shift = (centre - (x0 + x1) / 2 * side / em, -(y0 + y1) / 2 * side / em)
        parts.append(outline(char, fonts, (side / em, side / em), shift) + " S")
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
