"""Every screen looks as it was last looked at. With --regenerate the pictures are drawn anew; then look at them."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kiosk.flow.screen_model import Language, ScreenId
from tests.gui import gallery
from tests.gui.conftest import MakeWindow

GOLDENS = Path(__file__).parents[1] / "golden" / "screens"
FAILED = Path(__file__).parents[2] / "build" / "screens"
PER_CHANNEL = 24
"""Edges of letters differ by this much between builds of the font renderer."""
PER_MILLE = 2
"""Share of pixels that may differ by more."""


@pytest.mark.parametrize("language", gallery.LANGUAGES)
@pytest.mark.parametrize("screen", list(ScreenId))
def test_a_screen_looks_as_approved(
    make_window: MakeWindow, screen: ScreenId, language: Language, regenerate: bool
) -> None:
    window = make_window()
    window.show_model(gallery.model_of(screen, language))
    drawn = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    file = GOLDENS / f"{screen.value}-{language}.png"
    if regenerate:
        # few colours: indexed with the exact palette would lose edges, so plain PNG at its best compression
        drawn.save(str(file), quality=0)
        return
    golden = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB888)
    off = share_off(drawn, golden)
    if off > PER_MILLE / 1000:
        FAILED.mkdir(parents=True, exist_ok=True)
        drawn.save(str(FAILED / file.name))
    assert off <= PER_MILLE / 1000, f"{off:.2%} of {file.name} differs; what was drawn is kept in build/screens"


def share_off(one: QImage, other: QImage) -> float:
    """Share of colour values that differ by more than the tolerance."""
    assert one.size() == other.size()
    first, second = bytes(one.constBits()), bytes(other.constBits())
    if first == second:
        return 0.0
    off = sum(abs(a - b) > PER_CHANNEL for a, b in zip(first, second, strict=True))
    return off / len(first)


def test_a_planted_difference_is_found() -> None:
    one = QImage(100, 100, QImage.Format.Format_RGB888)
    one.fill(0xFFFFFF)
    other = one.copy()
    for x in range(40):
        other.setPixel(x, 3, 0x000000)
    assert share_off(one, other) == pytest.approx(0.004, rel=0.1)
