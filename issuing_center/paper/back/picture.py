"""The front as the back carries it: rendered small, one bit a pixel, thin strokes kept.

What the fronts of a form share (lines, labels, the official seal) is rendered once and copied; values are set from glyphs
that are kept (`glyphs`). pdfium draws what is left: the signed code, a registered seal, the strokes of one page.
"""

import ctypes
import functools
import math
import re
import threading
import zlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from issuing_center.backs.layout import Geometry
from issuing_center.backs.scramble import Bits
from issuing_center.paper.back.glyphs import FINER, Box, Grey, read_lines, scale, set_lines
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import PAGE_PT, Page, Parts, PdfObject
from issuing_center.paper.values import PAINTED, DrawnDocument

_BAND: Final = 128
"""Rows worked on at a time: they stay in the processor's cache, and no new memory is asked for."""
_BESIDE: Final = 8
"""Rows beside a band that decide on its first and last ones."""
_LIMITS: Final = np.clip(0.55 * np.arange(256) + 42, 50, 150).astype(np.uint8)
"""Ink above which a pixel is ink, by the mean ink around it."""
_CREST: Final = 40
"""Ink that a pixel has more than its surroundings from which it is a stroke, though it is under the limit."""
_PLAIN: Final = re.compile(
    rb"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 1 /Width (\d+) /Height (\d+)"
)
"""What is said of a picture that stands in the file as it is."""
_RENDERER: Final = threading.Lock()
"""pdfium is not made for two threads at once, even on two documents. Nothing of a document outlives the lock."""


def render_fronts(pdf: bytes, geometry: Geometry) -> list[Grey]:
    """Render every page as the picture the setting carries, in grey: 255 is paper. Shape (rows, columns)."""
    with _RENDERER:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_render(document, number, _whole(geometry), geometry) for number in range(len(document))]
        finally:
            document.close()


def carried_bits(drawn: DrawnDocument, geometry: Geometry, fonts: PaperFonts) -> list[Bits]:
    """Give the fronts of a drawn document as `one_bit` of `render_fronts` does, from what is kept of form and font."""
    objects = {item.name: item for item in drawn.parts.objects}
    fronts, left_over = list[_Front](), list[tuple[_Front, Page]]()
    for number, page in enumerate(drawn.parts.pages):
        shared, own = _parted(page, objects)
        form, packed = _form(shared.content, _used(set(shared.forms.values()), objects), geometry)
        front = _Front(form.copy(), np.unpackbits(packed, count=form.size).reshape(form.shape), [])
        fronts.append(front)
        drawings, _, operators = own.content.partition(b"\nBT\n")
        lines = read_lines(operators, [text.text for text in drawn.texts if text.page == number], geometry, fonts)
        if lines is not None:
            set_lines(front.grey, lines, geometry, fonts)
            front.changed.extend(lines.boxes)
            drawings = _add_plain(front, drawings, own, objects, geometry)
            own = Page(drawings, b"", {}, own.forms)
        if own.content:
            left_over.append((front, own))
    if left_over:
        _lay_over(left_over, objects, geometry)
    for front in fronts:
        _decide(front.grey, front.bits, front.changed)
    return [front.bits for front in fronts]


class _Front(NamedTuple):
    """A front in the making."""

    grey: Grey
    bits: Bits
    """To begin with, what its form alone would be."""
    changed: list[Box]
    """What may show more than the form."""


