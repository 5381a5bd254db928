"""けん制文字: a ground of two screens, equally grey to the eye, of which a copier keeps one and loses the other.

Paper shows isolated small dots; the words show dots four times as large, four times as far apart. Toner spreads by about the
same width around every dot and so darkens the small ones more: how many of them are left out to make up for it differs from
engine to engine, and is chosen by eye from the adjustment sheet. One bit a dot, on the engine's own grid; what is drawn here
is drawn once for a process.
"""

import functools
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.paper.back.layout import (
    CODE_BOXES,
    CODE_DOTS,
    CODE_QUIET_DOTS,
    PAGE_DOTS,
    Setting,
    geometry_of,
)
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.outline import bounds, outline

Dots = npt.NDArray[np.uint8]
"""Dots of 600 dpi, 1 is toner; rows from the top."""
WORD: Final = "複写"
_CURVE_STEPS: Final = 6
_ORDER_SIDE: Final = 8
"""Dots are left out by a matrix of this side: evenly spread, and periodic, so that the ground stays small in the file."""
FREE_BOXES: Final = ((220, 6374, 962, 6924), (1440, 6374, 4202, 6790))
"""Boxes of the back without ground: the picture with its latent one; the lines of text and the guilloche."""


@dataclass(frozen=True, slots=True)
class Screens:
    """The two screens. Lengths are dots of the engine: of 600 dpi, or of 300 where `dpi` says so."""

    dpi: int = 600
    """600 or 300."""
    small: int = 2
    """Side of a dot of the paper."""
    small_pitch: int = 6
    """Distance of such dots."""
    large: int = 4
    """Side of a dot of the words."""
    large_pitch: int = 12
    """Distance of such dots."""
    kept: float = 0.94
    """Share of the small dots that is printed; what the adjustment sheet is for."""

    def __post_init__(self) -> None:
        if self.dpi not in (300, 600) or not 0 < self.kept <= 1:
            raise ValueError("screens are for 600 or 300 dpi and keep a share of the small dots")


PLAIN: Final = Screens()
"""For engines of 600 dpi, until one is adjusted."""
COARSE: Final = Screens(dpi=300, small=1, small_pitch=3, large=2, large_pitch=6, kept=0.94)
"""For engines of 300 dpi."""


def screened(words: npt.NDArray[np.bool_], screens: Screens) -> Dots:
    """Fill an area with the two screens: the large dots where `words` is true. Dots of 600 dpi in and out."""
    scale = 600 // screens.dpi
    coarse = words[::scale, ::scale]
    small = _screen(coarse.shape, screens.small, screens.small_pitch, screens.kept)
    large = _screen(coarse.shape, screens.large, screens.large_pitch, 1.0)
    dots = np.where(coarse, large, small).astype(np.uint8)
    if scale > 1:
        dots = dots.repeat(scale, 0).repeat(scale, 1)
    return dots[: words.shape[0], : words.shape[1]]


