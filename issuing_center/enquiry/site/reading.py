"""The first confined process: files of strangers in, grey pictures out. Holds no key."""

from collections.abc import Callable
from typing import Final

import cv2
import pypdfium2
from msgspec.json import decode, encode
from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.scans import NotAScanError, load_scans
from issuing_center.enquiry.site.limits import No
from issuing_center.enquiry.site.parts import pack
from issuing_center.enquiry.site.words import ReadAnswer, ReadAsk

_PLUGINS: Final = (JpegImagePlugin, PngImagePlugin, TiffImagePlugin)
"""Loaded here, because Pillow loads them at the first picture, when no file can be opened any more."""


class _NoError(Exception):
    def __init__(self, no: No) -> None:
        super().__init__(no.name)
        self.no = no


def prepared_reader() -> Callable[[bytes, list[memoryview]], bytes]:
    """Load what is needed to read; gives the function that reads."""
    # No thread can be started in there.
    cv2.setNumThreads(1)
    Image.preinit()
    pypdfium2.PdfDocument.new().close()
    return read


def read(head: bytes, files: list[memoryview]) -> bytes:
    """Answer a `ReadAsk` with its files."""
    ask = decode(head, type=ReadAsk)
    try:
        scans = _scans(ask, files)
    except _NoError as no:
        return pack(encode(ReadAnswer(no.no.name, [])), [])
    sizes = [(scan.shape[0], scan.shape[1]) for scan in scans]
    return pack(encode(ReadAnswer(None, sizes)), [scan.tobytes() for scan in scans])


def _scans(ask: ReadAsk, files: list[memoryview]) -> list[Grey]:
    scans: list[Grey] = []
    for file in files:
        try:
            scans += load_scans(bytes(file))
        except NotAScanError as error:
            raise _NoError(No.NOT_A_SCAN) from error
        except MemoryError as error:
            raise _NoError(No.TOO_MANY_PIXELS) from error
        if len(scans) > ask.pages:
            raise _NoError(No.TOO_MANY_PAGES)
        if sum(scan.size for scan in scans) > ask.pixels:
            raise _NoError(No.TOO_MANY_PIXELS)
    return scans
