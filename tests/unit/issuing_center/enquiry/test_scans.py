"""Files of scans: what is read, and what is refused before it is unpacked."""

import io
import struct
import zlib

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from issuing_center.enquiry.scans import NotAScanError, load_scans
from tests.unit.issuing_center.enquiry.conftest import ISSUE, two_sided_sheet


def picture() -> Image.Image:
    return Image.fromarray(np.linspace(0, 255, 1000 * 900).reshape(1000, 900).astype(np.uint8))


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **how)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_pictures_of_every_kind_are_read_as_grey(kind: str, mode: str) -> None:
    (scan,) = load_scans(saved(picture().convert(mode), kind))
    assert scan.shape == (1000, 900)
    assert scan.dtype == np.uint8


def test_a_transparent_picture_stands_on_white() -> None:
    clear = Image.new("RGBA", (900, 1000), (0, 0, 0, 0))
    assert load_scans(saved(clear, "PNG"))[0].min() == 255


def test_all_pages_of_a_tiff_are_read() -> None:
    both = saved(picture(), "TIFF", save_all=True, append_images=[picture()])
    assert len(load_scans(both)) == 2


@pytest.mark.parametrize("resolution", [20, 72, 108, 900])
def test_a_scanned_pdf_gives_back_the_scanner_s_own_pixels(resolution: int) -> None:
    (scan,) = load_scans(saved(picture(), "PDF", resolution=resolution))
    assert abs(scan.shape[0] - 1000) <= 1
    assert abs(scan.shape[1] - 900) <= 1
    assert np.abs(scan[:990, :890].astype(int) - np.asarray(picture())[:990, :890]).mean() < 2


def test_a_page_that_was_turned_gives_its_own_pixels_turned() -> None:
    document = pypdfium2.PdfDocument(saved(picture(), "PDF", resolution=72))
    document[0].set_rotation(90)
    target = io.BytesIO()
    document.save(target)
    (scan,) = load_scans(target.getvalue())
    assert scan.shape == (900, 1000)


def test_of_paper_and_text_scanned_apart_the_finer_counts() -> None:
    target = io.BytesIO()
    page = Canvas(target, pagesize=(216, 240))
    for coarser in (4, 1):
        part = picture().resize((900 // coarser, 1000 // coarser))
        page.drawImage(ImageReader(part), 0, 0, 216, 240)
    page.save()
    (scan,) = load_scans(target.getvalue())
    assert abs(scan.shape[0] - 1000) <= 1
    assert abs(scan.shape[1] - 900) <= 1


def test_a_page_that_is_drawn_is_rendered_as_a_scanner_might_see_it() -> None:
    # Its back has one picture nearly as wide as the page, which is no scan.
    scans = load_scans(two_sided_sheet("juminhyo/self", ISSUE).pdf)
    assert [scan.shape for scan in scans] == [(4678, 3307)] * 2


def bomb() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7 nothing",
        saved(picture().resize((90, 100)), "PNG"),
        saved(picture(), "PNG")[:2000],
        bomb(),
    ],
    ids=["empty", "gif", "broken pdf", "tiny", "cut off", "bomb"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(NotAScanError):
        load_scans(content)
