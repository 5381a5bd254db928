"""The second confined process: bare pixels in, the verdict and its pictures out. Holds the keys of the backs."""

import importlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from msgspec.json import decode, encode

from issuing_center.enquiry.find import Grey, find_back
from issuing_center.enquiry.fronts import aligned_front, find_front
from issuing_center.enquiry.site.parts import pack
from issuing_center.enquiry.site.words import JudgeAnswer, JudgeAsk, JudgedPage, Size
from issuing_center.enquiry.verdict import PageVerdict, Reason, judge, readable
from issuing_center.paper.back.keys import load_keys


def prepared_judge(keys_file: Path) -> Callable[[bytes, list[memoryview]], bytes]:
    """Load the keys; gives the function that judges. Raises KeysUnusableError."""
    cv2.setNumThreads(1)
    # Parts that numpy loads at their first use, when no file can be opened any more.
    importlib.import_module("numpy.fft")
    importlib.import_module("numpy.ma")
    importlib.import_module("numpy.polynomial")
    importlib.import_module("numpy.random")
    keys = load_keys(keys_file)

    def answer(head: bytes, pieces: list[memoryview]) -> bytes:
        ask = decode(head, type=JudgeAsk)
        scans = [_scan(piece, size) for piece, size in zip(pieces, ask.sizes, strict=True)]
        verdict = judge(scans, keys, ask.now)
        pages: list[JudgedPage] = []
        pictures: list[bytes] = []
        fronts = [scan for scan in scans if find_back(scan) is None] if verdict.pages else []
        for page in verdict.pages:
            decoded = readable(page.decoded, page.geometry)
            scanned = _straightened(page, fronts)
            size = (decoded.shape[0], decoded.shape[1])
            pages.append(JudgedPage(page.page, size, list(page.regions), scanned is not None))
            pictures += [each.tobytes() for each in (decoded, scanned) if each is not None]
        words = JudgeAnswer(verdict.result.value, verdict.reason.value, verdict.document, verdict.seal.value, pages)
        return pack(encode(words), pictures)

    return answer


def _scan(piece: memoryview, size: Size) -> Grey:
    return np.frombuffer(piece, np.uint8).reshape(size)


def _straightened(page: PageVerdict, fronts: list[Grey]) -> Grey | None:
    """Lay the scanned front as the decoded one lies, shown from paper to full ink; None if no front is of this page."""
    if page.reason not in {Reason.AGREES, Reason.DIFFERS}:
        return None
    picture = (page.decoded.soft > 0).astype(np.float32)
    carried = cv2.resize(picture, None, fx=2, fy=2)
    laid = [aligned_front(front, at, picture) for front in fronts if (at := find_front(front, picture)) is not None]
    if not laid:
        return None
    dark = min(laid, key=lambda each: float(np.abs(each - carried).mean()))
    (width, height), (left, top) = page.geometry.page_px, page.geometry.crop_px
    shown = np.full((height * 2, width * 2), 255, np.uint8)
    grey = np.clip(255 - 255 * dark, 0, 255).astype(np.uint8)
    shown[top * 2 : top * 2 + grey.shape[0], left * 2 : left * 2 + grey.shape[1]] = grey
    return shown
