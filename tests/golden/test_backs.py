"""The backs, and the ground of fronts, as pictures somebody has looked at: whole pages, and corners on the engine's own dots.

Their front is a black square, so that no change of a form changes these. To change one on purpose run
``pytest tests/golden/test_backs.py --regenerate``, look at every picture, and say in the commit why they changed.
"""

import subprocess
from pathlib import Path

import pytest
from PIL import Image

from issuing_center.backs.screens import COARSE, PLAIN, Screens
from issuing_center.paper import DrawnDocument, PaperFonts, shared_fonts
from issuing_center.paper.back.drawing import Security, adjustment_pdf, two_sided
from issuing_center.paper.pdf import Page, Parts
from tests.golden.test_sheets import FAILED, GREYS, STEP, compare
from tests.unit.issuing_center.backs.test_keys import NEW

GOLDENS = Path(__file__).parent
ENGINES = {"600": PLAIN, "300": COARSE}
CORNERS = {"front": (300, 650, 1500, 1500), "back": (0, 5600, 1500, 7016)}
"""Shown on dots of 600 dpi: left, top, right, bottom."""


def document(screens: Screens, fonts: PaperFonts, *, colour: bool = False) -> bytes:
    parts = Parts((), (Page(b"q 200 0 0 200 200 400 cm 0 0 1 1 re f Q\nBT\nET", b"", {}, {}),), "", "")
    front = DrawnDocument(parts.assembled(), 1, (), parts)
    return two_sided(front, "MIHO-0001", Security(NEW, colour=colour, screens=screens), fonts).pdf


def seen(pdf: bytes, page: int, folder: Path, dpi: int, box: tuple[int, int, int, int] | None = None) -> Image.Image:
    file = folder / "sheet.pdf"
    file.write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-gray", "-png", "-singlefile"]
    if box is not None:
        left, top, right, bottom = (side * dpi // 600 for side in box)
        command += ["-x", str(left), "-y", str(top), "-W", str(right - left), "-H", str(bottom - top)]
    subprocess.run([*command, str(file), str(folder / "page")], check=True, timeout=60, capture_output=True)
    picture = Image.open(folder / "page.png").convert("L")
    return picture.point([round(grey / STEP) * STEP for grey in range(256)])


@pytest.mark.parametrize("what", ["whole", "dots"])
@pytest.mark.parametrize("side", ["front", "back"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_side_looks_as_it_was_approved(engine: str, side: str, what: str, tmp_path: Path, regenerate: bool) -> None:
    pdf = document(ENGINES[engine], shared_fonts())
    dpi, box = (100, None) if what == "whole" else (int(engine), CORNERS[side])
    check(f"back/{side}-{engine}-{what}", seen(pdf, 1 + (side == "back"), tmp_path, dpi, box), regenerate=regenerate)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_adjustment_sheet_looks_as_it_was_approved(engine: str, tmp_path: Path, regenerate: bool) -> None:
    pdf = adjustment_pdf(ENGINES[engine], shared_fonts())
    check(f"back/adjustment-{engine}-whole", seen(pdf, 1, tmp_path, 100), regenerate=regenerate)


def check(name: str, picture: Image.Image, *, regenerate: bool) -> None:
    if regenerate:
        (GOLDENS / name).parent.mkdir(exist_ok=True)
        picture.quantize(GREYS).save(GOLDENS / f"{name}.png", optimize=True)
    assert compare(name, picture, GOLDENS, FAILED) is None
