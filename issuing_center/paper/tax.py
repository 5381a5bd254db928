"""What the tax certificates share: the taxpayer, the two years, incomes and deductions, dependants.

There is no uniform legal form. The tables follow the fields receivers ask for. Knows no assessment: all
amounts come as they stand in the register, and none is added up here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.era import era_date, era_year
from issuing_center.paper.printed import persons, printed, yen
from issuing_center.paper.sheet import Cell, Certificate, DateCell, Essentials, Issuer, Mark, YenCell, as_date
from issuing_center.paper.table import Head, Items, Slot, Table, amount, row

SENTENCE: Final = "上記のとおり相違ないことを証明する。"
END_OF_LIST: Final = "※以下余白※"
"""Closes a list in its first unused row; the rows after it get ＊＊＊."""
FOREST_TAX_FROM: Final = 2024
"""First fiscal year of the 森林環境税, a national tax of 1,000 yen levied together with the municipal one."""
LEVY_DAY: Final = (1, 1)
"""賦課期日: month and day."""


@dataclass(frozen=True, slots=True)
class Taxpayer:
    """Whom a tax certificate is about."""

    name: str = field(repr=False)
    """氏名."""
    birth_date: DateCell = field(repr=False)
    """生年月日 by era; pass WrittenDate for a foreign resident, with the Western date."""
    sex: Cell = field(repr=False)
    """性別; OMITTED in most municipalities."""
    address: str = field(repr=False)
    """住所 today."""
    address_on_levy_day: Cell = field(repr=False)
    """賦課期日(1月1日)の住所, which makes this municipality the one that levied."""


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One line of a list of amounts."""

    label: str = field(repr=False)
    """給与収入, 給与所得, 公的年金収入, 雑, 営業, 不動産, ... or 社会保険料, 生命保険料, 配偶者, 扶養, 基礎, ..."""
    amount_yen: YenCell = field(repr=False)
    """The amount; 0 prints as 0."""


@dataclass(frozen=True, slots=True)
class Dependants:
    """扶養人数 by kind; 0 prints as 0人."""

    spouse: int | Mark = field(repr=False)
    """控除対象配偶者."""
    general: int | Mark = field(repr=False)
    """一般."""
    specified: int | Mark = field(repr=False)
    """特定 (19 to 22 years)."""
    elderly: int | Mark = field(repr=False)
    """老人."""
    elderly_living_together: int | Mark = field(repr=False)
    """同居老親等."""
    under_16: int | Mark = field(repr=False)
    """16歳未満."""
    disabled: int | Mark = field(repr=False)
    """障害者 (普通)."""
    severely_disabled: int | Mark = field(repr=False)
    """特別障害者."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What 所得証明書 and 課税証明書 both show of a year: incomes, deductions, dependants."""

    total_income_yen: YenCell = field(repr=False)
    """合計所得金額."""
    incomes: tuple[AmountLine, ...] = field(repr=False)
    """所得の内訳, at most LIST_ROWS lines."""
    deductions: tuple[AmountLine, ...] = field(repr=False)
    """所得控除の内訳, at most LIST_ROWS lines."""
    deductions_total_yen: YenCell = field(repr=False)
    """所得控除の合計."""
    dependants: Dependants = field(repr=False)
    """扶養人数."""

    def __post_init__(self) -> None:
        if max(len(self.incomes), len(self.deductions)) > LIST_ROWS:
            raise ValueError("more amounts than the form has lines")


@dataclass(frozen=True, slots=True)
class TaxCertificate(Certificate):
    """What all tax certificates have."""

    fiscal_year: int
    """年度, Western: 2026 prints 令和8年度."""
    taxpayer: Taxpayer = field(repr=False)
    """Whom it is about."""

    def _essentials(self, title: str, pages: int = 1) -> Essentials:
        return Essentials(title, SENTENCE, (self.taxpayer.name,), pages, born=as_date(self.taxpayer.birth_date))


LIST_ROWS: Final = 12
"""Lines of the two lists beside each other."""
LABEL: Final = 8.0


def fiscal_year_name(year: int) -> str:
    """Write a 年度 by the era of its first day: 令和8年度."""
    return f"{era_year(date(year, 4, 1))}度"


def income_year_name(fiscal_year: int) -> str:
    """Write the 所得の年 of a 年度, the calendar year before it, by the era of its last day: 令和7年分."""
    return f"{era_year(date(fiscal_year - 1, 12, 31))}分"


