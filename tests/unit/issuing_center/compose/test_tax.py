"""The tax certificates field by field: the title follows the assessment, 0 stays 0, unused things say so."""

from dataclasses import replace
from datetime import date

import pytest

from issuing_center.compose.tax import kazei, nozei, shotoku
from issuing_center.paper.kazei import KazeiKind, KazeiSheet
from issuing_center.paper.nozei import NozeiLine
from issuing_center.paper.sheet import Mark, WrittenDate
from issuing_center.paper.shotoku import ShotokuSheet
from issuing_center.paper.tax import AmountLine, Dependants, Taxpayer
from issuing_center.paper.text import TooLong
from issuing_center.register import holdings
from issuing_center.register.holdings import Levy
from issuing_center.register.records import DatePrecision
from tests.unit.issuing_center.compose.papers import FACE, FOREIGN, RESIDENT, TAX

NOTHING_LEVIED = replace(TAX, levy=Levy(0, None, 0, 0, 0, 0, 0, 0))


def test_the_amounts_are_those_of_the_record() -> None:
    sheet = kazei(FACE, RESIDENT, TAX)
    assert isinstance(sheet, KazeiSheet)
    assert (sheet.kind, sheet.fiscal_year) == (KazeiKind.TAXED, 2026)
    levy = sheet.levy
    assert (levy.base_total_yen, levy.base_separate_yen) == (1_500_000, Mark.NOT_APPLICABLE)
    assert (levy.city_income_yen, levy.city_flat_yen) == (88_500, 3_000)
    assert (levy.prefecture_income_yen, levy.prefecture_flat_yen) == (59_000, 1_000)
    assert (levy.forest_yen, levy.total_yen) == (1_000, 152_500)
    assert sheet.figures.incomes == (
        AmountLine("給与収入", 3_600_000),
        AmountLine("不動産", -20_000),
        AmountLine("雑", 0),
    )
    assert sheet.figures.deductions == (AmountLine("基礎", 430_000),)
    assert (sheet.figures.total_income_yen, sheet.figures.deductions_total_yen) == (2_400_000, 430_000)
    assert sheet.figures.dependants == Dependants(0, 0, 0, 0, 0, 2, 0, 0)
    assert sheet.remarks is Mark.NOT_APPLICABLE


def test_the_taxpayer_is_the_resident_of_today_with_the_address_of_the_levy_day() -> None:
    sheet = kazei(FACE, RESIDENT, TAX)
    assert isinstance(sheet, KazeiSheet)
    assert sheet.taxpayer == Taxpayer(
        name="𠮷田　花子",
        birth_date=date(1988, 5, 12),
        sex=Mark.OMITTED,
        address="見本県汐見野市みなと通一丁目2番3号",
        address_on_levy_day="見本県汐見野市松風町1番地",
    )


def test_who_owes_nothing_gets_the_other_title_and_zeros() -> None:
    sheet = kazei(FACE, RESIDENT, NOTHING_LEVIED)
    assert isinstance(sheet, KazeiSheet)
    assert sheet.kind is KazeiKind.NOT_TAXED
    assert (sheet.levy.city_income_yen, sheet.levy.forest_yen, sheet.levy.total_yen) == (0, 0, 0)


def test_before_2024_there_is_no_forest_tax() -> None:
    record = replace(TAX, year=2023, levy=replace(TAX.levy, forest_yen=None))
    sheet = kazei(FACE, RESIDENT, record)
    assert isinstance(sheet, KazeiSheet)
    assert sheet.levy.forest_yen is None


def test_income_taxed_separately_has_its_amount() -> None:
    sheet = kazei(FACE, RESIDENT, replace(TAX, levy=replace(TAX.levy, base_separate_yen=0)))
    assert isinstance(sheet, KazeiSheet)
    assert sheet.levy.base_separate_yen == 0


def test_a_certificate_of_income_has_the_figures_and_nothing_of_the_levy() -> None:
    sheet = shotoku(FACE, RESIDENT, replace(TAX, remarks="備考"))
    taxed = kazei(FACE, RESIDENT, TAX)
    assert isinstance(sheet, ShotokuSheet)
    assert isinstance(taxed, KazeiSheet)
    assert sheet.figures == taxed.figures
    assert sheet.remarks == "備考"
    assert not hasattr(sheet, "levy")


def test_payments_stand_tax_by_tax() -> None:
    sheet = nozei(FACE, RESIDENT, TAX)
    assert sheet.lines == (NozeiLine("市民税・県民税", 152_500, 100_000, 0, 52_500),)
    assert (sheet.as_of, sheet.fiscal_year) == (date(2026, 11, 20), 2026)


@pytest.mark.parametrize("lists", ["incomes", "deductions"])
def test_more_lines_than_the_form_has_are_refused_and_not_cut(lists: str) -> None:
    line = holdings.AmountLine("雑", 1)
    assert isinstance(kazei(FACE, RESIDENT, replace(TAX, **{lists: (line,) * 12})), KazeiSheet)  # type: ignore[arg-type]
    full = replace(TAX, **{lists: (line,) * 13})  # type: ignore[arg-type]
    assert kazei(FACE, RESIDENT, full) == TooLong(lists)
    assert shotoku(FACE, RESIDENT, full) == TooLong(lists)


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        (DatePrecision.DAY, "1988年5月12日"),
        (DatePrecision.MONTH, "1988年5月日不詳"),
        (DatePrecision.YEAR, "1988年月日不詳"),
        (DatePrecision.UNKNOWN, "年月日不詳"),
    ],
)
def test_a_foreign_residents_birth_date_is_western_in_words(precision: DatePrecision, words: str) -> None:
    sheet = nozei(FACE, replace(RESIDENT, foreign=FOREIGN, birth_precision=precision), TAX)
    assert sheet.taxpayer.birth_date == WrittenDate(words)
