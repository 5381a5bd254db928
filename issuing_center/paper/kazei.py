"""The 課税証明書 and the 非課税証明書: what was levied on the income of a year, and how it came about.

Knows that a 非課税証明書 levies nothing and that the 森林環境税 begins with 令和6年度; adds nothing up.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Drawn, draw_certificate
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.printed import printed, yen
from issuing_center.paper.sheet import Cell, Essentials, Issuer, Mark, YenCell
from issuing_center.paper.table import Head, Items, Slot, Table, amount, row
from issuing_center.paper.tax import (
    FOREST_TAX_FROM,
    LABEL,
    Figures,
    TaxCertificate,
    figures_items,
    figures_table,
    local_taxes,
    remarks_table,
    taxpayer_items,
    taxpayer_table,
)
from issuing_center.paper.values import ValuePen


class KazeiKind(Enum):
    """Which of the two; chosen by whoever knows the assessment, and held against the amounts here."""

    TAXED = "課税証明書"
    NOT_TAXED = "非課税証明書"


@dataclass(frozen=True, slots=True)
class Levy:
    """What was levied for a year; 0 where nothing was."""

    base_total_yen: YenCell = field(repr=False)
    """課税標準額 (総合)."""
    base_separate_yen: YenCell = field(repr=False)
    """課税標準額 (分離); NOT_APPLICABLE where no income is taxed separately."""
    city_income_yen: int = field(repr=False)
    """市民税 所得割."""
    city_flat_yen: int = field(repr=False)
    """市民税 均等割."""
    prefecture_income_yen: int = field(repr=False)
    """県民税 所得割."""
    prefecture_flat_yen: int = field(repr=False)
    """県民税 均等割."""
    forest_yen: int | None = field(repr=False)
    """森林環境税, from 年度 2024 on; None before, when there was none and the form has no line for it."""
    total_yen: int = field(repr=False)
    """年税額."""


@dataclass(frozen=True, slots=True)
class KazeiSheet(TaxCertificate):
    """One 課税証明書 or 非課税証明書, a single page."""

    kind: KazeiKind
    """Which of the two."""
    levy: Levy = field(repr=False)
    """税額 and 課税標準額."""
    figures: Figures = field(repr=False)
    """Incomes, deductions and dependants."""
    remarks: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """備考; three lines at most."""

    def __post_init__(self) -> None:
        if (self.kind is KazeiKind.TAXED) is not (self.levy.total_yen > 0):
            raise ValueError("the amount levied says otherwise than the title")
        if (self.levy.forest_yen is None) is not (self.fiscal_year < FOREST_TAX_FROM):
            raise ValueError("森林環境税 is levied from 年度 2024 on, and not before")

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        return self._essentials(self.kind.value)


_ROW_MM: Final = 6.9
_TAXPAYER: Final = taxpayer_table(7.4)
_QUARTER: Final = (grid.COLUMNS - LABEL) / 3


def _levy_table(*, forest: bool) -> Table:
    lines = [
        row(
            Head("税目", LABEL),
            Head("所得割額（円）", _QUARTER),
            Head("均等割額（円）", _QUARTER),
            Head("課税標準額（円）"),
        ),
        row(
            Head("{city}", LABEL),
            amount("city_income_yen", _QUARTER),
            amount("city_flat_yen", _QUARTER),
            Head("総合", 3),
            amount("base_total_yen"),
        ),
        row(
            Head("{prefecture}", LABEL),
            amount("prefecture_income_yen", _QUARTER),
            amount("prefecture_flat_yen", _QUARTER),
            Head("分離", 3),
            amount("base_separate_yen"),
        ),
    ]
    if forest:
        lines.append(
            row(
                Head("森林環境税（国税）", LABEL),
                Slot("forest_income", _QUARTER, align=grid.Align.CENTRE),
                amount("forest_yen", _QUARTER),
                Slot("forest_base", align=grid.Align.CENTRE),
            )
        )
    lines.append(
        row(Head("年税額（円）", LABEL), amount("total_yen", 2 * _QUARTER), Slot("total_base", align=grid.Align.CENTRE))
    )
    return Table(lines, _ROW_MM, _TAXPAYER.bottom_mm + 1.4)


class _Page:
    """The page with or without a line for the 森林環境税."""

    def __init__(self, *, forest: bool) -> None:
        self.levy = _levy_table(forest=forest)
        self.figures = figures_table(_ROW_MM, self.levy.bottom_mm + 1.4)
        self.remarks = remarks_table(_ROW_MM, self.figures.bottom_mm + 1.4, 3, 3)
        self.layout = form.Layout(self._fixed)

    def _fixed(self, pen: form.FormPen, issuer: Issuer) -> list[bytes]:
        tables = (_TAXPAYER, self.levy, self.figures, self.remarks)
        return [table.fixed(pen, local_taxes(issuer)) for table in tables]


_PAGES: Final = {forest: _Page(forest=forest) for forest in (False, True)}


def draw_kazei(sheet: KazeiSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 課税証明書 or a 非課税証明書."""
    page = _PAGES[sheet.levy.forest_yen is not None]

    def body(pen: ValuePen) -> None:
        _TAXPAYER.write(pen, taxpayer_items(sheet), "taxpayer.")
        page.levy.write(pen, _levy_items(sheet.levy), "levy.")
        page.figures.write(pen, figures_items(sheet.figures), "figures.")
        page.remarks.write(pen, [("remarks", printed(sheet.remarks))])

    return draw_certificate(sheet, page.layout, lambda: [body], fonts)


def _levy_items(levy: Levy) -> Items:
    for item in ("base_total_yen", "base_separate_yen", "city_income_yen", "city_flat_yen"):
        yield item, yen(getattr(levy, item))
    for item in ("prefecture_income_yen", "prefecture_flat_yen", "total_yen"):
        yield item, yen(getattr(levy, item))
    yield "total_base", Mark.NOT_APPLICABLE.value
    if levy.forest_yen is not None:
        yield "forest_yen", yen(levy.forest_yen)
        yield "forest_income", Mark.NOT_APPLICABLE.value
        yield "forest_base", Mark.NOT_APPLICABLE.value
