"""Draws the fictitious 公印 of 見本県汐見野市 and writes shiomino-mayor.toml beside this file.

Run from the root of the project: python assets/seals/draw_seal.py. The output is kept in the repository and a test
compares it with a fresh run. The imprint reads 見本汐見野市長之印: nobody can take it for the seal of a real place.
"""

import hashlib
from pathlib import Path

from issuing_center.paper.fonts import PaperFonts, shared_fonts
from issuing_center.paper.outline import bounds, outline

IMPRINT = "見本汐見野市長之印"
"""Three columns of three, from the right, as seals are read."""
SIDE_MM = 21.0
FRAME = 46
GAP = 34
"""Widths in thousandths of the side: the frame, and the space between frame and characters."""
CELL_GAP = 14
STROKE = 13
"""Outlines are thickened by this much: Mincho hairlines would not survive printing at 300 dpi."""


def drawing(fonts: PaperFonts) -> str:
    """Give the path operators in a box of 1000 x 1000 units."""
    half = FRAME / 2
    far = 1000 - FRAME
    # A stroked frame with round joins looks cut, not ruled.
    frame = f"{half:g} {half:g} m {half:g} {half + far:g} l {half + far:g} {half + far:g} l {half + far:g} {half:g} l h"
    parts = [f"1 j {FRAME} w {frame} S"]
    first = FRAME + GAP
    cell = (1000 - 2 * first - 2 * CELL_GAP) / 3
    parts.append(f"{STROKE} w")
    for index, char in enumerate(IMPRINT):
        column, row = divmod(index, 3)
        left = first + (2 - column) * (cell + CELL_GAP)
        bottom = first + (2 - row) * (cell + CELL_GAP)
        x0, y0, x1, y1 = bounds(char, fonts)
        inner = cell - STROKE
        # Every character fills its cell, as on a carved seal; 之 and 市 would otherwise float.
        scale = (inner / (x1 - x0), inner / (y1 - y0))
        shift = (left + STROKE / 2 - x0 * scale[0], bottom + STROKE / 2 - y0 * scale[1])
        parts.append(outline(char, fonts, scale, shift, digits=0) + " B")
    return "\n".join(parts)


def table(fonts: PaperFonts) -> str:
    """Give the whole TOML file."""
    path = drawing(fonts)
    digest = hashlib.sha256(path.encode("ascii")).hexdigest()
    return (
        "# Made by draw_seal.py. A fictitious seal of a fictitious city; it belongs to nobody.\n"
        f'name = "{IMPRINT}"\nfictitious = true\nside_mm = {SIDE_MM}\nsha256 = "{digest}"\n'
        f"path = '''{path}'''\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("shiomino-mayor.toml").write_text(table(shared_fonts()), encoding="utf-8")
