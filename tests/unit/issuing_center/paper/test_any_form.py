"""Any sheet of any form whatever is either drawn, complete and readable to the last code point, or refused by an item."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from issuing_center.paper import (
    AmountLine,
    AnySheet,
    Complete,
    Dependants,
    DrawnDocument,
    Expected,
    Figures,
    FuhyoAddress,
    FuhyoDomicile,
    FuhyoPerson,
    GlyphMissing,
    HistoryEntry,
    KojinhyoPerson,
    KosekiEntry,
    KosekiLine,
    KosekiPerson,
    Mark,
    NozeiLine,
    RisaiMember,
    Taxpayer,
    TooLong,
    WrittenDate,
    check_complete,
    draw,
    shared_fonts,
)
from tests.golden.forms import FUHYO, INKAN, KAZEI, KOJINHYO, KOSEKI, NOZEI, RISAI
from tests.golden.sheets import HANAKO, MARIA
from tests.unit.issuing_center.paper.judges import pdfium_text

ALPHABET = "見本花子葛𠮷\ufa19ーヨシ々ABCé１２(）、"
MARKS = st.sampled_from(Mark)
YEN = st.integers(-(10**9), 10**9) | MARKS


def sheets(words: st.SearchStrategy[str]) -> st.SearchStrategy[AnySheet]:
    """Give sheets of all forms that are not the 世帯連記式."""
    cell = words | MARKS
    day = st.dates(date(1873, 1, 1), date(2100, 1, 1)) | MARKS | words.map(WrittenDate)
    line = st.builds(KosekiLine, words, cell | day)
    event = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=12)
    entry = st.builds(KosekiEntry, event, st.lists(line, min_size=1, max_size=7).map(tuple))
    entries = st.lists(entry, min_size=1, max_size=4).map(tuple)
    amounts = st.lists(st.builds(AmountLine, words, YEN), max_size=12).map(tuple)
    figures = st.builds(Figures, YEN, amounts, amounts, YEN, st.builds(Dependants, *[st.integers(0, 20) | MARKS] * 8))
    taxpayer = st.builds(Taxpayer, words, day, cell, words, cell)
    history = st.builds(HistoryEntry, cell, day, day, cell)
    koseki_person = st.builds(
        KosekiPerson, words, cell, day, st.none() | cell, st.tuples(line), st.tuples(line), entries, st.booleans()
    )
    addresses = st.lists(st.builds(FuhyoAddress, cell, day), min_size=1, max_size=20).map(tuple)
    alone = st.builds(
        KojinhyoPerson,
        st.builds(replace, st.sampled_from([HANAKO, MARIA]), name=words, honseki=cell),
        cell,
        st.lists(history, max_size=25).map(tuple) | MARKS,
    )
    return st.one_of(
        st.builds(replace, st.just(KOJINHYO), address=words, persons=st.tuples(alone)),
        st.builds(
            replace, st.just(INKAN), name=words, birth_date=day, address=words, former_surname=cell, alias=cell,
            katakana_name=cell, remarks=cell, foreign=st.booleans(),
        ),
        st.builds(replace, st.just(KAZEI), taxpayer=taxpayer, figures=figures, remarks=cell),
        st.builds(
            replace, st.just(NOZEI), taxpayer=taxpayer, remarks=cell,
            lines=st.lists(st.builds(NozeiLine, words, YEN, YEN, YEN, YEN), min_size=1, max_size=30).map(tuple),
        ),
        st.builds(
            replace, st.just(KOSEKI), honseki=words, hittosha=words, surname_reading=cell, entries=entries,
            persons=st.lists(koseki_person, min_size=1, max_size=4).map(tuple),
        ),
        st.builds(
            replace, st.just(FUHYO), domicile=st.none() | st.builds(FuhyoDomicile, words, words),
            persons=st.lists(st.builds(FuhyoPerson, words, words, day, cell, addresses, cell, st.booleans()), min_size=1, max_size=4).map(tuple),
        ),
        st.builds(
            replace, st.just(RISAI), reference=cell, head_address=words, head_name=words, disaster=words, dwelling_address=words,
            members=st.lists(st.builds(RisaiMember, words, cell), max_size=20).map(tuple), remarks_on_damage=cell,
        ),
    )  # fmt: skip


@settings(max_examples=60)
@given(sheets(st.text(st.sampled_from(ALPHABET), min_size=1, max_size=24)))
def test_what_is_drawn_is_complete_and_every_value_can_be_read_again(sheet: AnySheet) -> None:
    document = draw(sheet, shared_fonts())
    if isinstance(document, TooLong):
        return
    assert isinstance(document, DrawnDocument), document
    assert check_complete(document.pdf, Expected.of(sheet)) == Complete()
    # The last words of a form that flows stand above its frame's lower edge, 247 mm from above.
    assert all(placed.y_pt > 841.919 - 247 / 25.4 * 72 for placed in document.texts if placed.item == "end")
    text = pdfium_text(document.pdf)
    assert [placed.item for placed in document.texts if placed.text not in text] == []
    assert len(document.pdf) <= 400_000


@settings(max_examples=60)
@given(sheets(st.text(st.sampled_from(ALPHABET + "\ue000\U000e0100"), min_size=1, max_size=12)))
def test_anything_else_is_refused_by_the_name_of_the_item(sheet: AnySheet) -> None:
    match draw(sheet, shared_fonts()):
        case DrawnDocument(texts=texts):
            assert not any("\ue000" in placed.text or "\U000e0100" in placed.text for placed in texts)
        case GlyphMissing(item, clusters):
            assert clusters
            assert not any(char in item for char in ALPHABET + "\ue000" if char > "z")
        case TooLong(item):
            assert item
