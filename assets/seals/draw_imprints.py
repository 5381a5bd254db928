"""Draws fictitious 印影 as 1-bit scans and writes imprints.toml beside this file.

Run from the root of the project: python assets/seals/draw_imprints.py. The output is kept in the repository and a test
compares it with a fresh run. Rasterised from outlines here, so that no version of a font engine decides the pixels.
"""

import base64
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from issuing_center.paper.fonts import PaperFonts, shared_fonts
from issuing_center.paper.outline import bounds, outline
from issuing_center.paper.seal import Imprint

DPI = 600
RING = 0.045
"""Width of the ring, in diameters."""
ROOM = 0.7
"""Side of the square the characters fill, in diameters."""
_WIDEST = 2.75
"""How many times wider than high a character is drawn at most; リ as wide as マ is no リ."""
_STEPS = 8
"""Straight pieces a curve is cut into: at 600 dpi shorter than a pixel and a half."""


@dataclass(frozen=True, slots=True)
class Design:
    """A round seal that nobody owns."""

    characters: str
    """One above the other."""
    diameter_mm: float
    """Common seals measure 10.5 to 18 mm."""


DESIGNS = {
    "mihon": Design("見本", 13.5),
    "kakuu": Design("架空", 15.0),
    "reiji": Design("例示", 10.5),
    "sample": Design("見本例", 18.0),
}
"""Imprints by name; every one reads as what it is, an example."""

Point = tuple[float, float]


def imprint(design: Design, fonts: PaperFonts) -> Imprint:
    """Draw a design with a margin of one pixel, ink where a pixel's centre is covered."""
    side = round(design.diameter_mm / 25.4 * DPI) + 2
    middle, radius = side / 2, side / 2 - 1
    rows = [bytearray((side + 7) // 8) for _ in range(side)]
    edges = list(_edges(design, side, fonts))
    for y in range(side):
        height = side - y - 0.5
        inside = _spans(edges, height)
        for x in range(side):
            across = x + 0.5
            distance = ((across - middle) ** 2 + (height - middle) ** 2) ** 0.5
            ring = radius * (1 - 2 * RING) <= distance <= radius
            if ring or any(start <= across <= end for start, end in inside):
                rows[y][x // 8] |= 128 >> x % 8
    return Imprint(side, side, DPI, b"".join(rows))


def _edges(design: Design, side: int, fonts: PaperFonts) -> Iterator[tuple[Point, Point]]:
    """Give the outlines of all characters as straight edges in pixels, y upwards."""
    room = side * ROOM
    count = len(design.characters)
    each = room / count
    for index, char in enumerate(design.characters):
        x0, y0, x1, y1 = bounds(char, fonts)
        down = each * 0.94 / (y1 - y0)
        scale = (min(room * 0.8 / (x1 - x0), _WIDEST * down), down)
        bottom = side / 2 + room / 2 - (index + 0.97) * each
        shift = (side / 2 - (x0 + x1) / 2 * scale[0], bottom - y0 * scale[1])
        yield from _flattened(outline(char, fonts, scale, shift, digits=2).split())


def _flattened(words: list[str]) -> Iterator[tuple[Point, Point]]:
    numbers: list[float] = []
    start = here = (0.0, 0.0)
    for word in words:
        if word not in {"m", "l", "c", "h"}:
            numbers.append(float(word))
            continue
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        numbers = []
        if word == "m":
            start = here = points[0]
            continue
        path = [here, start] if word == "h" else [here, points[0]] if word == "l" else _curve(here, points)
        yield from pairwise(path)
        here = path[-1]


def _curve(start: Point, points: list[Point]) -> list[Point]:
    (ax, ay), (bx, by), (cx, cy) = points
    path = [start]
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        p, q, r, s = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        path.append((p * start[0] + q * ax + r * bx + s * cx, p * start[1] + q * ay + r * by + s * cy))
    return path


def _spans(edges: list[tuple[Point, Point]], height: float) -> list[tuple[float, float]]:
    """Give where a horizontal line runs inside, by the nonzero winding rule of TrueType."""
    crossings = sorted(
        (x0 + (height - y0) / (y1 - y0) * (x1 - x0), 1 if y1 > y0 else -1)
        for (x0, y0), (x1, y1) in edges
        if min(y0, y1) <= height < max(y0, y1)
    )
    spans, winding, begun = [], 0, 0.0
    for x, turn in crossings:
        if not winding:
            begun = x
        winding += turn
        if not winding:
            spans.append((begun, x))
    return spans


def table(fonts: PaperFonts) -> str:
    """Give the whole TOML file."""
    parts = ["# Made by draw_imprints.py. Fictitious imprints of fictitious seals; they belong to nobody.\n"]
    for name, design in DESIGNS.items():
        made = imprint(design, fonts)
        bits = base64.b64encode(zlib.compress(made.bits, 9)).decode("ascii")
        parts.append(
            f'[{name}]\nreads = "{design.characters}"\nfictitious = true\nwidth_px = {made.width_px}\n'
            f'height_px = {made.height_px}\ndpi = {made.dpi}\nbits = "{bits}"\n'
        )
    return "\n".join(parts)


if __name__ == "__main__":
    Path(__file__).with_name("imprints.toml").write_text(table(shared_fonts()), encoding="utf-8")
