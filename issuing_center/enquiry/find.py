"""Where the back lies in a scan: its codes, its corner marks, and the plane map from the grid to the scan.

Resolution, orientation and place come from the marks alone; what a file says of its own resolution is not asked.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from issuing_center.backs.header import Header, read_header
from issuing_center.backs.layout import (
    CODE_BOXES,
    CODE_DOTS,
    MARK_CELLS,
    Geometry,
    corner_mark,
    geometry_of,
)

Grey = npt.NDArray[np.uint8]
"""A scan, rows from the top, 255 is white."""
Points = npt.NDArray[np.float32]
"""Points as (n, 2): x, y."""
Map = npt.NDArray[np.float64]
"""A plane projective map, 3 x 3."""

_LONG_SIDES: Final = (2400, 3600, 1700, 5200)
"""Sizes (pixels of the longer side) at which codes are looked for, the likeliest first."""
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_REACH: Final = 44
"""How far from its expected place a corner mark is looked for, in cells (7.5 mm)."""
_MARK_LEAST: Final = 0.45
"""Least correlation of a corner mark; noise of the grid reaches 0.3."""


@dataclass(frozen=True, slots=True)
class FoundBack:
    """A back in a scan."""

    header: Header
    """As its codes say; not yet known to be ours."""
    to_scan: Map = field(repr=False)
    """From cells of the grid to pixels of the scan."""
    cell_px: float
    """Pixels of the scan in a cell, about."""


def find_back(scan: Grey) -> FoundBack | None:
    """Find a back; None if no code of ours can be read."""
    for header, codes in _read_codes(scan):
        geometry = geometry_of(header.setting)
        cells, pixels = _corners(codes, geometry)
        to_scan, marks = _through_marks(scan, _similarity(cells, pixels), geometry)
        if marks < len(geometry.mark_centres):
            # A scan much longer than wide, or the reverse: what two codes say of that is rough, but better than nothing.
            stretched, more = _through_marks(scan, _affinity(cells, pixels), geometry)
            to_scan = stretched if more > marks else to_scan
        return FoundBack(header, to_scan, float(np.sqrt(abs(np.linalg.det(to_scan[:2, :2])))))
    return None


def _read_codes(scan: Grey) -> list[tuple[Header, dict[int, Points]]]:
    """Read the codes of ours: each header with the corners of its left (0) and right (1) code; those with two come first."""
    found: dict[Header, dict[int, Points]] = {}
    for side in _LONG_SIDES:
        scale = side / max(scan.shape)
        if scale > 1.6:
            continue
        small = scan
        if abs(scale - 1) > 0.15:
            small = resized(scan, scale)
        ratio = np.array([scan.shape[1] / small.shape[1], scan.shape[0] / small.shape[0]], np.float32)
        for code in zxingcpp.read_barcodes(small, _QR, try_downscale=False, try_invert=False):
            read = read_header(code.text)
            if read is not None:
                place = code.position
                corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left]
                points = np.array([(corner.x + 0.5, corner.y + 0.5) for corner in corners], np.float32) * ratio - 0.5
                found.setdefault(read[0], {})[read[1]] = points
        if any(len(codes) == 2 for codes in found.values()):
            break
    return sorted(found.items(), key=lambda item: -len(item[1]))


def resized(scan: Grey, scale: float) -> Grey:
    """Make a scan smaller or larger."""
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(scan, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def _corners(codes: dict[int, Points], geometry: Geometry) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give the corners of the codes, (n, 2) each: in cells, where they should be, and in pixels, where they are."""
    square = np.array([(0, 0), (CODE_DOTS, 0), (CODE_DOTS, CODE_DOTS), (0, CODE_DOTS)], np.float64)
    origin = (geometry.left_dots, geometry.top_dots)
    cells = [(square + CODE_BOXES[side][:2] - origin) / geometry.cell_dots for side in codes]
    return np.concatenate(cells), np.concatenate(list(codes.values())).astype(np.float64)


def _similarity(cells: npt.NDArray[np.float64], pixels: npt.NDArray[np.float64]) -> Map:
    """Fit turn, size and shift through some points."""
    z, target = (points[:, 0] + 1j * points[:, 1] for points in (cells, pixels))
    (turn, shift), *_ = np.linalg.lstsq(np.stack((z, np.ones_like(z)), axis=1), target, rcond=None)
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag], [0, 0, 1]])


