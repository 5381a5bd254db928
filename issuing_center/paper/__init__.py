"""The paper room: data in, PDF bytes out. It knows forms, fonts and seals; no network, no clock, no register.

fonts = shared_fonts()
match draw_juminhyo(sheet, fonts):
    case DrawnDocument(pdf=pdf): check_complete(pdf, Expected.of(sheet))
    case GlyphMissing(item) | TooLong(item): refuse, before payment
"""

from issuing_center.paper.absent import PaperUnavailable
from issuing_center.paper.completeness import Complete, Expected, Incomplete, check_complete
from issuing_center.paper.fonts import PaperFonts, load_fonts, shared_fonts
from issuing_center.paper.juminhyo import DrawnDocument, PlacedText, draw_juminhyo
from issuing_center.paper.seal import Seal, load_seal
from issuing_center.paper.sheet import (
    Cell,
    DateCell,
    ForeignItems,
    Issuer,
    JuminhyoSheet,
    Mark,
    PersonEntry,
    Reading,
    Scope,
    SealColour,
    WrittenDate,
)
from issuing_center.paper.text import GlyphMissing, TooLong, missing_glyphs

__all__ = [
    "Cell",
    "Complete",
    "DateCell",
    "DrawnDocument",
    "Expected",
    "ForeignItems",
    "GlyphMissing",
    "Incomplete",
    "Issuer",
    "JuminhyoSheet",
    "Mark",
    "PaperFonts",
    "PaperUnavailable",
    "PersonEntry",
    "PlacedText",
    "Reading",
    "Scope",
    "Seal",
    "SealColour",
    "TooLong",
    "WrittenDate",
    "check_complete",
    "draw_juminhyo",
    "load_fonts",
    "load_seal",
    "missing_glyphs",
    "shared_fonts",
]
