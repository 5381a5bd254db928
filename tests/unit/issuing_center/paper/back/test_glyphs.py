"""Values set from kept glyphs stand where pdfium puts them, and nothing of a person is kept."""

import numpy as np
import pytest
import uharfbuzz as hb  # type: ignore[import-untyped]  # the package ships neither stubs nor py.typed

from issuing_center.backs.layout import Geometry, Setting, geometry_of
from issuing_center.paper import PaperFonts
from issuing_center.paper.back.glyphs import (
    ABOVE_EM,
    BELOW_EM,
    BESIDE_EM,
    _evened,
    _kept,
    read_lines,
    set_lines,
)
from issuing_center.paper.back.picture import render_fronts
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.pdf import Page, Parts
from issuing_center.paper.text import shape

PLACED = (
    ("汐見野市浜見台一丁目２番３号　コーポ見本", 11.0, 129.12, 750.57),
    ("990019-2026-0004217", 8.5, 415.94, 774.63),
    ("渡邉󠄏　ヨシ子", 14.0, 129.12, 694.02),
    ("（1／1）", 9.0, 274.49, 30.06),
    ("鬱龍", 6.25, 301.37, 400.11),
)


def page_of(placed: tuple[tuple[str, float, float, float], ...], fonts: PaperFonts) -> tuple[bytes, bytes]:
    """Give a page with some texts as a file, and its text section."""
    font, operators = EmbeddedFont("Font", fonts), b""
    for text, size, x, y in placed:
        run = shape(text, fonts)
        assert run is not None
        operators += f"/F {size:g} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm <{font.show(run)}> Tj\n".encode()
    operators += b"ET"
    page = Page(b"BT\n" + operators, b"", {"F": "Font"}, {})
    return Parts(font.objects(), (page,), "", "").assembled(), operators


@pytest.mark.parametrize("setting", Setting)
def test_lines_stand_where_pdfium_puts_them(setting: Setting, fonts: PaperFonts) -> None:
    geometry = geometry_of(setting)
    pdf, operators = page_of(PLACED, fonts)
    (seen,) = render_fronts(pdf, geometry)
    lines = read_lines(operators, [text for text, *_ in PLACED], geometry, fonts)
    assert lines is not None
    ours = np.full_like(seen, 255)
    set_lines(ours, lines, geometry, fonts)
    off = abs(ours.astype(int) - seen)
    assert off.max() < 40
    assert off[seen < 255].mean() < 4
    inside = np.zeros(ours.shape, bool)
    for left, top, right, bottom in lines.boxes:
        inside[top:bottom, left:right] = True
    assert (ours[~inside] == 255).all()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"ET", b"1 g\nET"),
        (b"/F 11 Tf", b"/G 11 Tf"),
        (b"129.12", b"9.12"),
        (b" 30.06 ", b" 20.06 "),
        (b"> Tj", b"0001> Tj"),
    ],
)
def test_anything_but_recorded_lines_is_left_to_pdfium(old: bytes, new: bytes, fonts: PaperFonts) -> None:
    geometry, texts = geometry_of(Setting.STANDARD), [text for text, *_ in PLACED]
    _, operators = page_of(PLACED, fonts)
    assert read_lines(operators, texts, geometry, fonts) is not None
    assert read_lines(operators.replace(old, new), texts, geometry, fonts) is None
    assert read_lines(operators, texts[:-1], geometry, fonts) is None


def test_no_glyph_reaches_farther_than_is_allowed_for(fonts: PaperFonts) -> None:
    font, em = hb.Font(fonts.face), fonts.units_per_em
    for glyph in range(len(fonts.advances)):
        box = font.get_glyph_extents(glyph)
        if box is not None:
            assert -BESIDE_EM * em <= box.x_bearing
            assert box.x_bearing + box.width <= fonts.advances[glyph] * em / 1000 + BESIDE_EM * em
            assert box.y_bearing <= ABOVE_EM * em
            assert box.y_bearing + box.height >= -BELOW_EM * em


def test_a_gap_that_lost_too_much_is_given_back() -> None:
    # 10.5 to 30.4 are 19.9, but 11 to 30 only 19.
    assert _evened([0.0, 10.5, 30.4], [0, 11, 30]) == [0, 10, 30]
    assert _evened([10.5, 30.4], [11, 30]) == [11, 30]


def test_kept_glyphs_are_single_ones_and_not_ever_more(fonts: PaperFonts) -> None:
    geometry: Geometry = geometry_of(Setting.STANDARD)
    _, operators = page_of(PLACED[:1], fonts)
    lines = read_lines(operators, [PLACED[0][0]], geometry, fonts)
    assert lines is not None
    _kept.cache_clear()
    set_lines(np.full(geometry.picture_px[::-1], 255, np.uint8), lines, geometry, fonts)
    info = _kept.cache_info()
    assert info.maxsize is not None
    assert 10 < info.currsize <= len(PLACED[0][0])
