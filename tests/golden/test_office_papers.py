"""The papers of a counter as pictures, compared with pictures somebody has looked at."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp

from issuing_center.paper import DrawnDocument, shared_fonts
from issuing_center.paper.ryoshu import ReceiptSheet, draw_receipt
from issuing_center.paper.shinsei import ApplicationSheet, draw_application
from tests.golden.sheets import SELF, issuer
from tests.golden.test_sheets import FAILED, GOLDENS, GREYS, compare, rendered

FIRST = ApplicationSheet(
    issuer=issuer(),
    office="市民課（本庁舎）",
    terminal="counter-0001",
    number=7,
    received_at="令和8年11月20日 10時42分",
    name="見本　花子",
    address="見本県汐見野市浜見台一丁目２番３号",
    birth_date=date(1988, 4, 12),
    kind="課税（非課税）証明書",
    year="令和8年度",
    scope="本人",
    persons=None,
    items=None,
    copies=1,
    fee_yen=200,
    verified_at="令和8年11月20日 10時41分",
    method="OCSP",
    serials=("AAAA-BBBB-CCCC-DDDD",),
    repeats=False,
    txn=SELF.txn,
    card="券面事項入力補助で確認（氏名・住所・生年月日・性別）",
)
FULL = replace(
    FIRST,
    number=9999,
    address="見本県汐見野市みなと通二丁目１１番地２２　グランドハイツ汐見野オーシャンフロント弐番館　１２３４号室　仮名方",
    kind="住民票の写し",
    year=None,
    scope="一部の者",
    persons="見本　花子、見本　一郎、見本　さくら、見本　次郎、見本　三郎、見本　四郎、見本　五郎",
    items="世帯主・続柄、本籍・筆頭者、個人番号、国籍・在留資格等",
    copies=10,
    method="CRL",
    serials=tuple(f"AAAA-BBBB-CCCC-{at:04d}" for at in range(10)),
    repeats=True,
    specimen=True,
    card="相違あり：氏名・住所・生年月日・性別（カードの券面を確認してください）",
)
PAID = ReceiptSheet(
    issuer=issuer(),
    office="市民課（本庁舎）",
    number=7,
    receipt_number="2026-000127",
    received_on="令和8年11月20日",
    kind="課税（非課税）証明書",
    copies=1,
    fee_yen=200,
    repeats=False,
    txn=SELF.txn,
)
PAPERS: dict[str, ApplicationSheet | ReceiptSheet] = {
    "shinsei/one": FIRST,
    "shinsei/full": FULL,
    "ryoshu/one": PAID,
    "ryoshu/full": replace(PAID, number=9999, kind="住民票の写し", copies=10, fee_yen=450, repeats=True, specimen=True),
}


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_the_paper_looks_as_it_was_approved(name: str, tmp_path: Path, regenerate: bool) -> None:
    sheet = PAPERS[name]
    fonts = shared_fonts()
    drawn = draw_application(sheet, fonts) if isinstance(sheet, ApplicationSheet) else draw_receipt(sheet, fonts)
    assert isinstance(drawn, DrawnDocument)
    (page,) = rendered(drawn.pdf, tmp_path)
    if regenerate:
        (GOLDENS / name).parent.mkdir(exist_ok=True)
        page.quantize(GREYS).save(GOLDENS / f"{name}-1.png", optimize=True)
    assert compare(f"{name}-1", page, GOLDENS, FAILED) is None


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_the_code_in_the_corner_says_which_paper_of_which_order_it_is(name: str, tmp_path: Path) -> None:
    sheet, fonts = PAPERS[name], shared_fonts()
    drawn = draw_application(sheet, fonts) if isinstance(sheet, ApplicationSheet) else draw_receipt(sheet, fonts)
    assert isinstance(drawn, DrawnDocument)
    (page,) = rendered(drawn.pdf, tmp_path)
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text == ("A" if isinstance(sheet, ApplicationSheet) else "R") + sheet.txn.upper()
