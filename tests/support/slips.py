"""Sample slips of fictitious towns, and the lettering all tests of slips share."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from kiosk.adapters.slips.compose import Composer
from kiosk.adapters.slips.fonts import slip_fonts
from kiosk.domain.certificates import CertificateKind, Municipality, MunicipalityCode, TransactionId
from kiosk.domain.registration import ReceptionNumber
from kiosk.flow.screen_model import Language
from kiosk.ports.slips import (
    CaseSlip,
    CounterSlip,
    Receipt,
    ReceptionSlip,
    SettlementLine,
    SettlementSlip,
    SlipContent,
)
from kiosk.ui.strings import Strings
from printers.escpos.lettering import Lettering

ASSETS = Path(__file__).parents[2] / "assets"
TOWN = Municipality(MunicipalityCode("990019"), "見本県", "汐見野市", "しおみのし", "Shiomino City")
WHEN = datetime(2026, 11, 21, 1, 5, tzinfo=UTC)

RECEIPT = Receipt(
    TOWN, CertificateKind.JUMINHYO, 2, 300, 1000, WHEN, TransactionId("3fa9c04e" + "0" * 24), "KIOSK-0001"
)
RECEIPT_ENGLISH = Receipt(
    TOWN, CertificateKind.KAZEI, 1, 250, 250, WHEN, TransactionId("3fa9c04e" + "0" * 24), "KIOSK-0001", english=True
)
CARD_RECEIPT = Receipt(
    TOWN, CertificateKind.KOSEKI_ZENBU, 1, 450, None, WHEN, TransactionId("3fa9c04e" + "0" * 24), "KIOSK-0001"
)
CASE = CaseSlip("3FA9C04E", "PRINT-05", WHEN, CertificateKind.INKAN, 300, "0120-000-990", "KIOSK-0001")
CASE_ENGLISH = CaseSlip("3FA9C04E", "PRINT-05", WHEN, None, None, "", "KIOSK-0001", english=True)
RECEPTION = ReceptionSlip(ReceptionNumber("R-2026-004711"), TOWN, WHEN)
RECEPTION_ENGLISH = ReceptionSlip(ReceptionNumber("R-2026-004711"), TOWN, WHEN, english=True)
COUNTER = CounterSlip(
    "107",
    TOWN,
    WHEN,
    ((CertificateKind.JUMINHYO, 2), (CertificateKind.KISAIJIKO, 1)),
    900,
    "1階 3番窓口",
    "K7Q4",
    "SLIP:20261121:107:K7Q4",
)
COUNTER_ENGLISH = CounterSlip(
    "108",
    TOWN,
    WHEN,
    ((CertificateKind.FUHYO, 1),),
    300,
    "1階 3番窓口",
    "M2X9",
    "SLIP:20261121:108:M2X9",
    english=True,
)
SETTLEMENT = SettlementSlip(
    date(2026, 11, 21),
    "KIOSK-0001",
    WHEN,
    (
        SettlementLine(CertificateKind.JUMINHYO, 41, 12_300),
        SettlementLine(CertificateKind.INKAN, 23, 6_900),
        SettlementLine(CertificateKind.KAZEI, 4, 1_200),
        SettlementLine(CertificateKind.KOSEKI_ZENBU, 3, 1_350),
    ),
    refunded_yen=300,
    voided=1,
    open_cases=1,
    expected_cash_yen=21_450,
    counted_cash_yen=21_350,
)

SAMPLES: dict[str, SlipContent] = {
    "receipt": RECEIPT,
    "receipt-en": RECEIPT_ENGLISH,
    "receipt-card": CARD_RECEIPT,
    "case": CASE,
    "case-en": CASE_ENGLISH,
    "reception": RECEPTION,
    "reception-en": RECEPTION_ENGLISH,
    "counter": COUNTER,
    "counter-en": COUNTER_ENGLISH,
    "settlement": SETTLEMENT,
}


@cache
def composer() -> Composer:
    ja, en = (Strings.load(ASSETS, Language(tag)).sentences for tag in ("ja", "en"))
    return Composer(ja, en, specimen=True)


@cache
def lettering() -> Lettering:
    return Lettering(slip_fonts(ASSETS))
