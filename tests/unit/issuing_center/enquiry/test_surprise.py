"""A page teaches how well its own places are seen, and what was changed on it stands out all the same."""

import numpy as np
import pytest

from issuing_center.enquiry.alignment import Samples
from issuing_center.enquiry.prediction import Ink
from issuing_center.enquiry.surprise import Disagreement, disagreement, doubt_of, surprise

SIDE = 16
"""Pixels from one made-up character to the next."""


@pytest.fixture
def ink() -> Ink:
    """Characters in rows: simple ones on the left half of the page, dense ones on the right."""
    random = np.random.default_rng(3)
    page = np.zeros((480, 640), bool)
    for top in range(0, 480, SIDE):
        for left in range(0, 640, SIDE):
            dense = left >= 320
            for at in random.choice(np.arange(1, 12, 2), 6 if dense else 2, replace=False):
                page[top + 1 : top + 12, left + at] = True
    return page


def scanned(ink: Ink, wrong: float, seed: int = 1) -> tuple[Samples, Samples]:
    """What a scan says, and what is carried: dense characters are wrong in a share of their places, a little so."""
    random = np.random.default_rng(seed)
    carried = np.where(ink, np.float32(6), np.float32(-6))
    said = carried * 0.5 + random.normal(0, 1, ink.shape).astype(np.float32)
    lost = random.random((ink.shape[0] // 4, ink.shape[1] // 4)).repeat(4, 0).repeat(4, 1) < wrong
    lost[:, : ink.shape[1] // 2] = False
    return np.where(lost, -0.4 * said, said).astype(np.float32), carried


def seen(ink: Ink, wrong: float) -> Disagreement:
    said, carried = scanned(ink, wrong)
    return disagreement(said, carried, np.ones(ink.shape, np.float32))


NO_RINGS = np.zeros((480, 640), np.float32)


def test_a_page_that_is_seen_as_its_pixels_say_has_no_doubt(ink: Ink) -> None:
    assert doubt_of(seen(ink, 0), ink, NO_RINGS).max() < 2


def test_dense_characters_that_are_seen_badly_all_over_a_page_are_doubted_and_no_others(ink: Ink) -> None:
    page = seen(ink, 0.1)
    doubt = doubt_of(page, ink, NO_RINGS)
    assert np.median(doubt[:, 400:]) > 1.5
    assert np.median(doubt[:, :240]) < 1.3
    assert surprise(page, doubt).max() < surprise(page, np.ones_like(doubt)).max() - 1.2


def test_a_page_changed_all_over_teaches_nobody_to_look_away(ink: Ink) -> None:
    other = np.roll(ink, 5, axis=1)
    carried = np.where(ink, np.float32(6), np.float32(-6))
    page = disagreement(np.where(other, np.float32(3), np.float32(-3)), carried, np.ones(ink.shape, np.float32))
    assert surprise(page, doubt_of(page, ink, NO_RINGS)).max() > 20
