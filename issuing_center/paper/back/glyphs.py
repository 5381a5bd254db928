"""The values of a front as its back carries them: set from pictures of single glyphs, which HarfBuzz fills and which are kept.

Most of what a resident's sheet shows was on other sheets before, so a glyph is filled once and then only copied. Glyphs stand
where pdfium would put them: on whole pixels of a picture twice as fine. Kept are single glyphs, never what they were set to.
"""

import functools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb  # type: ignore[import-untyped]  # the package ships neither stubs nor py.typed

from issuing_center.backs.layout import Geometry, Setting, geometry_of
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.outline import hb_font
from issuing_center.paper.pdf import PAGE_PT
from issuing_center.paper.text import Glyphs, shape, width_em

Grey = npt.NDArray[np.uint8]
"""A picture, 255 is paper."""
Box = tuple[int, int, int, int]
"""A part of the carried picture: left, top, right, bottom."""
FINER: Final = 2
"""Glyphs stand on whole pixels of a picture so many times finer than the carried one."""
_EXACT_PX: Final = 50
"""Glyphs larger than this in the finer picture are drawn by pdfium where they stand exactly."""
_GAP: Final = 0.5
"""More than this a gap between two glyphs must not lose by their going to whole pixels."""
ABOVE_EM: Final = 0.95
BELOW_EM: Final = 0.3
"""How far glyphs of the paper font reach from their baseline."""
BESIDE_EM: Final = 0.3
"""How far they reach out of their advance."""
_LINE: Final = re.compile(rb"/F ([\d.]+) Tf 1 0 0 1 ([\d.]+) ([\d.]+) Tm <([0-9a-f]+)> Tj\n")
_Pixels = npt.NDArray[np.intp]
"""Where a glyph has ink, counted from the pixel of its origin through the rows of the picture, times 256; and how much."""


class Line(NamedTuple):
    """A line of text on a front."""

    glyphs: Glyphs
    x_pt: float
    y_pt: float
    """Baseline, from the lower edge."""
    size_pt: float


class Lines(NamedTuple):
    """The lines of a front."""

    lines: list[Line]
    boxes: list[Box]
    """What the ink of every line stays inside of."""


def read_lines(operators: bytes, texts: Sequence[str], geometry: Geometry, fonts: PaperFonts) -> Lines | None:
    """Read the lines of a text section, whose `texts` are recorded; None if it is anything but these, well inside the picture.

    Where they stand is taken from the operators and not from the record: the back carries what the file shows.
    """
    found = _LINE.findall(operators)
    if not found or len(found) != len(texts) or _LINE.sub(b"", operators) != b"ET":
        return None
    lines = list[Line]()
    for (size, x, y, codes), text in zip(found, texts, strict=True):
        glyphs = shape(text, fonts)
        if glyphs is None or 4 * len(glyphs) != len(codes):
            return None
        lines.append(Line(glyphs, float(x), float(y), float(size)))
    boxes = _boxes(lines, geometry)
    inside = boxes[:, :2].min() >= 0 and (boxes[:, 2:] <= geometry.picture_px).all()
    return Lines(lines, [tuple(box) for box in boxes.tolist()]) if inside else None


def _boxes(lines: Sequence[Line], geometry: Geometry) -> npt.NDArray[np.intp]:
    em = scale(geometry)[0] / FINER * np.array([line.size_pt for line in lines])
    corner = np.array([(line.x_pt, PAGE_PT[1] - line.y_pt) for line in lines])
    x, y = (corner * scale(geometry) / FINER - geometry.crop_px).T
    end = x + em * [width_em(line.glyphs) for line in lines]
    first, last = (x - BESIDE_EM * em, y - ABOVE_EM * em), (end + BESIDE_EM * em, y + BELOW_EM * em)
    return np.stack([*(np.floor(first) - 1), *(np.ceil(last) + 1)], axis=1).astype(np.intp)


