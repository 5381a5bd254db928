"""Files of scans to pictures: PNG, JPEG, TIFF and PDF, with limits that hold before anything large is unpacked.

Pictures are grey, rows from the top. What a file says of its resolution, colours or rotation is not believed, except that a
camera's turn is undone.
"""

import io
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from issuing_center.enquiry.find import Grey

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_PIXELS: Final = 45_000_000
"""A4 at 600 dpi is 34.8 million, with borders less than 40."""
LEAST_SIDE: Final = 800
"""Shorter than A4 at 100 dpi: nothing could be read."""
MOST_PAGES: Final = 20
_DRAWN_DPI: Final = 400
_DRAWN_BLUR: Final = 1.2
"""What a page that is no scan is drawn at, and its blur, in pixels: about what paper and a scanner add to thin strokes.

Crisp, some hairlines of a character fall between the rows of the carried picture, and untouched sheets differ there.
"""
_WHOLE: Final = 0.95
"""Share of both sides of a page that the picture of a scanner covers."""
_FORMATS: Final = ("PNG", "JPEG", "TIFF")


class NotAScanError(ValueError):
    """The file is no scan that is read here; the text says why (SCAN-01)."""


def load_scans(content: bytes) -> list[Grey]:
    """Give all pages of a file, in order. Raises NotAScanError."""
    if len(content) > MOST_BYTES:
        raise NotAScanError("the file is too large")
    scans = list(_pdf_pages(content) if content.startswith(b"%PDF-") else _frames(content))
    if not scans:
        raise NotAScanError("the file has no page")
    return scans


def _frames(content: bytes) -> Iterator[Grey]:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            frames = getattr(image, "n_frames", 1)
            if frames > MOST_PAGES:
                raise NotAScanError("the file has too many pages")
            for frame in range(frames):
                image.seek(frame)
                _check(image.width, image.height)
                yield _grey(ImageOps.exif_transpose(image))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        if isinstance(error, NotAScanError):
            raise
        raise NotAScanError("the file is no PNG, JPEG, TIFF or PDF, or it is damaged") from error


def _grey(image: Image.Image) -> Grey:
    if image.mode in ("I;16", "I", "F"):
        deep = np.asarray(image, np.float32)
        return np.asarray(np.clip(deep / max(float(deep.max()), 1.0) * 255, 0, 255), np.uint8)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return np.asarray(Image.alpha_composite(paper, clear).convert("L"))
    return np.asarray(image if image.mode == "L" else image.convert("L"))


def _pdf_pages(content: bytes) -> Iterator[Grey]:
    """Give the picture of a scanned page as it was scanned; a page that is no single picture is rendered."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise NotAScanError("the PDF is damaged or locked") from error
    try:
        if len(document) > MOST_PAGES:
            raise NotAScanError("the file has too many pages")
        for page in document:
            width, height = page.get_size()
            own = _own_dpi(page, width, height)
            dpi = own or _DRAWN_DPI
            _check(round(width / 72 * dpi), round(height / 72 * dpi))
            seen = np.array(page.render(scale=dpi / 72, grayscale=True).to_numpy(), np.uint8)
            yield seen if own else np.asarray(cv2.GaussianBlur(seen, (0, 0), _DRAWN_BLUR), np.uint8)
            page.close()
    except pypdfium2.PdfiumError as error:
        raise NotAScanError("the PDF is damaged") from error
    finally:
        document.close()


def _own_dpi(page: pypdfium2.PdfPage, width_pt: float, height_pt: float) -> float | None:
    """Give the resolution at which a page that is one picture gives back that picture's own pixels; None if it is drawn.

    Of several pictures one over the other, as scanners part paper and text, the finest counts.
    """
    # Pictures lie on the page as it is before it is turned.
    sides = (height_pt, width_pt) if page.get_rotation() % 180 else (width_pt, height_pt)
    found: list[float] = []
    for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=1):
        left, bottom, right, top = item.get_bounds()
        # The carried picture of a back that never was on paper is nearly as wide as its page.
        if right - left > _WHOLE * sides[0] and top - bottom > _WHOLE * sides[1]:
            # Whatever that is: many programs make a page of one point a pixel.
            found.append(item.get_px_size()[0] / (right - left) * 72)
    return max(found, default=None)


def _check(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise NotAScanError("the picture has too many pixels")
    if min(width, height) < LEAST_SIDE:
        raise NotAScanError("the picture is too small to be read")
