"""戸籍 and 附票 field by field: who left is boxed, words stay words, what is not recorded says so."""

from dataclasses import replace
from datetime import date

from issuing_center.compose.fuhyo import fuhyo
from issuing_center.compose.koseki import koseki
from issuing_center.paper.fuhyo import FuhyoAddress, FuhyoDomicile, FuhyoScope
from issuing_center.paper.koseki import KosekiEntry, KosekiKind, KosekiLine
from issuing_center.paper.sheet import Mark, WrittenDate
from issuing_center.wire import ItemName
from tests.unit.issuing_center.compose.papers import FACE, FUHYO, KOSEKI

NOTHING: frozenset[ItemName] = frozenset()


def test_the_whole_register_has_its_title_and_everybody_who_ever_stood_in_it() -> None:
    sheet = koseki(FACE, KOSEKI, whole=True)
    assert sheet.kind is KosekiKind.ZENBU
    assert (sheet.honseki, sheet.hittosha) == ("見本県汐見野市みなと通一丁目2番", "𠮷田　太一")
    assert sheet.surname_reading is Mark.NOT_APPLICABLE
    assert sheet.entries == (KosekiEntry("戸籍編製", (KosekiLine("編製日", date(2012, 4, 1)),)),)
    assert [(person.given_name, person.removed) for person in sheet.persons] == [
        ("太一", False),
        ("花子", False),
        ("陸", True),
    ]


def test_one_person_of_it_has_the_title_of_a_part() -> None:
    sheet = koseki(FACE, replace(KOSEKI, persons=KOSEKI.persons[1:2]), whole=False)
    assert sheet.kind is KosekiKind.KOJIN
    (person,) = sheet.persons
    assert (person.given_name, person.reading, person.spouse) == ("花子", Mark.NOT_APPLICABLE, "妻")
    assert person.birth_date == date(1988, 5, 12)
    assert person.parents == (KosekiLine("父", WrittenDate("葛城　正")),)
    assert person.relations == (KosekiLine("続柄", WrittenDate("長女")),)
    assert person.entries == (KosekiEntry("出生", (KosekiLine("出生日", WrittenDate("昭和六十三年月日不詳")),)),)


def test_readings_that_are_recorded_are_printed() -> None:
    family = replace(KOSEKI, surname_reading="ヨシダ", persons=(replace(KOSEKI.persons[0], reading="タイチ"),))
    sheet = koseki(FACE, family, whole=True)
    assert (sheet.surname_reading, sheet.persons[0].reading) == ("ヨシダ", "タイチ")


def test_addresses_stand_in_order_and_what_is_not_recorded_is_blank() -> None:
    sheet = fuhyo(FACE, FUHYO, NOTHING, whole=True)
    assert sheet.scope is FuhyoScope.ZENBU
    hanako, riku = sheet.persons
    assert hanako.addresses == (
        FuhyoAddress(Mark.BLANK, Mark.BLANK),
        FuhyoAddress("見本県汐見野市みなと通一丁目2番3号", date(2019, 3, 21)),
    )
    assert (hanako.birth_date, hanako.sex) == (date(1988, 5, 12), "女")
    assert (riku.birth_date, riku.sex, riku.removed) == (Mark.BLANK, Mark.BLANK, True)
    assert riku.addresses[0].since == WrittenDate("平成十年月日不詳")


def test_domicile_and_voters_roll_are_omitted_unless_asked_for() -> None:
    sheet = fuhyo(FACE, FUHYO, NOTHING, whole=True)
    assert sheet.domicile is None
    assert [person.overseas_election for person in sheet.persons] == [Mark.OMITTED, Mark.OMITTED]
    asked = fuhyo(FACE, FUHYO, frozenset({ItemName.DOMICILE, ItemName.OVERSEAS_VOTING}), whole=True)
    assert asked.domicile == FuhyoDomicile(FUHYO.honseki, FUHYO.hittosha)
    assert [person.overseas_election for person in asked.persons] == ["見本県汐見野市", Mark.NOT_APPLICABLE]


def test_a_part_of_the_history_is_called_a_part() -> None:
    sheet = fuhyo(FACE, replace(FUHYO, persons=FUHYO.persons[:1]), NOTHING, whole=False)
    assert sheet.scope is FuhyoScope.ICHIBU
