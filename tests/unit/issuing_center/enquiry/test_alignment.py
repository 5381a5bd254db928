"""Where a known picture lies: bends of a fraction of a cell, and fronts with much and with little on them."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from issuing_center.enquiry.alignment import FINE, Bend, Samples, fine_bend, quick_bend, sample
from issuing_center.enquiry.fronts import find_front
from tests.unit.issuing_center.enquiry.conftest import Scanned


@pytest.mark.parametrize(
    ("measure", "across", "down", "within"), [(fine_bend, 0.7, -0.4, 0.1), (quick_bend, 2.5, -1.5, 0.4)]
)
def test_a_bend_is_measured_to_less_than_a_sample(
    measure: Callable[[Samples, Samples, int, int], Bend], across: float, down: float, within: float
) -> None:
    cells = np.random.default_rng(1).choice(np.array([-1, 1], np.float32), (330, 270))
    known = cells.repeat(FINE, 0).repeat(FINE, 1)
    moved = cv2.warpAffine(known, np.array([[1, 0, across], [0, 1, down]], np.float32), known.shape[::-1])
    bend = measure(np.asarray(moved, np.float32), known, 32, 2)
    assert bend.across.shape == bend.down.shape == (10, 8)
    # Tiles at the edges miss what moved out of the picture.
    assert np.median(bend.across) * FINE == pytest.approx(across, abs=within)
    assert np.median(bend.down) * FINE == pytest.approx(down, abs=within)


def test_a_front_with_little_on_it_is_found_where_the_whole_one_is(scans: Scanned) -> None:
    whole = scans.truth.astype(np.float32)
    little = whole.copy()
    # A heading: too few features for the first look.
    little[150:] = 0
    places = np.array([[200, 20, 1], [900, 140, 1]], np.float64).T
    maps = [find_front(scans.front, picture) for picture in (whole, little)]
    assert maps[0] is not None
    assert maps[1] is not None
    assert np.abs((maps[0] @ places - maps[1] @ places)[:2]).max() < 8


def test_beyond_the_scan_is_paper_and_its_last_pixels_are_not_drawn_on() -> None:
    scan = np.full((80, 60), 230, np.uint8)
    scan[::8, -4:] = 0
    seen = sample(scan, np.diag([1.0, 1.0, 1.0]), (80, 100))
    assert seen[:, 80 * FINE :].min() > 225
    assert seen[:, : 60 * FINE].min() < 30
