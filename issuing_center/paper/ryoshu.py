"""The 領収書 of a counter: what was paid for which certificate, worth something only with the office's dated stamp.

It is printed before the fee is taken, so it says itself that it is void without the stamp. Has no name: whoever holds the
slip of the same number gets it.
"""

from dataclasses import dataclass
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Drawn
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.office import draw_office_paper
from issuing_center.paper.printed import yen
from issuing_center.paper.sheet import Issuer
from issuing_center.paper.table import Field, Head, Slot, Stack, Table, row
from issuing_center.paper.values import ValuePen

LETTER: Final = "R"
"""What its code begins with."""
TITLE: Final = "領収書"


@dataclass(frozen=True, slots=True)
class ReceiptSheet:
    """One 領収書."""

    issuer: Issuer
    """Who takes the fee."""
    office: str
    number: int
    """受付番号 of the day."""
    receipt_number: str
    """領収書番号, without gaps per municipality and 年度."""
    received_on: str
    """Date by era on which the certificates were made."""
    kind: str
    copies: int
    fee_yen: int
    """Of one copy."""
    repeats: bool
    """Whether the number was printed before; the receipt number is the same then."""
    txn: str
    specimen: bool = False

    @property
    def total_yen(self) -> int:
        """What is paid."""
        return self.fee_yen * self.copies


_LABEL: Final = 9.0
_NUMBERS: Final = Table(
    (
        row(
            Head("領収書番号", _LABEL, 9),
            Slot("receipt_number", 14, size_pt=13),
            Head("受付番号", 7, 9),
            Slot("number", size_pt=22, align=grid.Align.CENTRE),
            height=1.5,
        ),
        row(
            Head("作成日", _LABEL, 9),
            Slot("received_on", 14, size_pt=11),
            Head("窓口", 7, 9),
            Slot("office", size_pt=10),
        ),
    ),
    row_mm=9.0,
    top_mm=40.0,
)
_AMOUNT: Final = Table(
    (row(Head("領収金額", _LABEL, 11), Slot("total", size_pt=34, align=grid.Align.CENTRE)),),
    row_mm=24.0,
    top_mm=_NUMBERS.bottom_mm + 4,
)
_LINES: Final = Table(
    (
        row(Head("内訳（証明書の種類）", 20, 9), Head("手数料", 7, 9), Head("通数", 5, 9), Head("金額", 0, 9)),
        row(
            Slot("kind", 20, size_pt=12),
            Slot("fee", 7, size_pt=11, align=grid.Align.RIGHT),
            Slot("copies", 5, size_pt=11, align=grid.Align.CENTRE),
            Slot("amount", size_pt=12, align=grid.Align.RIGHT),
            height=1.6,
        ),
    ),
    row_mm=8.5,
    top_mm=_AMOUNT.bottom_mm + 4,
)
_STAMP: Final = Table(
    (
        row(
            Stack((row(Slot("sentence", size_pt=12), height=1), row(Slot("issuer", size_pt=13), height=1.4)), 27),
            Stack((row(Head("領収日付印", 0, 9), height=0.4), row(Field(), height=2)), 13),
            height=2.4,
        ),
    ),
    row_mm=18.0,
    top_mm=_LINES.bottom_mm + 4,
)
_NOTES: Final = (
    "領収日付印のないものは無効です。",
    "証明書の交付手数料は消費税の非課税です。",
    "この領収書は再発行しません。大切に保管してください。",
)


def _fixed(pen: form.FormPen, _issuer: Issuer) -> list[bytes]:
    left = form.x_pt(grid.LEFT_MM)
    notes = [
        pen.text(f"・{words}", left, form.y_pt(_STAMP.bottom_mm + 6 + 5.2 * at), 9) for at, words in enumerate(_NOTES)
    ]
    return [*[table.fixed(pen) for table in (_NUMBERS, _AMOUNT, _LINES, _STAMP)], *notes]


_LAYOUT: Final = form.Layout(_fixed)


def draw_receipt(sheet: ReceiptSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 領収書: one page of plain paper."""

    def body(pen: ValuePen) -> None:
        _NUMBERS.write(
            pen,
            (
                ("receipt_number", sheet.receipt_number),
                ("number", str(sheet.number)),
                ("received_on", sheet.received_on),
                ("office", sheet.office),
            ),
        )
        _AMOUNT.write(pen, (("total", f"￥{yen(sheet.total_yen)}－"),))
        _LINES.write(
            pen,
            (
                ("kind", sheet.kind),
                ("fee", f"{yen(sheet.fee_yen)}円"),
                ("copies", f"{sheet.copies}通"),
                ("amount", f"{yen(sheet.total_yen)}円"),
            ),
        )
        _STAMP.write(
            pen,
            (
                ("sentence", "上記の金額を証明書交付手数料として領収しました。"),
                ("issuer", f"{sheet.issuer.prefecture}{sheet.issuer.municipality}"),
            ),
        )
        if sheet.repeats:
            right = form.x_pt(grid.LEFT_MM + grid.COLUMNS * grid.COLUMN_MM)
            pen.line("repeats", "【再印刷】先に印刷したものは無効", right, form.y_pt(31.5), 10, share=1)

    return draw_office_paper(
        sheet.issuer, TITLE, _LAYOUT, body, fonts, letter=LETTER, txn=sheet.txn, specimen=sheet.specimen
    )
