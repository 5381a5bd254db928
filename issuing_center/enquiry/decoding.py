"""From a found back to the picture of the front it carries."""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from issuing_center.backs.keys import PageKey
from issuing_center.backs.scramble import expected_grid, unscramble
from issuing_center.enquiry.alignment import (
    FINE,
    ROUGH,
    Bend,
    Samples,
    added,
    coarse_bend,
    fine_bend,
    level,
    reduced,
    sample,
)
from issuing_center.enquiry.find import FoundBack, Grey, Map

_PATCH: Final = 6
"""Side of the neighbourhood, in samples, that decides a cell: the cell and one on each side."""
_AROUND: Final = 12
"""Side of what says what is light and dark around a cell, in cells."""
_ROUNDS: Final = 4
"""Measurements of the bend, at most, until tiles are seen everywhere."""
_COMPLETE: Final = 0.9
_LESSONS: Final = 60_000
"""Cells the equaliser learns from."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a back carries."""

    soft: Samples = field(repr=False)
    """The picture of the front, (rows, columns), as log-odds of ink."""
    agreement: float
    """Share of cells that are as they would be on an empty front: about a half with another key, or with nothing there."""
    worn: float
    """Share of cells that only their neighbours put right, or that stand alone as ink: next to nothing in a good scan."""


def decode(scan: Grey, found: FoundBack, key: PageKey) -> Decoded:
    """Read the cells of a back that was found and whose key is known."""
    setting = found.header.setting
    expected = 1 - 2 * expected_grid(key, setting).astype(np.float32)  # +1 white, -1 ink
    seen = reduced(scan, found.to_scan, found.cell_px)
    levelled = _levelled(*seen, expected, _bend_of(scan, seen, found, expected))
    values = _equalised(levelled, expected)
    agreement = float(np.mean(values * expected > 0))
    height = float(np.median(np.abs(values)))
    noise = float(np.mean((np.abs(values) - height) ** 2)) + 1e-4
    soft = np.clip(-values * expected * (2 * height / noise), -20, 20)
    alone = unscramble(soft, key, setting)
    picture = _with_neighbours(alone)
    ink = (picture > 0).astype(np.float32)
    lone = (ink > 0) & (cv2.blur(ink, (3, 3)) < 1.5 / 9)
    return Decoded(picture, agreement, float(np.mean(((alone > 0) != (picture > 0)) | lone)))


def _bend_of(scan: Grey, seen: tuple[Grey, Map], found: FoundBack, expected: Samples) -> Bend:
    """Measure how a back is bent: roughly on its scan, then on what is `seen` of it where samples are taken."""
    small, to_small = reduced(scan, found.to_scan, found.cell_px, ROUGH)
    bend: Bend | None = None
    for _ in range(_ROUNDS):
        # A map that is far off in one corner shows the other tiles first; through them it reaches the rest.
        rest, share = coarse_bend(_levelled(small, to_small, expected, bend, ROUGH), expected, 64, 12, 6.0)
        bend = rest if bend is None else added(bend, rest)
        if share >= _COMPLETE:
            break
    assert bend is not None
    bend = added(bend, fine_bend(_levelled(small, to_small, expected, bend, ROUGH), expected, 32, 2, ROUGH))
    known = expected.repeat(FINE, 0).repeat(FINE, 1)
    return added(bend, fine_bend(_levelled(*seen, expected, bend), known, 32, 1))


def _levelled(scan: Grey, to_scan: Map, cells: Samples, bend: Bend | None, fine: int = FINE) -> Samples:
    """Take samples where some cells lie, light and contrast taken out."""
    return level(sample(scan, to_scan, (cells.shape[0], cells.shape[1]), bend, fine), _AROUND * fine)


def _with_neighbours(soft: Samples) -> Samples:
    """Ask the neighbours: ink alone on paper is a speck, a gap in a stroke is ink. They move what is unsure, no more."""
    ink = 1 / (1 + np.exp(-soft))
    around = (cv2.blur(ink, (3, 3)) * 9 - ink) / 8
    return soft + np.clip(12 * around - 4.5, -4.5, 2.5)


def _equalised(samples: Samples, expected: Samples) -> Samples:
    """Undo blur and toner that runs together: the linear filter around each cell that best gives what is known.

    Nearly all cells are known (the front is mostly paper); the others are wrong lessons, few enough to do no harm.
    """
    half = _PATCH // 2
    rows, columns = expected.shape
    padded = cv2.copyMakeBorder(samples, half, half, half, half, cv2.BORDER_REPLICATE)
    random = np.random.default_rng(1)
    r, c = random.integers(0, rows, _LESSONS), random.integers(0, columns, _LESSONS)
    y, x = r * FINE + half - (half - FINE // 2), c * FINE + half - (half - FINE // 2)
    offsets = np.arange(_PATCH)
    patches = padded[y[:, None, None] + offsets[:, None], x[:, None, None] + offsets].reshape(_LESSONS, -1)
    lessons = np.column_stack((patches, np.ones(_LESSONS, np.float32))).astype(np.float64)
    target = expected[r, c].astype(np.float64)
    gram = lessons.T @ lessons + np.eye(lessons.shape[1]) * 1e-3 * _LESSONS
    weights = np.linalg.solve(gram, lessons.T @ target).astype(np.float32)
    kernel = weights[:-1].reshape(_PATCH, _PATCH)
    # The anchor makes the patch begin two samples before the cell's first.
    full = cv2.filter2D(
        samples, cv2.CV_32F, kernel, anchor=(half - FINE // 2, half - FINE // 2), borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(full[::FINE, ::FINE][:rows, :columns] + weights[-1], np.float32)
