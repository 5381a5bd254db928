"""What must stand on a slip stands on it, and English stands beneath when it was chosen."""

from dataclasses import fields, replace

import pytest

from kiosk.adapters.slips.compose import Composer
from kiosk.ports.slips import CaseSlip, CounterSlip, Receipt, ReceptionSlip, SettlementSlip, SlipContent
from printers.slip import BigNumber, Columns, Qr, Slip, Text
from tests.support.slips import (
    CARD_RECEIPT,
    CASE,
    CASE_ENGLISH,
    COUNTER,
    RECEIPT,
    RECEIPT_ENGLISH,
    RECEPTION,
    SAMPLES,
    SETTLEMENT,
    composer,
)


def words(slip: Slip) -> list[str]:
    found: list[str] = []
    for part in slip.parts:
        match part:
            case Text(text) | BigNumber(text):
                found.append(text)
            case Columns(label, value):
                found.append(f"{label} {value}")
            case Qr(content):
                found.append(f"QR {content}")
            case _:
                pass
    return found


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (
            RECEIPT,
            [
                *("領収書", "見本県汐見野市", "住民票の写し", "手数料（1通） 300円", "通数 2通", "合計 600円"),
                *("お預かり 1,000円", "お釣り 400円", "日時 2026年11月21日 10:05", "取扱番号 3FA9C04E"),
                *("機械番号 KIOSK-0001", "上記のとおり、証明書の手数料として領収しました。"),
            ],
        ),
        (CASE, ["3FA9C04E", "お支払い額 300円", "電話 0120-000-990", "コード PRINT-05", "QR CASE:3FA9C04E:PRINT-05"]),
        (RECEPTION, ["R-2026-004711", "見本県汐見野市", "日時 2026年11月21日 10:05"]),
        (
            COUNTER,
            [
                *("107", "住民票の写し 2通", "住民票記載事項証明書 1通", "手数料の合計 900円"),
                *("お待ちいただく所 1階 3番窓口", "確認記号 K7Q4", f"QR {COUNTER.qr}"),
            ],
        ),
        (
            SETTLEMENT,
            ["対象日 2026年11月21日", "売上合計 71通 21,750円", "返金 300円", "差引 21,450円", "差異 -100円"],
        ),
    ],
    ids=["receipt", "case", "reception", "counter", "settlement"],
)
def test_a_slip_says_what_it_must(content: SlipContent, lines: list[str]) -> None:
    assert [line for line in lines if line not in words(composer().slip(content))] == []


def test_a_payment_without_cash_has_no_change() -> None:
    assert not any(line.startswith(("お預かり", "お釣り")) for line in words(composer().slip(CARD_RECEIPT)))


def test_an_amount_that_is_not_known_is_not_printed_as_nothing() -> None:
    assert "お支払い額 Paid 確認中 being checked" in words(composer().slip(CASE_ENGLISH))
    assert "お支払い額 いただいていません" in words(composer().slip(replace(CASE, amount_yen=0)))


def test_a_case_without_a_telephone_sends_to_the_staff_only() -> None:
    lines = words(composer().slip(replace(CASE, telephone="")))
    assert "この票を係員にお見せください。" in lines
    assert not any("電話" in line for line in lines)


def test_english_stands_on_slips_of_residents_who_chose_it_only() -> None:
    assert "No refund or exchange." in words(composer().slip(RECEIPT_ENGLISH))
    assert not any("refund" in line for line in words(composer().slip(RECEIPT)))


def test_only_a_slip_of_something_virtual_is_a_specimen() -> None:
    official = Composer(composer().ja, composer().en)
    for content in SAMPLES.values():
        assert sum("SPECIMEN" in line for line in words(composer().slip(content))) == 2
        assert not any("SPECIMEN" in line for line in words(official.slip(content)))


@pytest.mark.parametrize("content", [Receipt, CaseSlip, ReceptionSlip, CounterSlip, SettlementSlip])
def test_no_slip_has_a_place_for_a_person(content: type) -> None:
    places = {each.name for each in fields(content)}
    assert not places & {"name", "address", "birth", "member", "members", "scope", "items", "serial", "my_number"}
