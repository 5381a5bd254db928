"""The sheets as pictures, compared with pictures somebody has looked at.

Rendered with poppler, whose version is pinned by Debian 12; a missing renderer fails. To change a sheet on purpose run
``pytest tests/golden --regenerate``, look at every picture, and say in the commit why they changed.
"""

import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.front_seal import with_front_seals
from tests.golden.forms import EVERY, FORMS
from tests.support.signing import SEALER

GOLDENS = Path(__file__).parent
FAILED = Path(__file__).resolve().parents[2] / "build" / "golden"
DPI = 100
GREYS = 16
"""Grey levels kept, so that a page stays below 40 kB."""
STEP = 255 // (GREYS - 1)
TOLERANCE = 2 * STEP
"""A pixel differs only beyond two levels: other builds of poppler round edges differently."""
FEW = 40
"""So many differing pixels of a million are still noise; a changed stroke is more."""


def rendered(pdf: bytes, folder: Path) -> list[Image.Image]:
    file = folder / "sheet.pdf"
    file.write_bytes(pdf)
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-png", str(file), str(folder / "page")]
    done = subprocess.run(command, check=True, timeout=30, capture_output=True, text=True)
    assert done.stderr == ""
    pages = [Image.open(page).convert("L") for page in sorted(folder.glob("page-*.png"))]
    return [page.point([round(grey / STEP) * STEP for grey in range(256)]) for page in pages]


def difference(expected: Image.Image, actual: Image.Image) -> tuple[int, Image.Image]:
    if expected.size != actual.size:
        return max(actual.size) ** 2, actual
    picture = ImageChops.difference(expected, actual).point([255 if grey > TOLERANCE else 0 for grey in range(256)])
    return picture.histogram()[255], picture


def compare(name: str, actual: Image.Image, goldens: Path, failed: Path) -> str | None:
    """Give None when a picture is as expected, else what differs; all three pictures are then kept."""
    file = goldens / f"{name}.png"
    if not file.exists():
        return f"{name}: no golden; look at the sheet and run with --regenerate"
    expected = Image.open(file).convert("L")
    count, picture = difference(expected, actual)
    if count <= FEW:
        return None
    (failed / name).parent.mkdir(parents=True, exist_ok=True)
    for kind, image in (("expected", expected), ("actual", actual), ("difference", picture)):
        image.save(failed / f"{name}-{kind}.png")
    return f"{name}: {count} pixels differ; expected, actual and difference lie in build/golden"


@pytest.mark.parametrize("name", sorted(EVERY))
def test_the_sheet_looks_as_it_was_approved(name: str, tmp_path: Path, regenerate: bool) -> None:
    drawn = draw(EVERY[name], shared_fonts())
    assert isinstance(drawn, DrawnDocument)
    document = with_front_seals(drawn, EVERY[name], SEALER, EVERY[name].issued_on)
    complaints: list[str | None] = []
    for number, page in enumerate(rendered(document.pdf, tmp_path), start=1):
        if regenerate:
            (GOLDENS / name).parent.mkdir(exist_ok=True)
            page.quantize(GREYS).save(GOLDENS / f"{name}-{number}.png", optimize=True)
        complaints.append(compare(f"{name}-{number}", page, GOLDENS, FAILED))
    assert [complaint for complaint in complaints if complaint] == []


def test_no_golden_is_left_without_its_sheet() -> None:
    kept = {
        f"{file.parent.name}/{file.stem.rpartition('-')[0]}"
        for form in ("juminhyo", *FORMS)
        for file in (GOLDENS / form).glob("*")
    }
    assert kept == set(EVERY)


def test_a_changed_stroke_is_noticed_and_the_three_pictures_are_kept(tmp_path: Path) -> None:
    file = GOLDENS / "juminhyo" / "self-1.png"
    changed = Image.open(file).convert("L")
    changed.paste(0, (400, 600, 440, 602))
    assert compare("juminhyo/self-1", changed, GOLDENS, tmp_path) is not None
    assert sorted(kept.name for kept in (tmp_path / "juminhyo").iterdir()) == [
        "self-1-actual.png",
        "self-1-difference.png",
        "self-1-expected.png",
    ]
    assert compare("juminhyo/self-1", Image.open(file).convert("L"), GOLDENS, tmp_path) is None
