"""The paper font is the pinned one, and says truly what it has."""

import tomllib
from pathlib import Path

import pytest
import uharfbuzz as hb  # type: ignore[import-untyped]  # no stubs
from hypothesis import given
from hypothesis import strategies as st

from issuing_center.paper import PaperFonts, PaperUnavailable, load_fonts, missing_glyphs, shared_fonts
from issuing_center.paper.fonts import PINS
from issuing_center.paper.text import clusters

IPAMJ = Path("/usr/share/fonts/truetype/ipamj/ipamjm.ttf")


def test_every_pinned_font_names_its_package_size_and_digest() -> None:
    table = tomllib.loads(PINS.read_text(encoding="utf-8"))
    pins = [table["paper"], *table["screen"].values()]
    assert {"IPAmj Mincho", "BIZ UDGothic", "Noto Sans"} <= {pin["family"] for pin in pins}
    for pin in pins:
        assert len(pin["sha256"]) == 64
        assert pin["bytes"] > 0
        assert pin["debian_package"].startswith("fonts-")


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (('file = "ipamjm.ttf"', 'file = "gone.ttf"'), "install the Debian package fonts-ipamj-mincho"),
        (('sha256 = "75', 'sha256 = "00'), "the file found is another version"),
        (("bytes = 46478572", "bytes = 46478571"), "the file found is another version"),
        (("format = 1", "format = "), "restore assets/fonts"),
    ],
)
def test_a_font_that_is_absent_or_altered_is_font_01_with_a_remedy(
    change: tuple[str, str], detail: str, tmp_path: Path
) -> None:
    pins = tmp_path / "fonts.toml"
    text = PINS.read_text(encoding="utf-8")
    assert change[0] in text
    pins.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(PaperUnavailable, match=detail) as caught:
        load_fonts(pins)
    assert caught.value.code == "FONT-01"


def test_all_sequences_agree_with_an_independent_reader_of_the_font(fonts: PaperFonts) -> None:
    face = hb.Face(hb.Blob.from_file_path(str(IPAMJ)))
    judge = hb.Font(face)
    theirs = {
        (base, selector): judge.get_variation_glyph(base, selector)
        for selector in face.variation_selectors
        for base in face.variation_unicodes(selector)
    }
    assert len(theirs) == 11_474
    assert theirs == fonts.sequences
    assert {code: judge.get_nominal_glyph(code) for code in face.unicodes} == fonts.cmap


@pytest.mark.parametrize(
    "name",
    [
        "髙橋", "山﨑", "𠮷田", "葛", "葛\U000e0102", "葛\U000e0103", "辻\U000e0102", "辻\U000e0103", "渡邉\U000e010f",
        "渡邊\U000e0108", "斉藤", "斎藤", "齋藤", "齊藤", "廣瀨", "濵田", "栁田", "德永", "\ufa19", "\ufa26", "\ufa1f", "草彅", "鄧", "侊",
        "塚\U000e0105", "塚\U000e0106", "\ufa10", "\ufa12", "\ufa1a", "\ufa1b", "\ufa1e", "\uf929", "\ufa46", "\uf9dc", "\ufa14", "\ufa11", "𣘺", "MARÍA JOSÉ NÚÑEZ Ž", "ガーヴィン々",
    ],
)  # fmt: skip
def test_names_the_font_can_print_have_no_missing_glyphs(name: str, fonts: PaperFonts) -> None:
    assert missing_glyphs(name, fonts) == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("葛\U000e0100西", ("葛\U000e0100",)),  # Adobe-Japan1, another collection
        ("辻\U000e0100", ("辻\U000e0100",)),
        ("渡邉\U000e0100", ("邉\U000e0100",)),
        ("花\U000e0102\U000e0103", ("花\U000e0102\U000e0103",)),
        ("\U000e0102花", ("\U000e0102",)),
        ("外\ue000字\ue000", ("\ue000",)),  # a local 外字
        ("\uf860", ("\uf860",)),  # private use, though the font maps it
        ("見\n本", ("\n",)),
        ("見\u200b本", ("\u200b",)),
        ("\u0301A", ("\u0301",)),
        ("김민준", ("김", "민", "준")),
        ("Nguyễn", ("ễ",)),
        ("见", ("见",)),
        ("😀", ("😀",)),
        ("A\u00a0B", ("\u00a0",)),  # a glyph without ink that is no plain space
    ],
)
def test_what_the_font_lacks_is_named_and_never_replaced(
    text: str, missing: tuple[str, ...], fonts: PaperFonts
) -> None:
    assert missing_glyphs(text, fonts) == missing


def test_a_combining_mark_is_printed_only_by_the_single_character_it_stands_for(fonts: PaperFonts) -> None:
    assert fonts.glyph("e\u0301") == fonts.glyph("é")
    assert fonts.glyph("カ\u3099") == fonts.glyph("ガ")
    assert fonts.glyph("神\u0301") is None


def test_two_variants_of_one_character_have_two_glyphs(fonts: PaperFonts) -> None:
    two, three = fonts.glyph("葛\U000e0102"), fonts.glyph("葛\U000e0103")
    assert two
    assert three
    assert two != three


@given(st.text())
def test_clusters_together_are_the_text_unchanged(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(st.text(max_size=20))
def test_a_text_has_no_missing_glyphs_exactly_if_every_cluster_has_one(text: str) -> None:
    fonts = shared_fonts()
    assert (missing_glyphs(text, fonts) == ()) is all(fonts.glyph(cluster) for cluster in clusters(text))
