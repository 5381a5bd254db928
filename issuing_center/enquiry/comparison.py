"""Where a scanned front differs from the one its back carries.

How a carried pixel looks in this scan is learnt from the page itself, most of which agrees: printer, paper, scanner and
compression need not be known. What then remains is places where the scan says ink and the back says paper, or the reverse,
more often, more surely and closer together than edges and noise do.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.enquiry.alignment import FINE, Samples

_PATCH: Final = 8
"""Side of the neighbourhood that tells a pixel, in samples: four pixels."""
_SURE: Final = 6.0
"""Log-odds beyond which no single pixel counts: one grain of toner is never a difference."""
_SIGMA: Final = 2.0
"""Reach of what is added up, in pixels: a digit is 7 wide, an ideograph 16."""
_NOTICED: Final = 11.0
"""Surprise at which a place is looked at again."""
DIFFERS: Final = 16.0
"""Surprise at which a place differs; between what untouched and altered sheets of the trial show."""
_EDGE: Final = 4.5
"""Surprise down to which a frame reaches."""
_LOOKED_AT: Final = 80
"""Places looked at again, at most; a page with more is another page."""
_AROUND: Final = 24
"""Pixels around such a place."""
_SHIFTS: Final = tuple(
    tuple((down * step, across * step) for down in range(-reach, reach + 1) for across in range(-reach, reach + 1))
    for step, reach in ((1.0, 2), (0.5, 1))
)
"""Shifts a place is allowed, in samples: first by whole ones, then by halves around the best."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place that differs: a box in pixels of the carried picture, and how surprising it is."""

    left: int
    top: int
    right: int
    bottom: int
    surprise: float


