"""libcups reads our raster: the pixels that it finds are those that were drawn."""

import ctypes
import os
from pathlib import Path

import pypdfium2
import pytest

from printers.raster import raster_for
from tests.support.laser import pdf_of

HEADER_BYTES, READ = 1796, 0


@pytest.mark.parametrize(("kind", "gray"), [("sgray_8", True), ("srgb_8", False)])
def test_libcups_finds_every_pixel(kind: str, gray: bool, tmp_path: Path) -> None:
    cups = ctypes.CDLL("libcups.so.2")
    cups.cupsRasterOpen.restype = ctypes.c_void_p
    path = tmp_path / "raster"
    path.write_bytes(raster_for(pdf_of(2), "iso_a4_210x297mm", resolutions_dpi=(300,), types=(kind,), two_sided=True))
    file = os.open(path, os.O_RDONLY)
    stream = ctypes.c_void_p(cups.cupsRasterOpen(file, READ))
    header = ctypes.create_string_buffer(HEADER_BYTES)
    try:
        with pypdfium2.PdfDocument(pdf_of(2)) as document:
            for page in document:
                assert cups.cupsRasterReadHeader2(stream, header) == 1
                wanted = page.render(scale=300 / 72, grayscale=gray).to_pil().tobytes()
                found = ctypes.create_string_buffer(len(wanted))
                assert cups.cupsRasterReadPixels(stream, found, len(wanted)) == len(wanted)
                assert found.raw[: len(wanted)] == wanted
        assert cups.cupsRasterReadHeader2(stream, header) == 0
    finally:
        cups.cupsRasterClose(stream)
        os.close(file)
