"""A decoded front is drawn so that it can be read, by people and by tesseract, and how well is counted honestly."""

import cv2
import numpy as np
import pytest

from issuing_center.backs.layout import STANDARD
from issuing_center.enquiry.decoding import Decoded
from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.readable import readable
from tests.scanning.reading import Line, accuracy, clean_front, compared_reading, lines_of, read_lines
from tests.unit.issuing_center.enquiry.conftest import Scanned

LEFT, TOP = STANDARD.crop_px


def drawn(*ink: tuple[slice | int, slice | int, float]) -> Grey:
    """Draw a front that carries ink of some log-odds in some places, else sure paper; give how dark carried pixels came out."""
    soft = np.full(STANDARD.picture_px[::-1], -20, np.float32)
    for rows, columns, odds in ink:
        soft[rows, columns] = odds
    picture = readable(Decoded(soft, 1.0, 0.0), STANDARD)
    assert picture.shape == (STANDARD.page_px[1] * 2, STANDARD.page_px[0] * 2)
    carried = picture[2 * TOP :, 2 * LEFT :][: 2 * soft.shape[0], : 2 * soft.shape[1]]
    return 255 - np.asarray(cv2.resize(carried, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def test_the_labels_of_a_carried_front_are_read_nearly_as_well_as_clean_ones(scans: Scanned) -> None:
    carried = readable(Decoded(np.where(scans.truth, 20, -20).astype(np.float32), 1.0, 0.0), STANDARD)
    lines = [line for line in lines_of(scans.drawn.pdf, 0) if len(line.text) > 2][:14]
    clean = accuracy(lines, read_lines(clean_front(scans.drawn.pdf, 0, carried), lines))
    assert clean > 0.9
    assert accuracy(lines, read_lines(carried, lines)) >= 0.95 * clean


@pytest.mark.heavy
def test_a_decoded_front_is_read_nearly_as_well_as_the_clean_one(scans: Scanned) -> None:
    [page] = scans.untouched.pages
    reading = compared_reading(readable(page.decoded, page.geometry), scans.drawn.pdf, 0)
    assert reading["decoded_lines"] >= 0.95 * reading["clean_lines"]
    # On a single page it is chance whether a cell or two are seen as text.
    assert reading["decoded"] >= 0.9 * reading["clean"]


def test_ink_is_drawn_where_it_was_carried() -> None:
    dark = drawn((slice(100, 105), slice(200, 205), 20))
    assert np.argwhere(dark > 100).tolist() == [[row, column] for row in range(100, 105) for column in range(200, 205)]


def test_an_unsure_speck_is_taken_out_and_a_sure_dot_is_not() -> None:
    dark = drawn((100, 200, 5), (300, slice(400, 402), 4), (310, 410, -0.5), (500, 600, 15), (700, slice(800, 802), 15))
    assert dark[80:320, 180:420].max() == 0
    assert min(dark[500, 600], dark[700, 800], dark[700, 801]) > 60


def test_an_unsure_gap_in_a_rule_is_closed_and_a_sure_one_is_not() -> None:
    rules = ((100, slice(200, 240), 20), (slice(300, 340), 200, 20))
    dark = drawn(*rules, (100, 220, -3), (320, 200, -3), (100, 230, -15))
    assert dark[100, 220] == dark[100, 210]
    assert dark[320, 200] == dark[310, 200]
    assert dark[100, 230] < dark[100, 210] - 60


def test_a_thin_stroke_stays_paler_than_a_thick_one_and_keeps_its_white_from_the_next() -> None:
    dark = drawn((slice(100, 103, 2), slice(200, 240), 20), (slice(200, 203), slice(200, 240), 20))
    assert 110 < dark[100, 220] < 220 < dark[201, 220]
    assert dark[101, 220] < dark[100, 220] - 40


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (["汐見野市", "１２３", ""], 1.0),
        (["汐目野市", "123", ""], 6 / 7),
        (["汐見野市", "", ""], 4 / 7),
        (["汐見野市", "123", "印影"], 5 / 7),
        (["汐見野市123", "", ""], 1 / 7),
    ],
    ids=["wide digits", "replaced", "missing", "read where nothing stands", "in another place"],
)
def test_what_is_read_wrongly_counts(read: list[str], expected: float) -> None:
    lines = [Line("汐見野市", 0, 0, 1, 0.1), Line("123", 0, 0.2, 1, 0.3)]
    assert accuracy(lines, read) == pytest.approx(expected)