def predicted(dark: Samples, carried: npt.NDArray[np.bool_]) -> Samples:
    """Give, for every sample, the log-odds that the carried picture has ink there: a logistic regression on this page."""
    columns = carried.shape[1]
    half = _PATCH // 2
    context = (cv2.GaussianBlur(dark, (0, 0), 3.2), cv2.GaussianBlur(dark, (0, 0), 8))
    near = cv2.dilate(carried.astype(np.uint8), np.ones((5, 5), np.uint8)).ravel() > 0
    random = np.random.default_rng(1)
    chosen = np.concatenate(
        [random.choice(places, min(count, len(places)), replace=False) for places, count in _lessons(near)]
    )
    r, c = np.divmod(chosen, columns)
    y, x = r * FINE + FINE // 2, c * FINE + FINE // 2
    padded = cv2.copyMakeBorder(dark, half, half, half, half, cv2.BORDER_REPLICATE)
    offsets = np.arange(_PATCH)
    patches = padded[y[:, None, None] + offsets[:, None], x[:, None, None] + offsets].reshape(len(chosen), -1)
    wide = [plane[r * FINE, c * FINE][:, None] for plane in context]
    weights = _logistic(np.hstack((patches, *wide, np.ones((len(chosen), 1), np.float32))), carried.ravel()[chosen])
    kernel = weights[: _PATCH * _PATCH].reshape(_PATCH, _PATCH)
    place = half - FINE // 2
    logit = cv2.filter2D(dark, cv2.CV_32F, kernel, anchor=(place, place), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(logit + weights[-3] * context[0] + weights[-2] * context[1] + weights[-1], np.float32)


def _lessons(near: npt.NDArray[np.bool_]) -> tuple[tuple[npt.NDArray[np.intp], int], ...]:
    """Edges of ink teach most; open paper is easy and needs few examples."""
    return (np.flatnonzero(near), 40_000), (np.flatnonzero(~near), 8_000)


def _logistic(inputs: Samples, target: npt.NDArray[np.bool_]) -> Samples:
    lessons = inputs.astype(np.float32)
    weights = np.zeros(lessons.shape[1])
    for step in range(6):
        logit = np.clip(lessons @ weights.astype(np.float32), -12, 12).astype(np.float64)
        odds = 1 / (1 + np.exp(-logit))
        slope = np.maximum(odds * (1 - odds), 1e-3) if step else np.full(len(odds), 0.05)
        gram = ((lessons * slope[:, None].astype(np.float32)).T @ lessons).astype(np.float64) + np.eye(
            len(weights)
        ) * 0.5
        weights = weights + np.linalg.solve(gram, lessons.T @ (target - odds) - 0.5 * weights)
    return weights.astype(np.float32)


def surprise(logit: Samples, carried_logit: Samples) -> Samples:
    """Give how much more two pictures disagree around each pixel than they should, in standard deviations."""
    scan = 1 / (1 + np.exp(-np.clip(logit, -_SURE, _SURE)))
    back = 1 / (1 + np.exp(-np.clip(carried_logit, -_SURE, _SURE)))
    sure = np.maximum(back, 1 - back)
    agree, same, other = (scan * odds + (1 - scan) * (1 - odds) for odds in (back, sure, 1 - sure))
    cost, cost_same, cost_other = -np.log(agree), -np.log(same), -np.log(other)
    mean = same * cost_same + (1 - same) * cost_other
    spread = same * cost_same**2 + (1 - same) * cost_other**2 - mean * mean
    area = 4 * np.pi * _SIGMA**2
    more = cv2.GaussianBlur((cost - mean).astype(np.float32), (0, 0), _SIGMA) * area
    return np.asarray(
        more / np.sqrt(cv2.GaussianBlur(spread.astype(np.float32), (0, 0), _SIGMA) * area + 1), np.float32
    )


def differences(dark: Samples, carried_logit: Samples) -> list[Difference]:
    """Find the places that may differ, the most surprising first; those of `DIFFERS` and more do.

    `dark` is the scanned front at `FINE` samples a pixel, in place; `carried_logit` the picture, as log-odds of ink.
    """
    logit = predicted(dark, carried_logit > 0)
    first = surprise(logit[::FINE, ::FINE], carried_logit)
    found: list[Difference] = []
    for row, column in _peaks(first):
        if any(item.left <= column < item.right and item.top <= row < item.bottom for item in found):
            continue
        again = _looked_at_again(logit, carried_logit, row, column)
        if again is not None:
            found.append(again)
    return sorted(found, key=lambda item: -item.surprise)


def _peaks(values: Samples) -> list[tuple[int, int]]:
    """Give the highest points of places worth another look, the highest first."""
    top = (values >= cv2.dilate(values, np.ones((11, 11), np.uint8))) & (values > _NOTICED)
    places = np.argwhere(top)
    order = np.argsort(-values[top], kind="stable")[:_LOOKED_AT]
    return [(int(row), int(column)) for row, column in places[order]]


def _looked_at_again(logit: Samples, carried_logit: Samples, row: int, column: int) -> Difference | None:
    """Allow a place a shift of its own: what then still differs is no fault of registration."""
    rows, columns = carried_logit.shape
    top, left = max(0, row - _AROUND), max(0, column - _AROUND)
    bottom, right = min(rows, row + _AROUND), min(columns, column + _AROUND)
    back = carried_logit[top:bottom, left:right]
    window = (slice(max(0, row - top - 5), row - top + 6), slice(max(0, column - left - 5), column - left + 6))
    seen = logit[top * FINE : bottom * FINE, left * FINE : right * FINE]
    best: tuple[float, Samples] | None = None
    at = (0.0, 0.0)
    for steps in _SHIFTS:
        middle = at
        for down, across in steps:
            moved = _moved(seen, middle[0] + down, middle[1] + across)
            value = surprise(moved, back)
            most = float(value[window].max())
            if best is None or most < best[0]:
                best, at = (most, value), (middle[0] + down, middle[1] + across)
    if best is None or best[0] < _EDGE:
        return None
    _, labels = cv2.connectedComponents((best[1] > _EDGE).astype(np.uint8))
    peak = np.unravel_index(np.argmax(np.where(_only(best[1].shape, window), best[1], -np.inf)), best[1].shape)
    where = np.argwhere(labels == labels[peak])
    (y0, x0), (y1, x1) = where.min(axis=0), where.max(axis=0) + 1
    return Difference(left + int(x0), top + int(y0), left + int(x1), top + int(y1), best[0])


def _moved(seen: Samples, down: float, across: float) -> Samples:
    """Take every pixel of a part of the samples, moved by some samples."""
    matrix = np.array([[FINE, 0, across], [0, FINE, down]], np.float32)
    size = (seen.shape[1] // FINE, seen.shape[0] // FINE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(seen, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _only(shape: tuple[int, ...], window: tuple[slice, slice]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    mask[window] = True
    return mask
