"""Where a known picture lies: bends of a fraction of a cell, and fronts with much and with little on them."""

import cv2
import numpy as np
import pytest

from issuing_center.backs.layout import STANDARD
from issuing_center.enquiry.alignment import (
    FINE,
    ROUGH,
    Samples,
    coarse_bend,
    contrast,
    fine_bend,
    level,
    sample,
)
from issuing_center.enquiry.find import Map, find_back
from issuing_center.enquiry.fronts import find_front
from issuing_center.enquiry.settling import settled
from tests.unit.issuing_center.enquiry.conftest import Scanned


def moved(known: Samples, across: float, down: float) -> Samples:
    """Move a picture by some samples."""
    matrix = np.array([[1, 0, across], [0, 1, down]], np.float32)
    return np.asarray(cv2.warpAffine(known, matrix, known.shape[::-1]), np.float32)


@pytest.mark.parametrize(
    # One sample a cell is never as sharp as the cells themselves: no scanner is.
    ("fine", "blur", "across", "down", "within"),
    [(FINE, 0.01, 0.7, -0.4, 0.1), (ROUGH, 0.6, 1.3, -0.8, 0.2)],
)
def test_a_bend_is_measured_to_less_than_a_sample(
    fine: int, blur: float, across: float, down: float, within: float
) -> None:
    cells = np.random.default_rng(1).choice(np.array([-1, 1], np.float32), (330, 270))
    known = np.asarray(cv2.GaussianBlur(cells.repeat(fine, 0).repeat(fine, 1), (0, 0), blur), np.float32)
    bend = fine_bend(moved(known, across, down), known, 32, 2, fine)
    assert bend.across.shape == bend.down.shape == (10, 8)
    # Tiles at the edges miss what moved out of the picture.
    assert np.median(bend.across) * fine == pytest.approx(across, abs=within)
    assert np.median(bend.down) * fine == pytest.approx(down, abs=within)


def test_a_bend_of_many_cells_is_measured_to_half_of_one() -> None:
    cells = np.random.default_rng(1).choice(np.array([-1, 1], np.float32), (330, 270))
    bend, share = coarse_bend(moved(cells, 9.4, -6.7), cells, 64, 12, 6.0)
    # Its edges aside, which moved out of the picture.
    assert np.abs(bend.across[1:-1, 1:-1] - 9.4).max() <= 0.5
    assert np.abs(bend.down[1:-1, 1:-1] + 6.7).max() <= 0.5
    assert share > 0.5


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


def apart(one: Map | None, other: Map | None, sides: tuple[int, int]) -> float:
    """Give how far two maps take the corners of a picture (width, height) from each other, at most."""
    assert one is not None
    assert other is not None
    width, height = sides
    places = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64).T
    (first, second) = (to @ places for to in (one, other))
    return float(np.abs(first[:2] / first[2] - second[:2] / second[2]).max())


def test_a_front_seen_askew_by_a_lens_is_found_as_the_trapezium_it_is(scans: Scanned) -> None:
    (height, width), picture = scans.front.shape, scans.truth.astype(np.float32)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    lens = cv2.getPerspectiveTransform(
        corners, corners * np.float32(0.97) + np.array([[60, 0], [-60, 40], [0, 0], [0, -20]], np.float32)
    )
    seen = np.asarray(cv2.warpPerspective(scans.front, lens, (width, height), borderValue=(255,)), np.uint8)
    straight = find_front(scans.front, picture)
    assert straight is not None
    # Pixels of 200 dpi; what is left is measured as a bend.
    assert apart(find_front(seen, picture), lens @ straight, STANDARD.picture_px) < 6


@pytest.mark.parametrize(("across", "down"), [(1.0, 1.0), (1.04, 0.97), (0.97, 1.04)])
def test_a_back_scanned_longer_or_wider_than_it_is_is_found(scans: Scanned, across: float, down: float) -> None:
    seen = np.asarray(cv2.resize(scans.back, None, fx=across, fy=down, interpolation=cv2.INTER_CUBIC), np.uint8)
    found, straight = find_back(seen), find_back(scans.back)
    assert found is not None
    assert straight is not None
    stretched = np.diag([seen.shape[1] / scans.back.shape[1], seen.shape[0] / scans.back.shape[0], 1.0])
    assert apart(found.to_scan, stretched @ straight.to_scan, (STANDARD.columns, STANDARD.rows)) < 4


