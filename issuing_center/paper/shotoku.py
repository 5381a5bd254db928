"""The 所得証明書: the income of a year, without what was levied on it."""

from dataclasses import dataclass, field
from typing import Final

from issuing_center.paper import form
from issuing_center.paper.certificate import Drawn, draw_certificate
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.printed import printed
from issuing_center.paper.sheet import Cell, Essentials, Mark
from issuing_center.paper.tax import (
    Figures,
    TaxCertificate,
    figures_items,
    figures_table,
    remarks_table,
    taxpayer_items,
    taxpayer_table,
)
from issuing_center.paper.values import ValuePen


@dataclass(frozen=True, slots=True)
class ShotokuSheet(TaxCertificate):
    """One 所得証明書, a single page."""

    figures: Figures = field(repr=False)
    """Incomes, deductions and dependants."""
    remarks: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """備考; three lines at most."""

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        return self._essentials("所得証明書")


_TAXPAYER: Final = taxpayer_table(8)
_FIGURES: Final = figures_table(7.8, _TAXPAYER.bottom_mm + 1.8)
_REMARKS: Final = remarks_table(7.8, _FIGURES.bottom_mm + 1.8, 5, 3)
_LAYOUT: Final = form.Layout(lambda pen, _issuer: [table.fixed(pen) for table in (_TAXPAYER, _FIGURES, _REMARKS)])


def draw_shotoku(sheet: ShotokuSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 所得証明書."""

    def body(pen: ValuePen) -> None:
        _TAXPAYER.write(pen, taxpayer_items(sheet), "taxpayer.")
        _FIGURES.write(pen, figures_items(sheet.figures), "figures.")
        _REMARKS.write(pen, [("remarks", printed(sheet.remarks))])

    return draw_certificate(sheet, _LAYOUT, lambda: [body], fonts)
