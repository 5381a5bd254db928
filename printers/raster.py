"""A PDF as PWG Raster (PWG 5102.4), for printers that take no PDF; every IPP Everywhere printer takes this.

Drawn by pdfium in memory, page by page. JPEG, the other format that printers have in common, is not offered: it blurs the fine
dots of a copy-evident pattern, and holds one side, so that a certificate of two sheets would be two jobs.
"""

import ctypes
import re
import struct
from collections.abc import Collection, Iterator

import pypdfium2

_SYNC = b"RaS2"
_HEADER_BYTES = 1796
_GRAY, _RGB = 18, 19
_POINTS_PER_INCH = 72
_MAX_PAGES = 200
_PREFERRED_DPI = (600, 300)
_RUNS = {
    # A pixel two to 128 times, or up to 128 pixels of which none equals the next but one run. Always whole pixels: a match
    # begins where the last one ended.
    1: re.compile(rb"(?s)(.)\1{1,127}|(?:(.)(?!\2)){1,128}"),
    3: re.compile(rb"(?s)(...)\1{1,127}|(?:(...)(?!\2)){1,128}"),
}


class BadDocument(ValueError):
    """The PDF cannot be drawn, or the printer takes no raster that is made here."""


def raster_for(
    pdf: bytes,
    media: str,
    *,
    resolutions_dpi: Collection[int],
    types: Collection[str],
    color: bool | None = None,
    two_sided: bool = False,
    sheet_back: str = "normal",
) -> bytes:
    """Draw every page in the best way that the printer lists. Raises BadDocument.

    `types` are words of pwg-raster-document-type-supported; sgray_8 and srgb_8 are made. `sheet_back` says how the printer wants
    the backs of sheets turned over the long edge.
    """
    dpi = next((dpi for dpi in _PREFERRED_DPI if dpi in resolutions_dpi), None)
    wanted = ("sgray_8", "srgb_8") if not color else ("srgb_8", "sgray_8")
    kind = next((kind for kind in wanted if kind in types), None)
    if dpi is None or kind is None:
        raise BadDocument("the printer takes neither 600 nor 300 dpi in sgray_8 or srgb_8")
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise BadDocument("the PDF cannot be read") from None
    try:
        count = len(document)
        if not 0 < count <= _MAX_PAGES:
            raise BadDocument(f"1 to {_MAX_PAGES} pages")
        parts = [_SYNC]
        for index in range(count):
            backwards = (1, 1)
            if two_sided and index % 2:
                backwards = {"rotated": (-1, -1), "flipped": (1, -1)}.get(sheet_back, (1, 1))
            parts.extend(_page(document[index], media, dpi, kind == "srgb_8", two_sided, backwards, count))
        return b"".join(parts)
    finally:
        document.close()


def _page(
    page: pypdfium2.PdfPage, media: str, dpi: int, rgb: bool, two_sided: bool, transform: tuple[int, int], count: int
) -> Iterator[bytes]:
    across, along = page.get_size()
    # Smoothed, the dots of a ground pattern and the cells of a back would be grey where they are larger than the engine's.
    bitmap = page.render(
        scale=dpi / _POINTS_PER_INCH, grayscale=not rgb, rev_byteorder=rgb, prefer_bgrx=False, no_smoothimage=True
    )
    width, height, pixel = bitmap.width, bitmap.height, bitmap.n_channels
    if pixel != (3 if rgb else 1):
        raise BadDocument("drawn in another pixel format")
    pixels = ctypes.string_at(ctypes.addressof(bitmap.buffer), bitmap.stride * height)
    size = width * pixel
    lines = [pixels[start : start + size] for start in range(0, bitmap.stride * height, bitmap.stride)]
    bitmap.close()
    if transform[1] < 0:
        lines.reverse()
    if transform[0] < 0:
        lines = [_mirrored(line, pixel) for line in lines]
    yield _header(media, dpi, (round(across), round(along)), (width, height), pixel, two_sided, transform, count)
    start = 0
    while start < height:
        end = start + 1
        while end < height and end - start < 256 and lines[end] == lines[start]:
            end += 1
        yield bytes([end - start - 1])
        yield _packed(lines[start], pixel)
        start = end


def _mirrored(line: bytes, pixel: int) -> bytes:
    if pixel == 1:
        return line[::-1]
    mirrored = bytearray(len(line))
    for part in range(pixel):
        mirrored[part::pixel] = line[part::pixel][::-1]
    return bytes(mirrored)


def _packed(line: bytes, pixel: int) -> bytes:
    """Pack one line: a count below 128 repeats the next pixel once more than it says, one above 128 is 257 less so many."""
    packed = bytearray()
    for run in _RUNS[pixel].finditer(line):
        length = (run.end() - run.start()) // pixel
        if run[1] is not None:
            packed.append(length - 1)
            packed += run[1]
        elif length == 1:
            packed.append(0)
            packed += run[0]
        else:
            packed.append(257 - length)
            packed += run[0]
    return bytes(packed)


def _header(
    media: str,
    dpi: int,
    points: tuple[int, int],
    pixels: tuple[int, int],
    pixel: int,
    two_sided: bool,
    transform: tuple[int, int],
    count: int,
) -> bytes:
    """Write a page header; offsets are those of PWG 5102.4 table 2, everything not set is 0."""
    header = bytearray(_HEADER_BYTES)
    header[0:9] = b"PwgRaster"
    numbers = {
        272: two_sided,
        276: dpi,
        280: dpi,
        340: 1,
        352: points[0],
        356: points[1],
        372: pixels[0],
        376: pixels[1],
        384: 8,
        388: 8 * pixel,
        392: pixels[0] * pixel,
        400: _RGB if pixel == 3 else _GRAY,
        420: pixel,
        452: count,
        456: transform[0],
        460: transform[1],
        472: pixels[0],
        476: pixels[1],
        480: 0xFFFFFF,
    }
    for offset, number in numbers.items():
        struct.pack_into(">i", header, offset, number)
    name = media.encode("ascii")[:63]
    header[1732 : 1732 + len(name)] = name
    return bytes(header)
