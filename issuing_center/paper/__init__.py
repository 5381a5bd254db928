"""The paper room: data in, PDF bytes out. It knows forms, fonts and seals; no network, no clock, no register.

fonts = shared_fonts()
match draw(sheet, fonts):
    case DrawnDocument(pdf=pdf): check_complete(pdf, Expected.of(sheet))
    case GlyphMissing(item) | TooLong(item): refuse, before payment
"""

from issuing_center.paper.absent import PaperUnavailable
from issuing_center.paper.certificate import Drawn
from issuing_center.paper.completeness import Complete, Expected, Incomplete, check_complete
from issuing_center.paper.drawing import AnySheet, draw
from issuing_center.paper.fonts import PaperFonts, load_fonts, shared_fonts
from issuing_center.paper.fuhyo import FuhyoAddress, FuhyoDomicile, FuhyoPerson, FuhyoScope, FuhyoSheet
from issuing_center.paper.inkan import InkanSheet
from issuing_center.paper.juminhyo import KisaijikoSheet, draw_juminhyo
from issuing_center.paper.kazei import KazeiKind, KazeiSheet, Levy
from issuing_center.paper.kojinhyo import HistoryEntry, KojinhyoPerson, KojinhyoSheet
from issuing_center.paper.koseki import KosekiEntry, KosekiKind, KosekiLine, KosekiPerson, KosekiSheet
from issuing_center.paper.nozei import NozeiLine, NozeiSheet
from issuing_center.paper.risai import DamageDegree, RisaiMember, RisaiSheet
from issuing_center.paper.seal import Imprint, Seal, load_fictitious_imprints, load_seal
from issuing_center.paper.sheet import (
    Cell,
    Certificate,
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
    YenCell,
)
from issuing_center.paper.shotoku import ShotokuSheet
from issuing_center.paper.tax import AmountLine, Dependants, Figures, Taxpayer
from issuing_center.paper.text import GlyphMissing, TooLong, missing_glyphs
from issuing_center.paper.values import DrawnDocument, PlacedText

__all__ = [
    "AmountLine",
    "AnySheet",
    "Cell",
    "Certificate",
    "Complete",
    "DamageDegree",
    "DateCell",
    "Dependants",
    "Drawn",
    "DrawnDocument",
    "Expected",
    "Figures",
    "ForeignItems",
    "FuhyoAddress",
    "FuhyoDomicile",
    "FuhyoPerson",
    "FuhyoScope",
    "FuhyoSheet",
    "GlyphMissing",
    "HistoryEntry",
    "Imprint",
    "Incomplete",
    "InkanSheet",
    "Issuer",
    "JuminhyoSheet",
    "KazeiKind",
    "KazeiSheet",
    "KisaijikoSheet",
    "KojinhyoPerson",
    "KojinhyoSheet",
    "KosekiEntry",
    "KosekiKind",
    "KosekiLine",
    "KosekiPerson",
    "KosekiSheet",
    "Levy",
    "Mark",
    "NozeiLine",
    "NozeiSheet",
    "PaperFonts",
    "PaperUnavailable",
    "PersonEntry",
    "PlacedText",
    "Reading",
    "RisaiMember",
    "RisaiSheet",
    "Scope",
    "Seal",
    "SealColour",
    "ShotokuSheet",
    "Taxpayer",
    "TooLong",
    "WrittenDate",
    "YenCell",
    "check_complete",
    "draw",
    "draw_juminhyo",
    "load_fictitious_imprints",
    "load_fonts",
    "load_seal",
    "missing_glyphs",
    "shared_fonts",
]
