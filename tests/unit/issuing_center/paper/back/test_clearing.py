"""The words of the ground make way for what a sheet has of its own, and stay whole enough to be read elsewhere."""

import cv2
import numpy as np
import pytest

from issuing_center.backs.layout import GROUND_DOTS
from issuing_center.backs.screens import COARSE, PLAIN, Screens
from issuing_center.paper import DrawnDocument, draw
from issuing_center.paper.back.clearing import BLOCK_DOTS, Blocks, Box, boxes_of, cleared, rectangles
from issuing_center.paper.back.drawing import Security, two_sided
from issuing_center.paper.back.pattern import front_words
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import DOT_PT, PAGE_PT
from tests.golden.forms import EVERY
from tests.scanning.pages import Picture, dots
from tests.unit.issuing_center.backs.test_keys import NEW


def drawn(name: str, fonts: PaperFonts) -> DrawnDocument:
    document = draw(EVERY[name], fonts)
    assert isinstance(document, DrawnDocument)
    return document


def ground(document: DrawnDocument, screens: Screens, fonts: PaperFonts) -> Picture:
    """Give the dots of the ground on the first front: 0 is toner, where nothing else is printed nor at its edges."""
    both = two_sided(document, "TEST-0001", Security(NEW, screens=screens), fonts)
    paper = cv2.erode(dots(document.pdf, 0, screens.dpi), np.ones((5, 5), np.uint8)) == 255
    return np.where((dots(both.pdf, 0, screens.dpi) == 0) & paper, 0, 255).astype(np.uint8)


def largest_dot(picture: Picture, box: Box) -> int:
    """Give how many dots of 600 dpi hang together at most, in a box."""
    left, bottom, right, top = (round(edge / DOT_PT) for edge in box)
    height = round(PAGE_PT[1] / DOT_PT)
    here = (picture[height - top : height - bottom, left:right] == 0).astype(np.uint8)
    areas = cv2.connectedComponentsWithStats(here, connectivity=8)[2][1:, cv2.CC_STAT_AREA]
    return int(areas.max(initial=0))


@pytest.mark.parametrize(
    ("name", "screens"),
    [
        pytest.param("inkan/self", PLAIN, id="imprint-600"),
        pytest.param("juminhyo/household-of-four", COARSE, id="household-300"),
        pytest.param("inkan/self", COARSE, id="imprint-300", marks=pytest.mark.heavy),
        pytest.param("juminhyo/household-of-four", PLAIN, id="household-600", marks=pytest.mark.heavy),
    ],
)
def test_no_ring_lies_on_a_value_or_a_registered_imprint(name: str, screens: Screens, fonts: PaperFonts) -> None:
    document = drawn(name, fonts)
    picture = ground(document, screens, fonts)
    small = (screens.paper.side * 600 // screens.dpi) ** 2
    boxes = boxes_of(document, 0)
    assert len(boxes) > 4
    assert max(largest_dot(picture, box) for box in boxes) <= small
    # Elsewhere there are rings, and would be here.
    assert largest_dot(picture, (60, 60, 500, 780)) > 3 * small
    left, top, width, height = GROUND_DOTS
    assert (picture[top + height - 16 : top + height] == 0).any()
    assert (picture[:, left + width - 6 : left + width] == 0).any()


@pytest.mark.parametrize("name", ["juminhyo/self", "kazei/taxed", "risai/household", "inkan/self"])
def test_a_copy_still_says_what_it_is(name: str, fonts: PaperFonts) -> None:
    words = front_words(fonts)
    gone = cleared(words, boxes_of(drawn(name, fonts), 0))
    assert gone.sum() / words.sum() < 0.2


@pytest.mark.parametrize("name", sorted(EVERY))
def test_what_is_left_of_words_hangs_together(name: str, fonts: PaperFonts) -> None:
    words = front_words(fonts)
    left = words & ~cleared(words, boxes_of(drawn(name, fonts), 0))
    areas = cv2.connectedComponentsWithStats(left)[2][1:, cv2.CC_STAT_AREA]
    assert areas.min() >= 12


def test_nothing_is_cleared_where_nothing_stands(fonts: PaperFonts) -> None:
    assert not cleared(front_words(fonts), []).any()


def test_what_reaches_beyond_the_ground_clears_what_it_covers_of_it(fonts: PaperFonts) -> None:
    words = front_words(fonts)
    assert np.array_equal(cleared(words, [(-100, -100, 700, 1000)]), words)


def test_a_box_clears_the_blocks_it_touches_and_no_others() -> None:
    left, top, _, _ = GROUND_DOTS
    across, down = BLOCK_DOTS
    everything = np.ones((20, 40), np.uint8)
    # From the fourth to the sixth block across and in the third row, with what is kept clear around.
    box = ((left + 3.9 * across), PAGE_PT[1] / DOT_PT - (top + 2.8 * down), 0, 0)
    x0, y0 = box[0] * DOT_PT, box[1] * DOT_PT
    found = cleared(everything, [(x0, y0, x0 + across * DOT_PT, y0 + 0.4 * down * DOT_PT)])
    rows, columns = np.nonzero(found)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (2, 2, 3, 5)


@pytest.mark.parametrize("seed", range(5))
def test_rectangles_cover_the_blocks_once_and_nothing_else(seed: int) -> None:
    blocks: Blocks = (np.random.default_rng(seed).random((30, 50)) < 0.2 * seed).astype(np.uint8)
    painted = np.zeros_like(blocks)
    for line in rectangles(blocks).splitlines():
        x, y, width, height = (int(number) for number in line.split()[:4])
        painted[y : y + height, x : x + width] += 1
    assert np.array_equal(painted, blocks)
