"""The finished two-sided document: exact dots, the front as it was, nothing too large."""

import io
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from issuing_center.backs.keys import page_key
from issuing_center.backs.layout import STANDARD, Setting
from issuing_center.backs.scramble import scramble
from issuing_center.backs.screens import PLAIN
from issuing_center.paper import DrawnDocument, JuminhyoSheet, PaperFonts, draw
from issuing_center.paper.back.drawing import Security, adjustment_pdf, two_sided
from issuing_center.paper.back.glyphs import _kept
from issuing_center.paper.back.picture import _form, carried_bits, one_bit, render_fronts
from issuing_center.paper.front_seal import with_front_seals
from tests.golden.forms import EVERY
from tests.scanning.pages import Picture, dots
from tests.support.signing import SEALER
from tests.unit.issuing_center.backs.test_keys import NEW
from tests.unit.issuing_center.backs.test_scramble import cells

ISSUE = "ABCD-EFGH-IJKL-MNOP"
NAMES = ("見本　花子", "見本　一郎", "渡邉　ヨシ子")


@pytest.fixture(scope="module")
def front(fonts: PaperFonts) -> DrawnDocument:
    drawn = draw(EVERY["juminhyo/household-of-six"], fonts)
    assert isinstance(drawn, DrawnDocument)
    return drawn


@pytest.fixture(scope="module")
def both(front: DrawnDocument, fonts: PaperFonts) -> DrawnDocument:
    return two_sided(front, ISSUE, Security(NEW), fonts)


