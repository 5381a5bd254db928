"""The scrambled picture: an image cipher in which one wrong cell is one wrong pixel.

Two steps, each with its own key: the rows of the picture change places, and after the fixed permutation of `layout` every
cell is inverted or not, as a keystream says. The keystream alone makes the grid even noise that tells nothing of the front;
used once, it hides the order of rows from somebody who knows front and back of one sheet. A reader who knows the key knows
most cells in advance, because most of a front is paper: that is what registration and equalisation build on.
"""

import functools

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from issuing_center.backs.keys import PageKey
from issuing_center.backs.layout import Setting, geometry_of, pilots, sources

Bits = npt.NDArray[np.uint8]
"""Zeros and ones, one a byte; 1 is ink."""


def scramble(picture: Bits, key: PageKey, setting: Setting) -> bytes:
    """Turn a picture (rows, columns) into the cells of the grid, packed row by row as a PDF image wants them."""
    geometry = geometry_of(setting)
    if picture.shape != (geometry.picture_px[1], geometry.picture_px[0]):
        raise ValueError("the picture has another size than the setting carries")
    # Nearly all of a front is paper, and looked through four pixels at a time: only fours with ink in them are carried to
    # their places, on an empty grid. Picking single pixels of ink out of them takes longer than carrying all four.
    fours = picture[_row_order(key, setting)].ravel().view(np.uint32)
    inked = np.flatnonzero(fours != 0)
    cells = np.zeros(geometry.rows * geometry.columns, np.uint8)
    cells[_targets(setting).take(inked, axis=0)] = fours[inked].view(np.uint8).reshape(-1, 4)
    grid = np.packbits(cells.reshape(geometry.rows, geometry.columns), axis=1)
    grid |= _inked_pilots(setting)
    grid ^= _stream(key, setting) & _mask(setting)
    return grid.tobytes()


def expected_grid(key: PageKey, setting: Setting) -> Bits:
    """Give the grid (rows, columns) of an empty front: what a back shows wherever the front shows paper."""
    geometry = geometry_of(setting)
    stream = np.unpackbits(_stream(key, setting) & _mask(setting), axis=1)[:, : geometry.columns]
    known = pilots(setting)
    return np.asarray(stream | (known & 1), np.uint8)


def unscramble(inverted: npt.NDArray[np.float32], key: PageKey, setting: Setting) -> npt.NDArray[np.float32]:
    """Bring cells back to where their pixels stand in the picture.

    `inverted` says of every cell of the grid how surely it differs from `expected_grid`: positive is ink on the front.
    Gives the picture (rows, columns) in the same numbers.
    """
    geometry = geometry_of(setting)
    width, height = geometry.picture_px
    picture = np.empty(height * width, np.float32)
    source = sources(setting)
    places = np.flatnonzero(source < height * width)
    picture[source[places]] = inverted.ravel()[places]
    rows = np.empty((height, width), np.float32)
    rows[_row_order(key, setting)] = picture.reshape(height, width)
    return rows


def _row_order(key: PageKey, setting: Setting) -> npt.NDArray[np.intp]:
    height = geometry_of(setting).picture_px[1]
    return np.argsort(np.frombuffer(_keystream(key.rows, 8 * height), "<u8"), kind="stable")


def _stream(key: PageKey, setting: Setting) -> Bits:
    geometry = geometry_of(setting)
    width = (geometry.columns + 7) // 8
    return np.frombuffer(_keystream(key.stream, geometry.rows * width), np.uint8).reshape(geometry.rows, width)


@functools.lru_cache(maxsize=2)
def _inked_pilots(setting: Setting) -> Bits:
    """Give the cells that are ink on every back, packed."""
    return np.packbits(pilots(setting) == 1, axis=1)


@functools.lru_cache(maxsize=2)
def _targets(setting: Setting) -> npt.NDArray[np.int32]:
    """Give for every pixel of the picture the cell that carries it, four to a row; both settings have a multiple of four.

    Half as wide as numpy's own indices: the table is larger than the processor's cache.
    """
    width, height = geometry_of(setting).picture_px
    source = sources(setting)
    # Cells left over carry paper, and so does no pixel number beyond the picture.
    carrying = np.flatnonzero(source < width * height)
    targets = np.empty(width * height, np.int32)
    targets[source[carrying]] = carrying
    return targets.reshape(-1, 4)


@functools.lru_cache(maxsize=2)
def _mask(setting: Setting) -> Bits:
    """Give the cells that the keystream may invert, packed: all but the pilots."""
    return np.packbits(pilots(setting) == 2, axis=1)


def _keystream(key: bytes, length: int) -> bytes:
    # Counter zero: a key serves one page and is never used again.
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(length))
