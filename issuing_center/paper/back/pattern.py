"""けん制文字: a ground of two screens, equally grey to the eye, of which a copier keeps one and loses the other.

Which words stand where; how a screen is laid is `backs.screens`. What is drawn here is drawn once for a process.
"""

import functools
from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.backs.layout import GROUND_DOTS, PAGE_DOTS, Setting, geometry_of
from issuing_center.backs.screens import Dots, Screens, screened
from issuing_center.paper.back.clearing import BLOCK_DOTS, Blocks
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.outline import bounds, outline

WORD: Final = "複写"
SIMPLE_WORD: Final = "コピー"
"""Along the edges of a back, where there is room for twelve rings in the height of a character and 複 would be a blot."""
_CURVE_STEPS: Final = 6
_FRONT_ROWS: Final = (746, 2950, 4900)
"""Where the words of a front stand, in dots from the top: the last above the sentence that certifies."""
_COLUMN: Final = (224, 100, 6816)
"""The two columns of ground of a back: width, top, height."""
_COLUMN_BLOCK: Final = (4, 6)
_FIELD: Final = (1904, 780)
"""A field of the adjustment sheet."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of a ground and where it stands."""

    left: int
    top: int
    """Its corner on the page, in dots of 600 dpi."""
    scale: int
    """Dots of 600 dpi along one of its own: 1, or 2 for an engine of 300."""
    dots: Dots = field(repr=False)


@functools.lru_cache(maxsize=2)
def front_words(fonts: PaperFonts) -> Blocks:
    """Give the words of a front, 42 mm high, in three rows: 1 in the blocks of its ground that are part of one."""
    words = np.zeros(PAGE_DOTS[::-1], bool)
    size, left_first = 1000, 480
    for row, top in enumerate(_FRONT_ROWS):
        _write(words, WORD, (left_first + (row % 2) * 700, top), (size, size), 34, fonts, gap=900)
    return _blocks(words, GROUND_DOTS, BLOCK_DOTS)


def front_ground(screens: Screens, fonts: PaperFonts) -> tuple[Patch, Patch]:
    """Give the ground of a front with its words, and without any, for where they make way."""
    words = front_words(fonts)
    return _laid_out(words, GROUND_DOTS, BLOCK_DOTS, screens), _laid_out(words * 0, GROUND_DOTS, BLOCK_DOTS, screens)


@functools.lru_cache(maxsize=4)
def back_ground(screens: Screens, setting: Setting, fonts: PaperFonts) -> tuple[Patch, ...]:
    """Give the ground of a back: two columns beside the scrambled picture."""
    words = np.zeros(PAGE_DOTS[::-1], bool)
    geometry = geometry_of(setting)
    width, first, height = _COLUMN
    right = geometry.left_dots + geometry.columns * geometry.cell_dots
    # In the middle of what the picture's clear zone leaves.
    lefts = [(geometry.left_dots - 30 - width) // 4 * 2, (PAGE_DOTS[0] + right + 30 - width) // 4 * 2]
    for left in lefts:
        along = np.zeros((width, 1300), bool)
        _write(along, SIMPLE_WORD, (50, 4), (380, width - 8), 18, fonts, gap=30)
        for top in range(300, 6000, 1450):
            words[top : top + along.shape[1], left : left + width] = np.rot90(along)
    boxes = [(left, first, width, height) for left in lefts]
    return tuple(_laid_out(_blocks(words, box, _COLUMN_BLOCK), box, _COLUMN_BLOCK, screens) for box in boxes)


def _blocks(words: npt.NDArray[np.bool_], box: tuple[int, int, int, int], block: tuple[int, int]) -> Blocks:
    """Give which blocks of a box are part of a word, by their middles."""
    (left, top, width, height), (across, down) = box, block
    here = words[top : top + height, left : left + width]
    return here[down // 2 :: down, across // 2 :: across].astype(np.uint8)


def _laid_out(blocks: Blocks, box: tuple[int, int, int, int], block: tuple[int, int], screens: Screens) -> Patch:
    (left, top, width, height), (across, down) = box, block
    words = np.zeros((height, width), bool)
    whole = blocks.repeat(down, 0).repeat(across, 1)[:height, :width] > 0
    words[: whole.shape[0], : whole.shape[1]] = whole
    return Patch(left, top, 600 // screens.dpi, screened(words, screens))


def _write(
    words: npt.NDArray[np.bool_],
    text: str,
    at: tuple[int, int],
    size: tuple[int, int],
    thicker: int,
    fonts: PaperFonts,
    *,
    gap: int,
) -> None:
    """Write characters of `size` dots (width, height) in a line, strokes widened so that hairlines hold several dots."""
    (left, top), (width, height) = at, size
    for number, char in enumerate(text):
        x = left + number * (width + gap)
        glyph = _glyph(char, size, thicker, fonts)
        here = words[top : top + height, x : x + width]
        here |= glyph[: here.shape[0], : here.shape[1]]


@functools.lru_cache(maxsize=16)
def _glyph(char: str, size: tuple[int, int], thicker: int, fonts: PaperFonts) -> npt.NDArray[np.bool_]:
    """Draw a character as dots in the middle of `size` (width, height), stretched where that is not square."""
    x0, y0, x1, y1 = bounds(char, fonts)
    longer = max(x1 - x0, y1 - y0)
    scale = ((size[0] - 2 * thicker) / longer, -(size[1] - 2 * thicker) / longer)
    shift = (size[0] / 2 - (x0 + x1) / 2 * scale[0], size[1] / 2 - (y0 + y1) / 2 * scale[1])
    path = outline(char, fonts, scale, shift, digits=2)
    filled = np.zeros(size[::-1], np.uint8)
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


def adjustments(screens: Screens) -> tuple[float, ...]:
    """Give the shares of small dots an adjustment sheet offers: all there are, from half of them to all."""
    most = screens.turns[0]
    return tuple(round(count / most, 3) for count in range(most // 2, most + 1))


def adjustment_sheet(screens: Screens, fonts: PaperFonts) -> Patch:
    """Draw the sheet to choose `kept` from: numbered fields, of which the right one hides its word best.

    Fields stand in two columns, in the order of `adjustments`, each marked by as many bars as its number.
    """
    sheet, scale = np.zeros(PAGE_DOTS[::-1], np.uint8), 600 // screens.dpi
    for number, kept in enumerate(adjustments(screens)):
        top, left = 530 + (number // 2) * 1500, 420 + (number % 2) * 2180
        words = np.zeros(_FIELD[::-1], bool)
        _write(words, WORD, (162, 60), (660, 660), 26, fonts, gap=200)
        field_dots = screened(words, replace(screens, kept=kept)).repeat(scale, 0).repeat(scale, 1)
        sheet[top : top + _FIELD[1], left : left + _FIELD[0]] = field_dots
        for bar in range(number + 1):
            x = left + bar * 48 + (bar // 5) * 40
            sheet[top - 90 : top - 20, x : x + 16] = 1
    return Patch(0, 0, 1, sheet)
