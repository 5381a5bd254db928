"""Any sheet to its form: the one place that knows all forms."""

from typing import assert_never

from issuing_center.paper.certificate import Drawn
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.fuhyo import FuhyoSheet, draw_fuhyo
from issuing_center.paper.inkan import InkanSheet, draw_inkan
from issuing_center.paper.juminhyo import KisaijikoSheet, draw_juminhyo, draw_kisaijiko
from issuing_center.paper.kazei import KazeiSheet, draw_kazei
from issuing_center.paper.kojinhyo import KojinhyoSheet, draw_kojinhyo
from issuing_center.paper.koseki import KosekiSheet, draw_koseki
from issuing_center.paper.nozei import NozeiSheet, draw_nozei
from issuing_center.paper.risai import RisaiSheet, draw_risai
from issuing_center.paper.sheet import JuminhyoSheet
from issuing_center.paper.shotoku import ShotokuSheet, draw_shotoku

AnySheet = (
    JuminhyoSheet
    | KojinhyoSheet
    | KisaijikoSheet
    | InkanSheet
    | KazeiSheet
    | ShotokuSheet
    | NozeiSheet
    | KosekiSheet
    | FuhyoSheet
    | RisaiSheet
)
"""Everything this room can draw."""


def draw(sheet: AnySheet, fonts: PaperFonts) -> Drawn:
    """Draw a sheet in its form.

    Gives the document; GlyphMissing if any character or variation sequence has no glyph of its own; TooLong if a value
    does not fit. Both refusals name the item and come before payment. Pure: the same sheet and font give the same bytes.
    """
    match sheet:
        case JuminhyoSheet():
            return draw_juminhyo(sheet, fonts)
        case KojinhyoSheet():
            return draw_kojinhyo(sheet, fonts)
        case KisaijikoSheet():
            return draw_kisaijiko(sheet, fonts)
        case InkanSheet():
            return draw_inkan(sheet, fonts)
        case KazeiSheet():
            return draw_kazei(sheet, fonts)
        case ShotokuSheet():
            return draw_shotoku(sheet, fonts)
        case NozeiSheet():
            return draw_nozei(sheet, fonts)
        case KosekiSheet():
            return draw_koseki(sheet, fonts)
        case FuhyoSheet():
            return draw_fuhyo(sheet, fonts)
        case RisaiSheet():
            return draw_risai(sheet, fonts)
        case _:
            assert_never(sheet)
