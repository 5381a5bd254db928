"""What a back shows besides its data: guilloche, microtext, a sentence, and the blossom in which another picture hides.

Everything is vector. The blossom's latent picture, 証 in a circle, is black toner (K) among a black of three colours: alike to
the eye, opposite in infrared, and lost on a copy, which separates colours anew. An engine with black toner alone prints the
blossom without it.
"""

import math
from typing import Final

from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.outline import bounds, outline
from issuing_center.paper.pdf import DOT_PT, PAGE_PT
from issuing_center.paper.text import shape, width_em

BLOSSOM_CENTRE: Final = (590, 6655)
BLOSSOM_RADIUS: Final = 225
"""Place and size of the blossom, in dots: 19 mm, lower left."""
SENTENCE: Final = "この画像を問い合わせサイトで読み取ると、おもて面の内容が表示されます。"
MICROTEXT: Final = "CERTIFICATE "
_MICRO_PT: Final = 1.5
"""Capitals of 0.37 mm: read with a lens, a grey line on a copy."""
_BLACK_OF_COLOURS: Final = "0.62 0.54 0.54 0 k"
"""Cyan, magenta and yellow that look like the black beside it on an ordinary engine."""
_BLACK: Final = "0 0 0 0.78 k"


def _x(dots: float) -> float:
    return dots * DOT_PT


def _y(dots: float) -> float:
    return PAGE_PT[1] - dots * DOT_PT


def small_print(font: EmbeddedFont, fonts: PaperFonts) -> bytes:
    """Write the sentence, and two lines of microtext around the guilloche."""
    lines = [_text(SENTENCE, 1480, 6552, 7, font, fonts)]
    advance = width_em(_run(MICROTEXT, fonts)) * _MICRO_PT
    repeats = int(_x(2700) / advance)
    lines += [_text(MICROTEXT * repeats, 1480, y, _MICRO_PT, font, fonts) for y in (6598, 6776)]
    return "\n".join(lines).encode()


def _text(text: str, left: float, baseline: float, size: float, font: EmbeddedFont, fonts: PaperFonts) -> str:
    return f"BT /F {size:g} Tf 1 0 0 1 {_x(left):.2f} {_y(baseline):.2f} Tm <{font.show(_run(text, fonts))}> Tj ET"


def _run(text: str, fonts: PaperFonts) -> tuple[tuple[str, int, int], ...]:
    run = shape(text, fonts)
    if run is None:
        raise ValueError("the paper font lacks a character of the back itself")
    return tuple(run)


def guilloche() -> bytes:
    """Draw a band of interlaced waves, lines of 0.1 mm: sums of sines, drawn through by curves.

    Half of the strands are the others upside down, and drawn as such.
    """
    half = "\n".join(_strand(number * 2 * math.pi / 10) for number in range(5))
    left, middle = _x(1480), _y(6686)
    # Drawn around its own middle in tenths of a dot: whole numbers are short.
    upright, turned = (f"q {DOT_PT / 10:g} 0 0 {way * DOT_PT / 10:g} {left:.2f} {middle:.2f} cm" for way in (1, -1))
    return f"q 0.45 G\n{upright} 23 w\n{half} Q\n{turned} 23 w\n{half} Q\nQ".encode()


def _strand(phase: float) -> str:
    steps, length = 90, 27000

    def height(t: float) -> float:
        swing = 520 + 180 * math.sin(2 * math.pi * 3 * t)
        return swing * math.sin(2 * math.pi * 9 * t + phase) + 140 * math.sin(2 * math.pi * 22 * t - 3 * phase)

    def slope(t: float) -> float:
        return (height(t + 1e-6) - height(t - 1e-6)) / 2e-6

    parts = [f"0 {height(0):.0f} m"]
    for step in range(steps):
        begin, end, third = step / steps, (step + 1) / steps, 1 / (3 * steps)
        bend = (height(begin) + slope(begin) * third, height(end) - slope(end) * third, height(end))
        along = (begin + third, end - third, end)
        parts.append(" ".join(f"{x * length:.0f} {y:.0f}" for x, y in zip(along, bend, strict=True)) + " c")
    return " ".join(parts) + " S"


