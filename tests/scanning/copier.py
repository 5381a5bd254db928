"""A photocopier, simulated: what it makes of a printed sheet."""

import cv2
import numpy as np

from tests.scanning.first import Print, printed
from tests.scanning.pages import Picture


def copied(sheet: Picture, *, blur: float = 1.25, dpi: int = 300, lift: float = 0.18) -> Picture:
    """Copy a sheet of 600 dpi: optics, the sensor's resolution, and a background lift that drops the lightest tones.

    Gives the copy in grey at 600 dpi, before it is printed again.
    """
    seen = cv2.GaussianBlur(sheet, (0, 0), blur)
    step = 600 // dpi
    small = cv2.resize(seen, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    ink = 1 - small.astype(np.float32) / max(float(np.percentile(small, 99)), 1.0)
    ink = np.clip((ink - lift) / (0.62 - lift), 0, 1)
    grey = (255 - 255 * ink).astype(np.uint8)
    return np.asarray(cv2.resize(grey, sheet.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def photocopy(
    sheet: Picture,
    random: np.random.Generator,
    generations: int = 1,
    *,
    blur: float = 1.25,
    dpi: int = 300,
    lift: float = 0.18,
) -> Picture:
    """Copy and print again, as often as asked: a printed sheet of 600 dpi in, another out."""
    for _ in range(generations):
        dots = np.where(copied(sheet, blur=blur, dpi=dpi, lift=lift) < 128, 0, 255).astype(np.uint8)
        sheet = printed(dots, Print(), random)
    return sheet
