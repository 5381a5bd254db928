"""How well a decoded front can be read: by tesseract (jpn), beside the clean front at the same resolution.

Counted is the share of the page's own characters that were read, wherever they stand: forms are tables, and in which order
cells are read is no matter here. Both pictures are given to tesseract in the same size.
"""

import subprocess
from collections import Counter
from typing import TypedDict

import cv2
import numpy as np
import pypdfium2

from tests.scanning.pages import Picture


class Reading(TypedDict):
    """Shares of characters read."""

    decoded: float
    clean: float


def compared_reading(decoded: Picture, pdf: bytes, page: int) -> Reading:
    """Read a decoded front, drawn twice as fine as it was carried, and the clean one, rendered as fine as it was carried."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        width = document[page].get_width()
        clean = document[page].render(scale=decoded.shape[1] / 2 / width, grayscale=True).to_numpy().copy()
        text = document[page].get_textpage().get_text_range()
    finally:
        document.close()
    size = (decoded.shape[1], decoded.shape[0])
    large = np.asarray(cv2.resize(clean, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    return {"decoded": share_read(decoded, text), "clean": share_read(large, text)}


def share_read(picture: Picture, text: str) -> float:
    """Give the share of a text's characters, spaces aside, that tesseract finds in a picture of about 275 dpi."""
    image = cv2.imencode(".png", picture)[1].tobytes()
    command = ["tesseract", "-", "-", "-l", "jpn", "--psm", "3", "--dpi", "275"]
    done = subprocess.run(command, input=image, capture_output=True, check=True, env={"OMP_THREAD_LIMIT": "1"})
    wanted = Counter("".join(text.split()))
    found = Counter("".join(done.stdout.decode().split()))
    return sum((wanted & found).values()) / max(sum(wanted.values()), 1)
