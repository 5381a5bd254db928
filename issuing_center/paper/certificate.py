"""The skeleton every certificate shares: a sheet as data goes in, a finished PDF or a typed refusal comes out.

Pure: no clock, no network, no randomness; the same sheet and font give the same bytes. The fixed part is kept by
`form`; a form gives the bodies of its pages, and everything around them is written here.
"""

import zlib
from collections.abc import Callable, Sequence
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.era import era_date
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import PAGE_PT, Page, Parts, PdfObject
from issuing_center.paper.sheet import Certificate
from issuing_center.paper.text import GlyphMissing, TooLong
from issuing_center.paper.values import DrawnDocument, PlacedText, Refused, ValuePen

PDF_TITLE: Final = "証明書"
"""Title in the metadata of every certificate: says nothing of whom or what kind."""
VALUE_FONT: Final = "ValueFont"

Body = Callable[[ValuePen], None]
"""Writes what one page has of its own, between title and sentence."""
Drawn = DrawnDocument | GlyphMissing | TooLong
"""The outcomes of drawing any form."""


def draw_certificate(
    sheet: Certificate, layout: form.Layout, compose: Callable[[], Sequence[Body]], fonts: PaperFonts
) -> Drawn:
    """Draw a sheet on A4 portrait pages, one for each body that `compose` gives.

    Gives the document; GlyphMissing if any character or variation sequence has no glyph of its own; TooLong if a
    value does not fit its cell. Both refusals name the item and come before payment.
    """
    essentials = sheet.essentials
    kept = form.kept_form(sheet.issuer, essentials.title, essentials.sentence, layout, fonts)
    if isinstance(kept, GlyphMissing):
        return kept
    font = EmbeddedFont(VALUE_FONT, fonts)
    pages: list[Page] = []
    placed: list[PlacedText] = []
    own: dict[str, PdfObject] = {}
    try:
        bodies = compose()
        for number, body in enumerate(bodies):
            pen = ValuePen(number, font, fonts, placed)
            mark = essentials.page_mark.format(number=number + 1, count=len(bodies))
            _write_page(sheet, mark, essentials.numbered_above, kept.seal_side_pt, pen, body)
            names = {name: name for name in pen.names}
            own.update({item.name: item for item in pen.objects})
            pages.append(Page(zlib.compress(pen.content(), 1), b"/Filter /FlateDecode", {"F": VALUE_FONT}, names))
    except Refused as refused:
        return refused.outcome
    used = {name for page in pages for name in page.forms}
    kept_objects = [item for item in kept.objects if item.name in used or item.name.startswith(form.FORM_FONT)]
    parts = Parts((*kept_objects, *own.values(), *font.objects()), tuple(pages), PDF_TITLE, sheet.txn)
    return DrawnDocument(parts.assembled(), len(pages), tuple(placed), parts)


def _write_page(
    sheet: Certificate, mark: str, numbered_above: bool, seal_side: float, pen: ValuePen, body: Body
) -> None:
    right = form.x_pt(grid.LEFT_MM + grid.COLUMNS * grid.COLUMN_MM)
    if sheet.specimen:
        pen.drawing(form.SPECIMEN)
    pen.drawing(form.FORM)
    issue_number = f"発行番号　{sheet.issue_number}"
    if numbered_above:
        pen.line("page_number", mark, right, form.y_pt(22.6), 9, share=1)
    else:
        pen.line("issue_number", issue_number, right, form.y_pt(22.6), 8.5, share=1)
    body(pen)
    pen.line("issued_on", era_date(sheet.issued_on), form.x_pt(form.DATE_LEFT_MM), form.y_pt(form.DATE_MM), 11)
    if numbered_above:
        pen.line("issue_number", issue_number, form.x_pt(form.DATE_LEFT_MM), form.y_pt(form.FOOT_MM), 8.5)
    else:
        pen.line("page_number", mark, PAGE_PT[0] / 2, form.y_pt(form.FOOT_MM), 9, share=0.5)
    pen.line("txn", f"管理番号　{sheet.txn}", right, form.y_pt(form.FOOT_MM), 8.5, share=1)
    bottom = form.y_pt(form.SEAL_CENTRE_MM) - seal_side / 2
    pen.drawing(form.SEAL, form.x_pt(form.SEAL_LEFT_MM), bottom, seal_side / 1000)
