"""The two screens of the ground pattern, dot by dot: even small dots for the paper, rings for its words.

Paper shows isolated small dots, which a copier drops with the background. The words show rings, fourteen to twenty times as
far apart by area: a copier keeps them and fills their holes. Toner spreads by about the same width along every edge, and the
walls of a ring are as thin as a small dot, so both screens darken alike from engine to engine; what is left is made up for by
leaving out small dots, as chosen by eye from the adjustment sheet. One bit a dot, on the engine's own grid.

**Small in the file.** Dots stand at every n-th place of the picture read as one long row. In a width that suits n that is an even
lattice on paper, and a short repetition for the compressor: with the widths used all of it comes again after 23 rows, at 300 dpi
rings after 13 and small dots after 15.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Dots = npt.NDArray[np.uint8]
"""Dots of an engine, 1 is toner; rows from the top."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Like dots, evenly spread. Lengths are dots of the engine."""

    side: int
    """Side of a dot."""
    hole: int
    """Side of the hole in its middle, 0 for none."""
    every: int
    """A dot stands at every so many-th place."""
    cut: bool = False
    """Whether its corners are missing, and its hole has none either: a rounder ring."""

    def shape(self) -> Dots:
        """Draw one dot."""
        first = (self.side - self.hole) // 2
        dot = self._square(self.side)
        dot[first : first + self.hole, first : first + self.hole] -= self._square(self.hole)
        return dot

    def _square(self, side: int) -> Dots:
        square = np.ones((side, side), np.uint8)
        if self.cut and side > 2:
            square[:: side - 1, :: side - 1] = 0
        return square


@dataclass(frozen=True, slots=True)
class Screens:
    """The two screens of an engine of 600 or 300 dpi."""

    dpi: int
    paper: Screen
    """Around the words."""
    words: Screen
    turns: tuple[int, int]
    """Dots of `paper` take turns in being left out, so many in so large steps: evenly spread in all widths used here."""
    kept: float = 1.0
    """Share of the dots of `paper` that is printed; what the adjustment sheet is for."""

    def __post_init__(self) -> None:
        if self.dpi not in (300, 600) or not 0 < self.kept <= 1:
            raise ValueError("screens are for 600 or 300 dpi and keep a share of the small dots")


PLAIN: Final = Screens(600, Screen(2, 0, 23), Screen(8, 4, 322), (14, 9))
"""For engines of 600 dpi, until one is adjusted."""
COARSE: Final = Screens(300, Screen(1, 0, 5), Screen(5, 3, 104, cut=True), (12, 7), kept=0.917)
"""For engines of 300 dpi. Every twelfth small dot is left out, so that paler engines have one to add."""


def screened(words: npt.NDArray[np.bool_], screens: Screens) -> Dots:
    """Fill an area, given in dots of 600 dpi, with the two screens; gives dots of the engine."""
    scale = 600 // screens.dpi
    coarse = words[::scale, ::scale]
    height, width = coarse.shape
    small = _laid((height, width), screens.paper, screens.turns, screens.kept)
    return np.where(coarse, rings(screens, (height, width)), small).astype(np.uint8)


def rings(screens: Screens, shape: tuple[int, int]) -> Dots:
    """Lay the rings of an area that is one word all over; its shape in dots of the engine."""
    return _laid(shape, screens.words, (1, 1), 1.0)


def _laid(shape: tuple[int, ...], screen: Screen, turns: tuple[int, int], kept: float) -> Dots:
    """Lay dots, leaving out some."""
    height, width = shape
    stride = (width + 7) // 8 * 8
    at = np.arange(0, height * stride, screen.every)
    turn = np.arange(len(at)) * turns[1] % turns[0]
    places = np.zeros((height, stride), np.uint8)
    places.ravel()[at[turn + 0.5 < kept * turns[0]]] = 1
    # A place is the upper left corner of its dot.
    dots = cv2.dilate(places, screen.shape()[::-1, ::-1], anchor=(screen.side - 1, screen.side - 1))
    return np.asarray(dots[:, :width], np.uint8)
