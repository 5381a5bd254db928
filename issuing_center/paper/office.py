"""The skeleton of papers that a counter prints beside a certificate: one page, no mayor, no sentence, no seal.

They certify nothing, so nothing on them could be taken for a certificate.
"""

import zlib
from collections.abc import Callable
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import VALUE_FONT, Drawn
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import Page, Parts
from issuing_center.paper.sheet import Issuer
from issuing_center.paper.text import GlyphMissing
from issuing_center.paper.values import DrawnDocument, PlacedText, Refused, ValuePen

OFFICE_TITLE: Final = "窓口書類"
"""Title in the metadata: says nothing of whom or what kind."""


def draw_office_paper(
    issuer: Issuer,
    title: str,
    layout: form.Layout,
    body: Callable[[ValuePen], None],
    fonts: PaperFonts,
    *,
    txn: str,
    specimen: bool,
) -> Drawn:
    """Draw one A4 page. GlyphMissing and TooLong as for a certificate; pure."""
    kept = form.kept_office_form(issuer, title, layout, fonts)
    if isinstance(kept, GlyphMissing):
        return kept
    font = EmbeddedFont(VALUE_FONT, fonts)
    placed: list[PlacedText] = []
    pen = ValuePen(0, font, fonts, placed)
    if specimen:
        pen.drawing(form.SPECIMEN)
    pen.drawing(form.FORM)
    try:
        body(pen)
        right = form.x_pt(grid.LEFT_MM + grid.COLUMNS * grid.COLUMN_MM)
        pen.line("txn", f"管理番号　{txn}", right, form.y_pt(form.FOOT_MM), 6, share=1)
    except Refused as refused:
        return refused.outcome
    page = Page(
        zlib.compress(pen.content(), 1), b"/Filter /FlateDecode", {"F": VALUE_FONT}, {name: name for name in pen.names}
    )
    used = [item for item in kept.objects if item.name in pen.names or item.name.startswith(form.FORM_FONT)]
    parts = Parts((*used, *font.objects()), (page,), OFFICE_TITLE, txn)
    return DrawnDocument(parts.assembled(), 1, tuple(placed), parts)
