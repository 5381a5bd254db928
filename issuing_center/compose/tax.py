"""The tax certificates of one 年度: 課税・非課税, 所得, 納税. No amount is added up or left out here; 0 stays 0."""

from issuing_center.compose.face import Face, birth_date
from issuing_center.paper.kazei import KazeiKind, KazeiSheet, Levy
from issuing_center.paper.nozei import NozeiLine, NozeiSheet
from issuing_center.paper.sheet import Mark
from issuing_center.paper.shotoku import ShotokuSheet
from issuing_center.paper.tax import LIST_ROWS, AmountLine, Dependants, Figures, Taxpayer
from issuing_center.paper.text import TooLong
from issuing_center.register import holdings
from issuing_center.register.holdings import TaxRecord
from issuing_center.register.records import Resident


def kazei(face: Face, resident: Resident, record: TaxRecord) -> KazeiSheet | TooLong:
    """Compose a 課税証明書, or a 非課税証明書 where nothing was levied; TooLong where the form has too few lines."""
    figures = _figures(record)
    if isinstance(figures, TooLong):
        return figures
    levy = record.levy
    separate = Mark.NOT_APPLICABLE if levy.base_separate_yen is None else levy.base_separate_yen
    return KazeiSheet(
        **face,
        fiscal_year=record.year,
        taxpayer=_taxpayer(resident, record),
        kind=KazeiKind.TAXED if record.taxed else KazeiKind.NOT_TAXED,
        levy=Levy(
            base_total_yen=levy.base_total_yen,
            base_separate_yen=separate,
            city_income_yen=levy.city_income_yen,
            city_flat_yen=levy.city_flat_yen,
            prefecture_income_yen=levy.prefecture_income_yen,
            prefecture_flat_yen=levy.prefecture_flat_yen,
            forest_yen=levy.forest_yen,
            total_yen=levy.total_yen,
        ),
        figures=figures,
        remarks=record.remarks or Mark.NOT_APPLICABLE,
    )


def shotoku(face: Face, resident: Resident, record: TaxRecord) -> ShotokuSheet | TooLong:
    """Compose a 所得証明書; TooLong where the form has too few lines."""
    figures = _figures(record)
    if isinstance(figures, TooLong):
        return figures
    return ShotokuSheet(
        **face,
        fiscal_year=record.year,
        taxpayer=_taxpayer(resident, record),
        figures=figures,
        remarks=record.remarks or Mark.NOT_APPLICABLE,
    )


def nozei(face: Face, resident: Resident, record: TaxRecord) -> NozeiSheet:
    """Compose a 納税証明書; `record` has payments."""
    return NozeiSheet(
        **face,
        fiscal_year=record.year,
        taxpayer=_taxpayer(resident, record),
        as_of=record.payments_as_of,
        lines=tuple(
            NozeiLine(
                tax=payment.tax,
                due_yen=payment.due_yen,
                paid_yen=payment.paid_yen,
                unpaid_yen=payment.unpaid_yen,
                not_yet_due_yen=payment.not_yet_due_yen,
            )
            for payment in record.payments
        ),
        remarks=record.remarks or Mark.NOT_APPLICABLE,
    )


def _taxpayer(resident: Resident, record: TaxRecord) -> Taxpayer:
    return Taxpayer(
        name=resident.name,
        birth_date=birth_date(resident, western=True),
        sex=Mark.OMITTED,
        address=resident.address,
        address_on_levy_day=record.address_on_levy_day,
    )


def _figures(record: TaxRecord) -> Figures | TooLong:
    for name, found in (("incomes", record.incomes), ("deductions", record.deductions)):
        if len(found) > LIST_ROWS:
            return TooLong(name)
    counts = record.dependants
    return Figures(
        total_income_yen=record.total_income_yen,
        incomes=_lines(record.incomes),
        deductions=_lines(record.deductions),
        deductions_total_yen=record.deductions_total_yen,
        dependants=Dependants(
            spouse=counts.spouse,
            general=counts.general,
            specified=counts.specified,
            elderly=counts.elderly,
            elderly_living_together=counts.elderly_living_together,
            under_16=counts.under_16,
            disabled=counts.disabled,
            severely_disabled=counts.severely_disabled,
        ),
    )


def _lines(lines: tuple[holdings.AmountLine, ...]) -> tuple[AmountLine, ...]:
    return tuple(AmountLine(line.label, line.amount_yen) for line in lines)
