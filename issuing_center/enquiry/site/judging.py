"""The second confined process: bare pixels in, the verdict and its pictures out. Holds the keys of the backs.

And who signs the codes of fronts, which is no secret.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from msgspec.json import decode, encode

from issuing_center.backs.keys import load_keys
from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.memory import keep_freed_memory
from issuing_center.enquiry.readable import readable
from issuing_center.enquiry.seal import load_signers, with_seal
from issuing_center.enquiry.site.parts import pack
from issuing_center.enquiry.site.words import JudgeAnswer, JudgeAsk, JudgedPage, Size
from issuing_center.enquiry.verdict import PageVerdict, judge

_PALEST: Final = 0.10
_DARKEST: Final = 0.75
"""Darkness, of full ink, that is shown white and black."""


def prepared_judge(keys_file: Path, signers_file: Path) -> Callable[[bytes, list[memoryview]], bytes]:
    """Load keys and certificates; gives the function that judges. Raises KeysUnusableError, OSError or ValueError."""
    cv2.setNumThreads(1)
    keep_freed_memory()
    # Parts that are loaded at their first use otherwise, when no file can be opened any more.
    importlib.import_module("cryptography.hazmat.backends.openssl.backend")
    importlib.import_module("numpy.fft")
    importlib.import_module("numpy.ma")
    importlib.import_module("numpy.polynomial")
    importlib.import_module("numpy.random")
    keys, signers = load_keys(keys_file), load_signers(signers_file)

    def answer(head: bytes, pieces: list[memoryview]) -> bytes:
        ask = decode(head, type=JudgeAsk)
        scans = [_scan(piece, size) for piece, size in zip(pieces, ask.sizes, strict=True)]
        verdict = judge(scans, keys, ask.now)
        verdict = with_seal(verdict, scans, signers)
        pages: list[JudgedPage] = []
        pictures: list[bytes] = []
        for page in verdict.pages:
            decoded = readable(page.decoded, page.geometry)
            scanned = _straightened(page)
            size = (decoded.shape[0], decoded.shape[1])
            pages.append(JudgedPage(page.page, size, list(page.regions), scanned is not None))
            pictures += [each.tobytes() for each in (decoded, scanned) if each is not None]
        words = JudgeAnswer(verdict.result.value, verdict.reason.value, verdict.document, verdict.seal.value, pages)
        return pack(encode(words), pictures)

    return answer


def _scan(piece: memoryview, size: Size) -> Grey:
    return np.frombuffer(piece, np.uint8).reshape(size)


def _straightened(page: PageVerdict) -> Grey | None:
    """Show the scanned front as it was compared, from paper to full ink; None if no front of this page was."""
    if page.front is None:
        return None
    (width, height), (left, top) = page.geometry.page_px, page.geometry.crop_px
    shown = np.full((height * 2, width * 2), 255, np.uint8)
    # Stretched: ink as black as in the decoded picture beside it, and the ground pattern paler than the text over it.
    grey = np.clip(255 - 255 * (page.front - _PALEST) / (_DARKEST - _PALEST), 0, 255).astype(np.uint8)
    shown[top * 2 : top * 2 + grey.shape[0], left * 2 : left * 2 + grey.shape[1]] = grey
    return shown
