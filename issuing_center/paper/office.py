"""The skeleton of papers that a counter prints beside a certificate: one page, no mayor, no sentence, no seal.

They certify nothing, so nothing on them could be taken for a certificate. In their upper right corner a QR says which paper
of which order each is, for the clerk's scanner; it does not say what the slip's says, so it redeems nothing.
"""

import zlib
from collections.abc import Callable
from typing import Final

import numpy as np
import zxingcpp

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import VALUE_FONT, Drawn
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import MM, Page, Parts, picture
from issuing_center.paper.sheet import Issuer
from issuing_center.paper.text import GlyphMissing
from issuing_center.paper.values import DrawnDocument, PlacedText, Refused, ValuePen

OFFICE_TITLE: Final = "窓口書類"
"""Title in the metadata: says nothing of whom or what kind."""
_CODE_MM: Final = 16.0
"""Version 2 has 25 modules: 0.64 mm each, three times what a hand scanner needs."""
_CODE_TOP_MM: Final = 10.0


def draw_office_paper(
    issuer: Issuer,
    title: str,
    layout: form.Layout,
    body: Callable[[ValuePen], None],
    fonts: PaperFonts,
    *,
    letter: str,
    txn: str,
    specimen: bool,
) -> Drawn:
    """Draw one A4 page; `letter` says what it is in its code. GlyphMissing and TooLong as for a certificate; pure."""
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
        _write_code(pen, letter + txn.upper(), right)
        pen.line("txn", f"管理番号　{txn}", right, form.y_pt(form.FOOT_MM), 8.5, share=1)
    except Refused as refused:
        return refused.outcome
    page = Page(
        zlib.compress(pen.content(), 1), b"/Filter /FlateDecode", {"F": VALUE_FONT}, {name: name for name in pen.names}
    )
    used = [item for item in kept.objects if item.name in pen.names or item.name.startswith(form.FORM_FONT)]
    parts = Parts((*used, *pen.objects, *font.objects()), (page,), OFFICE_TITLE, txn)
    return DrawnDocument(parts.assembled(), 1, tuple(placed), parts)


def _write_code(pen: ValuePen, text: str, right_pt: float) -> None:
    """Place the code with its right edge at that of the form; the paper around it is its quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) < 128
    side = _CODE_MM * MM
    height, width = modules.shape
    drawn = picture("Code", width, height, np.packbits(modules, axis=1).tobytes())
    pen.picture(drawn, right_pt - side, form.y_pt(_CODE_TOP_MM) - side, side, side)