def _add_plain(
    front: _Front, drawings: bytes, page: Page, objects: Mapping[str, PdfObject], geometry: Geometry
) -> bytes:
    """Add the ink of plain pictures as pdfium draws them, which takes it longer to begin with; give the other drawings."""
    rest = list[bytes]()
    for line in drawings.split(b"\n"):
        found = PAINTED.fullmatch(line)
        modules = _modules(objects[page.forms[found[5].decode("ascii")]]) if found is not None else None
        if found is None or modules is None:
            rest.append(line)
            continue
        # Every pixel of the finer picture shows the module its centre is in.
        left, top, right, bottom = _fine_box(found, geometry)
        box = (left // FINER, top // FINER, -(-right // FINER), -(-bottom // FINER))
        fine = np.zeros(((box[3] - box[1]) * FINER, (box[2] - box[0]) * FINER), np.uint8)
        here = fine[top - box[1] * FINER : bottom - box[1] * FINER, left - box[0] * FINER : right - box[0] * FINER]
        rows, columns = (
            ((np.arange(length) + 0.5) * (count / length)).astype(np.intp)
            for length, count in zip(here.shape, modules.shape, strict=True)
        )
        here[:] = modules[rows[:, None], columns]
        _add(front, cv2.resize(fine, None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA), box)
    return b"\n".join(rest)


def _modules(item: PdfObject) -> Grey | None:
    """Give the ink of an uncompressed picture of one bit a pixel, None for anything else."""
    found = _PLAIN.fullmatch(b"".join([part for part in item.parts[1:2] if isinstance(part, bytes)]))
    if found is None or not isinstance(item.parts[3], bytes):
        return None
    width, height = int(found[1]), int(found[2])
    bits = np.unpackbits(np.frombuffer(item.parts[3], np.uint8).reshape(height, -1), axis=1)[:, :width]
    return (1 - bits) * np.uint8(255)


def _add(front: _Front, ink: npt.NDArray[Any], box: Box) -> None:
    left, top, right, bottom = box
    here = front.grey[top:bottom, left:right]
    here -= np.minimum(here, ink.astype(np.uint8, copy=False))
    front.changed.append(box)


def _lay_over(fronts: list[tuple[_Front, Page]], objects: Mapping[str, PdfObject], geometry: Geometry) -> None:
    """Add to fronts the ink of pages."""
    pages = [page for _, page in fronts]
    used = _used({name for page in pages for name in (*page.fonts.values(), *page.forms.values())}, objects)
    pdf = Parts(used, tuple(pages), "", "").assembled()
    with _RENDERER:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for number, (front, page) in enumerate(fronts):
                for box in _boxes(page.content, geometry):
                    _add(front, np.uint8(255) - _render(document, number, box, geometry), box)
        finally:
            document.close()


def _boxes(content: bytes, geometry: Geometry) -> list[Box]:
    """Give the parts of a picture that drawings may have ink in; all of it when they are not single pictures."""
    boxes = list[Box]()
    for line in content.split(b"\n"):
        found = PAINTED.fullmatch(line)
        if found is None:
            return [_whole(geometry)]
        left, top, right, bottom = _fine_box(found, geometry)
        boxes.append((left // FINER, top // FINER, -(-right // FINER), -(-bottom // FINER)))
    return boxes


def _fine_box(found: re.Match[bytes], geometry: Geometry) -> Box:
    """Give the pixels of the finer picture that a drawing touches."""
    (across, down), crop = scale(geometry), geometry.crop_px
    width, height, x, y = (float(found[group]) for group in range(1, 5))
    left, top = x * across - crop[0] * FINER, (PAGE_PT[1] - y - height) * down - crop[1] * FINER
    return math.floor(left), math.floor(top), math.ceil(left + width * across), math.ceil(top + height * down)


def _whole(geometry: Geometry) -> Box:
    return 0, 0, *geometry.picture_px


def _parted(page: Page, objects: Mapping[str, PdfObject]) -> tuple[Page, Page]:
    """Part a page into the drawings it shares with others, and the rest. Pictures are a document's own."""
    content = zlib.decompress(page.content) if page.content_filter else page.content
    drawings, start, values = content.partition(b"\nBT\n")
    shared, own, names = list[bytes](), list[bytes](), dict[str, str]()
    for line in drawings.split(b"\n"):
        found = PAINTED.fullmatch(line)
        key = found[5].decode("ascii") if found is not None else ""
        if key and _is_form(objects[page.forms[key]]):
            shared.append(line)
            names[key] = page.forms[key]
        else:
            own.append(line)
    rest = {key: name for key, name in page.forms.items() if key not in names}
    return (
        Page(b"\n".join(shared), b"", {}, names),
        Page(b"\n".join(own) + start + values, b"", page.fonts, rest),
    )


def _is_form(item: PdfObject) -> bool:
    return any(isinstance(part, bytes) and b"/Subtype /Form" in part for part in item.parts[:3])


def _used(names: set[str], objects: Mapping[str, PdfObject]) -> tuple[PdfObject, ...]:
    """Give the objects of some names, and all that they refer to, in the order of the document."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [part for part in objects[name].parts if isinstance(part, str)]
    return tuple(item for name, item in objects.items() if name in found)


@functools.lru_cache(maxsize=40)
def _form(content: bytes, objects: tuple[PdfObject, ...], geometry: Geometry) -> tuple[Grey, Bits]:
    """Render shared drawings, and decide on their ink, which is packed. 1.8 MB each; all forms there are, with variants."""
    names = {item.name: item.name for item in objects if _is_form(item)}
    (grey,) = render_fronts(Parts(objects, (Page(content, b"", {}, names),), "", "").assembled(), geometry)
    packed = np.packbits(one_bit(grey))
    # Other documents begin with both.
    grey.flags.writeable = packed.flags.writeable = False
    return grey, packed


def _render(document: pypdfium2.PdfDocument, number: int, box: Box, geometry: Geometry) -> Grey:
    """Render a part of a page finer than it is carried, and average: pdfium sets glyphs on whole pixels."""
    left, top, right, bottom = box
    small = np.full((bottom - top, right - left), 255, np.uint8)
    page = document[number]
    try:
        for first in range(0, len(small), _BAND):
            band = small[first : first + _BAND]
            fine = np.full((band.shape[0] * FINER, band.shape[1] * FINER), 255, np.uint8)
            _draw(page, fine, (left, top + first), geometry)
            if fine.min() < 255:
                cv2.resize(fine, band.shape[::-1], dst=band, interpolation=cv2.INTER_AREA)
    finally:
        page.close()
    return small


def _draw(page: pypdfium2.PdfPage, fine: Grey, corner: tuple[int, int], geometry: Geometry) -> None:
    height, width = fine.shape
    bitmap = pdfium.FPDFBitmap_CreateEx(
        width, height, pdfium.FPDFBitmap_Gray, fine.ctypes.data_as(ctypes.c_void_p), width
    )
    left, top = ((crop + px) * FINER for crop, px in zip(geometry.crop_px, corner, strict=True))
    whole = (px * FINER for px in geometry.page_px)
    try:
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left, -top, *whole, 0, pdfium.FPDF_ANNOT)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def one_bit(grey: Grey) -> Bits:
    """Decide which pixels are ink.

    A hairline of Mincho covers a third of a pixel: the limit is low on open paper, and rises with what stands around, so
    that dense ideographs keep their white. The surroundings are smooth, and are looked at half as finely. A stroke that
    the limit would lose, as the middle one of 日 where it falls between two rows, is carried in the darker of the two.
    """
    bits = np.empty(grey.shape, np.uint8)
    _decide(grey, bits, [(0, 0, *grey.shape[::-1])])
    return bits


def _decide(grey: Grey, bits: Bits, changed: list[Box]) -> None:
    """Decide on what has changed: of every band, the columns from the first box that touches it to the last."""
    touched = dict[int, tuple[int, int]]()
    for left, top, right, bottom in changed:
        for band in range(max(0, top - _BESIDE) // _BAND, (min(len(grey), bottom + _BESIDE) - 1) // _BAND + 1):
            first, last = touched.get(band, (left, right))
            touched[band] = min(first, left), max(last, right)
    for band, (left, right) in touched.items():
        # What is looked at twice as coarsely is halved from even pixels on.
        rows, columns = slice(band * _BAND, (band + 1) * _BAND), slice(max(0, left - _BESIDE) & -2, right + _BESIDE)
        above, before = (max(0, part.start - _BESIDE) for part in (rows, columns))
        inked = _inked(grey[above : rows.stop + _BESIDE, before : columns.stop + _BESIDE + columns.stop % 2])
        kept = bits[rows, columns]
        kept[:] = inked[rows.start - above :, columns.start - before :][: kept.shape[0], : kept.shape[1]]


def _inked(grey: Grey) -> npt.NDArray[np.bool_]:
    ink = np.asarray(cv2.bitwise_not(grey), np.uint8)
    half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    limits = cv2.LUT(cv2.GaussianBlur(half, (5, 5), 0.75), _LIMITS)
    bits = ink > np.asarray(cv2.resize(limits, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    # Mincho's thin strokes are the level ones.
    above2, above, here, below, below2 = (ink[at : len(ink) - 4 + at] for at in range(5))
    strokes = np.asarray(cv2.subtract(here, cv2.min(above2, below2)), np.uint8) > _CREST
    strokes &= here > above
    strokes &= here >= below
    bits[2:-2] |= strokes > (bits[1:-3] | bits[3:-1])
    return bits
