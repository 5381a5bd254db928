"""Records of one fictitious family in every register, and the face of a sheet."""

from datetime import date

from issuing_center.compose.face import Face
from issuing_center.paper.seal import load_seal
from issuing_center.paper.sheet import Issuer
from issuing_center.register.holdings import (
    AmountLine,
    DateOrWords,
    Dependants,
    Fuhyo,
    FuhyoAddress,
    FuhyoPerson,
    ImprintScan,
    Koseki,
    KosekiEntry,
    KosekiLine,
    KosekiPerson,
    Levy,
    SealRegistration,
    TaxPayment,
    TaxRecord,
)
from issuing_center.register.records import (
    DatePrecision,
    ForeignStatus,
    Furigana,
    HouseholdId,
    Resident,
    ResidentId,
    Sex,
)

FACE = Face(
    issuer=Issuer("見本県", "汐見野市", "汐見野市長", "架空　太郎", load_seal()),
    issued_on=date(2026, 11, 20),
    issue_number="AAAA-BBBB-CCCC-DDDD",
    txn="0" * 32,
    specimen=True,
)

RESIDENT = Resident(
    resident_id=ResidentId("1" * 32),
    household_id=HouseholdId("2" * 32),
    municipality_code="990019",
    address="見本県汐見野市みなと通一丁目2番3号",
    head_name="𠮷田　太一",
    name="𠮷田　花子",
    furigana=Furigana("ヨシダ", True, "ハナコ", False),
    former_surname=None,
    birth_date=date(1988, 5, 12),
    birth_precision=DatePrecision.DAY,
    sex=Sex.FEMALE,
    relation="妻",
    is_head=False,
    domicile="見本県汐見野市みなと通一丁目2番",
    family_head="𠮷田　太一",
    my_number=None,
    became_resident_on=date(2012, 4, 1),
    address_since=None,
    notified_on=None,
    previous_address=None,
    foreign=None,
)
FOREIGN = ForeignStatus(
    nationality="架空国",
    category="特別永住者",
    residence_status=None,
    residence_period=None,
    residence_expires_on=None,
    card_number=None,
    became_foreign_resident_on=date(2020, 2, 2),
    kanji_name="鄧　侊",
    kana_name="トウ　コウ",
    alias=None,
    alias_recorded_on=None,
    alias_recorded_in=None,
)

SEAL = SealRegistration(
    imprint=ImprintScan(400, 300, 600, b"\x01" * 50 * 300),
    registered_on=date(2020, 1, 6),
    former_surname=None,
    alias=None,
    katakana_name=None,
    remarks=None,
)

TAX = TaxRecord(
    year=2026,
    address_on_levy_day="見本県汐見野市松風町1番地",
    levy=Levy(1_500_000, None, 88_500, 3_000, 59_000, 1_000, 1_000, 152_500),
    total_income_yen=2_400_000,
    incomes=(AmountLine("給与収入", 3_600_000), AmountLine("不動産", -20_000), AmountLine("雑", 0)),
    deductions=(AmountLine("基礎", 430_000),),
    deductions_total_yen=430_000,
    dependants=Dependants(under_16=2),
    payments=(TaxPayment("市民税・県民税", 152_500, 100_000, 0, 52_500),),
    payments_as_of=date(2026, 11, 20),
)


def _person(key: str, name: str, *, removed: bool = False) -> KosekiPerson:
    return KosekiPerson(
        key=key,
        given_name=name,
        reading=None,
        birth_date=DateOrWords(on=date(1988, 5, 12)),
        spouse=None if removed else "妻",
        parents=(KosekiLine("父", DateOrWords(words="葛城　正")),),
        relations=(KosekiLine("続柄", DateOrWords(words="長女")),),
        entries=(KosekiEntry("出生", (KosekiLine("出生日", DateOrWords(words="昭和六十三年月日不詳")),)),),
        removed=removed,
    )


KOSEKI = Koseki(
    honseki="見本県汐見野市みなと通一丁目2番",
    hittosha="𠮷田　太一",
    surname_reading=None,
    entries=(KosekiEntry("戸籍編製", (KosekiLine("編製日", DateOrWords(on=date(2012, 4, 1))),)),),
    persons=(_person("taichi", "太一"), _person("hanako", "花子"), _person("riku", "陸", removed=True)),
)

FUHYO = Fuhyo(
    honseki="見本県汐見野市みなと通一丁目2番",
    hittosha="𠮷田　太一",
    persons=(
        FuhyoPerson(
            key="hanako",
            surname="𠮷田",
            given_name="花子",
            birth_date=DateOrWords(on=date(1988, 5, 12)),
            sex=Sex.FEMALE,
            addresses=(
                FuhyoAddress(None, None),
                FuhyoAddress("見本県汐見野市みなと通一丁目2番3号", DateOrWords(on=date(2019, 3, 21))),
            ),
            overseas_election="見本県汐見野市",
        ),
        FuhyoPerson(
            key="riku",
            surname="𠮷田",
            given_name="陸",
            birth_date=None,
            sex=None,
            addresses=(FuhyoAddress("例示県山手市桜台四丁目5番6号", DateOrWords(words="平成十年月日不詳")),),
            removed=True,
        ),
    ),
)