def set_lines(grey: Grey, text: Lines, geometry: Geometry, fonts: PaperFonts) -> None:
    """Set lines into a picture of the carried part."""
    largest_pt = _EXACT_PX / scale(geometry)[0]
    for line, box in zip(text.lines, text.boxes, strict=True):
        if line.size_pt > largest_pt:
            _set_exactly(grey, line, box, geometry, fonts)
    small = [line for line in text.lines if line.size_pt <= largest_pt]
    if not small:
        return
    glyphs, origins = _on_pixels(small, geometry, fonts)
    # Neighbours may share a pixel, so that every other glyph is set first.
    glyphs, origins = glyphs[::2] + glyphs[1::2], origins[::2] + origins[1::2]
    counts = [len(glyph) for glyph in glyphs]
    inked = np.concatenate(glyphs)
    places, ink = (inked >> 8) + np.repeat(origins, counts), (inked & 255).astype(np.uint8)
    flat, half = grey.reshape(-1), sum(counts[: (len(counts) + 1) // 2])
    for part in (slice(None, half), slice(half, None)):
        paper = flat[places[part]]
        flat[places[part]] = paper - np.minimum(paper, ink[part])


def _on_pixels(lines: Sequence[Line], geometry: Geometry, fonts: PaperFonts) -> tuple[list[_Pixels], list[int]]:
    """Give the glyphs of lines and the pixels of their origins, at whole pixels of the finer picture."""
    (across, down), (left, top), width = scale(geometry), geometry.crop_px, geometry.picture_px[0]
    counts = [len(line.glyphs) for line in lines]
    sizes = np.repeat([line.size_pt for line in lines], counts)
    steps = np.array([advance for line in lines for _, _, advance in line.glyphs]) * sizes * (across / 1000)
    places = np.cumsum(steps) - steps
    starts = np.cumsum(counts) - counts
    begins = np.array([line.x_pt for line in lines]) * across - left * FINER
    places += np.repeat(begins - places[starts], counts)
    columns = (places + 0.5).astype(np.intp)
    lost = np.diff(places) - np.diff(columns) > _GAP
    lost[starts[1:] - 1] = False
    for number in np.unique(np.searchsorted(starts, np.flatnonzero(lost), "right") - 1).tolist():
        part = slice(starts[number], starts[number] + counts[number])
        columns[part] = _evened(places[part].tolist(), columns[part].tolist())
    heights = (PAGE_PT[1] - np.array([line.y_pt for line in lines])) * down - top * FINER
    rows = np.repeat((heights + 0.5).astype(np.intp), counts)
    setting = geometry.setting.value
    glyphs = [
        _kept(glyph, size, left_fine, top_fine, setting, fonts)
        for glyph, size, left_fine, top_fine in zip(
            [glyph for line in lines for _, glyph, _ in line.glyphs],
            sizes.tolist(),
            (columns % FINER).tolist(),
            (rows % FINER).tolist(),
            strict=True,
        )
    ]
    return glyphs, (rows // FINER * width + columns // FINER).tolist()


def _evened(places: Sequence[float], columns: list[int]) -> list[int]:
    """Even out a line as pdfium does: from its end, a gap that lost too much gets a pixel from the one before."""
    for here in range(len(places) - 2, 0, -1):
        if places[here + 1] - places[here] - columns[here + 1] + columns[here] > _GAP:
            columns[here] -= 1
    return columns


def _set_exactly(grey: Grey, line: Line, box: Box, geometry: Geometry, fonts: PaperFonts) -> None:
    """Set a line of large glyphs where they stand, off the pixels; they are not kept."""
    left, top, right, bottom = box
    em = line.size_pt / FINER
    across, down = (em * each for each in scale(geometry))
    x = line.x_pt / line.size_pt * across - geometry.crop_px[0] - left
    y = bottom + geometry.crop_px[1] - (PAGE_PT[1] - line.y_pt) / line.size_pt * down
    pen, font = hb.RasterDraw(), hb_font(fonts)
    pen.extents = hb.RasterExtents(0, 0, right - left, bottom - top, 0)
    for _, glyph, advance in line.glyphs:
        pen.transform = (across / fonts.units_per_em, 0, 0, down / fonts.units_per_em, x, y)
        pen.draw_glyph(font, glyph)
        x += advance * across / 1000
    ink = np.frombuffer(pen.render().buffer, np.uint8).reshape(bottom - top, -1)[::-1, : right - left]
    here = grey[top:bottom, left:right]
    here -= np.minimum(here, ink)


@functools.lru_cache(maxsize=4096)
def _kept(glyph: int, size_pt: float, left_fine: int, top_fine: int, setting: str, fonts: PaperFonts) -> _Pixels:
    """Fill a glyph whose origin is so many finer pixels off a whole pixel. About 1 KB each."""
    pixels = _filled(glyph, size_pt, left_fine / FINER, top_fine / FINER, setting, fonts)
    # Other documents are set from it.
    pixels.flags.writeable = False
    return pixels


def _filled(glyph: int, size_pt: float, left_px: float, top_px: float, setting: str, fonts: PaperFonts) -> _Pixels:
    geometry = geometry_of(Setting(setting))  # by its value, because an Enum hashes slowly
    across, down = scale(geometry)
    em = size_pt / fonts.units_per_em / FINER
    pen = hb.RasterDraw()
    pen.transform = (em * across, 0, 0, em * down, left_px, -top_px)
    pen.draw_glyph(hb_font(fonts), glyph)
    image = pen.render()
    box = image.extents
    ink = np.frombuffer(image.buffer, np.uint8).reshape(box.height, box.stride)[::-1]
    rows, columns = np.nonzero(ink)
    above = box.y_origin + box.height
    places = (rows - above) * geometry.picture_px[0] + columns + box.x_origin
    return np.asarray((places << 8) + ink[rows, columns], np.intp)


def scale(geometry: Geometry) -> tuple[float, float]:
    """Give finer pixels in a point, across and down."""
    return geometry.page_px[0] * FINER / PAGE_PT[0], geometry.page_px[1] * FINER / PAGE_PT[1]
