"""Any sheet whatever is either drawn, complete and readable to the last code point, or refused by the name of an item."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuing_center.paper import (
    Cell,
    Complete,
    DateCell,
    DrawnDocument,
    Expected,
    ForeignItems,
    GlyphMissing,
    JuminhyoSheet,
    Mark,
    PersonEntry,
    Reading,
    Scope,
    SealColour,
    TooLong,
    WrittenDate,
    check_complete,
    draw_juminhyo,
    shared_fonts,
)
from tests.golden.sheets import SELF, issuer
from tests.unit.issuing_center.paper.judges import pdfium_text

MARKS = st.sampled_from(Mark)
WORDS = st.text(
    st.sampled_from("見本花子葛\U000e0102\U000e0100𠮷\ufa19ーヨシ　々ABCé１２(）\ue000"), min_size=1, max_size=30
)
TAME = st.text(st.sampled_from("見本花子葛𠮷\ufa19ーヨシ々ABCé１２(）"), min_size=1, max_size=24)
DATES = st.dates(min_value=date(1873, 1, 1), max_value=date(2100, 1, 1)) | MARKS | TAME.map(WrittenDate)


def _cells(words: st.SearchStrategy[str]) -> st.SearchStrategy[str | Mark]:
    return words | MARKS


def _persons(words: st.SearchStrategy[str]) -> st.SearchStrategy[PersonEntry]:
    cell = _cells(words)
    halves = st.none() | words
    return st.builds(
        PersonEntry, name=words, reading=st.builds(Reading, halves, halves) | MARKS, former_surname=cell,
        former_surname_reading=cell, birth_date=DATES, sex=MARKS | st.sampled_from("男女"), relation=MARKS, hittosha=cell,
        honseki=cell, my_number=MARKS | st.just("000000000000"), resident_since=DATES, address_since=DATES,
        notified_on=DATES, previous_address=cell, juminhyo_code=MARKS, remarks=cell,
        foreign=st.none() | st.builds(ForeignItems, *[cell] * 5, DATES, cell),
    )  # fmt: skip


def sheets(words: st.SearchStrategy[str]) -> st.SearchStrategy[JuminhyoSheet]:
    return st.builds(
        JuminhyoSheet,
        issuer=st.sampled_from(SealColour).map(issuer),
        scope=st.sampled_from(Scope),
        address=words,
        head_name=_cells(words),
        persons=st.lists(_persons(words), min_size=1, max_size=9).map(tuple),
        issued_on=st.dates(min_value=date(2026, 1, 1), max_value=date(2100, 1, 1)),
        issue_number=st.from_regex(r"[0-9]{6}-[0-9]{4}-[0-9]{7}", fullmatch=True),
        txn=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
        specimen=st.booleans(),
    )


@settings(max_examples=30)
@given(sheets(TAME))
def test_what_is_drawn_is_complete_and_every_value_can_be_read_again(sheet: JuminhyoSheet) -> None:
    document = draw_juminhyo(sheet, shared_fonts())
    if isinstance(document, TooLong):
        return
    assert isinstance(document, DrawnDocument)
    assert document.pages == (len(sheet.persons) + 3) // 4
    assert check_complete(document.pdf, Expected.of(sheet)) == Complete()
    text = pdfium_text(document.pdf)
    assert [placed.item for placed in document.texts if placed.text not in text] == []
    assert {placed.item for placed in document.texts} >= {f"persons[{at}].name" for at in range(len(sheet.persons))}


def _full(text: Cell, when: DateCell, reading: Reading | Mark, sex: Cell, relation: Cell) -> JuminhyoSheet:
    foreign = ForeignItems(text, text, text, text, text, when, text, text, text)
    person = PersonEntry(
        LONG, reading, text, text, when, sex, relation, text, text, text, when, when, when, text, juminhyo_code=text, remarks=text,
    )  # fmt: skip
    return replace(SELF, address=LONG, head_name=text, persons=(person, replace(person, foreign=foreign)))


LONG = "見本花子" * 6


@pytest.mark.parametrize(
    "sheet",
    [_full(LONG, WrittenDate(LONG), Reading(LONG, LONG), "男", LONG[:16]), *(_full(mark, mark, mark, mark, mark) for mark in Mark)],
    ids=["long", *(mark.name for mark in Mark)],
)  # fmt: skip
def test_every_cell_takes_twenty_four_ideographs_and_every_mark(sheet: JuminhyoSheet) -> None:
    document = draw_juminhyo(sheet, shared_fonts())
    assert isinstance(document, DrawnDocument)
    assert check_complete(document.pdf, Expected.of(sheet)) == Complete()


@settings(max_examples=40)
@given(sheets(WORDS))
def test_anything_else_is_refused_by_the_name_of_the_item(sheet: JuminhyoSheet) -> None:
    match draw_juminhyo(sheet, shared_fonts()):
        case DrawnDocument(texts=texts):
            assert not any("\ue000" in placed.text or "\U000e0100" in placed.text for placed in texts)
        case GlyphMissing(item, clusters):
            assert item.split(".")[0].startswith(("persons[", "address", "head_name"))
            assert clusters
        case TooLong(item):
            assert item.split(".")[0].startswith(("persons[", "address", "head_name"))
