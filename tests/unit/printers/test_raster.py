"""PWG Raster: what pdfium drew comes out of the bytes again, and the printer's wishes are followed."""

import struct

import numpy as np
import pypdfium2
import pytest

from issuing_center.paper.pdf import PAGE_PT, Page, Parts, picture
from printers.raster import BadDocument, raster_for
from tests.support.laser import pdf_of

A4 = "iso_a4_210x297mm"


def unpacked(raster: bytes) -> list[tuple[bytes, list[bytes]]]:
    """Read a raster as PWG 5102.4 section 4.4 says, slowly."""
    assert raster[:4] == b"RaS2"
    at = 4
    pages: list[tuple[bytes, list[bytes]]] = []
    while at < len(raster):
        header, at = raster[at : at + 1796], at + 1796
        width, height, bits = (struct.unpack_from(">I", header, offset)[0] for offset in (372, 376, 388))
        pixel = bits // 8
        lines: list[bytes] = []
        while len(lines) < height:
            times, at = raster[at] + 1, at + 1
            line = bytearray()
            while len(line) < width * pixel:
                count, at = raster[at], at + 1
                if count < 128:
                    line += raster[at : at + pixel] * (count + 1)
                    at += pixel
                else:
                    line += raster[at : at + (257 - count) * pixel]
                    at += (257 - count) * pixel
            assert len(line) == width * pixel
            lines += [bytes(line)] * times
        assert len(lines) == height
        pages.append((header, lines))
    return pages


def drawn(page: int, dpi: int, *, gray: bool) -> list[bytes]:
    with pypdfium2.PdfDocument(pdf_of(2)) as document:
        image = document[page].render(scale=dpi / 72, grayscale=gray).to_pil()
        wide = image.width * (1 if gray else 3)
        raw = image.tobytes()
    return [raw[start : start + wide] for start in range(0, len(raw), wide)]


@pytest.mark.parametrize(("kind", "gray"), [("sgray_8", True), ("srgb_8", False)])
def test_every_pixel_is_there(kind: str, gray: bool) -> None:
    pages = unpacked(raster_for(pdf_of(2), A4, resolutions_dpi=(300,), types=(kind,)))
    assert [lines for _header, lines in pages] == [drawn(page, 300, gray=gray) for page in (0, 1)]


@pytest.mark.parametrize("dpi", [300, 600])
def test_a_one_bit_picture_is_printed_dot_by_dot(dpi: int) -> None:
    # A checkerboard of dots of 300 dpi, as fine as the ground pattern and the cells of a back: smoothed, it would be grey.
    side = 64
    bits = np.packbits(np.indices((side, side)).sum(axis=0) % 2, axis=1).tobytes()
    points = side * 72 / 300
    content = (
        f"0 g q {points - 0.02:.2f} 0 0 {points - 0.02:.2f} 72.01 {PAGE_PT[1] - 72 - points + 0.01:.3f} cm /P Do Q"
    )
    page = Page(content.encode(), b"", {}, {"P": "Picture"})
    pdf = Parts((picture("Picture", side, side, bits),), (page,), "", "").assembled()
    ((_header, lines),) = unpacked(raster_for(pdf, A4, resolutions_dpi=(dpi,), types=("sgray_8",)))
    here = np.array([list(line) for line in lines], np.uint8)[
        dpi : dpi + side * dpi // 300, dpi : dpi + side * dpi // 300
    ]
    wanted = (np.indices(here.shape) // (dpi // 300)).sum(axis=0) % 2
    assert np.array_equal(here, np.where(wanted, 0, 255))


@pytest.mark.parametrize(
    ("sheet_back", "turn"),
    [
        ("normal", lambda lines: lines),
        ("rotated", lambda lines: [line[::-1] for line in lines[::-1]]),
        ("flipped", lambda lines: lines[::-1]),
    ],
)
def test_backs_are_turned_as_the_printer_wants_them(sheet_back: str, turn: object) -> None:
    assert callable(turn)
    raster = raster_for(
        pdf_of(2), A4, resolutions_dpi=(300,), types=("sgray_8",), two_sided=True, sheet_back=sheet_back
    )
    front, back = unpacked(raster)
    assert front[1] == drawn(0, 300, gray=True)
    assert back[1] == turn(drawn(1, 300, gray=True))
    assert front[0][272:276] == b"\x00\x00\x00\x01"


def test_the_finest_resolution_and_the_fewest_colours_that_do_are_taken() -> None:
    (header, _lines) = unpacked(raster_for(pdf_of(1), A4, resolutions_dpi=(300, 600), types=("srgb_8", "sgray_8")))[0]
    assert struct.unpack_from(">II", header, 276) == (600, 600)
    assert struct.unpack_from(">I", header, 400) == (18,)
    assert header[1732:1749] == A4.encode() + b"\0"
    assert struct.unpack_from(">II", header, 372) == (4961, 7016)


@pytest.mark.parametrize(
    ("pdf", "resolutions", "types"),
    [
        (b"no PDF", (300,), ("sgray_8",)),
        (pdf_of(1), (1200,), ("sgray_8",)),
        (pdf_of(1), (300,), ("cmyk_8",)),
        (pdf_of(1), (), ()),
    ],
)
def test_what_cannot_be_drawn_is_refused(pdf: bytes, resolutions: tuple[int, ...], types: tuple[str, ...]) -> None:
    with pytest.raises(BadDocument):
        raster_for(pdf, A4, resolutions_dpi=resolutions, types=types)