def blossom(colour: bool, fonts: PaperFonts) -> bytes:
    """Draw the blossom in fine lines; with `colour` the latent picture in it is K and the rest is CMY."""
    petals = " ".join(_petal(turn * 2 * math.pi / 5) for turn in range(5))
    lines = " ".join(
        f"{_x(BLOSSOM_CENTRE[0] - BLOSSOM_RADIUS):.2f} {_y(BLOSSOM_CENTRE[1] + offset):.2f} {_x(2 * BLOSSOM_RADIUS):.2f} 0.36 re"
        for offset in range(-BLOSSOM_RADIUS, BLOSSOM_RADIUS, 6)
    )
    frame = f"q 0.5 w 0.2 G {petals} S Q"
    if not colour:
        return f"{frame}\nq {petals} W n {_BLACK} {lines} f Q".encode()
    latent = _latent(fonts)
    around = f"0 0 {PAGE_PT[0]} {PAGE_PT[1]} re {latent}"
    return (
        f"{frame}\nq {petals} W n {around} W* n {_BLACK_OF_COLOURS} {lines} f Q\n"
        f"q {petals} W n {latent} W* n {_BLACK} {lines} f Q"
    ).encode()


def _petal(turn: float) -> str:
    """Draw one petal, notched at its tip, as a closed path."""
    shape_ = ((0.06, 0), (0.30, 0.62), (0.95, 0.44), (0.98, 0.13), (0.86, 0.0))
    outline_ = [*shape_, *[(r, -s) for r, s in reversed(shape_[1:4])]]

    def point(r: float, s: float) -> str:
        along = turn + math.pi / 2
        x = BLOSSOM_RADIUS * (r * math.cos(along) - s * math.sin(along))
        y = BLOSSOM_RADIUS * (r * math.sin(along) + s * math.cos(along))
        return f"{_x(BLOSSOM_CENTRE[0] + x):.2f} {_y(BLOSSOM_CENTRE[1]) + y * DOT_PT:.2f}"

    a, b, c, d, notch, e, f, g = (point(*place) for place in outline_)
    return f"{a} m {b} {c} {d} c {notch} l {e} l {f} {g} {a} c h"


def _latent(fonts: PaperFonts) -> str:
    """Give 証 in a ring as one path, to be filled by the even-odd rule."""
    radius, bent = _x(150), 0.5523
    rings = []
    for r in (radius, radius * 0.88):
        cx, cy, k = _x(BLOSSOM_CENTRE[0]), _y(BLOSSOM_CENTRE[1]), r * bent
        rings.append(
            f"{cx + r:.2f} {cy:.2f} m {cx + r:.2f} {cy + k:.2f} {cx + k:.2f} {cy + r:.2f} {cx:.2f} {cy + r:.2f} c "
            f"{cx - k:.2f} {cy + r:.2f} {cx - r:.2f} {cy + k:.2f} {cx - r:.2f} {cy:.2f} c "
            f"{cx - r:.2f} {cy - k:.2f} {cx - k:.2f} {cy - r:.2f} {cx:.2f} {cy - r:.2f} c "
            f"{cx + k:.2f} {cy - r:.2f} {cx + r:.2f} {cy - k:.2f} {cx + r:.2f} {cy:.2f} c h"
        )
    x0, y0, x1, y1 = bounds("証", fonts)
    scale = radius * 1.15 / max(x1 - x0, y1 - y0)
    shift = (_x(BLOSSOM_CENTRE[0]) - (x0 + x1) / 2 * scale, _y(BLOSSOM_CENTRE[1]) - (y0 + y1) / 2 * scale)
    return " ".join((*rings, outline("証", fonts, (scale, scale), shift, digits=2)))