def test_beyond_the_scan_is_paper_and_its_last_pixels_are_not_drawn_on() -> None:
    scan = np.full((80, 60), 230, np.uint8)
    scan[::8, -4:] = 0
    seen = sample(scan, np.diag([1.0, 1.0, 1.0]), (80, 100))
    assert seen[:, 80 * FINE :].min() > 225
    assert seen[:, : 60 * FINE].min() < 30


NOISE: Samples = np.random.default_rng(4).normal(0, 4, (700, 400)).astype(np.float32)


def test_light_and_contrast_taken_out_by_bands_are_those_of_the_whole() -> None:
    mean = cv2.blur(10 * NOISE, (25, 25))
    spread = np.sqrt(np.maximum(cv2.blur((10 * NOISE) ** 2, (25, 25)) - mean**2, 4))
    assert np.allclose(level(10 * NOISE, 24), (10 * NOISE - mean) / spread, atol=1e-3)
    assert np.allclose(contrast(NOISE), NOISE - cv2.blur(NOISE, (33, 33)), atol=1e-3)


def test_samples_taken_by_bands_lie_where_the_map_says() -> None:
    y, x = np.mgrid[:700, :400].astype(np.float32)
    scan = (x / 4 + y / 8 + 20).astype(np.uint8)
    places = (np.arange(0.5, 300, 1) / FINE * 1.9, np.arange(0.5, 700, 1) / FINE * 1.9)
    seen = sample(scan, np.diag([1.9, 1.9, 1.0]), (350, 150))
    expected = (places[0][None, :] - 0.5) / 4 + (places[1][:, None] - 0.5) / 8 + 20
    # The scan is written in whole steps.
    assert np.abs(seen - expected)[4:-4, 4:-4].max() < 1.2


def test_a_part_of_a_front_is_settled_as_the_whole_is() -> None:
    ink = np.random.default_rng(5).random((350, 200)) < 0.2
    whole = settled(NOISE, NOISE, ink, np.ones_like(ink))
    # Bands begin elsewhere in a part; at its edges votes from outside are missing.
    part, inner = slice(88, 232), slice(136, 184)
    noise = NOISE[part.start * FINE : part.stop * FINE]
    alone = settled(noise, noise, ink[part], np.ones_like(ink[part]))
    first = (inner.start - part.start) * FINE
    assert np.allclose(whole[inner.start * FINE : inner.stop * FINE], alone[first : first + 48 * FINE], atol=1e-3)
    assert not np.allclose(whole, NOISE, atol=0.5)


def page_of_tiles() -> Samples:
    """Six by six tiles of 32 cells, twice as many samples: text above, one word alone in the fifth row, else blank."""
    page = np.zeros((6 * 64, 6 * 64), np.float32)
    cells = np.random.default_rng(3).choice(np.array([0, 1], np.float32), (64, 192))
    page[:128] = cells.repeat(FINE, 0).repeat(FINE, 1)
    page[270:302, 200:232] = page[20:52, 30:62]
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 1.2), np.float32)


def bend_below(page: Samples, across: float, down: float) -> tuple[float, float]:
    """Move what stands in the lower half, and give the bend of the tile of its word."""
    bent = page.copy()
    bent[192:] = moved(page[192:], across, down)
    known, seen = (each - cv2.blur(each, (33, 33)) for each in (page, bent))
    bend = fine_bend(np.asarray(seen, np.float32), np.asarray(known, np.float32), 32, 3)
    return float(bend.across[4, 3]) * FINE, float(bend.down[4, 3]) * FINE


def test_a_word_alone_on_a_blank_page_is_believed() -> None:
    assert bend_below(page_of_tiles(), 1.8, -1.6) == pytest.approx((1.8, -1.6), abs=0.4)


@pytest.mark.parametrize("seed", range(4))
def test_a_slanting_stroke_is_not_believed_about_what_lies_along_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    page = page_of_tiles()
    page[192:] = 0
    cv2.line(page, (-20, 404), (256, 128), (1.0,), 3, cv2.LINE_AA)
    seen = page + random.normal(0, 0.1, page.shape).astype(np.float32)
    known, seen = (np.asarray(each - cv2.blur(each, (33, 33)), np.float32) for each in (page, seen))
    bend = fine_bend(seen, known, 32, 3)
    assert max(np.abs(bend.across).max(), np.abs(bend.down).max()) * FINE < 0.3
