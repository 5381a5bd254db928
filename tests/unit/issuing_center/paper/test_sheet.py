"""The values of a sheet: what cannot be said by mistake, and what is never shown by a repr."""

from dataclasses import replace

import pytest

from issuing_center.paper import Mark, PaperFonts, Reading, Scope, WrittenDate, draw_juminhyo
from tests.golden.sheets import HANAKO, MARIA, SELF, SHEETS
from tests.unit.issuing_center.paper.judges import drawn, pdfium_text


@pytest.mark.parametrize(
    ("reading", "printed"),
    [
        (Reading("シオミ", "ハナコ"), "シオミ　ハナコ"),
        (Reading("シオミ", None), "シオミ　【名空欄】"),
        (Reading(None, "ハナコ"), "【氏空欄】　ハナコ"),
        (Reading(None, None), "＊＊＊＊＊＊＊＊"),
    ],
)
def test_the_four_states_of_a_reading_print_distinctly(reading: Reading, printed: str) -> None:
    assert reading.printed() == printed


def test_the_marks_print_distinctly() -> None:
    assert len({mark.value for mark in Mark}) == 3


def test_only_the_whole_household_gets_the_sentence_about_the_whole_household(fonts: PaperFonts) -> None:
    for scope in Scope:
        text = pdfium_text(drawn(replace(SELF, scope=scope), fonts).pdf)
        assert [other for other in Scope if other.sentence in text] == [scope]


def test_an_empty_value_is_our_own_mistake_and_not_an_empty_cell(fonts: PaperFonts) -> None:
    with pytest.raises(ValueError, match=r"persons\[0\].honseki is empty"):
        draw_juminhyo(replace(SELF, persons=(replace(HANAKO, honseki=""),)), fonts)
    with pytest.raises(ValueError, match="at least one person"):
        replace(SELF, persons=())
    with pytest.raises(ValueError, match="needs its words"):
        WrittenDate("")


def test_no_repr_shows_anything_of_a_resident(fonts: PaperFonts) -> None:
    shown = repr(SHEETS["household-of-six"]) + repr(MARIA) + repr(drawn(SHEETS["foreign-resident"], fonts))
    for secret in ("花子", "SAMPLE", "浜見台", "1988", "ミホン", "ZZ000", "例示県", "女"):
        assert secret not in shown


def test_every_cell_of_a_drawn_block_holds_something(fonts: PaperFonts) -> None:
    # The number, fifteen items every person has, remarks, and either four closed spare pairs or seven foreign items.
    for sheet, values in ((SELF, 21), (SHEETS["foreign-resident"], 24)):
        items = [placed for placed in drawn(sheet, fonts).texts if placed.item.startswith("persons[0].")]
        assert len({(placed.x_pt, placed.y_pt) for placed in items}) == len(items) == values
