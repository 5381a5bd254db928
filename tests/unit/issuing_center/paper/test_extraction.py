"""Text comes out of the finished PDF code point by code point, for every kind of character the font has."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuing_center.paper import PaperFonts, shared_fonts
from issuing_center.paper.fonts import is_selector
from tests.golden.sheets import HANAKO, SELF, SHEETS
from tests.unit.issuing_center.paper.judges import as_poppler, drawn, edited, pdfium_text, poppler_text, replaced

NAMES = (
    "髙橋", "山﨑", "𠮷田", "葛", "葛\U000e0102", "葛\U000e0103", "葛\U000e0108", "辻\U000e0103", "渡邉\U000e010f", "渡邊\U000e0108",
    "芦\U000e0109", "祇\U000e0102", "榊\U000e0103", "薩\U000e0105", "斉\U000e0103", "斎\U000e0102", "齋\U000e0106", "﨑\U000e0102",
    "朗\U000e0104", "塚\U000e0106", "\ufa19\ufa26", "\ufa10\ufa12\ufa1a\ufa1b\ufa1e\ufa26\uf929\ufa46\uf9dc", "神都塚晴祥福羽朗渚隆", "\ufa11\ufa14\ufa1f", "𣘺本", "草彅侊鄧", "廣瀨濵栁德",
)  # fmt: skip


def test_every_trap_of_the_domain_reference_survives_both_readers(fonts: PaperFonts) -> None:
    persons = tuple(replace(HANAKO, name=name) for name in NAMES)
    pdf = drawn(replace(SELF, persons=persons), fonts).pdf
    for judge in (poppler_text, pdfium_text):
        text = judge(pdf)
        lines = {part.strip() for line in text.splitlines() for part in line.split("  ")}
        assert [name for name in NAMES if name not in text] == [], judge.__name__
        # 葛 alone must not come out as one of its variants.
        assert any("葛" in line and not any(is_selector(char) for char in line) for line in lines)


def test_every_value_of_every_sample_comes_out_of_both_readers(fonts: PaperFonts) -> None:
    for name, sheet in SHEETS.items():
        document = drawn(sheet, fonts)
        by_pdfium, by_poppler = pdfium_text(document.pdf), poppler_text(document.pdf)
        assert [placed.item for placed in document.texts if placed.text.strip() not in by_pdfium] == [], name
        assert [placed.item for placed in document.texts if as_poppler(placed.text) not in by_poppler] == [], name


def _repertoire() -> st.SearchStrategy[str]:
    fonts = shared_fonts()
    singles = sorted(char for char in fonts.simple if char not in " \u3000")
    sequences = sorted(chr(base) + chr(selector) for base, selector in fonts.sequences)
    kept = [char for char in singles if char >= "\u2e80"]
    return st.lists(st.sampled_from(kept) | st.sampled_from(sequences), min_size=1, max_size=14).map("".join)


@settings(max_examples=25)
@given(st.data())
def test_names_made_of_anything_the_font_has_come_out_exactly(data: st.DataObject) -> None:
    names = data.draw(st.lists(_repertoire(), min_size=4, max_size=4))
    pdf = drawn(replace(SELF, persons=tuple(replace(HANAKO, name=name) for name in names)), shared_fonts()).pdf
    for judge in (poppler_text, pdfium_text):
        text = judge(pdf)
        assert [name for name in names if name not in text] == [], judge.__name__


def test_a_lost_selector_would_be_noticed_by_both_judges(fonts: PaperFonts) -> None:
    name = "葛\U000e0102城"
    pdf = drawn(replace(SELF, persons=(replace(HANAKO, name=name),)), fonts).pdf
    broken = edited(pdf, replaced(b"845bdb40dd02", b"845b"))
    for judge in (poppler_text, pdfium_text):
        assert name in judge(pdf)
        assert name not in judge(broken)
        assert "葛城" in judge(broken)


@pytest.mark.parametrize("name", ["MARÍA JOSÉ NÚÑEZ-ŽIŽEK", "E\u0301MILE カ\u3099", "O'BRIEN JR. SEAN"])
def test_latin_names_come_out_exactly_even_decomposed(name: str, fonts: PaperFonts) -> None:
    pdf = drawn(replace(SELF, persons=(replace(HANAKO, name=name),)), fonts).pdf
    assert name in poppler_text(pdf)


def test_the_specimen_mark_is_seen_but_not_read(fonts: PaperFonts) -> None:
    plain, marked = (drawn(SHEETS[name], fonts).pdf for name in ("self", "specimen"))
    assert poppler_text(plain) == poppler_text(marked)