def taxpayer_table(row_mm: float) -> Table:
    """Give the table at the head of every tax certificate."""
    return Table(
        (
            row(
                Head("年度", LABEL),
                Slot("fiscal_year", 8, size_pt=11),
                Head("所得の年", 6),
                Slot("income_year", size_pt=11),
            ),
            row(Head("住所", LABEL), Slot("address", size_pt=10.5)),
            row(Head("賦課期日", LABEL), Slot("levy_day", 8), Head("同日の住所", 6), Slot("address_on_levy_day")),
            row(Head("氏名", LABEL), Slot("name", size_pt=15, least_pt=8.5), height=1.5),
            row(Head("生年月日", LABEL), Slot("birth_date", 8), Head("性別", 6), Slot("sex")),
        ),
        row_mm,
        form.BODY_TOP_MM,
    )


def taxpayer_items(sheet: TaxCertificate) -> Items:
    """Give the values of `taxpayer_table`."""
    who = sheet.taxpayer
    yield "fiscal_year", fiscal_year_name(sheet.fiscal_year)
    yield "income_year", income_year_name(sheet.fiscal_year)
    yield "levy_day", era_date(date(sheet.fiscal_year, *LEVY_DAY))
    for item in ("address", "address_on_levy_day", "name", "birth_date", "sex"):
        yield item, printed(getattr(who, item))


def figures_table(row_mm: float, top_mm: float) -> Table:
    """Give the table of incomes, deductions and dependants."""
    half, label = grid.COLUMNS / 2, 11.0
    lists = [
        row(
            Slot(f"incomes[{at}].label", label, size_pt=9),
            amount(f"incomes[{at}].amount_yen", half - label),
            Slot(f"deductions[{at}].label", label, size_pt=9),
            amount(f"deductions[{at}].amount_yen"),
        )
        for at in range(LIST_ROWS)
    ]
    totals = row(
        Head("合計所得金額", label),
        amount("total_income_yen", half - label),
        Head("所得控除の合計", label),
        amount("deductions_total_yen"),
    )
    width = grid.COLUMNS / len(_DEPENDANTS)
    return Table(
        (
            row(Head("所得の内訳（単位：円）", half), Head("所得控除の内訳（単位：円）")),
            *lists,
            totals,
            row(Head("扶養人数")),
            row(*[Head(words, width, 7) for words in _DEPENDANTS.values()]),
            row(*[Slot(f"dependants.{kind}", width, align=grid.Align.CENTRE) for kind in _DEPENDANTS]),
        ),
        row_mm,
        top_mm,
    )


_DEPENDANTS: Final = {
    "spouse": "控除対象配偶者",
    "general": "一般",
    "specified": "特定",
    "elderly": "老人",
    "elderly_living_together": "同居老親等",
    "under_16": "16歳未満",
    "disabled": "障害者",
    "severely_disabled": "特別障害者",
}


def figures_items(figures: Figures) -> Items:
    """Give the values of `figures_table`; lists are closed after their last line."""
    yield from _list("incomes", figures.incomes)
    yield from _list("deductions", figures.deductions)
    yield "total_income_yen", yen(figures.total_income_yen)
    yield "deductions_total_yen", yen(figures.deductions_total_yen)
    for kind in _DEPENDANTS:
        yield f"dependants.{kind}", persons(getattr(figures.dependants, kind))


def _list(name: str, lines: Sequence[AmountLine]) -> Iterator[tuple[str, str]]:
    for at in range(LIST_ROWS):
        if at < len(lines):
            yield f"{name}[{at}].label", lines[at].label
            yield f"{name}[{at}].amount_yen", yen(lines[at].amount_yen)
        else:
            yield f"{name}[{at}].label", END_OF_LIST if at == len(lines) else Mark.NOT_APPLICABLE.value
            yield f"{name}[{at}].amount_yen", Mark.NOT_APPLICABLE.value


def remarks_table(row_mm: float, top_mm: float, height: float, lines: int) -> Table:
    """Give the table of 備考 alone."""
    return Table((row(Head("備考", LABEL), Slot("remarks", size_pt=9, lines=lines), height=height),), row_mm, top_mm)


def local_taxes(issuer: Issuer) -> dict[str, str]:
    """Name the two taxes as this municipality does: 市民税 and 県民税, 町民税 and 道民税, 特別区民税 and 都民税."""
    kind = issuer.municipality[-1]
    return {"city": "特別区民税" if kind == "区" else f"{kind}民税", "prefecture": f"{issuer.prefecture[-1]}民税"}
