"""The console and the wall screen look as they were approved.

To change one on purpose run ``pytest tests/browser/test_pictures.py --regenerate``, look, and say in the commit why.
The browser comes from Debian and moves with its security updates, so a few pixels at the edges of letters may differ.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from tests.support.staff_site import PretendDesk, Served, serial, shoot, slip_code

GOLDENS = Path(__file__).parents[1] / "golden" / "staff"
NEAR = 64
"""Difference of one channel below which a pixel counts as the same."""
MOST = 0.002
"""Share of pixels that may differ: edges of letters, less than one word."""


def difference(seen: Image.Image, approved: Image.Image) -> float:
    """Give the share of pixels that differ; 1 for another size."""
    if seen.size != approved.size:
        return 1.0
    worst = ImageChops.difference(seen.convert("RGB"), approved.convert("RGB")).convert("L")
    return sum(worst.histogram()[NEAR:]) / (seen.width * seen.height)


def compare(page: Page, name: str, folder: Path, *, regenerate: bool) -> None:
    file = folder / f"{name}.png"
    shoot(page, file)
    golden = GOLDENS / f"{name}.png"
    if regenerate:
        GOLDENS.mkdir(exist_ok=True)
        Image.open(file).convert("RGB").quantize(128).save(golden, optimize=True)
    assert difference(Image.open(file), Image.open(golden)) <= MOST, f"compare {file} with {golden}"


def _fee(page: Page) -> None:
    page.fill("#search", "8")
    page.keyboard.press("Enter")
    page.wait_for_selector("#acts")
    page.keyboard.press("F4")


def _paid(page: Page) -> None:
    page.fill("#search", "7")
    page.keyboard.press("Enter")
    page.wait_for_selector("#acts")


def _mixed_up(page: Page) -> None:
    _paid(page)
    page.keyboard.press("F8")
    expect(page.locator("#slip")).to_be_focused()
    for text in (slip_code(7), serial(9)):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    page.wait_for_selector("#hand-dialog.wrong")
    expect(page.locator("#filters")).to_contain_text("要対応 4")


def _spoilt(page: Page) -> None:
    page.click("#filters button >> nth=3")
    page.fill("#search", "9")
    page.keyboard.press("Enter")
    page.wait_for_selector("#acts")


@pytest.mark.parametrize(
    ("name", "act"), [("console", _paid), ("fee", _fee), ("mixed-up", _mixed_up), ("spoilt", _spoilt)]
)
def test_the_console_looks_as_approved(
    console: Page, tmp_path: Path, regenerate: bool, name: str, act: Callable[[Page], None]
) -> None:
    expect(console.locator("#used")).not_to_have_text("-")
    act(console)
    compare(console, name, tmp_path, regenerate=regenerate)


def _totals(page: Page, url: str) -> None:
    page.clock.set_fixed_time("2026-11-20T17:20:00+09:00")
    page.goto(url + "/totals")
    expect(page.locator("#cash")).to_have_text("2,100円")


def test_the_totals_of_a_day_look_as_approved(console: Page, office: Served, tmp_path: Path, regenerate: bool) -> None:
    _totals(console, office.url)
    compare(console, "totals", tmp_path, regenerate=regenerate)


def test_the_slip_of_the_totals_looks_as_approved(
    console: Page, office: Served, tmp_path: Path, regenerate: bool
) -> None:
    """On 80 mm of paper, of which 72 mm are printed: nothing is wider, and the page says everything."""
    _totals(console, office.url)
    console.set_viewport_size({"width": 302, "height": 620})
    console.emulate_media(media="print")
    assert console.evaluate("document.documentElement.scrollWidth") <= 302
    compare(console, "totals-slip", tmp_path, regenerate=regenerate)


def test_the_look_at_a_seal_registration_looks_as_approved(
    console: Page, office: Served, tmp_path: Path, regenerate: bool
) -> None:
    console.goto(office.url + "/seal")
    console.fill("#code", "7km3 pqr4")
    console.keyboard.press("Enter")
    expect(console.locator("#answer")).to_be_visible()
    compare(console, "seal", tmp_path, regenerate=regenerate)


def test_who_is_refused_reads_why(console: Page, desk: PretendDesk, tmp_path: Path, regenerate: bool) -> None:
    desk.lock("mihon-01")
    # The page learns it by its stream and leaves by itself; going there too would cut one of the two off.
    expect(console.locator(".plain h2")).to_have_text("職員証明書は使用を停止されています")
    compare(console, "locked-out", tmp_path, regenerate=regenerate)


def test_the_wall_screen_looks_as_approved(wall: Page, tmp_path: Path, regenerate: bool) -> None:
    compare(wall, "wall", tmp_path, regenerate=regenerate)


def test_a_crowded_wall_screen_cuts_nothing(wall: Page, desk: PretendDesk, tmp_path: Path, regenerate: bool) -> None:
    for _ in range(60):
        desk.add()
    expect(wall.locator("#rest")).to_contain_text("47")
    compare(wall, "wall-crowded", tmp_path, regenerate=regenerate)
    expect(wall.locator("#preparing li")).to_have_count(18)
    assert wall.evaluate(
        "[...document.querySelectorAll('section')].every((each) => each.scrollHeight <= each.clientHeight)"
    )


@pytest.mark.parametrize("height", [768, 640])
def test_nothing_of_the_console_is_cut(console: Page, height: int) -> None:
    """An office PC of 1366 by 768 has less than that for the page."""
    _paid(console)
    console.set_viewport_size({"width": 1366, "height": height})
    inside = (
        "(each) => { const b = each.getBoundingClientRect(); return b.right <= innerWidth && b.bottom <= innerHeight; }"
    )
    assert console.evaluate(f"[...document.querySelectorAll('header, footer, main > *, #acts button')].every({inside})")


def test_another_picture_is_told(tmp_path: Path) -> None:
    white, other = Image.new("RGB", (200, 100), "white"), Image.new("RGB", (200, 100), "white")
    other.paste("black", (0, 0, 20, 10))
    kept = BytesIO()
    other.save(kept, "PNG")
    (tmp_path / "other.png").write_bytes(kept.getvalue())
    assert difference(white, Image.open(tmp_path / "other.png")) > MOST
    assert difference(white, white.resize((100, 100))) == 1.0
