"""A decoded front drawn to be read beside a scan. Nothing is judged by this picture, and it knows no characters."""

from typing import Final

import cv2
import numpy as np

from issuing_center.backs.layout import Geometry
from issuing_center.enquiry.alignment import Samples
from issuing_center.enquiry.decoding import Decoded
from issuing_center.enquiry.find import Grey

_SPECK_PIXELS: Final = 3
_SPECK_EVIDENCE: Final = 12.0
"""Log-odds of ink, all its pixels together, below which something so small is a speck. A dot of a clear scan has more."""
_GAP_EVIDENCE: Final = -6.0
"""Log-odds of ink above which a pixel of paper may be a gap. Paper of a clear scan lies far below."""
_ALONG: Final = np.array([[1, 1, 1, 0, 1, 1, 1]], np.uint8)
"""A gap, and the ink of a rule or a stroke on both sides of it."""
_SMOOTHING: Final = 1.0
"""Sigma, in pixels of the drawn picture."""


def readable(decoded: Decoded, geometry: Geometry) -> Grey:
    """Draw a decoded front for the eye: the whole page, grey, twice as fine as it was carried."""
    (width, height), (left, top) = geometry.page_px, geometry.crop_px
    page = np.zeros((height, width), np.float32)
    ink = _mended(decoded.soft)
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    large = cv2.resize(page, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    # Steps of single pixels are rounded off, and what that blurs stays so: a stroke of a pixel or less was grey, not black.
    smooth = cv2.GaussianBlur(large, (0, 0), _SMOOTHING)
    return np.asarray(np.clip(255 - 255 * smooth, 0, 255), np.uint8)


def _mended(soft: Samples) -> Samples:
    """Give the share of ink of every pixel: unsure specks taken out, unsure gaps closed. What is sure stays as it is."""
    ink = np.asarray(1 / (1 + np.exp(-soft)), np.float32)
    black = (soft > 0).astype(np.uint8)
    count, parts, sizes, _ = cv2.connectedComponentsWithStats(black, connectivity=8)
    evidence = np.bincount(parts.ravel(), np.maximum(soft, 0).ravel(), count)
    specks = ((sizes[:, cv2.CC_STAT_AREA] <= _SPECK_PIXELS) & (evidence < _SPECK_EVIDENCE))[parts]
    black[specks] = 0
    # What is half ink is an edge beside ink, and noise elsewhere.
    ink[cv2.dilate(black, np.ones((3, 3), np.uint8)) == 0] = 0
    for line in (_ALONG, _ALONG.T):
        ink[(cv2.erode(black, line) > 0) & (soft > _GAP_EVIDENCE)] = 1
    return ink
