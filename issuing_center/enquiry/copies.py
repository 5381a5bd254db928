"""Whether a back was photocopied: its ground pattern has lost the small dots, and its cells are worn beyond what a scan does.

Both signs are needed. A scanner that clips light tones loses the dots as well, and a bad scan wears the cells; only a copier
does both. A copy good enough to keep the dots is not told, which is why no answer ever says "original".
"""

from typing import Final

import cv2
import numpy as np

from issuing_center.backs.layout import Geometry, geometry_of
from issuing_center.enquiry.decoding import Decoded
from issuing_center.enquiry.find import FoundBack, Grey

_GROUND_BOXES: Final = ((50, 6400, 200, 6900), (4720, 6400, 4900, 6900))
"""Parts of the ground without words, in dots of the page: left, top, right, bottom."""
_FADED: Final = 0.05
"""Tone of the ground, of full black, below which its dots are gone; they are printed at about 0.1."""
_WORN: Final = 0.012
"""Share of cells that only their neighbours put right, above which they are worn; bad scans of 200 dpi stay below."""
_GREYS: Final = 8
"""A scan of fewer tones is of one bit and shows no ground, copied or not."""


def is_photocopy(scan: Grey, found: FoundBack, decoded: Decoded) -> bool:
    """Tell whether a back that was found and decoded shows both signs of a copier."""
    if decoded.worn < _WORN or np.count_nonzero(np.bincount(scan[::7, ::7].ravel(), minlength=256)) < _GREYS:
        return False
    geometry = geometry_of(found.header.setting)
    bottom = geometry.top_dots + geometry.rows * geometry.cell_dots
    white = _tone(scan, found, geometry, (400, bottom + 8, 4500, bottom + 24))
    black = float(np.percentile(scan, 2))
    if white is None or white - black < 40:
        return False
    tones = [_tone(scan, found, geometry, box) for box in _GROUND_BOXES]
    seen = [(white - tone) / (white - black) for tone in tones if tone is not None]
    return bool(seen) and max(seen) < _FADED


def _tone(scan: Grey, found: FoundBack, geometry: Geometry, box: tuple[int, int, int, int]) -> float | None:
    """Give the mean grey of a box of the page; None if the scan does not show it."""
    left, top, right, bottom = box
    y, x = np.mgrid[top:bottom:3, left:right:3].astype(np.float64)
    cells = np.stack(
        ((x - geometry.left_dots) / geometry.cell_dots, (y - geometry.top_dots) / geometry.cell_dots, np.ones_like(x))
    )
    at = np.tensordot(found.to_scan, cells, axes=1)
    at_x, at_y = ((plane / at[2]).astype(np.float32) for plane in at[:2])
    inside = (at_x > 1) & (at_y > 1) & (at_x < scan.shape[1] - 2) & (at_y < scan.shape[0] - 2)
    if inside.mean() < 0.95:
        return None
    return float(cv2.remap(scan, at_x, at_y, cv2.INTER_LINEAR).mean())
