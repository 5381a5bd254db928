"""How a known picture lies in a scan, to a fraction of a cell, everywhere.

Beyond the plane map a scan is bent: paper is fed unevenly, lenses distort. The bend is measured tile by tile, by correlation
with what is known of the picture, and taken to be smooth. Knows pictures and samples; neither keys nor verdicts.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.enquiry.find import Grey, Map, resized

Samples = npt.NDArray[np.float32]
"""A picture in floating point, rows from the top."""
FINE: Final = 2
"""Samples a cell, along each side, in which pictures are compared."""
ROUGH: Final = 1
"""Samples a cell in which they are first laid on one another: a quarter of the work, and off by a quarter of a cell at most."""
_ENOUGH: Final = 0.9
"""Share of tiles that makes a measurement complete."""
_LEAST_SEEN: Final = 6
_LITTLE: Final = 0.1
"""Of what the tiles of a page usually show; so much at least is asked of each."""
_NODE: Final = 16
"""Cells between the places at which a map is worked out."""
_BAND: Final = 4
"""Rows of such places that samples are taken for at a time."""
_ROWS: Final = 128
"""Rows of samples worked on at a time."""


@dataclass(frozen=True, slots=True)
class Bend:
    """The displacement of a picture in its scan, in cells, at the middles of tiles: shape (down, across)."""

    across: Samples = field(repr=False)
    down: Samples = field(repr=False)
    tile: int
    """Cells in a side of a tile."""


def reduced(scan: Grey, to_scan: Map, cell_px: float, fine: int = FINE) -> tuple[Grey, Map]:
    """Make a scan that is finer than it needs to be smaller, so that taking samples misses nothing between them."""
    factor = 1.2 * fine / cell_px
    if factor > 0.85:
        return scan, to_scan
    small = resized(scan, factor)
    scale = np.diag([small.shape[1] / scan.shape[1], small.shape[0] / scan.shape[0], 1.0])
    return small, scale @ to_scan


def sample(scan: Grey, to_scan: Map, size: tuple[int, int], bend: Bend | None = None, fine: int = FINE) -> Samples:
    """Take `fine` samples a cell of a picture of `size` (rows, columns) out of a scan, through map and bend."""
    rows, columns = size
    # The map is smooth: it is worked out at every `_NODE` cells and drawn straight between them.
    down, across = -(-rows // _NODE), -(-columns // _NODE)
    x = ((np.arange(across, dtype=np.float32) + 0.5) * _NODE)[None, :].repeat(down, 0)
    y = ((np.arange(down, dtype=np.float32) + 0.5) * _NODE)[:, None].repeat(across, 1)
    if bend is not None:
        x, y = x + _at_nodes(bend.across, bend.tile, down, across), y + _at_nodes(bend.down, bend.tile, down, across)
    m = to_scan.astype(np.float32)
    below = m[2, 0] * x + m[2, 1] * y + m[2, 2]
    # A pixel's value belongs to its middle.
    at_x = (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / below - 0.5
    at_y = (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / below - 0.5
    at_x, at_y, step = _framed(at_x), _framed(at_y), _NODE * fine
    # Beyond the scan is paper: its last pixels, drawn on, would be strokes.
    paper = float(np.median(scan[::16, ::16]))
    seen = np.empty((rows * fine, columns * fine), np.uint8)
    # A few rows of nodes at a time: where their samples lie stays in the processor's cache.
    for first in range(0, down, _BAND):
        here = seen[first * step : (first + _BAND) * step]
        inner = (slice(step, step + here.shape[0]), slice(step, step + here.shape[1]))
        places = [cv2.resize(at[first : first + _BAND + 2], None, fx=step, fy=step)[inner] for at in (at_x, at_y)]
        cv2.remap(
            scan, places[0], places[1], cv2.INTER_CUBIC, dst=here, borderMode=cv2.BORDER_CONSTANT, borderValue=(paper,)
        )
    return seen.astype(np.float32)


def _at_nodes(values: Samples, tile: int, down: int, across: int) -> Samples:
    """Interpolate a field given at the middles of tiles at the middles of nodes, going on straight beyond its ends."""
    x, y = (((np.arange(n) + 0.5) * _NODE / tile - 0.5).astype(np.float32) for n in (across, down))
    return np.ascontiguousarray(_along(np.ascontiguousarray(_along(values, x).T), y).T)


def _framed(values: Samples) -> Samples:
    """Add one node on every side, going on straight, so that nothing is bent at the edges."""
    count = values.shape
    at = [np.arange(-1, length + 1).astype(np.float32) for length in count]
    return np.ascontiguousarray(_along(np.ascontiguousarray(_along(values, at[1]).T), at[0]).T)


def level(samples: Samples, side: int) -> Samples:
    """Take out light and contrast: mean 0 and spread 1 around every sample, in a square of `side` samples."""
    side |= 1

    def levelled(part: Samples) -> Samples:
        mean = cv2.blur(part, (side, side))
        spread = np.asarray(cv2.sqrBoxFilter(part, cv2.CV_32F, (side, side)), np.float32)
        spread -= mean * mean
        np.sqrt(np.maximum(spread, 4.0, out=spread), out=spread)
        return (part - mean) / spread

    return by_bands(levelled, samples, side // 2)


def contrast(values: Samples, fine: int = FINE) -> Samples:
    """Take out what is the same around every sample, within eight cells; there are `fine` samples a cell."""
    reach = 8 * fine
    return by_bands(lambda part: part - cv2.blur(part, (2 * reach + 1,) * 2), values, reach)


def by_bands(act: Callable[[Samples], Samples], samples: Samples, reach: int) -> Samples:
    """Do what looks no further than `reach` rows a band at a time, which stays in the processor's cache."""
    done = np.empty_like(samples)
    for top in range(0, len(samples), _ROWS):
        first = max(0, top - reach)
        done[top : top + _ROWS] = act(samples[first : top + _ROWS + reach])[top - first :][:_ROWS]
    return done


