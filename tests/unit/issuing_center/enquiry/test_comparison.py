"""Changed characters stand out from everything else of a page, even where no printer and no scanner blurred anything."""

from functools import cache

import cv2
import numpy as np
import pytest

from issuing_center.backs.layout import STANDARD
from issuing_center.backs.screens import COARSE, PLAIN, Screens
from issuing_center.enquiry.comparison import DIFFERS, Comparison, Difference, compared, looked_at, signed_code
from issuing_center.enquiry.fronts import aligned_front, find_front
from issuing_center.enquiry.ground import without_words
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.back.drawing import Security, two_sided
from issuing_center.paper.back.picture import one_bit, render_fronts
from issuing_center.paper.front_seal import with_front_seals
from tests.golden.forms import EVERY
from tests.scanning.forgery import Box, forged
from tests.scanning.pages import Picture, dots
from tests.support.signing import SEALER
from tests.unit.issuing_center.backs.test_keys import NEW


@cache
def drawn(name: str) -> DrawnDocument:
    document = draw(EVERY[name], shared_fonts())
    assert isinstance(document, DrawnDocument)
    return document


def front(name: str, *, screens: Screens = PLAIN, ground: bool = True) -> Picture:
    security = Security(NEW, screens=screens, ground_on_front=ground)
    return dots(two_sided(drawn(name), "TEST-0001", security, shared_fonts()).pdf, 0, screens.dpi)


def found(name: str, sheet: Picture) -> list[Box]:
    """Compare a sheet of 600 dpi, seen crisply at 291, with what its back carries; gives what differs, as frames.

    Not at 300, because no scanner's pixels lie exactly on the dots of an engine of 300 dpi.
    """
    places = comparison_of(name, sheet).places
    (left, top), (width, height) = STANDARD.crop_px, STANDARD.page_px
    return [
        ((left + p.left) / width, (top + p.top) / height, (left + p.right) / width, (top + p.bottom) / height)
        for p in places
        if p.surprise >= DIFFERS
    ]


def comparison_of(name: str, sheet: Picture, blur: float = 0) -> Comparison:
    cv2.setNumThreads(1)
    carried = one_bit(render_fronts(drawn(name).pdf, STANDARD)[0]).astype(np.float32)
    seen = np.asarray(cv2.resize(sheet, None, fx=0.485, fy=0.485, interpolation=cv2.INTER_AREA), np.uint8)
    if blur:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), blur), np.uint8)
    at = find_front(seen, carried)
    assert at is not None
    return compared(aligned_front(seen, at, carried), (carried * 2 - 1) * 20, STANDARD)


def test_on_a_crisp_page_three_changed_characters_differ_and_nothing_else_does() -> None:
    name = "juminhyo/self"
    sheet, random = front(name), np.random.default_rng(5)
    changes = []
    for _ in range(3):
        changes.append(forged(sheet, drawn(name).pdf, 0, random, least_height_mm=2.0))
        sheet = changes[-1].dots
    frames = found(name, sheet)
    for change in changes:
        x, y = (change.box[0] + change.box[2]) / 2, (change.box[1] + change.box[3]) / 2
        assert any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in frames), change.new
    for left, top, right, bottom in frames:
        assert any(
            left < one.box[2] and one.box[0] < right and top < one.box[3] and one.box[1] < bottom for one in changes
        )


def test_how_clear_a_page_is_says_its_blur_and_not_how_much_of_it_was_changed() -> None:
    name = "juminhyo/self"
    sheet, random = front(name), np.random.default_rng(5)
    changed = sheet
    for _ in range(25):
        changed = forged(changed, drawn(name).pdf, 0, random, least_height_mm=2.0).dots
    clear, forgery, blurred = comparison_of(name, sheet), comparison_of(name, changed), comparison_of(name, sheet, 4)
    assert sum(place.surprise >= DIFFERS for place in forgery.places) > 10
    assert clear.unclear < 0.06
    assert forgery.unclear < clear.unclear + 0.02
    assert blurred.unclear > 0.12


def test_a_place_that_came_out_unsuspicious_vouches_for_no_other() -> None:
    # The first is large, and only off its place; the second, beside it, is changed; the third lies in the second's frame.
    peaks = [(100, 100), (107, 100), (108, 101)]
    seen = {peak: Difference(80, 80, 120, 120, DIFFERS if peak == peaks[1] else 5.0) for peak in peaks}
    assert looked_at(peaks, lambda row, column: seen[row, column]) == [seen[peaks[0]], seen[peaks[1]]]


def coded(name: str) -> DrawnDocument:
    return with_front_seals(drawn(name), EVERY[name], SEALER, EVERY[name].issued_on)


BY_DAY = {"juminhyo/self", "kazei/taxed"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in BY_DAY else [pytest.mark.heavy]) for name in sorted(EVERY)]
)
def test_a_signed_code_is_found_where_one_stands_and_nowhere_else(name: str) -> None:
    with_code, without = (one_bit(render_fronts(pdf, STANDARD)[0]) > 0 for pdf in (coded(name).pdf, drawn(name).pdf))
    found = np.zeros(with_code.shape, bool)
    found[signed_code(with_code, STANDARD)] = True
    assert (with_code != without)[~found].sum() == 0
    assert (with_code != without)[found].mean() > 0.3
    assert not without[signed_code(without, STANDARD)].size


@pytest.mark.heavy
@pytest.mark.parametrize("name", sorted(EVERY))
@pytest.mark.parametrize("ground", ["600 dpi", "300 dpi", "none"])
def test_no_untouched_crisp_page_differs(name: str, ground: str) -> None:
    screens = COARSE if ground == "300 dpi" else PLAIN
    assert found(name, front(name, screens=screens, ground=ground != "none")) == []


@pytest.mark.parametrize("screens", [PLAIN, COARSE], ids=["600 dpi", "300 dpi"])
def test_the_words_of_the_ground_are_taken_out_and_nothing_else_is(screens: Screens) -> None:
    # The sheet as it lies on its own picture: rendered at two samples a pixel, nothing to be found or bent.
    name = "juminhyo/self"
    ink = one_bit(render_fronts(drawn(name).pdf, STANDARD)[0]) > 0
    size = (STANDARD.page_px[0] * 2, STANDARD.page_px[1] * 2)
    (left, top), (width, height) = STANDARD.crop_px, STANDARD.picture_px
    inner = (slice(top * 2, (top + height) * 2), slice(left * 2, (left + width) * 2))
    grounded, plain = (
        (1 - cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)[inner] / np.float32(255)).astype(np.float32)
        for sheet in (front(name, screens=screens), dots(drawn(name).pdf, 0, screens.dpi))
    )
    without = without_words(grounded, ink, STANDARD)
    assert (without.open < 1).mean() > 0.02
    # Strokes stay where no ring hides them.
    strokes = (plain > 0.9) & (cv2.resize(without.open, plain.shape[::-1], interpolation=cv2.INTER_NEAREST) >= 1)
    assert np.abs(without.dark - plain)[strokes].mean() < 0.1
    # Where rings stood on open paper next to nothing is as dark as they were.
    under = (plain < 0.02) & (cv2.resize(without.open, plain.shape[::-1], interpolation=cv2.INTER_NEAREST) < 1)
    assert (grounded[under] > 0.7).mean() > 0.1
    assert (without.dark[under] > 0.7).mean() < 0.03
    nothing = without_words(plain, ink, STANDARD)
    assert np.array_equal(nothing.dark, plain)
    assert nothing.open.min() == 1
