"""The fictitious sheets the goldens and the tests of the paper room are drawn from."""

from dataclasses import replace
from datetime import date
from typing import Final

from issuing_center.paper.seal import load_seal
from issuing_center.paper.sheet import (
    ForeignItems,
    Issuer,
    JuminhyoSheet,
    Mark,
    PersonEntry,
    Reading,
    Scope,
    SealColour,
    WrittenDate,
)

OMITTED, BLANK, NONE = Mark.OMITTED, Mark.BLANK, Mark.NOT_APPLICABLE


def issuer(seal_colour: SealColour = SealColour.BLACK) -> Issuer:
    """Give 見本県汐見野市."""
    return Issuer("見本県", "汐見野市", "汐見野市長", "架空　太郎", load_seal(), seal_colour)


HANAKO: Final = PersonEntry(
    name="見本　花子",
    reading=Reading("ミホン", "ハナコ"),
    former_surname=NONE,
    former_surname_reading=NONE,
    birth_date=date(1988, 4, 12),
    sex="女",
    relation=OMITTED,
    hittosha=OMITTED,
    honseki=OMITTED,
    my_number=OMITTED,
    resident_since=date(2015, 4, 1),
    address_since=date(2019, 5, 1),
    notified_on=date(2019, 5, 7),
    previous_address="例示県仮名市架空町三丁目４番５号　コーポ仮名２０１号",
)
SELF: Final = JuminhyoSheet(
    issuer=issuer(),
    scope=Scope.SOME_MEMBERS,
    address="見本県汐見野市浜見台一丁目２番３号",
    head_name=OMITTED,
    persons=(HANAKO,),
    issued_on=date(2026, 11, 20),
    issue_number="990019-2026-0004217",
    txn="5f0c9a7be21d4d3c8a1b6e0f92c47d55",
)


def _shown(person: PersonEntry, relation: str) -> PersonEntry:
    return replace(person, relation=relation, hittosha="見本　一郎", honseki="見本県汐見野市浜見台一丁目２番")


ICHIRO: Final = replace(
    HANAKO,
    name="見本　一郎",
    reading=Reading("ミホン", "イチロウ"),
    birth_date=date(1986, 1, 30),
    sex="男",
)
SAKURA: Final = replace(
    HANAKO,
    name="見本　さくら",
    reading=Reading("ミホン", None),
    birth_date=date(2019, 5, 1),
    resident_since=date(2019, 5, 1),
    address_since=BLANK,
    notified_on=date(2019, 5, 10),
    previous_address=BLANK,
)
KEN: Final = replace(
    SAKURA,
    name="見本　賢",
    reading=Reading(None, "ケン"),
    birth_date=date(2022, 12, 31),
    sex="男",
    resident_since=date(2022, 12, 31),
    notified_on=date(2023, 1, 6),
)
GRANDMOTHER: Final = replace(
    HANAKO,
    name="渡邉󠄏　ヨシ子",
    reading=NONE,
    birth_date=WrittenDate("昭和16年月日不詳"),
    former_surname="葛󠄃城",
    former_surname_reading="カツラギ",
)
UNCLE: Final = replace(
    ICHIRO,
    name="𠮷田　\ufa19\ufa26",
    reading=Reading(None, None),
    birth_date=date(1989, 1, 7),
    remarks="令和7年10月1日　職権記載（区画整理による町名の変更）",
)
_FOREIGN: Final = ForeignItems(
    alias="見本　真理亜",
    nationality="ブラジル",
    article_30_45="中長期在留者",
    status="技術・人文知識・国際業務",
    period="5年",
    period_ends_on=date(2029, 9, 14),
    card_number="ZZ00000000ZZ",
    katakana_name="サンプル　マリア　フェルナンダ",
)
MARIA: Final = replace(
    HANAKO,
    name="SAMPLE MARIA FERNANDA DE LOS ANGELES",
    reading=NONE,
    birth_date=date(1990, 2, 3),
    hittosha=NONE,
    honseki=NONE,
    resident_since=date(2021, 9, 15),
    address_since=BLANK,
    foreign=_FOREIGN,
)
HOUSEHOLD: Final = replace(
    SELF,
    scope=Scope.WHOLE_HOUSEHOLD,
    head_name="見本　一郎",
    persons=(_shown(ICHIRO, "世帯主"), _shown(HANAKO, "妻"), _shown(SAKURA, "子"), _shown(KEN, "子")),
)
SHEETS: Final[dict[str, JuminhyoSheet]] = {
    "self": SELF,
    "household-of-four": HOUSEHOLD,
    "household-of-six": replace(
        HOUSEHOLD, persons=(*HOUSEHOLD.persons, _shown(GRANDMOTHER, "世帯主の母"), _shown(UNCLE, "縁故者"))
    ),
    "foreign-resident": replace(SELF, persons=(MARIA,), head_name="SAMPLE MARIA FERNANDA DE LOS ANGELES"),
    "everything-shown": replace(
        SELF,
        persons=(replace(_shown(HANAKO, "妻"), my_number="000000000000"),),
        head_name="見本　一郎",
        issuer=issuer(SealColour.RED),
    ),
    "furigana-states": replace(
        HOUSEHOLD,
        scope=Scope.SOME_MEMBERS,
        persons=(HANAKO, SAKURA, KEN, replace(UNCLE, former_surname="濵田", former_surname_reading="ハマダ")),
    ),
    "long-values": replace(
        SELF,
        address="見本県汐見野市大字長々しい名の里字続きの続きのまた続き１２３４番地の５６７８　グランドレジデンス汐見野浜見台弐番館Ａ棟１２０３号室",
        persons=(
            replace(
                MARIA,
                name="VILLANUEVA DE LA CONCEPCION Y SAMPLE MARIA FERNANDA GUADALUPE ALEJANDRA",
                relation="同居人",
                sex=OMITTED,
                foreign=replace(
                    _FOREIGN,
                    kanji_name="見本例示　真理亜芙瑠奈尤陀",
                    katakana_name="ビジャヌエバ　デ　ラ　コンセプシオン　イ　サンプル　マリア　フェルナンダ　グアダルーペ　アレハンドラ",
                ),
                previous_address="例示県仮名市大字遠い遠いところの村字さらに遠い里９８７６番地の５４３２　ヴィラ・エスペランサ例示県庁前ステーションサイド弐番街中央棟１００２号室",
            ),
            replace(HANAKO, name="見本寿限無寿限無五劫の擦り切れ海砂利水魚の水行末　花子", relation="妻（未届）"),
        ),
    ),
    "specimen": replace(SELF, specimen=True),
}