def expected_dots(
    front: DrawnDocument, page: int, fonts: PaperFonts
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    picture = carried_bits(front, STANDARD, fonts)[page - 1]
    grid = cells(scramble(picture, page_key(NEW, ISSUE, page), Setting.STANDARD), STANDARD)
    return np.kron(grid, np.ones((4, 4), np.uint8)) > 0


def grid_of(sheet: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    height, width = STANDARD.rows * 4, STANDARD.columns * 4
    return sheet[STANDARD.top_dots : STANDARD.top_dots + height, STANDARD.left_dots : STANDARD.left_dots + width] < 128


def test_every_cell_is_four_whole_dots_in_pdfium(front: DrawnDocument, both: DrawnDocument, fonts: PaperFonts) -> None:
    assert np.array_equal(grid_of(dots(both.pdf, 3)), expected_dots(front, 2, fonts))


def test_every_cell_is_four_whole_dots_in_poppler(
    front: DrawnDocument, both: DrawnDocument, fonts: PaperFonts, tmp_path: Path
) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(both.pdf)
    command = ["pdftoppm", "-r", "600", "-f", "2", "-l", "2", "-gray", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    with Image.open(io.BytesIO(done.stdout)) as image:
        assert np.array_equal(grid_of(np.asarray(image)), expected_dots(front, 1, fonts))


def test_fronts_and_backs_take_turns(both: DrawnDocument) -> None:
    document = pypdfium2.PdfDocument(both.pdf)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert both.pages == len(texts) == 4
    assert [ISSUE in text for text in texts] == [False, True, False, True]
    assert "1／2" in texts[1]
    assert "2／2" in texts[3]


def test_text_and_ink_of_a_front_are_what_they_were(front: DrawnDocument, both: DrawnDocument) -> None:
    before, after = pypdfium2.PdfDocument(front.pdf), pypdfium2.PdfDocument(both.pdf)
    assert before[0].get_textpage().get_text_range() == after[0].get_textpage().get_text_range()
    inked = [document[0].render(scale=2, grayscale=True).to_numpy() < 60 for document in (before, after)]
    before.close()
    after.close()
    # The ground lies under the text: dark stays dark, and nowhere new.
    assert (inked[0] & ~inked[1]).sum() == 0
    assert inked[1].mean() - inked[0].mean() < 0.01


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_two_page_file_is_small_and_carries_the_front_as_it_is_seen(name: str, fonts: PaperFonts) -> None:
    drawn = draw(EVERY[name], fonts)
    assert isinstance(drawn, DrawnDocument)
    # Signed code and signature add some twelve thousand more.
    assert len(two_sided(drawn, ISSUE, Security(NEW), fonts).pdf) < 380_000 * drawn.pages
    coded = with_front_seals(drawn, EVERY[name], SEALER, EVERY[name].issued_on)
    for document in (drawn, coded):
        seen, carried = render_fronts(document.pdf, STANDARD), carried_bits(document, STANDARD, fonts)
        for whole, bits in zip(seen, carried, strict=True):
            # HarfBuzz and pdfium round outlines differently: a hundredth of the ink of the fullest page.
            assert (one_bit(whole) != bits).mean() < 6e-4


def test_shared_drawings_are_rendered_once(front: DrawnDocument, fonts: PaperFonts) -> None:
    carried_bits(front, STANDARD, fonts)
    before = _form.cache_info()
    again = carried_bits(front, STANDARD, fonts)
    after = _form.cache_info()
    assert (after.misses, after.hits - before.hits) == (before.misses, len(again))


def test_texts_that_are_not_as_recorded_are_carried_as_they_are_seen(front: DrawnDocument, fonts: PaperFonts) -> None:
    unknown = DrawnDocument(front.pdf, front.pages, (), front.parts)
    for whole, bits in zip(render_fronts(front.pdf, STANDARD), carried_bits(unknown, STANDARD, fonts), strict=True):
        # Where a value touches a line its ink is added, not laid over: a few pixels of a million.
        assert (one_bit(whole) != bits).sum() < 60


def test_no_back_carries_anything_of_a_document_drawn_before_or_beside_it(fonts: PaperFonts) -> None:
    # Of one form, so that all of them begin with the same kept pictures.
    sheet = EVERY["juminhyo/self"]
    assert isinstance(sheet, JuminhyoSheet)
    documents = [draw(replace(sheet, persons=(replace(sheet.persons[0], name=name),)), fonts) for name in NAMES]
    drawn = [each for each in documents if isinstance(each, DrawnDocument)]
    assert len(drawn) == len(NAMES)
    # As nobody was drawn before.
    alone = []
    for each in drawn:
        _form.cache_clear()
        _kept.cache_clear()
        alone.append(carried_bits(each, STANDARD, fonts)[0])
    assert all(not np.array_equal(one, other) for one, other in combinations(alone, 2))
    with ThreadPoolExecutor(4) as pool:
        turns = [number % len(drawn) for number in range(12)]
        for number, (bits,) in zip(
            turns, pool.map(lambda turn: carried_bits(drawn[turn], STANDARD, fonts), turns), strict=True
        ):
            assert np.array_equal(bits, alone[number])


def test_the_same_front_and_key_give_the_same_bytes(
    front: DrawnDocument, both: DrawnDocument, fonts: PaperFonts
) -> None:
    assert two_sided(front, ISSUE, Security(NEW), fonts).pdf == both.pdf


def test_qpdf_finds_nothing_wrong(both: DrawnDocument, tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(both.pdf)
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True, timeout=30)


def test_security_paper_keeps_its_fronts_without_ground(front: DrawnDocument, fonts: PaperFonts) -> None:
    plain = two_sided(front, ISSUE, Security(NEW, ground_on_front=False), fonts)
    assert plain.parts.pages[0] == front.parts.pages[0]


def test_only_a_colour_engine_hides_the_latent_picture(front: DrawnDocument, fonts: PaperFonts) -> None:
    sizes = {colour: len(two_sided(front, ISSUE, Security(NEW, colour=colour), fonts).pdf) for colour in (False, True)}
    assert sizes[True] > sizes[False]


def test_the_adjustment_sheet_is_one_page(fonts: PaperFonts) -> None:
    document = pypdfium2.PdfDocument(adjustment_pdf(PLAIN, fonts))
    assert len(document) == 1
    document.close()
