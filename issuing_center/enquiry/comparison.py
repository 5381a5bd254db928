"""Where a scanned front differs from the one its back carries.

How a carried pixel looks in this scan is learnt from the page itself, most of which agrees: printer, paper, scanner and
compression need not be known. What then remains is places where the scan says ink and the back says paper, or the reverse,
more often, more surely and closer together than edges and noise do.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.backs.layout import PAGE_DOTS, SEAL_DOTS, SEAL_MODULE_DOTS, SEAL_QUIET, Geometry
from issuing_center.enquiry.alignment import FINE, Samples
from issuing_center.enquiry.ground import without_words
from issuing_center.enquiry.prediction import ROUGH_PATCH, Ink, near_ink, predicted
from issuing_center.enquiry.settling import settled
from issuing_center.enquiry.surprise import disagreement, doubt_of, surprise

_NOTICED: Final = 6.0
"""Surprise at which a place is looked at again."""
DIFFERS: Final = 11.3
"""Surprise at which a place differs; between what untouched and altered sheets of the trial show."""
_EDGE: Final = 4.5
"""Surprise down to which a frame reaches."""
_LOOKED_AT: Final = 80
"""Places looked at again, at most; a page where more differ at first sight is another page."""
_AROUND: Final = 24
"""Pixels around such a place."""
_STEPS: Final = (-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)
_SHIFTS: Final = tuple(sorted(itertools.product(_STEPS, repeat=2), key=lambda shift: math.hypot(*shift)))
"""Samples a place may still be off, down and across, before it differs; the nearest first.

