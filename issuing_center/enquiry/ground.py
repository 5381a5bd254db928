"""The words of the ground pattern, taken out of a scanned front before it is compared.

Their rings are as wide as the strokes of a character and the back does not carry them. Where they would stand is known to the
dot; whether they stand there, how dark, and how blurred by this scanner, is asked of the open paper between characters. The
small dots of the pattern need nothing: they are even, and the page teaches what they look like.
"""

import functools
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.backs.layout import GROUND_DOTS, PAGE_DOTS, Geometry
from issuing_center.backs.screens import COARSE, PLAIN, Screens, rings
from issuing_center.enquiry.alignment import FINE, Bend, Samples, contrast, fine_bend
from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.prediction import Ink

_NEAR: Final = 7.0
"""Reach of what says whether rings stand somewhere, in samples: one ring and its neighbours."""
_OFF: Final = 0.8
"""How far rings may lie off, in samples, to be found."""
_THERE: Final = 0.45
"""Darkness of rings, of full ink, from which they are there."""
_TILE: Final = 32
_REACH: Final = 3
"""How far rings are looked for, in samples; they stand eight apart."""
_BLUR: Final = 5
"""Side of what a scanner makes of a point of a ring, in samples."""
_LEAST: Final = 0.005
"""Share of the page that has rings, if its ground has words at all."""
_COVER: Final = np.float32(1 / 255)
_HIDDEN: Final = 0.25
"""Cover by a ring from which a sample is not trusted; less is only its blurred edge."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """A front without the words of its ground."""

    dark: Samples = field(repr=False)
    """Darkness without the rings, at `FINE` samples a pixel."""
    open: Samples = field(repr=False)
    """How far each pixel of the carried picture can be trusted: 0 under a ring, 1 where none is."""


def without_words(dark: Samples, ink: Ink, geometry: Geometry) -> Grounded:
    """Take the rings out of a front, if it has any. `dark` lies on the carried picture `ink`."""
    near = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8))
    paper = np.asarray(1 - cv2.resize(near, dark.shape[::-1], interpolation=cv2.INTER_NEAREST), np.float32)
    grounds = [_rings(geometry, screens) for screens in (PLAIN, COARSE)]
    shares = [_share(dark, ground, paper) for ground in grounds]
    if max(shares) < _LEAST:
        return Grounded(dark, np.ones(ink.shape, np.float32))
    cover = grounds[shares.index(max(shares))] * _COVER
    # Rings stand on open paper too, where nothing else told how the scan lies: where they are off they are not found yet.
    cover = _bent(cover, fine_bend(_on_paper(dark, paper), _on_paper(cover, paper), _TILE, _REACH))
    there = _there(dark, cover, paper)
    if not (there & (paper > 0)).any():
        return Grounded(dark, np.ones(ink.shape, np.float32))
    # In place from here on: for pictures this large, new memory costs as much as the arithmetic.
    standing = np.multiply(cover, there, out=cover)
    plain = _taken_out(dark, standing, paper > 0)
    # Between rings the paper is white; elsewhere it has the tone of the small dots.
    tone = float(np.mean(dark[(paper > 0) & ~there])) - float(np.mean(plain[(paper > 0) & there]))
    np.add(plain, np.float32(tone), out=plain, where=there)
    return Grounded(plain, _open(standing, ink.shape))


def _share(dark: Samples, rings: Grey, paper: Samples) -> float:
    """Give the share of a page that has rings; at half the size that is seen as well."""
    half = [cv2.resize(each, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for each in (dark, rings, paper)]
    shown, cover, open_paper = (np.asarray(each, np.float32) for each in half)
    return float(_there(shown, cover * _COVER, open_paper).mean())


def _there(dark: Samples, rings: Samples, paper: Samples) -> npt.NDArray[np.bool_]:
    """Tell of every sample whether rings stand around it."""
    # A little blurred: rings that lie a sample off are still found, and laid on theirs later.
    shown, level = (np.asarray(cv2.GaussianBlur(each, (0, 0), _OFF), np.float32) for each in (dark, contrast(rings)))
    # Quarter size is fine enough for what is this smooth.
    small = (dark.shape[1] // 4, dark.shape[0] // 4)
    asked = level * paper
    seen, possible = (
        _wide(cv2.resize(np.multiply(each, asked, out=each), small, interpolation=cv2.INTER_AREA))
        for each in (shown, level)
    )
    share = np.asarray(seen / (possible + 1e-4), np.float32)
    return np.asarray(cv2.resize(share, dark.shape[::-1]) > _THERE)


def _wide(values: npt.NDArray[Any]) -> Samples:
    """Add up around every place; where ink leaves no paper to ask, the wider neighbourhood is asked."""
    near = cv2.GaussianBlur(values, (0, 0), _NEAR / 4)
    return np.asarray(near + 0.05 * cv2.GaussianBlur(near, (0, 0), _NEAR / 2), np.float32)


def _on_paper(values: Samples, paper: Samples) -> Samples:
    shown = contrast(values)
    return np.multiply(shown, paper, out=shown)


def _bent(rings: Samples, bend: Bend) -> Samples:
    size = rings.shape[::-1]
    x, y = (np.asarray(cv2.resize(each * np.float32(-FINE), size), np.float32) for each in (bend.across, bend.down))
    x += np.arange(size[0], dtype=np.float32)[None, :]
    y += np.arange(size[1], dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(rings, x, y, cv2.INTER_LINEAR), np.float32)


@functools.lru_cache(maxsize=4)
def _rings(geometry: Geometry, screens: Screens) -> Grey:
    """Give how much of every sample rings would cover if the whole ground were words; 255 is all of it."""
    scale = 600 // screens.dpi
    left, top, width, height = (edge // scale for edge in GROUND_DOTS)
    page = np.zeros((PAGE_DOTS[1] // scale, PAGE_DOTS[0] // scale), np.uint8)
    np.multiply(rings(screens, (height, width)), 255, out=page[top : top + height, left : left + width])
    (across, down), (crop_x, crop_y), size = geometry.page_px, geometry.crop_px, geometry.picture_px
    small = cv2.resize(page, (across * FINE, down * FINE), interpolation=cv2.INTER_AREA)
    here = small[crop_y * FINE : (crop_y + size[1]) * FINE, crop_x * FINE : (crop_x + size[0]) * FINE]
    kept = np.array(here, np.uint8)
    kept.flags.writeable = False
    return kept


def _taken_out(dark: Samples, standing: Samples, paper: npt.NDArray[np.bool_]) -> Samples:
    """Subtract the rings as this scanner shows them: the blur that explains the open paper best."""
    half = _BLUR // 2
    asked = np.flatnonzero(paper & (cv2.blur(standing, (9, 9)) > 0.02))
    asked = np.random.default_rng(1).choice(asked, min(len(asked), 40_000), replace=False)
    y, x = np.divmod(asked, dark.shape[1])
    padded = cv2.copyMakeBorder(standing, half, half, half, half, cv2.BORDER_CONSTANT, value=0)
    offsets = np.arange(_BLUR)
    patches = padded[y[:, None, None] + offsets[:, None], x[:, None, None] + offsets].reshape(len(asked), -1)
    lessons = np.hstack((patches, np.ones((len(asked), 1), np.float32)))
    gram = lessons.T @ lessons + np.eye(lessons.shape[1], dtype=np.float32)
    weights = np.linalg.solve(gram, lessons.T @ dark.ravel()[asked]).astype(np.float32)
    shown = cv2.filter2D(standing, cv2.CV_32F, weights[:-1].reshape(_BLUR, _BLUR), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(np.maximum(np.subtract(dark, shown, out=shown), -0.1, out=shown), np.float32)


def _open(standing: Samples, shape: tuple[int, ...]) -> Samples:
    cover = cv2.resize(cv2.dilate(standing, np.ones((3, 3), np.uint8)), shape[::-1], interpolation=cv2.INTER_AREA)
    return np.where(cover > _HIDDEN, np.float32(0.05), np.float32(1))
