"""The finished PDF: refusals, pages, bytes, metadata, margins, and the right ink."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from issuing_center.paper import (
    DrawnDocument,
    GlyphMissing,
    JuminhyoSheet,
    PaperFonts,
    TooLong,
    draw_juminhyo,
    load_fonts,
)
from issuing_center.paper.text import shape, width_em
from tests.golden.sheets import HANAKO, MARIA, SELF, SHEETS
from tests.unit.issuing_center.paper.judges import drawn, pdfium_text, picture, qpdf_complaints
from tests.unit.issuing_center.paper.test_fonts import IPAMJ


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_qpdf_finds_nothing_wrong(name: str, fonts: PaperFonts, tmp_path: Path) -> None:
    assert qpdf_complaints(drawn(SHEETS[name], fonts).pdf, tmp_path) == ""


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_all_ink_keeps_ten_millimetres_from_the_edges(name: str, fonts: PaperFonts) -> None:
    dpi = 72
    document = drawn(SHEETS[name], fonts)
    for page in range(document.pages):
        image = picture(document.pdf, dpi, page)
        box = image.point(lambda grey: 255 if grey < 250 else 0).getbbox()
        assert box
        margin = 10 / 25.4 * dpi - 1
        assert box[0] >= margin
        assert box[1] >= margin
        assert box[2] <= image.width - margin
        assert box[3] <= image.height - margin


def test_the_page_is_a_whole_number_of_printer_dots(fonts: PaperFonts) -> None:
    assert b"/MediaBox [ 0 0 595.199 841.919 ]" in drawn(SELF, fonts).pdf


def test_viewers_are_told_not_to_scale_and_readers_what_language_it_is(fonts: PaperFonts) -> None:
    pdf = drawn(SELF, fonts).pdf
    assert b"/PrintScaling /None" in pdf
    assert b"/Lang (ja-JP)" in pdf


def test_a_missing_character_refuses_the_sheet_and_names_the_item_only(fonts: PaperFonts) -> None:
    refused = draw_juminhyo(replace(SELF, persons=(HANAKO, replace(HANAKO, name="葛\U000e0100　花子"))), fonts)
    assert refused == GlyphMissing("persons[1].name", ("葛\U000e0100",))
    assert "葛" not in repr(refused)


def test_a_missing_character_in_the_settings_refuses_too(fonts: PaperFonts) -> None:
    issuer = replace(SELF.issuer, mayor_name="架空\ue000太郎")
    assert draw_juminhyo(replace(SELF, issuer=issuer), fonts) == GlyphMissing("issuer.mayor_name", ("\ue000",))


@pytest.mark.parametrize(
    ("sheet", "item"),
    [
        (replace(SELF, persons=(replace(HANAKO, name="寿" * 90),)), "persons[0].name"),
        (replace(SELF, persons=(replace(HANAKO, relation="縁" * 30),)), "persons[0].relation"),
        (replace(SELF, address="長" * 200), "address"),
        (replace(SELF, issue_number="9" * 120), "issue_number"),
    ],
)
def test_a_value_that_does_not_fit_in_two_small_lines_is_refused_not_cut(
    sheet: JuminhyoSheet, item: str, fonts: PaperFonts
) -> None:
    assert draw_juminhyo(sheet, fonts) == TooLong(item)


def test_a_wrapped_value_is_whole_and_breaks_between_words(fonts: PaperFonts) -> None:
    name = "VILLANUEVA DE LA CONCEPCION Y SAMPLE MARIA FERNANDA GUADALUPE"
    texts = drawn(replace(SELF, persons=(replace(MARIA, name=name),)), fonts).texts
    lines = [placed.text for placed in texts if placed.item == "persons[0].name"]
    assert len(lines) == 2
    assert "".join(lines) == name
    assert lines[0].endswith(" ")


def test_a_line_break_never_parts_a_character_from_its_selector(fonts: PaperFonts) -> None:
    name = "葛\U000e0102" * 30
    texts = drawn(replace(SELF, persons=(replace(HANAKO, name=name),)), fonts).texts
    lines = [placed.text for placed in texts if placed.item == "persons[0].name"]
    assert [line[0] for line in lines] == ["葛", "葛"]


def test_values_stay_inside_their_cells(fonts: PaperFonts) -> None:
    for sheet in SHEETS.values():
        for placed in drawn(sheet, fonts).texts:
            run = shape(placed.text, fonts)
            assert run
            assert placed.x_pt + width_em(run) * placed.size_pt <= 595.199 - 28
            assert placed.size_pt >= 5


def test_six_persons_take_two_pages_that_say_so(fonts: PaperFonts) -> None:
    document = drawn(SHEETS["household-of-six"], fonts)
    assert document.pages == 2
    text = pdfium_text(document.pdf)
    for wanted in ("（1／2）", "（2／2）"):
        assert text.count(wanted) == 1
    assert text.count(SELF.issue_number) == 2


def test_the_same_sheet_gives_the_same_bytes_even_from_a_fresh_font(fonts: PaperFonts) -> None:
    first, again, fresh = (drawn(SHEETS["household-of-six"], font).pdf for font in (fonts, fonts, load_fonts()))
    assert first == again == fresh


def test_threads_drawing_at_once_do_not_mix_their_sheets(fonts: PaperFonts) -> None:
    sheets = [*SHEETS.values()] * 8
    alone = [drawn(sheet, fonts).pdf for sheet in sheets]
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = list(pool.map(lambda sheet: drawn(sheet, fonts).pdf, sheets))
    assert together == alone


def test_two_sheets_never_share_a_file_identifier(fonts: PaperFonts) -> None:
    sheets = [SELF, replace(SELF, txn="other"), replace(SELF, persons=(replace(HANAKO, name="見本　花江"),))]
    identifiers = [pdf[pdf.rindex(b"/ID") :].split(b"]")[0] for pdf in (drawn(sheet, fonts).pdf for sheet in sheets)]
    assert len(set(identifiers)) == 3


def test_metadata_hold_the_transaction_and_nobody(fonts: PaperFonts) -> None:
    pdf = drawn(SELF, fonts).pdf
    info = pdf[pdf.index(b"/Title") :].split(b">>")[0]
    assert info == b"/Title <feff8a3c660e66f8> /DocumentId <feff%s> " % SELF.txn.encode("utf-16-be").hex().encode()
    assert b"Date" not in pdf
    assert b"Author" not in pdf


def test_red_seals_do_not_claim_to_be_black(fonts: PaperFonts) -> None:
    assert "この印は黒色です" in pdfium_text(drawn(SELF, fonts).pdf)
    assert "この印は黒色です" not in pdfium_text(drawn(SHEETS["everything-shown"], fonts).pdf)


SIZE_PX = 160


def _by_freetype(cluster: str) -> Image.Image:
    """Draw a cluster with FreeType and raqm, straight from the font file."""
    font = ImageFont.truetype(str(IPAMJ), SIZE_PX, layout_engine=ImageFont.Layout.RAQM)
    image = Image.new("L", (2 * SIZE_PX, 2 * SIZE_PX), 255)
    ImageDraw.Draw(image).text((SIZE_PX // 2, SIZE_PX * 1.4), cluster, font=font, fill=0, anchor="ls")
    return _ink(image)


def _from_sheet(cluster: str, fonts: PaperFonts) -> Image.Image:
    """Cut the first character of the name out of the drawn sheet at the same size."""
    document = drawn(replace(SELF, persons=(replace(HANAKO, name=cluster),)), fonts)
    placed = next(part for part in document.texts if part.item == "persons[0].name")
    scale = SIZE_PX / placed.size_pt
    page = picture(document.pdf, round(72 * scale))
    scale = page.width / 595.199
    x, baseline = placed.x_pt * scale, page.height - placed.y_pt * scale
    return _ink(
        page.crop(
            (round(x) - 2, round(baseline - 0.9 * SIZE_PX), round(x + SIZE_PX) + 2, round(baseline + 0.14 * SIZE_PX))
        )
    )


def _ink(image: Image.Image) -> Image.Image:
    box = image.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert box
    return image.crop(box).resize((96, 96))


def _distance(one: Image.Image, other: Image.Image) -> float:
    histogram = ImageChops.difference(one, other).histogram()
    return sum(grey * count for grey, count in enumerate(histogram)) / (96 * 96 * 255)


@pytest.mark.parametrize(
    ("cluster", "sibling"),
    [("葛\U000e0102", "葛\U000e0103"), ("葛\U000e0103", "葛\U000e0102"), ("辻\U000e0102", "辻\U000e0103"),
     ("\ufa10", "\u585a"), ("\ufa19", "\u795e"), ("\u585a", "\ufa10"), ("𠮷", "吉")],
)  # fmt: skip
def test_the_ink_is_that_of_the_sequence_as_another_engine_draws_it(
    cluster: str, sibling: str, fonts: PaperFonts
) -> None:
    ours, right, wrong = _from_sheet(cluster, fonts), _by_freetype(cluster), _by_freetype(sibling)
    assert _distance(ours, right) < 0.035
    assert _distance(ours, wrong) > 2 * _distance(ours, right)


def test_the_embedded_fonts_hold_only_what_is_shown(fonts: PaperFonts) -> None:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # no stubs

    pdf = drawn(SELF, fonts).pdf
    start = pdf.index(b"/Length1")
    while start > 0:
        length = int(pdf[start + 9 :].split()[0])
        at = pdf.index(b"stream\n", start) + 7
        with TTFont(io.BytesIO(pdf[at : at + length])) as font:
            assert font["maxp"].numGlyphs < 150
        start = pdf.find(b"/Length1", at + length)


def test_a_drawn_document_says_what_it_drew(fonts: PaperFonts) -> None:
    document = draw_juminhyo(SELF, fonts)
    assert isinstance(document, DrawnDocument)
    assert {"address", "head_name", "issued_on", "persons[0].name"} <= {placed.item for placed in document.texts}
