"""The 印鑑登録証明書: one registered imprint at its own size, and whose it is.

Knows that an imprint is printed 1:1, pixel by pixel, and nothing of who may register one.
"""

from dataclasses import dataclass, field
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Drawn, draw_certificate
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import DOT_PT, MM, picture
from issuing_center.paper.printed import printed, printed_western
from issuing_center.paper.seal import Imprint
from issuing_center.paper.sheet import Cell, Certificate, DateCell, Essentials, Mark, as_date
from issuing_center.paper.table import Field, Head, Slot, Table, row
from issuing_center.paper.values import ValuePen


@dataclass(frozen=True, slots=True)
class InkanSheet(Certificate):
    """One 印鑑登録証明書, always a single page."""

    imprint: Imprint = field(repr=False)
    """印影 as registered; printed within 1 % of its own size."""
    name: str = field(repr=False)
    """氏名: surname, ideographic space, given name; Latin letters for most foreign residents."""
    birth_date: DateCell = field(repr=False)
    """生年月日: printed by era, or in the Western calendar when `foreign`."""
    address: str = field(repr=False)
    """住所."""
    former_surname: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """旧氏; NOT_APPLICABLE when none is registered."""
    alias: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """通称 of a foreign resident; NOT_APPLICABLE when none is registered."""
    katakana_name: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """氏名のカタカナ表記 of a foreign resident whose seal bears it; NOT_APPLICABLE otherwise."""
    remarks: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """備考; four lines at most."""
    foreign: bool = field(default=False, repr=False)
    """True for foreign residents: the birth date is Western."""

    @property
    def essentials(self) -> Essentials:
        """Title, sentence, name and imprint of this form."""
        sentence = "この写しは、登録されている印影と相違ないことを証明する。"
        return Essentials("印鑑登録証明書", sentence, (self.name,), 1, self.imprint, born=as_date(self.birth_date))


_LABEL: Final = 8
_FIELD_ROWS: Final = 9.4
_TABLE: Final = Table(
    (
        row(Head("印影", _LABEL, 10), Field(), height=_FIELD_ROWS),
        row(Head("氏名", _LABEL, 10), Slot("name", size_pt=18, least_pt=9), height=3),
        row(Head("旧氏", _LABEL, 10), Slot("former_surname", size_pt=12.5, least_pt=8), height=2),
        row(Head("通称", _LABEL, 10), Slot("alias", size_pt=12.5, least_pt=8), height=2),
        row(Head("氏名のカタカナ表記", _LABEL, 10), Slot("katakana_name", size_pt=12.5, least_pt=8), height=2),
        row(Head("生年月日", _LABEL, 10), Slot("birth_date", size_pt=12.5, least_pt=8), height=2),
        row(Head("住所", _LABEL, 10), Slot("address", size_pt=12.5, least_pt=8), height=3),
        row(Head("備考", _LABEL, 10), Slot("remarks", size_pt=12, lines=4, least_pt=8), height=4),
    ),
    row_mm=8,
    top_mm=form.BODY_TOP_MM,
)
_LAYOUT: Final = form.Layout(lambda pen, _issuer: [_TABLE.fixed(pen)])


def draw_inkan(sheet: InkanSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 印鑑登録証明書; the imprint is a 1-bit picture at its own size, unscaled and never smoothed."""

    def body(pen: ValuePen) -> None:
        imprint = sheet.imprint
        width, height = imprint.width_mm * MM, imprint.height_mm * MM
        middle_x = form.x_pt(grid.LEFT_MM + (_LABEL + grid.COLUMNS) / 2 * grid.COLUMN_MM)
        middle_y = form.y_pt(_TABLE.top_mm + _FIELD_ROWS / 2 * _TABLE.row_mm)
        x, y = (round(middle / DOT_PT) * DOT_PT for middle in (middle_x - width / 2, middle_y - height / 2))
        pen.picture(picture("Imprint", imprint.width_px, imprint.height_px, imprint.bits), x, y, width, height)
        _TABLE.write(
            pen,
            (
                ("name", sheet.name),
                ("former_surname", printed(sheet.former_surname)),
                ("alias", printed(sheet.alias)),
                ("katakana_name", printed(sheet.katakana_name)),
                ("birth_date", printed_western(sheet.birth_date) if sheet.foreign else printed(sheet.birth_date)),
                ("address", sheet.address),
                ("remarks", printed(sheet.remarks)),
            ),
        )

    return draw_certificate(sheet, _LAYOUT, lambda: [body], fonts)
