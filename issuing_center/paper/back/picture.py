"""The front as the back carries it: rendered small, one bit a pixel, thin strokes kept."""

import ctypes
import threading
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from issuing_center.paper.back.layout import Geometry
from issuing_center.paper.back.scramble import Bits

_FINER: Final = 2
"""Rendered so many times finer and averaged: pdfium sets glyphs on whole pixels, half a pixel off at the small size."""
_LIMITS: Final = np.clip(0.55 * np.arange(256) + 42, 50, 150).astype(np.uint8)
"""Ink above which a pixel is ink, by the mean ink around it."""
_RENDERER: Final = threading.Lock()
"""pdfium is not made for two threads at once, even on two documents. Nothing of a document outlives the lock."""


def render_fronts(pdf: bytes, geometry: Geometry) -> list[npt.NDArray[np.uint8]]:
    """Render every page as the picture the setting carries, in grey: 255 is paper. Shape (rows, columns)."""
    with _RENDERER:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_render(document, number, geometry) for number in range(len(document))]
        finally:
            document.close()


def _render(document: pypdfium2.PdfDocument, number: int, geometry: Geometry) -> npt.NDArray[np.uint8]:
    (width, height), (left, top) = geometry.picture_px, geometry.crop_px
    large = np.full((height * _FINER, width * _FINER), 255, np.uint8)
    page = document[number]
    bitmap = pdfium.FPDFBitmap_CreateEx(
        large.shape[1], large.shape[0], pdfium.FPDFBitmap_Gray, large.ctypes.data_as(ctypes.c_void_p), large.shape[1]
    )
    try:
        whole = (geometry.page_px[0] * _FINER, geometry.page_px[1] * _FINER)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left * _FINER, -top * _FINER, *whole, 0, pdfium.FPDF_ANNOT)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
        page.close()
    return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def one_bit(grey: npt.NDArray[np.uint8]) -> Bits:
    """Decide which pixels are ink.

    A hairline of Mincho covers a third of a pixel: the limit is low on open paper, and rises with what stands around, so
    that dense ideographs keep their white.
    """
    ink = cv2.bitwise_not(grey)
    around = cv2.GaussianBlur(ink, (9, 9), 1.6)
    return np.asarray(ink > cv2.LUT(around, _LIMITS), np.uint8)
