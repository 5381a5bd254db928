"""The front as the back carries it: rendered small, one bit a pixel, thin strokes kept.

What the fronts of a form share (lines, labels, the official seal) is rendered once and its ink added to that of the values.
"""

import ctypes
import functools
import re
import threading
import zlib
from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from issuing_center.paper.back.layout import Geometry
from issuing_center.paper.back.scramble import Bits
from issuing_center.paper.pdf import Page, Parts, PdfObject

Grey = npt.NDArray[np.uint8]
"""A picture, 255 is paper."""
_FINER: Final = 2
"""Rendered so many times finer and averaged: pdfium sets glyphs on whole pixels, half a pixel off at the small size."""
_BAND: Final = 128
"""Rows worked on at a time: they stay in the processor's cache, and no new memory is asked for."""
_BESIDE: Final = 8
"""Rows beside a band that decide on its first and last ones."""
_LIMITS: Final = np.clip(0.55 * np.arange(256) + 42, 50, 150).astype(np.uint8)
"""Ink above which a pixel is ink, by the mean ink around it."""
_CREST: Final = 40
"""Ink that a pixel has more than its surroundings from which it is a stroke, though it is under the limit."""
_DRAWING: Final = re.compile(rb"q [-\d. ]+ cm /(\w+) Do Q")
"""A line of a page that paints one object."""
_RENDERER: Final = threading.Lock()
"""pdfium is not made for two threads at once, even on two documents. Nothing of a document outlives the lock."""


def render_fronts(pdf: bytes, geometry: Geometry) -> list[Grey]:
    """Render every page as the picture the setting carries, in grey: 255 is paper. Shape (rows, columns)."""
    with _RENDERER:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_render(document, number, geometry) for number in range(len(document))]
        finally:
            document.close()


def carried_fronts(parts: Parts, geometry: Geometry) -> list[Grey]:
    """Render the pages of a drawn document as `render_fronts` does, drawings that documents share from memory."""
    objects = {item.name: item for item in parts.objects}
    shared, own = zip(*(_parted(page, objects) for page in parts.pages), strict=True)
    used = _used({name for page in own for name in (*page.fonts.values(), *page.forms.values())}, objects)
    values = render_fronts(Parts(used, own, parts.title, parts.txn).assembled(), geometry)
    for grey, page in zip(values, shared, strict=True):
        ink = _ink(page.content, _used(set(page.forms.values()), objects), geometry)
        cv2.subtract(grey, ink, dst=grey)
    return values


def _parted(page: Page, objects: Mapping[str, PdfObject]) -> tuple[Page, Page]:
    """Part a page into the drawings it shares with others, and the rest. Pictures are a document's own."""
    content = zlib.decompress(page.content) if page.content_filter else page.content
    drawings, start, values = content.partition(b"\nBT\n")
    shared, own, names = list[bytes](), list[bytes](), dict[str, str]()
    for line in drawings.split(b"\n"):
        found = _DRAWING.fullmatch(line)
        name = page.forms[found[1].decode("ascii")] if found is not None else None
        if found is not None and name is not None and _is_form(objects[name]):
            shared.append(line)
            names[found[1].decode("ascii")] = name
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


@functools.lru_cache(maxsize=16)
def _ink(content: bytes, objects: tuple[PdfObject, ...], geometry: Geometry) -> Grey:
    """Render shared drawings, as ink: 255 is black. 1.6 MB each."""
    names = {item.name: item.name for item in objects if _is_form(item)}
    (grey,) = render_fronts(Parts(objects, (Page(content, b"", {}, names),), "", "").assembled(), geometry)
    return np.asarray(cv2.bitwise_not(grey), np.uint8)


def _render(document: pypdfium2.PdfDocument, number: int, geometry: Geometry) -> Grey:
    (width, height), (left, top) = geometry.picture_px, geometry.crop_px
    large = _canvas(height * _FINER, width * _FINER)
    page = document[number]
    bitmap = pdfium.FPDFBitmap_CreateEx(
        large.shape[1], large.shape[0], pdfium.FPDFBitmap_Gray, large.ctypes.data_as(ctypes.c_void_p), large.shape[1]
    )
    try:
        whole = (geometry.page_px[0] * _FINER, geometry.page_px[1] * _FINER)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left * _FINER, -top * _FINER, *whole, 0, pdfium.FPDF_ANNOT)
    finally:
        small = _taken_off(large)
        pdfium.FPDFBitmap_Destroy(bitmap)
        page.close()
    return small


def _taken_off(canvas: Grey) -> Grey:
    """Average a canvas to the carried size, and leave it white."""
    small = np.empty((canvas.shape[0] // _FINER, canvas.shape[1] // _FINER), np.uint8)
    for top in range(0, len(small), _BAND):
        band, target = canvas[top * _FINER : (top + _BAND) * _FINER], small[top : top + _BAND]
        cv2.resize(band, target.shape[::-1], dst=target, interpolation=cv2.INTER_AREA)
        band.fill(255)
    return small


@functools.lru_cache(maxsize=2)
def _canvas(height: int, width: int) -> Grey:
    """Give white paper, to be handed back white: new memory for every page costs more than the wiping."""
    return np.full((height, width), 255, np.uint8)


def one_bit(grey: Grey) -> Bits:
    """Decide which pixels are ink.

    A hairline of Mincho covers a third of a pixel: the limit is low on open paper, and rises with what stands around, so
    that dense ideographs keep their white. The surroundings are smooth, and are looked at half as finely. A stroke that
    the limit would lose, as the middle one of 日 where it falls between two rows, is carried in the darker of the two.
    """
    bits = np.empty(grey.shape, np.uint8)
    for top in range(0, len(grey), _BAND):
        first = max(0, top - _BESIDE)
        band = _inked(grey[first : top + _BAND + _BESIDE])
        bits[top : top + _BAND] = band[top - first : top - first + _BAND]
    return bits


def _inked(grey: Grey) -> Bits:
    ink = np.asarray(cv2.bitwise_not(grey), np.uint8)
    half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    limits = cv2.LUT(cv2.GaussianBlur(half, (5, 5), 0.75), _LIMITS)
    limits = cv2.resize(limits, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    bits = np.asarray(cv2.compare(ink, limits, cv2.CMP_GT), np.uint8)
    # Mincho's thin strokes are the level ones.
    above2, above, here, below, below2 = (ink[at : len(ink) - 4 + at] for at in range(5))
    higher = cv2.subtract(here, cv2.min(above2, below2))
    strokes = cv2.threshold(higher, _CREST, 255, cv2.THRESH_BINARY)[1]
    for is_crest in (cv2.compare(here, above, cv2.CMP_GT), cv2.compare(here, below, cv2.CMP_GE)):
        strokes = cv2.bitwise_and(strokes, is_crest)
    bits[2:-2] |= np.asarray(cv2.subtract(strokes, cv2.bitwise_or(bits[1:-3], bits[3:-1])), np.uint8)
    return bits & np.uint8(1)
