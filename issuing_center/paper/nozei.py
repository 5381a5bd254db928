"""The 納税証明書: what was due for a year, what was paid of it and what was not, tax by tax."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

from issuing_center.paper import form
from issuing_center.paper.certificate import Body, Drawn, draw_certificate
from issuing_center.paper.era import era_date
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.printed import printed, yen
from issuing_center.paper.sheet import Cell, Essentials, Issuer, Mark, YenCell
from issuing_center.paper.table import Head, Repeated, Slot, Table, amount, row
from issuing_center.paper.tax import LABEL, TaxCertificate, remarks_table, taxpayer_items, taxpayer_table
from issuing_center.paper.values import ValuePen


@dataclass(frozen=True, slots=True)
class NozeiLine:
    """One tax of the year."""

    tax: str = field(repr=False)
    """税目: 市民税・県民税・森林環境税（普通徴収）, 固定資産税・都市計画税, 軽自動車税, ..."""
    due_yen: YenCell = field(repr=False)
    """納付すべき税額."""
    paid_yen: YenCell = field(repr=False)
    """納付済額."""
    unpaid_yen: YenCell = field(repr=False)
    """未納額: past its day."""
    not_yet_due_yen: YenCell = field(repr=False)
    """納期未到来額."""


@dataclass(frozen=True, slots=True)
class NozeiSheet(TaxCertificate):
    """One 納税証明書; twelve taxes a page."""

    as_of: date
    """Day up to which payments are counted."""
    lines: tuple[NozeiLine, ...] = field(repr=False)
    """At least one."""
    remarks: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """備考; three lines at most."""

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a sheet needs at least one tax")

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        return self._essentials("納税証明書", -(-len(self.lines) // _LINES.capacity))


_AMOUNTS: Final = {
    "due_yen": "納付すべき税額",
    "paid_yen": "納付済額",
    "unpaid_yen": "未納額",
    "not_yet_due_yen": "納期未到来額",
}
_WIDTH: Final = 6.5
_TAXPAYER: Final = taxpayer_table(7.6)
_AS_OF: Final = Table(
    (
        row(Head("納付状況の基準日", LABEL), Slot("as_of", 18), Head("（単位：円）")),
        row(Head("税目"), *[Head(words, _WIDTH) for words in _AMOUNTS.values()]),
    ),
    7.2,
    _TAXPAYER.bottom_mm + 1.8,
)
_LINES: Final = Repeated(
    "Tax",
    (row(Slot("tax"), *[amount(item, _WIDTH) for item in _AMOUNTS]),),
    row_mm=10.2,
    top_mm=_AS_OF.bottom_mm,
    capacity=12,
)
_REMARKS: Final = remarks_table(7.2, _LINES.bottom_mm + 1.8, 5, 3)


def _fixed(pen: form.FormPen, _issuer: Issuer) -> list[bytes]:
    return [table.fixed(pen) for table in (_TAXPAYER, _AS_OF, _REMARKS)]


_LAYOUT: Final = form.Layout(_fixed, tuple(_LINES.drawings()))


def draw_nozei(sheet: NozeiSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 納税証明書; more than twelve taxes take further pages."""
    return draw_certificate(sheet, _LAYOUT, partial(_bodies, sheet), fonts)


def _bodies(sheet: NozeiSheet) -> list[Body]:
    return [partial(_page, sheet, page * _LINES.capacity) for page in range(sheet.essentials.pages or 1)]


def _page(sheet: NozeiSheet, first: int, pen: ValuePen) -> None:
    _TAXPAYER.write(pen, taxpayer_items(sheet), "taxpayer.")
    _AS_OF.write(pen, [("as_of", era_date(sheet.as_of))])
    lines = [
        [("tax", line.tax), *[(item, yen(getattr(line, item))) for item in _AMOUNTS]]
        for line in sheet.lines[first : first + _LINES.capacity]
    ]
    _LINES.write(pen, lines, "lines", first)
    _REMARKS.write(pen, [("remarks", printed(sheet.remarks))])
