"""The 申請書 of a counter: what would have been written by hand, filled in from the choice on the screen and the register.

The office keeps it as the record of the request. Knows no card and no register; says who was identified, when and how.
"""

from dataclasses import dataclass, field
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Drawn
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.office import draw_office_paper
from issuing_center.paper.printed import printed, yen
from issuing_center.paper.sheet import DateCell, Issuer, Mark
from issuing_center.paper.table import Field, Head, Items, Slot, Stack, Table, row
from issuing_center.paper.values import ValuePen

LETTER: Final = "A"
"""What its code begins with."""
TITLE: Final = "証明書交付申請書"
MOST_SERIALS: Final = 10


@dataclass(frozen=True, slots=True)
class ApplicationSheet:
    """One 申請書."""

    issuer: Issuer
    """To whom it is addressed."""
    office: str
    terminal: str
    """Device id."""
    number: int
    """受付番号 of the day."""
    received_at: str
    """Date by era and time in Japan."""
    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: DateCell = field(repr=False)
    kind: str
    """As residents know it."""
    year: str | None
    """年度; None where the kind has none."""
    scope: str
    persons: str | None = field(repr=False)
    """Whose entries were asked for, by name; None where the scope says it."""
    items: str | None
    """Entries asked for beyond those every copy has; None for none."""
    copies: int
    fee_yen: int
    """Of one copy."""
    verified_at: str
    """When the card's certificate was verified, by era and time in Japan."""
    method: str
    """How its revocation status was learned: OCSP or CRL."""
    serials: tuple[str, ...]
    """発行番号 of the certificates, by copy."""
    repeats: bool
    """Whether it stands for copies that are printed again in place of spoilt ones."""
    txn: str
    specimen: bool = False
    card: str | None = None
    """What the card's 券面事項入力補助AP says beside the register; None where the office does not ask for it."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.serials) <= MOST_SERIALS:
            raise ValueError("an application has one to ten certificates")


_LABEL: Final = 9.0
_HALF: Final = grid.COLUMNS / 2
_RECEPTION: Final = Table(
    (
        row(
            Head("受付番号", _LABEL, 10),
            Slot("number", 11, size_pt=44, align=grid.Align.CENTRE),
            Stack(
                (
                    row(Head("受付日時", 5), Slot("received_at", size_pt=10)),
                    row(Head("窓口", 5), Slot("office", size_pt=10)),
                    row(Head("端末", 5), Slot("terminal", size_pt=10)),
                ),
            ),
            height=3,
        ),
    ),
    row_mm=7.5,
    top_mm=38.0,
)
_APPLICANT: Final = Table(
    (
        row(Head("申請者の住所", _LABEL, 9), Slot("address", size_pt=11), height=1.3),
        row(Head("申請者の氏名", _LABEL, 9), Slot("name", size_pt=16, least_pt=8.5), height=1.6),
        row(
            Head("生年月日", _LABEL, 9),
            Slot("birth_date", 13, size_pt=11),
            Head("必要な方との関係", 9),
            Slot("relation"),
        ),
    ),
    row_mm=8.5,
    top_mm=_RECEPTION.bottom_mm + 3,
)
_REQUEST: Final = Table(
    (
        row(Head("証明書の種類", _LABEL, 9), Slot("kind", size_pt=14), height=1.4),
        row(Head("年度", _LABEL, 9), Slot("year", 13, size_pt=11), Head("証明の範囲", 6, 9), Slot("scope", size_pt=11)),
        row(Head("記載を求める方", _LABEL, 9), Slot("persons", size_pt=10, lines=3), height=1.5),
        row(Head("記載する事項", _LABEL, 9), Slot("items", size_pt=10, lines=3), height=1.5),
        row(
            Head("通数", _LABEL, 9),
            Slot("copies", 6, size_pt=12, align=grid.Align.CENTRE),
            Head("1通の手数料", 7, 9),
            Slot("fee", 6, size_pt=11, align=grid.Align.RIGHT),
            Head("合計", 5, 9),
            Slot("total", size_pt=13, align=grid.Align.RIGHT),
            height=1.2,
        ),
    ),
    row_mm=8.5,
    top_mm=_APPLICANT.bottom_mm + 3,
)
_IDENTITY: Final = Table(
    (
        row(Head("本人確認", _LABEL, 9), Slot("identity", size_pt=12), height=1.2),
        row(Head("確認日時", _LABEL, 9), Slot("verified_at", 15), Head("失効情報の確認", 8), Slot("method")),
        row(Head("券面事項", _LABEL, 9), Slot("card", size_pt=10, least_pt=7)),
    ),
    row_mm=8.0,
    top_mm=_REQUEST.bottom_mm + 3,
)
_SERIALS: Final = Table(
    (
        row(Head("交付する証明書の発行番号")),
        *(
            row(Slot(f"serials[{left}]", _HALF, size_pt=9), Slot(f"serials[{left + 5}]", size_pt=9))
            for left in range(MOST_SERIALS // 2)
        ),
    ),
    row_mm=5.6,
    top_mm=_IDENTITY.bottom_mm + 3,
)
_OFFICE: Final = Table(
    (
        row(*[Head(words, grid.COLUMNS / 4) for words in ("受付", "審査", "収納", "交付")]),
        row(*[Field(grid.COLUMNS / 4) for _ in range(4)], height=2.6),
    ),
    row_mm=6.0,
    top_mm=_SERIALS.bottom_mm + 3,
)
_NOTE: Final = "この申請書は、申請者が窓口端末で選んだ内容と住民基本台帳の記録により作成しました。"


def _fixed(pen: form.FormPen, issuer: Issuer) -> list[bytes]:
    left = form.x_pt(grid.LEFT_MM)
    tables = (_RECEPTION, _APPLICANT, _REQUEST, _IDENTITY, _SERIALS, _OFFICE)
    return [
        pen.text(f"（宛先）{issuer.prefecture}{issuer.municipality}長", left, form.y_pt(31.5), 11.5),
        *[table.fixed(pen) for table in tables],
        pen.text(_NOTE, left, form.y_pt(_OFFICE.bottom_mm + 5), 8),
    ]


_LAYOUT: Final = form.Layout(_fixed)


def draw_application(sheet: ApplicationSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 申請書: one page of plain paper with the 受付番号 large enough to be compared with a slip at arm's length."""

    def body(pen: ValuePen) -> None:
        _RECEPTION.write(
            pen,
            (
                ("number", str(sheet.number)),
                ("received_at", sheet.received_at),
                ("office", sheet.office),
                ("terminal", sheet.terminal),
            ),
        )
        _APPLICANT.write(
            pen,
            (
                ("address", sheet.address),
                ("name", sheet.name),
                ("birth_date", printed(sheet.birth_date)),
                ("relation", "本人"),
            ),
        )
        _REQUEST.write(pen, _request(sheet))
        _IDENTITY.write(
            pen,
            (
                ("identity", "電子証明書による本人確認済（利用者証明用電子証明書）"),
                ("verified_at", sheet.verified_at),
                ("method", f"{sheet.method}方式"),
                ("card", sheet.card or Mark.NOT_APPLICABLE.value),
            ),
        )
        last = len(sheet.serials)
        _SERIALS.write(
            pen,
            (
                (f"serials[{at}]", f"{at + 1}　{sheet.serials[at]}" if at < last else Mark.NOT_APPLICABLE.value)
                for at in range(MOST_SERIALS)
            ),
        )
        if sheet.repeats:
            right = form.x_pt(grid.LEFT_MM + grid.COLUMNS * grid.COLUMN_MM)
            pen.line("repeats", "【再作成】廃棄した証明書に代わるもの", right, form.y_pt(31.5), 10, share=1)

    return draw_office_paper(
        sheet.issuer, TITLE, _LAYOUT, body, fonts, letter=LETTER, txn=sheet.txn, specimen=sheet.specimen
    )


def _request(sheet: ApplicationSheet) -> Items:
    nothing = Mark.NOT_APPLICABLE.value
    yield "kind", sheet.kind
    yield "year", sheet.year or nothing
    yield "scope", sheet.scope
    yield "persons", sheet.persons or nothing
    yield "items", sheet.items or nothing
    yield "copies", f"{sheet.copies}通"
    yield "fee", f"{yen(sheet.fee_yen)}円"
    yield "total", f"{yen(sheet.fee_yen * sheet.copies)}円"
