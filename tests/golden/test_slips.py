"""Every slip as dots, on wide and narrow paper, compared with pictures somebody has looked at.

To change one on purpose run ``pytest tests/golden/test_slips.py --regenerate``, look, and say in the commit why.
"""

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from printers.escpos.drawing import draw
from printers.slip import Width
from tests.support.slips import SAMPLES, composer, lettering

GOLDENS = Path(__file__).parent / "slips"
FAILED = Path(__file__).resolve().parents[2] / "build" / "golden" / "slips"
WIDTHS = (Width.MM80, Width.MM58)
FEW = 60
"""Other builds of FreeType set the edge of a letter a dot further; a changed stroke is more."""


def drawn(name: str, width: Width) -> Image.Image:
    picture = draw(composer().slip(SAMPLES[name]), width, lettering())
    assert isinstance(picture, Image.Image)
    return picture


def dots_off(one: Image.Image, other: Image.Image) -> int:
    if one.size != other.size:
        return max(*one.size, *other.size) ** 2
    return ImageChops.logical_xor(one.convert("1"), other.convert("1")).histogram()[255]


@pytest.mark.parametrize("width", WIDTHS, ids=lambda width: f"{width}")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_slip_looks_as_it_was_approved(name: str, width: Width, regenerate: bool) -> None:
    picture = drawn(name, width)
    file = GOLDENS / f"{name}-{width}.png"
    if regenerate:
        picture.save(file, optimize=True)
    off = dots_off(picture, Image.open(file))
    if off > FEW:
        FAILED.mkdir(parents=True, exist_ok=True)
        picture.save(FAILED / file.name)
    assert off <= FEW, f"{off} dots of {file.name} differ; what was drawn is kept in build/golden/slips"


def test_no_golden_is_left_without_its_slip() -> None:
    assert {file.stem for file in GOLDENS.iterdir()} == {f"{name}-{width}" for name in SAMPLES for width in WIDTHS}


def test_a_changed_stroke_is_noticed() -> None:
    picture = drawn("receipt", Width.MM80)
    changed = picture.copy()
    changed.paste(0, (100, 4, 140, 6))
    assert dots_off(picture, changed) > FEW


@pytest.mark.parametrize("width", [*WIDTHS, Width.MM80_NARROW], ids=lambda width: f"{width}")
@pytest.mark.parametrize("name", SAMPLES)
def test_both_edges_stay_empty(name: str, width: Width) -> None:
    picture = drawn(name, width)
    for left in (0, width - 8):
        assert picture.crop((left, 0, left + 8, picture.height)).getextrema() == (255, 255)
