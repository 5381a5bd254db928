"""The image cipher: what goes in comes out, errors stay single, and the grid is even noise."""

import hashlib

import numpy as np
import pytest

from issuing_center.backs.keys import page_key
from issuing_center.backs.layout import Geometry, Setting, geometry_of, pilots, sources
from issuing_center.backs.scramble import Bits, expected_grid, scramble, unscramble
from tests.unit.issuing_center.backs.test_keys import NEW

KEY = page_key(NEW, "A-1", 1)


def picture_of(geometry: Geometry) -> Bits:
    return (np.random.default_rng(1).random(geometry.picture_px[::-1]) < 0.07).astype(np.uint8)


def cells(packed: bytes, geometry: Geometry) -> Bits:
    rows = np.frombuffer(packed, np.uint8).reshape(geometry.rows, -1)
    return np.unpackbits(rows, axis=1)[:, : geometry.columns]


def decoded(grid: Bits, setting: Setting) -> Bits:
    inverted = (grid ^ expected_grid(KEY, setting)).astype(np.float32) * 2 - 1
    return (unscramble(inverted, KEY, setting) > 0).astype(np.uint8)


@pytest.mark.parametrize("setting", Setting)
def test_a_scrambled_picture_comes_back(setting: Setting) -> None:
    geometry = geometry_of(setting)
    picture = picture_of(geometry)
    assert np.array_equal(decoded(cells(scramble(picture, KEY, setting), geometry), setting), picture)


def test_one_wrong_cell_is_one_wrong_pixel() -> None:
    geometry = geometry_of(Setting.STANDARD)
    picture = picture_of(geometry)
    grid = cells(scramble(picture, KEY, Setting.STANDARD), geometry)
    spot = (slice(700, 730), slice(500, 530))
    carrying = sources(Setting.STANDARD).reshape(grid.shape)[spot] < picture.size
    grid[spot] ^= 1
    wrong = np.argwhere(decoded(grid, Setting.STANDARD) != picture)
    assert len(wrong) == carrying.sum()
    # A stain of 5 mm is spread over the whole front.
    assert np.ptp(wrong[:, 0]) > 1400
    assert np.ptp(wrong[:, 1]) > 1000


def test_the_grid_is_even_noise_whatever_the_front_shows() -> None:
    geometry = geometry_of(Setting.STANDARD)
    for share in (0.0, 1.0):
        picture = np.full(geometry.picture_px[::-1], share, np.uint8)
        grid = cells(scramble(picture, KEY, Setting.STANDARD), geometry)
        blocks = grid[40:-40, 40:-40][:1440, :1000].reshape(45, 32, 25, 40).mean(axis=(1, 3))
        assert abs(blocks - 0.5).max() < 0.1


def test_another_document_s_key_gives_noise() -> None:
    geometry = geometry_of(Setting.STANDARD)
    grid = cells(scramble(picture_of(geometry), page_key(NEW, "A-2", 1), Setting.STANDARD), geometry)
    assert 0.49 < decoded(grid, Setting.STANDARD).mean() < 0.51


def test_lattice_and_marks_are_the_same_on_every_back() -> None:
    geometry = geometry_of(Setting.STANDARD)
    known = pilots(Setting.STANDARD)
    for document in ("A-1", "A-2"):
        grid = cells(scramble(picture_of(geometry), page_key(NEW, document, 1), Setting.STANDARD), geometry)
        assert np.array_equal(grid[known < 2], known[known < 2])


@pytest.mark.parametrize("setting", Setting)
def test_every_pixel_has_exactly_one_cell(setting: Setting) -> None:
    width, height = geometry_of(setting).picture_px
    carried = sources(setting)
    assert np.array_equal(np.sort(carried[carried < width * height]), np.arange(width * height))


@pytest.mark.parametrize(
    ("setting", "digest"), [(Setting.STANDARD, "2ffcb8c8d8312fa9"), (Setting.FINE, "c919ccd122b413a2")]
)
def test_pixels_keep_their_cells_for_ever(setting: Setting, digest: str) -> None:
    # Sheets that are printed are read by this years from now.
    assert hashlib.sha256(sources(setting).tobytes()).hexdigest().startswith(digest)


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size"):
        scramble(np.zeros((10, 10), np.uint8), KEY, Setting.STANDARD)
