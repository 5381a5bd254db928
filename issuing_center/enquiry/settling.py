"""The last fraction of a pixel: every character of a scanned front laid on the one its back carries.

A renderer sets characters on whole pixels of its own, so each stands up to a quarter of a carried pixel off its place, and no
smooth bend follows that. What is off by so little must be undone before pictures are compared: it blurs what the page
teaches, and it hides a changed stroke.
"""

import itertools
from typing import Final

import cv2
import numpy as np

from issuing_center.enquiry.alignment import FINE, Samples
from issuing_center.enquiry.prediction import Ink, near_ink

_REACH: Final = 2
"""Samples a character may be off, on each side."""
_NODE: Final = 4
"""Pixels between places that are asked."""
_SIGMA: Final = 5.0 / _NODE
"""Reach of what votes for a place, in nodes: a character and a little of its neighbours."""
_FAR: Final = 1.0
"""What a shift by one sample costs, in natural units of likelihood: nothing moves without a reason."""
_CLEAR: Final = 4.0
"""Log-odds beyond which one pixel has no more to say."""


def settled(dark: Samples, logit: Samples, ink: Ink, trusted: Ink) -> Samples:
    """Shift every part of a front so that what it says of ink (`logit`, a first prediction) fits the carried ink best.

    Only pixels that are `trusted` are asked.
    """
    rows, columns = ink.shape
    across, down = columns // _NODE, rows // _NODE
    clipped = cv2.copyMakeBorder(np.clip(logit, -_CLEAR, _CLEAR), *(_REACH,) * 4, cv2.BORDER_REPLICATE)
    padded = np.asarray(clipped, np.float32)
    # The log-likelihood of every sample as a pixel of paper; as one of ink it is more by the log-odds themselves. The samples
    # that pixels fall on at one shift lie together: they are read many times.
    odds = _parted(padded)
    # In place: for pictures this large, new memory costs as much as the arithmetic.
    likelihood = np.exp(padded, out=padded)
    as_paper = _parted(np.negative(np.log1p(likelihood, out=likelihood), out=likelihood))
    asked = (near_ink(ink) & trusted).astype(np.float32)
    inked = asked * ink
    side = 2 * _REACH + 1
    fits = np.empty((side, side, down, across), np.float32)
    for y in range(side):
        for x in range(side):
            part = (y % FINE, x % FINE)
            at = (slice(y // FINE, y // FINE + rows), slice(x // FINE, x // FINE + columns))
            # One that is not asked says the same everywhere.
            each = np.asarray(cv2.multiply(as_paper[part][at], asked), np.float32)
            cv2.accumulateProduct(odds[part][at], inked, each)
            votes = cv2.resize(each, (across, down), interpolation=cv2.INTER_AREA) * _NODE**2
            shared = cv2.GaussianBlur(votes, (0, 0), _SIGMA) * np.float32(2 * np.pi * _SIGMA**2)
            fits[y, x] = shared - _FAR * ((y - _REACH) ** 2 + (x - _REACH) ** 2)
    best = fits.reshape(side * side, down, across).argmax(axis=0)
    at_y, at_x = np.clip(best // side, 1, side - 2), np.clip(best % side, 1, side - 2)
    r, c = np.ogrid[:down, :across]
    middle = fits[at_y, at_x, r, c]
    off_y = at_y - _REACH + _top(fits[at_y - 1, at_x, r, c], middle, fits[at_y + 1, at_x, r, c])
    off_x = at_x - _REACH + _top(fits[at_y, at_x - 1, r, c], middle, fits[at_y, at_x + 1, r, c])
    size = dark.shape[::-1]
    to_x, to_y = (cv2.resize(off.astype(np.float32), size) for off in (off_x, off_y))
    to_x += np.arange(size[0], dtype=np.float32)[None, :]
    to_y += np.arange(size[1], dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(dark, to_x, to_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _parted(values: Samples) -> dict[tuple[int, int], Samples]:
    """Give every `FINE`-th sample across and down, from each beginning there is: (down, across) -> samples."""
    beginnings = itertools.product(range(FINE), repeat=2)
    return {(y, x): np.ascontiguousarray(values[y::FINE, x::FINE]) for y, x in beginnings}


def _top(before: Samples, at: Samples, after: Samples) -> Samples:
    """Give where parabolas through three values each have their tops, from the middle ones."""
    bend = 2 * at - before - after
    return np.where(bend > 1e-3, np.clip(0.5 * (after - before) / np.maximum(bend, 1e-3), -1, 1), 0).astype(np.float32)
