"""Where everything stands on a back, how many cells of the front it carries, and what a reader must know of the front.

All lengths are dots of a 600 dpi engine (4960 x 7016 on A4), counted from the upper left corner, or cells of the scrambled
picture. A cell is a whole number of dots, and every edge is even, so that an engine of 300 dpi prints whole dots too. Knows
neither keys nor pictures.
"""

import functools
import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

PAGE_DOTS: Final = (4960, 7016)
"""A4 at 600 dpi, width and height."""
PITCH: Final = 64
"""Cells from one line of the lattice to the next. Its lines are one cell thick, 3 % of the area."""
MARK_CELLS: Final = 40
"""Side of the square a corner mark takes from the grid."""
MARK_RADII: Final = (6.0, 12.0, 17.0)
"""A corner mark in cells: a black disk, a white ring, a black ring, white beyond; the same under any rotation."""
CODE_BOXES: Final = ((1010, 6480), (4250, 6480))
"""Upper left corners of the two codes; one that is torn or stained away leaves the other."""
CODE_DOTS: Final = 396
"""Side of a code without its quiet zone: 33 modules of 12 dots (0.5 mm)."""
CODE_QUIET_DOTS: Final = 48
"""Four modules of white around a code."""

GROUND_DOTS: Final = (212, 140, 4536, 6736)
"""The ground of a front: left, top, width, height."""
SEAL_DOTS: Final = (330, 6058)
"""Upper left corner of the white around the signed code of a front: with it, the code begins where the frame of the form does."""
SEAL_MODULE_DOTS: Final = 12
"""0.508 mm, and a whole number of dots at 300 dpi as well."""
SEAL_QUIET: Final = 2
"""Modules of white around the code; one is what ISO/IEC 16022 asks."""


class Setting(Enum):
    """How finely a back carries the front. The value stands in the header of every back and never changes its meaning."""

    STANDARD = "S"
    """Cells of 4 dots (0.17 mm): readable from a scan of 200 dpi."""
    FINE = "F"
    """Cells of 3 dots (0.13 mm): wants 300 dpi, and an engine of 600."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """The numbers of one setting."""

    setting: Setting
    cell_dots: int
    """Side of a cell."""
    tiles: tuple[int, int]
    """Meshes of the lattice, across and down."""
    left_dots: int
    top_dots: int
    """Upper left corner of the grid."""
    page_px: tuple[int, int]
    """The whole front, in pixels of the carried picture: width and height."""
    crop_px: tuple[int, int]
    """Where the carried part begins in it. The rest is the margin, in which nothing may stand."""
    picture_px: tuple[int, int]
    """The carried part: width and height; one pixel is one cell."""

    @property
    def columns(self) -> int:
        """Cells of the grid across, lattice included."""
        return self.tiles[0] * PITCH + 1

    @property
    def rows(self) -> int:
        """Cells of the grid down, lattice included."""
        return self.tiles[1] * PITCH + 1

    @property
    def dpi(self) -> float:
        """Resolution of the carried picture."""
        return self.page_px[0] * 600 / PAGE_DOTS[0]

    @property
    def mark_centres(self) -> tuple[tuple[float, float], ...]:
        """Centres of the corner marks, in cells from the grid's corner: upper left, upper right, lower right, lower left."""
        near = MARK_CELLS / 2
        return (
            (near, near),
            (self.columns - near, near),
            (self.columns - near, self.rows - near),
            (near, self.rows - near),
        )


STANDARD: Final = Geometry(
    setting=Setting.STANDARD,
    cell_dots=4,
    tiles=(17, 24),
    left_dots=302,
    top_dots=196,
    page_px=(1134, 1604),
    crop_px=(36, 50),
    picture_px=(1062, 1506),
)
FINE: Final = Geometry(
    setting=Setting.FINE,
    cell_dots=3,
    tiles=(22, 32),
    left_dots=366,
    top_dots=196,
    page_px=(1470, 2079),
    crop_px=(42, 64),
    picture_px=(1374, 1950),
)


def geometry_of(setting: Setting) -> Geometry:
    """Give the numbers of a setting."""
    return STANDARD if setting is Setting.STANDARD else FINE


@functools.lru_cache(maxsize=2)
def pilots(setting: Setting) -> npt.NDArray[np.uint8]:
    """Give what every back shows alike, as a grid of cells: 1 ink, 0 paper, 2 a cell that carries something.

    The lattice is a fixed pseudo-random sequence, black and white in equal parts, so that a tile fits at one place only.
    """
    geometry = geometry_of(setting)
    rows, columns = geometry.rows, geometry.columns
    chance = hashlib.shake_256(b"certificate-kiosk back lattice 1").digest((rows * columns + 7) // 8)
    known = np.unpackbits(np.frombuffer(chance, np.uint8))[: rows * columns].reshape(rows, columns).copy()
    grid = np.full((rows, columns), 2, np.uint8)
    grid[::PITCH] = known[::PITCH]
    grid[:, ::PITCH] = known[:, ::PITCH]
    mark = corner_mark()
    for top in (slice(None, MARK_CELLS), slice(-MARK_CELLS, None)):
        for left in (slice(None, MARK_CELLS), slice(-MARK_CELLS, None)):
            grid[top, left] = mark
    grid.flags.writeable = False
    return grid


def corner_mark() -> npt.NDArray[np.uint8]:
    """Draw a corner mark in cells, 1 ink."""
    across = np.arange(MARK_CELLS) + 0.5 - MARK_CELLS / 2
    radius = np.hypot(across[:, None], across[None, :])
    disk, gap, ring = MARK_RADII
    return np.asarray((radius < disk) | ((radius >= gap) & (radius < ring)), np.uint8)


@functools.lru_cache(maxsize=2)
def sources(setting: Setting) -> npt.NDArray[np.int32]:
    """Give for every cell of the grid, row by row, which pixel it carries; pilots carry pixel `n` (paper) or `n + 1` (ink).

    `n` is the number of pixels. A fixed permutation over the whole sheet: a stain, a fold or a punched hole costs specks
    everywhere and no character anywhere. It is public; what is secret is in `scramble`. Cells left over carry paper.
    """
    geometry = geometry_of(setting)
    grid = pilots(setting).ravel()
    count = geometry.picture_px[0] * geometry.picture_px[1]
    free = np.flatnonzero(grid == 2)
    chance = hashlib.shake_256(b"certificate-kiosk back permutation 1").digest(8 * free.size)
    # No two of these numbers are equal, so every way of sorting gives this order; the plain one takes half the time.
    order = np.argsort(np.frombuffer(chance, "<u8"))
    source = np.asarray((grid == 1) + count, np.int32)
    source[free] = np.where(order < count, order, count)
    source.flags.writeable = False
    return source
