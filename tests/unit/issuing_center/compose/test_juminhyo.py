"""Resident records field by field: what was not asked for is omitted and says so, what the register lacks says that instead."""

from dataclasses import replace
from datetime import date

import pytest

from issuing_center.compose.juminhyo import kisaijiko, kojinhyo, renkishiki
from issuing_center.paper.sheet import ForeignItems, Mark, PersonEntry, Reading, WrittenDate
from issuing_center.paper.sheet import Scope as Sentence
from issuing_center.register.records import DatePrecision, ForeignStatus, FormerSurname, Resident
from issuing_center.wire import ItemName
from tests.unit.issuing_center.compose.papers import FACE, FOREIGN, RESIDENT

EVERYTHING = frozenset(ItemName)
NOTHING: frozenset[ItemName] = frozenset()
MARIA: ForeignStatus = replace(
    FOREIGN,
    category="中長期在留者",
    residence_status="技術・人文知識・国際業務",
    residence_period="5年",
    residence_expires_on=date(2029, 4, 1),
    card_number="ZZ00000000ZZ",
    alias="見本　まりあ",
)


def entry(person: Resident, items: frozenset[ItemName] = NOTHING) -> PersonEntry:
    return renkishiki(FACE, (person,), items, whole=False).persons[0]


def test_only_the_whole_household_is_called_the_whole_household() -> None:
    for whole, sentence in ((True, Sentence.WHOLE_HOUSEHOLD), (False, Sentence.SOME_MEMBERS)):
        assert renkishiki(FACE, (RESIDENT,), NOTHING, whole=whole).scope is sentence
        assert kojinhyo(FACE, (RESIDENT,), NOTHING, whole=whole).scope is sentence


def test_what_was_not_asked_for_is_omitted() -> None:
    found = entry(RESIDENT)
    assert (found.relation, found.hittosha, found.honseki, found.my_number) == (Mark.OMITTED,) * 4
    assert renkishiki(FACE, (RESIDENT,), NOTHING, whole=True).head_name is Mark.OMITTED
    assert (found.name, found.sex, found.birth_date) == ("𠮷田　花子", "女", date(1988, 5, 12))


def test_what_was_asked_for_is_there() -> None:
    found = entry(replace(RESIDENT, my_number="995098420663"), EVERYTHING)
    assert (found.relation, found.hittosha, found.my_number) == ("妻", "𠮷田　太一", "995098420663")
    assert found.honseki == "見本県汐見野市みなと通一丁目2番"
    assert renkishiki(FACE, (RESIDENT,), EVERYTHING, whole=True).head_name == "𠮷田　太一"


@pytest.mark.parametrize("item", list(ItemName))
def test_each_item_shows_itself_and_nothing_else(item: ItemName) -> None:
    found = entry(RESIDENT, frozenset({item}))
    shown = {
        ItemName.HEAD_AND_RELATION: found.relation,
        ItemName.DOMICILE: found.honseki,
        ItemName.MY_NUMBER: found.my_number,
    }
    assert {name for name, value in shown.items() if value is not Mark.OMITTED} == ({item} & shown.keys())


def test_what_the_register_lacks_is_blank_and_not_omitted() -> None:
    found = entry(RESIDENT, EVERYTHING)
    assert (found.my_number, found.previous_address, found.address_since, found.notified_on) == (Mark.BLANK,) * 4
    assert (found.former_surname, found.former_surname_reading) == (Mark.NOT_APPLICABLE,) * 2
    former = entry(replace(RESIDENT, former_surname=FormerSurname("葛城", None)))
    assert (former.former_surname, former.former_surname_reading) == ("葛城", Mark.BLANK)


def test_only_a_certified_reading_is_printed() -> None:
    assert entry(RESIDENT).reading == Reading("ヨシダ", None)
    assert entry(replace(RESIDENT, foreign=FOREIGN)).reading is Mark.NOT_APPLICABLE


def test_a_foreign_resident_has_no_domicile_and_may_hide_the_status() -> None:
    maria = replace(RESIDENT, foreign=MARIA)
    hidden = entry(maria, EVERYTHING - {ItemName.FOREIGN_STATUS})
    assert (hidden.honseki, hidden.hittosha) == (Mark.NOT_APPLICABLE, Mark.NOT_APPLICABLE)
    omitted = Mark.OMITTED
    beside = ("鄧　侊", "トウ　コウ")
    assert hidden.foreign == ForeignItems("見本　まりあ", omitted, omitted, omitted, omitted, omitted, omitted, *beside)
    assert entry(maria, EVERYTHING).foreign == ForeignItems(
        kanji_name="鄧　侊",
        katakana_name="トウ　コウ",
        alias="見本　まりあ",
        nationality="架空国",
        article_30_45="中長期在留者",
        status="技術・人文知識・国際業務",
        period="5年",
        period_ends_on=date(2029, 4, 1),
        card_number="ZZ00000000ZZ",
    )
    assert hidden.resident_since == date(2020, 2, 2)


def test_a_status_that_does_not_exist_is_not_called_omitted() -> None:
    shown = entry(replace(RESIDENT, foreign=FOREIGN), EVERYTHING).foreign
    assert isinstance(shown, ForeignItems)
    assert (shown.kanji_name, shown.katakana_name) == ("鄧　侊", "トウ　コウ")
    none = Mark.NOT_APPLICABLE
    assert (shown.alias, shown.status, shown.period, shown.period_ends_on, shown.card_number) == (none,) * 5


def test_a_national_has_no_foreign_items() -> None:
    assert entry(RESIDENT, EVERYTHING).foreign is None


@pytest.mark.parametrize(
    ("precision", "text"),
    [
        (DatePrecision.MONTH, "昭和63年5月日不詳"),
        (DatePrecision.YEAR, "昭和63年月日不詳"),
        (DatePrecision.UNKNOWN, "年月日不詳"),
    ],
)
def test_an_incomplete_birth_date_is_written_as_far_as_it_is_known(precision: DatePrecision, text: str) -> None:
    assert entry(replace(RESIDENT, birth_precision=precision)).birth_date == WrittenDate(text)


def test_a_person_form_has_the_same_entries_and_omits_the_history() -> None:
    sheet = kojinhyo(FACE, (RESIDENT, replace(RESIDENT, foreign=FOREIGN)), EVERYTHING, whole=True)
    national, foreign = sheet.persons
    assert national.entry == entry(RESIDENT, EVERYTHING)
    assert (national.address_before, national.history) == (Mark.OMITTED, Mark.OMITTED)
    assert foreign.entry == entry(replace(RESIDENT, foreign=FOREIGN), EVERYTHING)
    assert (sheet.address, sheet.head_name) == (RESIDENT.address, "𠮷田　太一")


def test_a_certificate_of_entries_has_them_under_its_own_sentence() -> None:
    sheet = kisaijiko(FACE, (RESIDENT,), EVERYTHING)
    assert sheet.persons == (entry(RESIDENT, EVERYTHING),)
    assert sheet.head_name == "𠮷田　太一"
    assert sheet.essentials.title == "住民票記載事項証明書"
