"""Where the words of a front's ground make way: around the values of a document and its pictures, as a registered imprint.

Rings hide part of a stroke from whoever compares the sheet, by eye or by machine. What the sheets of all residents show
alike (labels, and marks of what is left out) keeps them, so that the words stay whole enough to be read on a copy. Knows
boxes and blocks; neither dots nor keys.
"""

import zlib
from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.backs.layout import GROUND_DOTS
from issuing_center.paper.pdf import DOT_PT, PAGE_PT
from issuing_center.paper.values import MARKS, PAINTED, DrawnDocument

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points of the page."""
Blocks = npt.NDArray[np.uint8]
"""Blocks of a front's ground, rows from the top; 1 is cleared."""
BLOCK_DOTS: Final = (16, 46)
"""A block in dots of 600 dpi, across and down. Words end at its edges, too."""
_ABOVE_EM, _BELOW_EM = 0.88, 0.12
"""What a line of text reaches from its baseline, in ems."""
_NEAR_PT: Final = (1.7, 0.8)
"""Kept clear around a box, across and down; a ring is one point wide."""
_NARROW: Final = np.ones((3, 5), np.uint8)
"""Blocks between clearings, down and across: where not so many fit, no stroke of a word is seen."""
_LEAST: Final = 12
"""Blocks of a word that are left in one piece, at least: with fewer a reader has too little open paper to tell rings from ink."""


def boxes_of(drawn: DrawnDocument, number: int) -> list[Box]:
    """Give where a front (from 0) has values and pictures of its own."""
    boxes = [
        (
            text.x_pt,
            text.y_pt - _BELOW_EM * text.size_pt,
            text.x_pt + text.width_pt,
            text.y_pt + _ABOVE_EM * text.size_pt,
        )
        for text in drawn.texts
        if text.page == number and text.text not in MARKS
    ]
    front, pictures = drawn.parts.pages[number], {item.name for item in drawn.parts.objects if item.is_picture}
    content = zlib.decompress(front.content) if front.content_filter else front.content
    for width, height, x, y, name in PAINTED.findall(content):
        if front.forms[name.decode("ascii")] in pictures:
            left, bottom = float(x), float(y)
            boxes.append((left, bottom, left + float(width), bottom + float(height)))
    return boxes


def cleared(words: Blocks, boxes: Iterable[Box]) -> Blocks:
    """Give the blocks of the words to be cleared for some boxes, with what would be left of a word in too small pieces."""
    left, top, width, height = GROUND_DOTS
    across, down = BLOCK_DOTS
    origin = np.array((left * DOT_PT, PAGE_PT[1] - top * DOT_PT) * 2)
    block = np.array((across * DOT_PT, -down * DOT_PT) * 2)
    near = np.array((-_NEAR_PT[0], _NEAR_PT[1], _NEAR_PT[0], -_NEAR_PT[1]))
    # From (left, bottom, right, top) to corners (left, top, right, bottom), in blocks.
    corners = np.array(list(boxes)).reshape(-1, 4)[:, (0, 3, 2, 1)]
    edges = np.clip((corners + near - origin) / block, 0, (width / across, height / down) * 2)
    edges[:, :2], edges[:, 2:] = np.floor(edges[:, :2]), np.ceil(edges[:, 2:])
    covered = np.zeros_like(words)
    for x0, y0, x1, y1 in edges.astype(np.intp).tolist():
        covered[y0:y1, x0:x1] = 1
    kept = np.where(cv2.morphologyEx(covered, cv2.MORPH_CLOSE, _NARROW) > 0, np.uint8(0), words)
    # Three times as fast with 16 bits; more pieces there cannot be.
    _, pieces, boxed, _ = cv2.connectedComponentsWithStats(kept, ltype=cv2.CV_16U)
    kept &= (boxed[:, cv2.CC_STAT_AREA] >= _LEAST).take(np.asarray(pieces, np.uint16))
    return words & ~kept


def rectangles(blocks: Blocks) -> bytes:
    """Give blocks as disjoint rectangles, in operators of a PDF path whose unit is a block, y down."""
    first = np.flatnonzero(np.append(True, (blocks[1:] != blocks[:-1]).any(axis=1)))
    heights = np.diff(np.append(first, len(blocks)))
    # Along a row a 1 begins a run and a -1 ends it, in turn.
    row, column = np.nonzero(np.diff(np.pad(blocks[first].astype(np.int8), ((0, 0), (1, 1))), axis=1))
    runs = zip(row[::2].tolist(), column[::2].tolist(), column[1::2].tolist(), strict=True)
    tops, high = first.tolist(), heights.tolist()
    return b"\n".join([b"%d %d %d %d re" % (x0, tops[at], x1 - x0, high[at]) for at, x0, x1 in runs])