def _affinity(cells: npt.NDArray[np.float64], pixels: npt.NDArray[np.float64]) -> Map:
    """Fit any plane map that keeps parallels through some points."""
    rows, *_ = np.linalg.lstsq(np.column_stack((cells, np.ones(len(cells)))), pixels, rcond=None)
    return np.vstack((rows.T, (0, 0, 1)))


def _through_marks(scan: Grey, rough: Map, geometry: Geometry) -> tuple[Map, int]:
    """Find the corner marks near where the codes say they are; gives the plane map through those found, and how many were.

    Near marks are looked for first; each mark found makes the guess for the next better.
    """
    centres = geometry.mark_centres
    current = rough
    found: dict[int, Points] = {}
    for corner in (3, 2, 0, 1):
        place = _mark_near(scan, current, centres[corner])
        if place is not None:
            found[corner] = place
            current = _fitted(rough, centres, found)
    return current, len(found)


def _mark_near(scan: Grey, to_scan: Map, centre: tuple[float, float]) -> Points | None:
    """Look for a corner mark; None if nothing looks like one. Gives its place in the scan."""
    half = MARK_CELLS // 2 + _REACH
    side, fine = 2 * half, 2
    # A window of the scan, turned and sized so that a cell is two pixels.
    to_window = np.array([[1 / fine, 0, centre[0] - half], [0, 1 / fine, centre[1] - half], [0, 0, 1]])
    # A pixel's value belongs to its middle.
    window = cv2.warpPerspective(
        scan,
        to_scan @ to_window @ _HALF,
        (side * fine, side * fine),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    window = cv2.GaussianBlur(window, (0, 0), 2.5)
    mark = cv2.GaussianBlur(np.kron(255 - 255 * corner_mark(), np.ones((fine, fine), np.uint8)), (0, 0), 2.5)
    match = cv2.matchTemplate(window, mark, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(match)
    if best < _MARK_LEAST or not (0 < x < match.shape[1] - 1 and 0 < y < match.shape[0] - 1):
        return None
    dx = _peak(match[y, x - 1], match[y, x], match[y, x + 1])
    dy = _peak(match[y - 1, x], match[y, x], match[y + 1, x])
    offset = ((x + dx) / fine - _REACH, (y + dy) / fine - _REACH)
    return np.asarray(_apply(to_scan, np.array([(centre[0] + offset[0], centre[1] + offset[1])]))[0], np.float32)


_HALF: Final = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])


def _fitted(rough: Map, centres: tuple[tuple[float, float], ...], found: dict[int, Points]) -> Map:
    """Correct a map by the marks found: shifted by one, turned and sized by two, sheared by three, projective by four."""
    cells = np.array([centres[corner] for corner in found], np.float64)
    pixels = np.array([found[corner] for corner in found], np.float64)
    if len(found) == 4:
        return np.asarray(cv2.getPerspectiveTransform(cells.astype(np.float32), pixels.astype(np.float32)), np.float64)
    guess = _apply(rough, cells).astype(np.float64)
    if len(found) == 3:
        inputs = np.column_stack((guess, np.ones(3)))
        rows = np.linalg.solve(inputs, pixels).T
    elif len(found) == 2:
        z, w = guess[:, 0] + 1j * guess[:, 1], pixels[:, 0] + 1j * pixels[:, 1]
        turn = (w[1] - w[0]) / (z[1] - z[0])
        shift = w[0] - turn * z[0]
        rows = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    else:
        rows = np.column_stack((np.eye(2), (pixels - guess)[0]))
    return np.vstack((rows, (0, 0, 1))) @ rough


def _apply(to_scan: Map, points: npt.NDArray[np.float64]) -> Points:
    homogeneous = np.column_stack((points, np.ones(len(points)))) @ to_scan.T
    return (homogeneous[:, :2] / homogeneous[:, 2:]).astype(np.float32)


def _peak(before: float, at: float, after: float) -> float:
    """Give where a parabola through three values has its top, from the middle one."""
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))