The worst untouched places of the trial lie a little more than half a sample off, and fit within a quarter of one only; the
more is allowed, the more of a changed digit can hide.
"""
_BESIDE: Final = np.ones((9, 9), np.uint8)
"""Around a pixel that stands out: those that made it do so."""
_RULE: Final = 40
"""Pixels a straight line is long that is a rule of the form: no stroke of a character is."""
_RULE_COUNTS: Final = 0.12
"""What a pixel beside a rule counts: a rule half a pixel off lies in another row, everywhere at once."""
_LEAST_CODE: Final = 15
"""Modules of a signed code's side, at least."""
_SOLID: Final = 0.9
"""Share of ink of a solid side, wrong cells taken off."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place that differs: a box in pixels of the carried picture, and how surprising it is."""

    left: int
    top: int
    right: int
    bottom: int
    surprise: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing a front."""

    places: list[Difference]
    """Places that may differ, the most surprising first; those of `DIFFERS` and more do."""
    unclear: float
    """How badly the front can be read where nothing stands out: what a pixel near ink leaves open, in nats. 0 is perfect,
    0.7 a guess."""


def compared(dark: Samples, carried_logit: Samples, geometry: Geometry) -> Comparison:
    """Compare a scanned front with what its back carries.

    `dark` is the scanned front at `FINE` samples a pixel, in place; `carried_logit` the picture, as log-odds of ink.
    """
    ink = carried_logit > 0
    front = without_words(dark, ink, geometry)
    judged = np.where(rules(ink), np.float32(_RULE_COUNTS), np.float32(1)) * front.open
    code = signed_code(ink, geometry)
    judged[code] = 0
    trusted = front.open >= 1
    trusted[code] = False
    logit = _predicted_in_place(front.dark, ink, trusted)
    seen = disagreement(logit[::FINE, ::FINE], carried_logit, judged)
    doubt = doubt_of(seen, ink, (front.open < 1).astype(np.float32))
    first = surprise(seen, doubt)
    peaks = _peaks(first)
    # What differs is no sign of a bad scan, however much of it there is.
    plain = cv2.dilate((first > _NOTICED).astype(np.uint8), _BESIDE) == 0
    unclear = _unclear(logit[::FINE, ::FINE], ink, trusted & plain)
    if sum(first[peak] >= DIFFERS for peak in peaks) >= _LOOKED_AT:
        return Comparison(_all_places(first), unclear)
    places = looked_at(peaks, partial(_looked_at_again, logit, carried_logit, judged, doubt))
    return Comparison(sorted(places, key=lambda item: -item.surprise), unclear)


def looked_at(peaks: list[tuple[int, int]], look: Callable[[int, int], Difference | None]) -> list[Difference]:
    """Look at peaks (row, column) one after the other; gives what was seen there.

    Those in the frame of a place that differs are left out. One that came out unsuspicious vouches for no other.
    """
    found: list[Difference] = []
    for row, column in peaks:
        framed = any(
            item.surprise >= DIFFERS and item.left <= column < item.right and item.top <= row < item.bottom
            for item in found
        )
        if not framed and (again := look(row, column)) is not None:
            found.append(again)
    return found


def _unclear(logit: Samples, ink: Ink, asked: Ink) -> float:
    right = np.where(ink, logit, -logit)[near_ink(ink) & asked]
    return float(np.mean(np.log1p(np.exp(-np.clip(right, -30, 30))))) if right.size else 0.0


def _predicted_in_place(dark: Samples, ink: Ink, trusted: Ink) -> Samples:
    """Predict the ink of a front twice: roughly, by which its characters are laid on theirs, and then."""
    return predicted(settled(dark, predicted(dark, ink, trusted, ROUGH_PATCH), ink, trusted), ink, trusted)


def _all_places(values: Samples) -> list[Difference]:
    """Give all places of a page that differs everywhere, as they are: another look would change nothing."""
    count, _, boxes, _ = cv2.connectedComponentsWithStats((values > _EDGE).astype(np.uint8))
    found: list[Difference] = []
    for left, top, width, height in boxes[1:count, :4].tolist():
        most = float(values[top : top + height, left : left + width].max())
        if most >= DIFFERS:
            found.append(Difference(left, top, left + width, top + height, most))
    return sorted(found, key=lambda item: -item.surprise)


def rules(ink: Ink) -> Ink:
    """Give the rules of a form, and what is beside them."""
    whole = ink.astype(np.uint8)
    found = np.zeros(ink.shape, bool)
    for along, beside in (((1, _RULE), (5, 1)), ((_RULE, 1), (1, 5))):
        lines = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones(along, np.uint8))
        found |= cv2.dilate(lines, np.ones(beside, np.uint8)) > 0
    return found


def signed_code(ink: Ink, geometry: Geometry) -> tuple[slice, slice]:
    """Give where a front has its signed code, by the two solid sides of a Data Matrix; an empty place if it has none.

    It is not compared: its modules are as fine as carried pixels, and whether it is right its own signature says.
    """
    scale = geometry.page_px[0] / PAGE_DOTS[0]
    side = SEAL_MODULE_DOTS * scale
    left, top = (
        round((corner + SEAL_QUIET * SEAL_MODULE_DOTS) * scale) - crop
        for corner, crop in zip(SEAL_DOTS, geometry.crop_px, strict=True)
    )
    # A wrong cell does not end a side: it is looked at in two of its columns.
    upright = ink[top:, left + round(0.2 * side)] | ink[top:, left + round(0.6 * side)]
    length = int(np.argmin(np.append(upright, False)))
    level = ink[top + length - 2 : top + length - 1, left : left + length]
    if length < _LEAST_CODE * side or float(level.mean()) < _SOLID:
        return slice(0), slice(0)
    # A little of the white around it, too: an edge may fall beside its pixel.
    return slice(top - 2, top + length + 2), slice(left - 2, left + length + 2)


def _peaks(values: Samples) -> list[tuple[int, int]]:
    """Give the highest points of places worth another look, the highest first."""
    top = (values >= cv2.dilate(values, np.ones((11, 11), np.uint8))) & (values > _NOTICED)
    places = np.argwhere(top)
    order = np.argsort(-values[top], kind="stable")[:_LOOKED_AT]
    return [(int(row), int(column)) for row, column in places[order]]


def _looked_at_again(
    logit: Samples, carried_logit: Samples, weights: Samples, doubt: Samples, row: int, column: int
) -> Difference | None:
    """Allow a place a small shift of its own: what then still differs is no fault of registration."""
    rows, columns = carried_logit.shape
    top, left = max(0, row - _AROUND), max(0, column - _AROUND)
    bottom, right = min(rows, row + _AROUND), min(columns, column + _AROUND)
    here = (slice(top, bottom), slice(left, right))
    window = (slice(max(0, row - top - 5), row - top + 6), slice(max(0, column - left - 5), column - left + 6))
    seen = logit[top * FINE : bottom * FINE, left * FINE : right * FINE]
    best, most = np.zeros(0, np.float32), math.inf
    for down, across in _SHIFTS:
        value = surprise(disagreement(_moved(seen, down, across), carried_logit[here], weights[here]), doubt[here])
        if (here_most := float(value[window].max())) < most:
            best, most = value, here_most
        if most < _NOTICED:
            break
    if most < _EDGE:
        return None
    _, labels = cv2.connectedComponents((best > _EDGE).astype(np.uint8))
    peak = np.unravel_index(np.argmax(np.where(_only(best.shape, window), best, -np.inf)), best.shape)
    where = np.argwhere(labels == labels[peak])
    (y0, x0), (y1, x1) = where.min(axis=0), where.max(axis=0) + 1
    return Difference(left + int(x0), top + int(y0), left + int(x1), top + int(y1), most)


def _moved(seen: Samples, down: float, across: float) -> Samples:
    """Take every pixel of a part of the samples, moved by some samples.

    Cubic: drawn straight between samples, a moved place would be blurred, and so differ less whatever it shows.
    """
    matrix = np.array([[FINE, 0, across], [0, FINE, down]], np.float32)
    size = (seen.shape[1] // FINE, seen.shape[0] // FINE)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(seen, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _only(shape: tuple[int, ...], window: tuple[slice, slice]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    mask[window] = True
    return mask
