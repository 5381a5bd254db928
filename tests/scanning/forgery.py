"""One character of a front replaced by another, at the same size, place and darkness, as a forger would paste it."""

from dataclasses import dataclass

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from tests.scanning.pages import Picture

IPAMJ = "/usr/share/fonts/truetype/ipamj/ipamjm.ttf"
DIGITS = "0123456789"
WIDE_DIGITS = "０１２３４５６７８９"
KANJI = (
    "一二三四五六七八九十山川田中村木林森石上下本大小太一郎次男子女美和正義明花恵由紀健真優愛佐藤鈴高橋渡辺伊東西南北"
)


Box = tuple[float, float, float, float]
"""Fractions of the page: left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Forgery:
    """What was done, for the judge."""

    dots: Picture
    """The altered front at 600 dpi."""
    old: str
    new: str
    box: Box


def forged(
    dots: Picture, pdf: bytes, page: int, random: np.random.Generator, *, least_height_mm: float = 0.0
) -> Forgery:
    """Replace one digit or one ideograph of a front, chosen by chance among those of some height or more."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = document[page].get_textpage()
        characters = [(chr(c), text.get_charbox(n)) for n in range(text.count_chars()) if (c := _code(text, n))]
        height = document[page].get_height()
        least = least_height_mm * 72 / 25.4
        characters = [(char, box) for char, box in characters if box[3] - box[1] >= least]
    finally:
        document.close()
    sets = (DIGITS, WIDE_DIGITS, KANJI)
    wanted = DIGITS if random.random() < 0.5 else KANJI
    choices = [
        (char, box) for char, box in characters if char in wanted and box[2] > box[0] and box[3] - box[1] > 4
    ] or [(char, box) for char, box in characters if any(char in kind for kind in sets) and box[2] > box[0]]
    while True:
        old, (left, bottom, right, top) = choices[random.integers(len(choices))]
        kind = next(kind for kind in sets if old in kind)
        new = str(random.choice([char for char in kind if char != old]))
        dot = 600 / 72
        # The size is what gives the old character its box.
        probe = ImageFont.truetype(IPAMJ, 1000).getbbox(old, anchor="ls")
        size = (
            ((top - bottom) * dot) / (probe[3] - probe[1]) * 1000
            if probe[3] - probe[1] > 300
            else (right - left) * dot / (probe[2] - probe[0]) * 1000
        )
        font = ImageFont.truetype(IPAMJ, round(size))
        ink = font.getbbox(old, anchor="ls")
        x, baseline = left * dot - ink[0], (height - top) * dot - ink[1]
        image = Image.fromarray(dots).copy()
        draw = ImageDraw.Draw(image)
        draw.rectangle(
            (left * dot - 1, (height - top) * dot - 1, right * dot + 1, (height - bottom) * dot + 1), fill=255
        )
        draw.text((x, baseline), new, fill=0, font=font, anchor="ls")
        changed = np.where(np.asarray(image) < 128, 0, 255).astype(np.uint8)
        where = np.argwhere(changed != dots)
        if len(where) > 60:
            (y0, x0), (y1, x1) = where.min(axis=0), where.max(axis=0) + 1
            return Forgery(
                changed, old, new, (x0 / dots.shape[1], y0 / dots.shape[0], x1 / dots.shape[1], y1 / dots.shape[0])
            )


def _code(text: pypdfium2.PdfTextPage, number: int) -> int:
    code = pypdfium2.raw.FPDFText_GetUnicode(text, number)
    return code if code > 32 else 0