def _screen(shape: tuple[int, ...], dot: int, pitch: int, kept: float) -> Dots:
    """Lay square dots in staggered rows, leaving out some, evenly spread."""
    dots = np.zeros(shape, np.uint8)
    rows, columns = shape[0] // pitch + 1, shape[1] // pitch + 2
    repeats = (rows // _ORDER_SIDE + 1, columns // _ORDER_SIDE + 1)
    spread = np.tile(_order(), repeats)[:rows, :columns]
    for r in range(rows):
        shift = (r % 2) * (pitch // 2)
        xs = np.flatnonzero(spread[r] < kept) * pitch + shift
        for dx in range(dot):
            at = xs + dx
            at = at[at < shape[1]]
            dots[r * pitch : r * pitch + dot, at] = 1
    return dots


def _order() -> npt.NDArray[np.float64]:
    """Give the order in which dots of a square are left out, as shares of 1: Bayer's matrix."""
    order = np.zeros((1, 1))
    while len(order) < _ORDER_SIDE:
        order = np.block([[4 * order, 4 * order + 2], [4 * order + 3, 4 * order + 1]])
    return (order + 0.5) / order.size


@functools.lru_cache(maxsize=4)
def front_ground(screens: Screens, fonts: PaperFonts) -> Dots:
    """Give the ground of a front: words 42 mm high, in three rows."""
    words = np.zeros(PAGE_DOTS[::-1], bool)
    size, left_first = 1000, 480
    for row, top in enumerate(range(700, 6000, 1750)):
        _write(words, left_first + (row % 2) * 700, top, size, 34, fonts, gap=900)
    ground = screened(words, screens)
    ground[:140], ground[-140:], ground[:, :140], ground[:, -140:] = 0, 0, 0, 0
    return ground


@functools.lru_cache(maxsize=4)
def back_ground(screens: Screens, setting: Setting, fonts: PaperFonts) -> Dots:
    """Give the ground of a back: in the margins, and under the small print."""
    words = np.zeros(PAGE_DOTS[::-1], bool)
    geometry = geometry_of(setting)
    right = geometry.left_dots + geometry.columns * geometry.cell_dots
    bottom = geometry.top_dots + geometry.rows * geometry.cell_dots
    for top in range(260, 6200, 560):
        _write(words, 25, top, 230, 12, fonts, upright=True)
        _write(words, right + 45, top, 230, 12, fonts, upright=True)
    for left in range(1500, 4000, 640):
        _write(words, left, 6798, 200, 10, fonts)
    ground = screened(words, screens)
    grid = (geometry.left_dots - 30, geometry.top_dots - 30, right + 30, bottom + 30)
    codes = [
        (x - CODE_QUIET_DOTS, y - CODE_QUIET_DOTS, x + CODE_DOTS + CODE_QUIET_DOTS, y + CODE_DOTS + CODE_QUIET_DOTS)
        for x, y in CODE_BOXES
    ]
    for x0, y0, x1, y1 in (grid, *codes, *FREE_BOXES):
        ground[y0:y1, x0:x1] = 0
    return ground


def _write(
    words: npt.NDArray[np.bool_],
    left: int,
    top: int,
    size: int,
    thicker: int,
    fonts: PaperFonts,
    *,
    gap: int = 0,
    upright: bool = False,
) -> None:
    """Write the word, two characters of `size` dots, strokes widened so that hairlines hold several dots."""
    for number, char in enumerate(WORD):
        x, y = (left, top + number * size) if upright else (left + number * (size + gap), top)
        glyph = _glyph(char, size, thicker, fonts)
        here = words[y : y + size, x : x + size]
        here |= glyph[: here.shape[0], : here.shape[1]]


@functools.lru_cache(maxsize=16)
def _glyph(char: str, size: int, thicker: int, fonts: PaperFonts) -> npt.NDArray[np.bool_]:
    """Draw a character as dots, filling a square of `size`."""
    x0, y0, x1, y1 = bounds(char, fonts)
    scale = (size - 2 * thicker) / max(x1 - x0, y1 - y0)
    path = outline(char, fonts, (scale, -scale), (thicker - x0 * scale, thicker + y1 * scale), digits=2)
    filled = np.zeros((size, size), np.uint8)
    cv2.fillPoly(filled, [np.round(contour).astype(np.int32) for contour in _contours(path)], 1)
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thicker | 1, thicker | 1))
    return cv2.dilate(filled, disk) > 0


def _contours(path: str) -> list[npt.NDArray[np.float64]]:
    """Flatten path operators (m, l, c, h) into polygons."""
    contours: list[list[npt.NDArray[np.float64]]] = []
    numbers: list[float] = []
    for word in path.split():
        if word not in {"m", "l", "c", "h"}:
            numbers.append(float(word))
            continue
        points = np.array(numbers).reshape(-1, 2)
        numbers = []
        if word == "m":
            contours.append([points[0]])
        elif word == "l":
            contours[-1].append(points[0])
        elif word == "c":
            begin = contours[-1][-1]
            for step in np.linspace(0, 1, _CURVE_STEPS + 1)[1:]:
                rest = 1 - step
                weights = np.array([rest**3, 3 * rest**2 * step, 3 * rest * step**2, step**3])
                contours[-1].append(weights @ np.vstack((begin, points)))
    return [np.array(contour) for contour in contours]


ADJUSTMENTS: Final = tuple(round(0.61 + 0.03 * step, 2) for step in range(14))
"""The shares of small dots an adjustment sheet offers."""


def adjustment_sheet(screens: Screens, fonts: PaperFonts) -> Dots:
    """Draw the sheet to choose `kept` from: numbered fields, of which the right one hides its word best.

    Fields stand in two columns, in the order of `ADJUSTMENTS`, each marked by as many bars as its number.
    """
    sheet = np.zeros(PAGE_DOTS[::-1], np.uint8)
    for number, kept in enumerate(ADJUSTMENTS):
        top, left = 330 + (number // 2) * 930, 420 + (number % 2) * 2180
        words = np.zeros((780, 1900), bool)
        _write(words, 160, 60, 660, 26, fonts, gap=200)
        tuned = Screens(screens.dpi, screens.small, screens.small_pitch, screens.large, screens.large_pitch, kept)
        sheet[top : top + 780, left : left + 1900] = screened(words, tuned)
        for bar in range(number + 1):
            x = left + bar * 48 + (bar // 5) * 40
            sheet[top - 90 : top - 20, x : x + 16] = 1
    return sheet
