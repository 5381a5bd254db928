"""The fictitious sheets of every other form, by folder of goldens and name."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from issuing_center.paper import (
    AmountLine,
    AnySheet,
    DamageDegree,
    Dependants,
    Figures,
    FuhyoAddress,
    FuhyoDomicile,
    FuhyoPerson,
    FuhyoScope,
    FuhyoSheet,
    HistoryEntry,
    InkanSheet,
    KazeiKind,
    KazeiSheet,
    KisaijikoSheet,
    KojinhyoPerson,
    KojinhyoSheet,
    KosekiEntry,
    KosekiKind,
    KosekiLine,
    KosekiPerson,
    KosekiSheet,
    Levy,
    NozeiLine,
    NozeiSheet,
    RisaiMember,
    RisaiSheet,
    Scope,
    ShotokuSheet,
    Taxpayer,
    WrittenDate,
    load_fictitious_imprints,
)
from tests.golden.sheets import BLANK, HANAKO, HOUSEHOLD, MARIA, NONE, OMITTED, SELF, SHEETS, UNCLE, issuer

COMMON: Final[dict[str, Any]] = {
    "issuer": issuer(),
    "issued_on": SELF.issued_on,
    "issue_number": SELF.issue_number,
    "txn": SELF.txn,
}
"""Issuer, date and numbers of every sheet; Any, because it becomes keyword arguments of different types."""
ADDRESS: Final = SELF.address
IMPRINTS: Final = load_fictitious_imprints()

# --- 個人票 ---------------------------------------------------------------------------------------------------------
MOVES: Final = (
    HistoryEntry(
        "転入", date(2015, 4, 1), date(2015, 4, 3), "例示県仮名市架空町三丁目４番５号　コーポ仮名２０１号から転入"
    ),
    HistoryEntry("転居", date(2017, 8, 26), date(2017, 8, 28), "見本県汐見野市みなと通一丁目７番１２号から転居"),
    HistoryEntry("氏名変更", date(2018, 11, 22), date(2018, 11, 22), "婚姻により氏を「例示」から「見本」に変更"),
    HistoryEntry("転居", date(2019, 5, 1), date(2019, 5, 7), "見本県汐見野市緑が丘五丁目１番地の３から転居"),
    HistoryEntry("住所変更", date(2024, 10, 1), NONE, "区画整理による町名の変更（職権）"),
)
HANAKO_ALONE: Final = KojinhyoPerson(HANAKO, "見本県汐見野市緑が丘五丁目１番地の３", MOVES)
KOJINHYO: Final = KojinhyoSheet(
    **COMMON, scope=Scope.SOME_MEMBERS, address=ADDRESS, head_name="見本　一郎", persons=(HANAKO_ALONE,)
)
MARIA_ALONE: Final = KojinhyoPerson(
    MARIA,
    BLANK,
    (HistoryEntry("通称記載", date(2022, 3, 14), date(2022, 3, 14), "通称「見本　真理亜」（汐見野市で記載）"),),
)

KISAIJIKO: Final = KisaijikoSheet(**COMMON, address=ADDRESS, head_name=OMITTED, persons=(HANAKO,))

# --- 印鑑 -----------------------------------------------------------------------------------------------------------
INKAN: Final = InkanSheet(
    **COMMON, imprint=IMPRINTS["mihon"], name="見本　花子", birth_date=date(1988, 4, 12), address=ADDRESS
)

# --- 税 -------------------------------------------------------------------------------------------------------------
TAXPAYER: Final = Taxpayer("見本　花子", date(1988, 4, 12), OMITTED, ADDRESS, ADDRESS)
INCOMES: Final = (
    AmountLine("給与収入", 5_486_000),
    AmountLine("給与所得", 3_948_800),
    AmountLine("公的年金等収入", 0),
    AmountLine("雑所得", 0),
    AmountLine("営業等所得", 0),
    AmountLine("不動産所得", -312_400),
)
DEDUCTIONS: Final = (
    AmountLine("社会保険料控除", 812_345),
    AmountLine("生命保険料控除", 56_000),
    AmountLine("地震保険料控除", 12_500),
    AmountLine("医療費控除", 0),
    AmountLine("配偶者控除", 0),
    AmountLine("扶養控除", 330_000),
    AmountLine("障害者控除", 0),
    AmountLine("寡婦・ひとり親控除", 0),
    AmountLine("勤労学生控除", 0),
    AmountLine("基礎控除", 430_000),
)
FIGURES: Final = Figures(3_636_400, INCOMES, DEDUCTIONS, 1_640_845, Dependants(0, 1, 0, 0, 0, 1, 0, 0))
LEVY: Final = Levy(1_995_000, NONE, 117_200, 3_000, 78_100, 1_000, 1_000, 200_300)
KAZEI: Final = KazeiSheet(
    **COMMON, fiscal_year=2026, taxpayer=TAXPAYER, kind=KazeiKind.TAXED, levy=LEVY, figures=FIGURES
)
SHOTOKU: Final = ShotokuSheet(**COMMON, fiscal_year=2026, taxpayer=TAXPAYER, figures=FIGURES)
NOTHING: Final = Figures(
    0, (AmountLine("給与収入", 980_000), AmountLine("給与所得", 0)), (AmountLine("基礎控除", 430_000),), 430_000,
    Dependants(0, 0, 0, 0, 0, 0, 0, 0),
)  # fmt: skip
NOZEI: Final = NozeiSheet(
    **COMMON,
    fiscal_year=2026,
    taxpayer=TAXPAYER,
    as_of=date(2026, 11, 19),
    lines=(
        NozeiLine("市民税・県民税・森林環境税（普通徴収）", 200_300, 150_300, 0, 50_000),
        NozeiLine("固定資産税・都市計画税", 98_700, 98_700, 0, 0),
        NozeiLine("軽自動車税（種別割）", 10_800, 10_800, 0, 0),
    ),
)

# --- 戸籍 -----------------------------------------------------------------------------------------------------------
HONSEKI: Final = "見本県汐見野市浜見台一丁目２番地"


def _birth(day: date, notified: date, notifier: str = "父") -> KosekiEntry:
    return KosekiEntry(
        "出生",
        (
            KosekiLine("出生日", day),
            KosekiLine("出生地", "見本県汐見野市"),
            KosekiLine("届出日", notified),
            KosekiLine("届出人", notifier),
        ),
    )


def _marriage(spouse: str, before: str) -> KosekiEntry:
    return KosekiEntry(
        "婚姻",
        (
            KosekiLine("婚姻日", date(2018, 11, 22)),
            KosekiLine("配偶者氏名", spouse),
            KosekiLine("従前戸籍", before),
        ),
    )


def _parents(father: str, mother: str) -> tuple[KosekiLine, ...]:
    return (KosekiLine("父", father), KosekiLine("母", mother))


ICHIRO_IN_REGISTER: Final = KosekiPerson(
    "一郎", "イチロウ", date(1986, 1, 30), "夫", _parents("見本太郎", "見本梅子"), (KosekiLine("続柄", "長男"),),
    (_birth(date(1986, 1, 30), date(1986, 2, 6)), _marriage("例示花子", "見本県汐見野市みなと通一丁目７番地　見本太郎")),
)  # fmt: skip
HANAKO_IN_REGISTER: Final = KosekiPerson(
    "花子", "ハナコ", date(1988, 4, 12), "妻", _parents("例示和夫", "例示葛\U000e0102代"), (KosekiLine("続柄", "二女"),),
    (_birth(date(1988, 4, 12), date(1988, 4, 20)), _marriage("見本一郎", "例示県仮名市架空町三丁目４番地　例示和夫")),
)  # fmt: skip
SAKURA_IN_REGISTER: Final = KosekiPerson(
    "さくら", NONE, date(2019, 5, 1), None, _parents("見本一郎", "見本花子"), (KosekiLine("続柄", "長女"),),
    (_birth(date(2019, 5, 1), date(2019, 5, 10)),),
)  # fmt: skip
ADOPTED: Final = KosekiPerson(
    "賢", NONE, date(2008, 2, 29), None, _parents("仮名次郎", "仮名和子"),
    (KosekiLine("続柄", "二男"), KosekiLine("養父", "見本一郎"), KosekiLine("養母", "見本花子"), KosekiLine("続柄", "養子")),
    (
        _birth(date(2008, 2, 29), date(2008, 3, 7), "母"),
        KosekiEntry("養子縁組", (
            KosekiLine("縁組日", date(2020, 2, 29)), KosekiLine("共同縁組者", "養父母"), KosekiLine("代諾者", "親権者母"),
            KosekiLine("従前戸籍", "例示県仮名市大字遠い遠いところの村字さらに遠い里９８７６番地の５４３２　仮名和子"),
        )),
        KosekiEntry("養子離縁", (
            KosekiLine("離縁日", date(2025, 12, 1)), KosekiLine("届出人の資格・氏名", "養父母、養子の離縁後の親権者母"),
            KosekiLine("入籍戸籍", "例示県仮名市架空町三丁目４番地　仮名和子"),
        )),
    ),
    removed=True,
)  # fmt: skip
KOSEKI: Final = KosekiSheet(
    **COMMON,
    kind=KosekiKind.ZENBU,
    honseki=HONSEKI,
    hittosha="見本　一郎",
    surname_reading="ミホン",
    entries=(KosekiEntry("戸籍編製", (KosekiLine("編製日", date(2018, 11, 22)),)),),
    persons=(ICHIRO_IN_REGISTER, HANAKO_IN_REGISTER, SAKURA_IN_REGISTER),
)
KOJIN: Final = replace(
    KOSEKI,
    kind=KosekiKind.KOJIN,
    persons=(HANAKO_IN_REGISTER,),
    entries=(
        KosekiEntry(
            "戸籍改製",
            (
                KosekiLine("改製日", date(2008, 10, 25)),
                KosekiLine("改製事由", "平成６年法務省令第５１号附則第２条第１項による改製"),
            ),
        ),
    ),
)

# --- 附票 -----------------------------------------------------------------------------------------------------------
LIVED: Final = (
    FuhyoAddress("見本県汐見野市みなと通一丁目７番１２号", date(2018, 11, 22)),
    FuhyoAddress("見本県汐見野市緑が丘五丁目１番地の３", date(2019, 3, 21)),
    FuhyoAddress(ADDRESS, date(2019, 5, 1)),
)
FUHYO: Final = FuhyoSheet(
    **COMMON,
    scope=FuhyoScope.ZENBU,
    domicile=None,
    persons=(
        FuhyoPerson("見本", "一郎", date(1986, 1, 30), "男", LIVED),
        FuhyoPerson("見本", "花子", date(1988, 4, 12), "女", LIVED[1:]),
        FuhyoPerson("見本", "賢", BLANK, BLANK, LIVED[:1], removed=True),
    ),
)

# --- 罹災 -----------------------------------------------------------------------------------------------------------
RISAI: Final = RisaiSheet(
    **COMMON,
    reference="Ｒ８－００１２３",
    head_address=ADDRESS,
    head_name="見本　一郎",
    members=(RisaiMember("見本　一郎", "世帯主"), RisaiMember("見本　花子", "妻"), RisaiMember("見本　さくら", "子")),
    occurred_on=date(2026, 10, 3),
    disaster="令和8年見本台風",
    dwelling_address=ADDRESS,
    degree=DamageDegree.MEDIUM_SCALE_HALF,
    remarks_on_damage="床上浸水。被害認定調査（第1次）による。",
)
LONG: Final = SHEETS["long-values"]
LONG_ADDRESS: Final = LONG.address
LONG_NAME: Final = LONG.persons[0].name

FORMS: Final[dict[str, dict[str, AnySheet]]] = {
    "kojinhyo": {
        "self": KOJINHYO,
        "omitted": replace(KOJINHYO, head_name=OMITTED, persons=(replace(HANAKO_ALONE, history=OMITTED),)),
        "household": replace(
            KOJINHYO,
            scope=Scope.WHOLE_HOUSEHOLD,
            persons=(MARIA_ALONE, KojinhyoPerson(UNCLE, BLANK, ())),
            specimen=True,
        ),
        "long-history": replace(KOJINHYO, persons=(replace(HANAKO_ALONE, history=MOVES * 4),)),
        "long-values": replace(
            KOJINHYO,
            address=LONG_ADDRESS,
            persons=(replace(MARIA_ALONE, entry=LONG.persons[0], address_before=LONG_ADDRESS),),
        ),
    },
    "kisaijiko": {
        "self": KISAIJIKO,
        "household": KisaijikoSheet(
            **COMMON, address=ADDRESS, head_name="見本　一郎", persons=(*HOUSEHOLD.persons, MARIA)
        ),
    },
    "inkan": {
        "self": INKAN,
        "foreign": replace(
            INKAN, imprint=IMPRINTS["sample"], name=MARIA.name, alias="見本　真理亜", katakana_name="サンプル　マリア　フェルナンダ",
            birth_date=date(1990, 2, 3), foreign=True, specimen=True,
        ),
        "long-values": replace(
            INKAN, imprint=IMPRINTS["reiji"], name=LONG_NAME, address=LONG_ADDRESS, former_surname="葛\U000e0103城",
            remarks="印影の文字は、氏名の文字と字体が異なります。" * 4,
        ),
    },
    "kazei": {
        "taxed": KAZEI,
        "not-taxed": replace(
            KAZEI, kind=KazeiKind.NOT_TAXED, levy=Levy(0, 0, 0, 0, 0, 0, 0, 0), figures=NOTHING, specimen=True
        ),
        "before-forest-tax": replace(
            KAZEI,
            fiscal_year=2023,
            levy=replace(LEVY, forest_yen=None, total_yen=199_300),
            taxpayer=replace(
                TAXPAYER, name=LONG_NAME, birth_date=WrittenDate("1990年2月3日"), address=LONG_ADDRESS, sex="女",
                address_on_levy_day=LONG_ADDRESS,
            ),
            remarks="特別徴収義務者：株式会社見本商事。" * 4,
        ),
    },
    "shotoku": {"self": SHOTOKU},
    "nozei": {
        "self": NOZEI,
        "two-pages": replace(NOZEI, lines=NOZEI.lines * 5, remarks="督促手数料及び延滞金を除く。"),
    },
    "koseki": {
        "zenbu": KOSEKI,
        "kojin": KOJIN,
        "removed": replace(KOSEKI, persons=(ICHIRO_IN_REGISTER, ADOPTED), specimen=True),
    },
    "fuhyo": {
        "omitted": FUHYO,
        "domicile-shown": replace(
            FUHYO, domicile=FuhyoDomicile(HONSEKI, "見本　一郎"), scope=FuhyoScope.ICHIBU, persons=FUHYO.persons[:1]
        ),
        "many-moves": replace(
            FUHYO,
            persons=(
                replace(FUHYO.persons[0], addresses=tuple(replace(LIVED[at % 3], since=date(1990 + at, 4, 1)) for at in range(29))),
                replace(FUHYO.persons[1], addresses=(FuhyoAddress(LONG_ADDRESS, date(2020, 4, 1)),)),
            ),
        ),
    },
    "risai": {
        "household": RISAI,
        "many-members": replace(
            RISAI,
            members=RISAI.members * 3,
            degree=DamageDegree.PARTIAL,
            remarks_on_household="令和8年10月3日現在の世帯の状況による。" * 4,
            remarks_on_damage="床上浸水。被害認定調査（第1次）による。" * 8,
            specimen=True,
        ),
    },
}  # fmt: skip
"""Every form with its samples: short and long, Japanese and foreign, omitted and shown, one page and more."""
EVERY: Final[dict[str, AnySheet]] = {
    **{f"juminhyo/{name}": sheet for name, sheet in SHEETS.items()},
    **{f"{form}/{name}": sheet for form, sheets in FORMS.items() for name, sheet in sheets.items()},
}
"""All samples of all forms, as folder and name."""
