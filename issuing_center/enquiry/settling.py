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
_BAND: Final = 16
"""Rows of such places that are asked at a time."""
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
    down, across = (-(-length // _NODE) for length in ink.shape)
    whole = (down * _NODE, across * _NODE)
    # Beyond the picture nothing is asked.
    asked = np.zeros(whole, np.float32)
    asked[: ink.shape[0], : ink.shape[1]] = near_ink(ink) & trusted
    inked = asked.copy()
    inked[: ink.shape[0], : ink.shape[1]] *= ink
    more = [length * FINE - samples + _REACH for length, samples in zip(whole, logit.shape, strict=True)]
    padded = cv2.copyMakeBorder(logit, _REACH, more[0], _REACH, more[1], cv2.BORDER_REPLICATE)
    side = 2 * _REACH + 1
    fits = np.empty((side, side, down, across), np.float32)
    # A band stays in the processor's cache while it is moved about.
    for first in range(0, down, _BAND):
        band = slice(first * _NODE, (first + _BAND) * _NODE)
        here = np.asarray(padded[band.start * FINE : band.stop * FINE + 2 * _REACH], np.float32)
        fits[:, :, first : first + _BAND] = _votes(np.clip(here, -_CLEAR, _CLEAR), asked[band], inked[band])
    for y, x in itertools.product(range(side), repeat=2):
        shared = cv2.GaussianBlur(fits[y, x], (0, 0), _SIGMA) * np.float32(2 * np.pi * _SIGMA**2)
        fits[y, x] = shared - _FAR * ((y - _REACH) ** 2 + (x - _REACH) ** 2)
    best = fits.reshape(side * side, down, across).argmax(axis=0)
    at_y, at_x = np.clip(best // side, 1, side - 2), np.clip(best % side, 1, side - 2)
    r, c = np.ogrid[:down, :across]
    middle = fits[at_y, at_x, r, c]
    off_y = at_y - _REACH + _top(fits[at_y - 1, at_x, r, c], middle, fits[at_y + 1, at_x, r, c])
    off_x = at_x - _REACH + _top(fits[at_y, at_x - 1, r, c], middle, fits[at_y, at_x + 1, r, c])
    finer = _NODE * FINE
    to_x, to_y = (
        np.asarray(cv2.resize(off.astype(np.float32), None, fx=finer, fy=finer), np.float32)[
            : dark.shape[0], : dark.shape[1]
        ]
        for off in (off_x, off_y)
    )
    to_x += np.arange(dark.shape[1], dtype=np.float32)[None, :]
    to_y += np.arange(dark.shape[0], dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(dark, to_x, to_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _votes(logit: Samples, asked: Samples, inked: Samples) -> Samples:
    """Give the log-likelihood of some rows at every shift, added up in each node: (shifts down, across, nodes down, across)."""
    # That of a pixel of paper; for one of ink it is more by the log-odds themselves. The samples that pixels fall on at one
    # shift lie together: they are read many times.
    odds, as_paper = _parted(logit), _parted(-np.log1p(np.exp(logit)))
    (rows, columns), side = asked.shape, 2 * _REACH + 1
    votes = np.empty((side, side, rows // _NODE, columns // _NODE), np.float32)
    for y, x in itertools.product(range(side), repeat=2):
        part = (y % FINE, x % FINE)
        at = (slice(y // FINE, y // FINE + rows), slice(x // FINE, x // FINE + columns))
        # One that is not asked says the same everywhere.
        each = np.asarray(cv2.multiply(as_paper[part][at], asked), np.float32)
        cv2.accumulateProduct(odds[part][at], inked, each)
        votes[y, x] = cv2.resize(each, votes.shape[:1:-1], interpolation=cv2.INTER_AREA) * _NODE**2
    return votes


def _parted(values: Samples) -> dict[tuple[int, int], Samples]:
    """Give every `FINE`-th sample across and down, from each beginning there is: (down, across) -> samples."""
    beginnings = itertools.product(range(FINE), repeat=2)
    return {(y, x): np.ascontiguousarray(values[y::FINE, x::FINE]) for y, x in beginnings}


def _top(before: Samples, at: Samples, after: Samples) -> Samples:
    """Give where parabolas through three values each have their tops, from the middle ones."""
    bend = 2 * at - before - after
    return np.where(bend > 1e-3, np.clip(0.5 * (after - before) / np.maximum(bend, 1e-3), -1, 1), 0).astype(np.float32)