def coarse_bend(levelled: Samples, known: Samples, tile: int, reach: int, least: float) -> tuple[Bend, float]:
    """Measure a bend of up to `reach` cells, tile by tile, by correlation with `known` (0 where unknown).

    Both have one sample a cell.

    Gives it with the share of tiles that were seen: those whose correlation falls by `least` times its noise beside the
    peak. Where only some were, the others are given what a curved surface through those says.
    """
    rows, columns = known.shape[0] // tile, known.shape[1] // tile
    padded = cv2.copyMakeBorder(levelled, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    found = np.zeros((4, rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            y, x = row * tile, column * tile
            template = known[y : y + tile, x : x + tile]
            if not template.any():
                continue
            window = padded[y : y + tile + 2 * reach, x : x + tile + 2 * reach]
            match = np.asarray(cv2.matchTemplate(window, template, cv2.TM_CCORR), np.float32)
            _, best, _, (dx, dy) = cv2.minMaxLoc(match)
            noise = float(match.std()) + 1e-6
            # A peak that is a ridge says nothing along it: a tile with one line only.
            along = [_fall(match[dy], dx, best), _fall(match[:, dx], dy, best)]
            found[:, row, column] = (dx - reach, dy - reach, along[0] / noise, along[1] / noise)
    share = float(np.mean(np.minimum(found[2], found[3]) > least))
    if share < _ENOUGH:
        return Bend(_surface(found[0], found[2] > least), _surface(found[1], found[3] > least), tile), share
    return Bend(_smoothed(found[0], found[2], least), _smoothed(found[1], found[3], least), tile), share


def _surface(values: Samples, seen: npt.NDArray[np.bool_]) -> Samples:
    """Put a curved surface (second degree) through what was seen, leaving out what stands far from it."""
    rows, columns = values.shape
    y, x = (axis / max(rows, columns) for axis in np.mgrid[:rows, :columns].astype(np.float64))
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    fitted = np.zeros(values.shape)
    for _ in range(3):
        count = int(seen.sum())
        if count < _LEAST_SEEN:
            return np.zeros_like(values)
        used = terms[..., : 3 if count < 4 * _LEAST_SEEN else 6]
        weights, *_rest = np.linalg.lstsq(used[seen], values[seen].astype(np.float64), rcond=None)
        fitted = used @ weights
        seen = seen & (np.abs(values - fitted) < 3)
    return np.asarray(fitted, np.float32)


def fine_bend(levelled: Samples, known: Samples, tile: int, reach: int, fine: int = FINE) -> Bend:
    """Measure what is left of a bend, up to `reach` samples, of which there are `fine` a cell."""
    step = tile * fine
    rows, columns = known.shape[0] // step, known.shape[1] // step
    width, side = columns * step, 2 * reach + 1
    match, shown = np.empty((side, side, rows, columns), np.float32), np.empty((rows, columns), np.float32)
    # A row of tiles stays in the processor's cache while it is moved about, and no product is written down: six times faster.
    for row in range(rows):
        top, end = row * step - reach, (row + 1) * step + reach
        beyond = (max(0, -top), max(0, end - len(levelled)), reach, reach)
        band = np.asarray(
            cv2.copyMakeBorder(levelled[max(0, top) : end], *beyond, cv2.BORDER_CONSTANT, value=0), np.float32
        )
        template = known[row * step : (row + 1) * step, :width]
        shown[row] = _in_tiles(template, template, step)
        for dy, dx in itertools.product(range(side), repeat=2):
            match[dy, dx, row] = _in_tiles(band[dy : dy + step, dx : dx + width], template, step)
    # Neighbours move alike: each tile asks them too.
    shared = np.stack([cv2.GaussianBlur(plane, (0, 0), 0.6) for plane in match.reshape(-1, rows, columns)])
    flat = shared.argmax(axis=0)
    at_y, at_x = np.clip(flat // side, 1, side - 2), np.clip(flat % side, 1, side - 2)
    shared = shared.reshape(side, side, rows, columns)
    r, c = np.ogrid[:rows, :columns]
    middle = shared[at_y, at_x, r, c]
    left = _tops(shared[at_y, at_x - 1, r, c], middle, shared[at_y, at_x + 1, r, c])
    up = _tops(shared[at_y - 1, at_x, r, c], middle, shared[at_y + 1, at_x, r, c])
    across, down = (at_x + left - reach) / fine, (at_y + up - reach) / fine
    # Along a line, be it level, upright or slanting, nothing is known: sharp is what stays sharp when the other way is free.
    free_y, free_x = shared.max(axis=0), shared.max(axis=1)
    sharp_x = np.maximum(2 * middle - free_y[at_x - 1, r, c] - free_y[at_x + 1, r, c], 0)
    sharp_y = np.maximum(2 * middle - free_x[at_y - 1, r, c] - free_x[at_y + 1, r, c], 0)
    # How sharp a peak should be, for what its tile has to show: a word alone on a blank page is as good as a table.
    much = float(np.percentile(shown, 90)) + 1e-9
    usual = float(np.percentile(np.maximum(sharp_x, sharp_y), 90)) + 1e-9
    due = usual * np.maximum(shown / much, _LITTLE)
    return Bend(
        _smoothed(across.astype(np.float32), sharp_x / due, 0.15),
        _smoothed(down.astype(np.float32), sharp_y / due, 0.15),
        tile,
    )


def _in_tiles(first: Samples, second: Samples, step: int) -> Samples:
    """Give the mean product of two rows of tiles, tile by tile."""
    return np.asarray(np.einsum("yx,yx->x", first, second).reshape(-1, step).sum(axis=1) / step**2, np.float32)


def added(first: Bend, second: Bend) -> Bend:
    """Add a finer measurement to a coarser one."""
    if first.tile == second.tile:
        return Bend(first.across + second.across, first.down + second.down, second.tile)
    shape = second.across.shape
    middles = [((np.arange(count, dtype=np.float32) + 0.5) * second.tile / first.tile - 0.5) for count in shape]
    y, x = np.meshgrid(middles[0], middles[1], indexing="ij")
    moved = [
        cv2.remap(field, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for field in (first.across, first.down)
    ]
    return Bend(moved[0] + second.across, moved[1] + second.down, second.tile)


def _smoothed(values: Samples, trust: Samples, least: float) -> Samples:
    """Let tiles that saw nothing, or stand out from their neighbours, take what the others say."""
    weights = np.where(trust > least, np.minimum(trust, 6 * least), 0).astype(np.float32)
    around = _weighted(values, weights, 2.0)
    weights[np.abs(values - around) > 1.5 + 0.05 * np.abs(around)] = 0
    near, wide = _weighted(values, weights, 0.6), _weighted(values, weights, 2.0)
    return np.where(weights > 0, near, wide).astype(np.float32)


def _weighted(values: Samples, weights: Samples, sigma: float) -> Samples:
    weight = cv2.GaussianBlur(weights, (0, 0), sigma, borderType=cv2.BORDER_ISOLATED)
    mean = cv2.GaussianBlur(values * weights, (0, 0), sigma, borderType=cv2.BORDER_ISOLATED)
    total = float((values * weights).sum() / max(float(weights.sum()), 1.0))
    return np.where(weight > 1e-3, mean / np.maximum(weight, 1e-3), total).astype(np.float32)


def _along(values: Samples, at: npt.NDArray[np.float32]) -> Samples:
    """Interpolate rows linearly at some positions, going on straight beyond both ends."""
    count = values.shape[1]
    if count == 1:
        return np.repeat(values, len(at), axis=1)
    left = np.clip(np.floor(at).astype(np.intp), 0, count - 2)
    share = (at - left).astype(np.float32)
    return values[:, left] * (1 - share) + values[:, left + 1] * share


def _tops(before: Samples, at: Samples, after: Samples) -> Samples:
    """Give the tops of parabolas through three values each, from the middle one."""
    bend = 2 * at - before - after
    safe = np.where(bend > 0, bend, 1.0)
    return np.where(bend > 0, np.clip(0.5 * (after - before) / safe, -1.0, 1.0), 0.0).astype(np.float32)


def _fall(line: Samples, at: int, best: float) -> float:
    """Tell how far a correlation falls on both sides of its peak, two cells away."""
    sides = [line[place] for place in (at - 2, at + 2) if 0 <= place < len(line)]
    return best - float(max(sides))
