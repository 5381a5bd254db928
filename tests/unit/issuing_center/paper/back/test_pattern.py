"""The ground pattern: its word cannot be seen on the sheet and can be read on a photocopy, from engine to engine.

Contrast is the difference of mean reflectance between word and ground, where paper is 1: on the sheet, in the picture a copier
makes of it, and on the paper that comes out of the copier.
"""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from issuing_center.backs.layout import PAGE_DOTS, Setting
from issuing_center.backs.screens import COARSE, PLAIN, Screen, Screens, screened
from issuing_center.paper import PaperFonts
from issuing_center.paper.back.pattern import (
    Patch,
    adjustments,
    back_ground,
    front_ground,
)
from tests.scanning.copier import copied, photocopy
from tests.scanning.first import Print, printed
from tests.scanning.pages import Picture

MARGIN = 80
HEIGHT, WIDTH = 240, 4536
"""As wide as the ground of a front, because the width decides how the dots lie; its right half is word."""
ENGINES = pytest.mark.parametrize("screens", [PLAIN, COARSE], ids=["600", "300"])


def print_of(screens: Screens, gain: float = 0.08) -> Picture:
    words = np.zeros((HEIGHT, WIDTH), bool)
    words[:, WIDTH // 2 :] = True
    dots = cv2.resize(screened(words, screens), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    sheet = np.pad(255 - 255 * dots, MARGIN, constant_values=255).astype(np.uint8)
    return printed(sheet, Print(gain=gain), np.random.default_rng(1))


def contrast(sheet: Picture, white: int = 248) -> float:
    tone = 1 - sheet[MARGIN + 30 : -MARGIN - 30].astype(np.float32) / white
    middle = MARGIN + WIDTH // 2
    return float(tone[:, middle + 60 : -MARGIN - 60].mean() - tone[:, MARGIN + 60 : middle - 60].mean())


def copy_of(sheet: Picture, generations: int = 1, *, blur: float = 1.25, dpi: int = 300, lift: float = 0.18) -> Picture:
    random = np.random.default_rng(2)
    return photocopy(sheet, random, generations, blur=blur, dpi=dpi, lift=lift)


def seen_by_copier(sheet: Picture, *, blur: float = 1.25, dpi: int = 300, lift: float = 0.18) -> float:
    """The contrast in the copier's own picture: as scanned, its background lifted, before its printing adds any."""
    return contrast(copied(sheet, blur=blur, dpi=dpi, lift=lift), white=255)


@ENGINES
def test_the_word_hides_on_the_sheet_and_shows_on_every_copy_of_it(screens: Screens) -> None:
    sheet = print_of(screens)
    assert abs(contrast(sheet)) < 0.02
    assert contrast(copy_of(sheet)) > 0.16
    assert contrast(copy_of(sheet, dpi=600)) > 0.16
    assert contrast(copy_of(sheet, blur=1.0, lift=0.15)) > 0.16
    assert contrast(copy_of(sheet, lift=0.25)) > 0.16
    assert contrast(copy_of(sheet, blur=1.6)) > 0.15
    assert contrast(copy_of(sheet, 2)) > 0.16


@ENGINES
def test_the_word_shows_in_what_a_copier_scans_before_its_printing_helps(screens: Screens) -> None:
    sheet = print_of(screens)
    assert seen_by_copier(sheet) > 0.15
    assert seen_by_copier(sheet, dpi=600) > 0.15
    assert seen_by_copier(sheet, lift=0.25) > 0.15
    assert seen_by_copier(sheet, blur=1.6) > 0.15


def test_rings_with_corners_would_show_less_at_300_dpi() -> None:
    square = replace(COARSE, words=Screen(4, 2, 78))
    assert seen_by_copier(print_of(square)) < 0.15


@ENGINES
@pytest.mark.parametrize("gain", [0.04, 0.16])
def test_some_field_of_the_adjustment_sheet_suits_a_paler_and_a_darker_engine(screens: Screens, gain: float) -> None:
    fields = [replace(screens, kept=kept) for kept in adjustments(screens)[3:]]
    sheet = min((print_of(field, gain) for field in fields), key=lambda each: abs(contrast(each)))
    assert abs(contrast(sheet)) < 0.03
    assert contrast(copy_of(sheet)) > 0.15


@ENGINES
def test_the_adjustment_sheet_offers_what_an_engine_has_before_it_is_adjusted(screens: Screens) -> None:
    offered = adjustments(screens)
    assert screens.kept in offered
    assert offered[-1] == 1


def test_a_word_of_darker_dots_would_be_seen() -> None:
    assert contrast(print_of(replace(PLAIN, words=Screen(10, 4, 322)))) > 0.03


def test_dots_that_all_survive_a_copier_would_hide_the_word_there_too() -> None:
    same = replace(PLAIN, paper=PLAIN.words)
    assert abs(contrast(copy_of(print_of(same)))) < 0.03


@ENGINES
@pytest.mark.parametrize("kept", [1.0, 0.76])
def test_small_dots_stand_alone_everywhere(screens: Screens, kept: float, fonts: PaperFonts) -> None:
    tuned = replace(screens, kept=kept)
    for patch in (*front_ground(tuned, fonts), *back_ground(tuned, Setting.STANDARD, fonts)):
        _, _, found, _ = cv2.connectedComponentsWithStats(patch.dots[:400, 8:-8], connectivity=8)
        areas = found[1:, cv2.CC_STAT_AREA]
        assert areas.max() <= screens.words.side**2
        assert np.median(areas) == screens.paper.side**2
        assert patch.dots[200:400].mean() == pytest.approx(kept * screens.paper.side**2 / screens.paper.every, abs=0.03)


@pytest.mark.parametrize("setting", Setting)
@ENGINES
def test_patches_lie_on_the_page_on_whole_dots_of_their_engine(
    screens: Screens, setting: Setting, fonts: PaperFonts
) -> None:
    patches: tuple[Patch, ...] = (*front_ground(screens, fonts), *back_ground(screens, setting, fonts))
    for patch in patches:
        height, width = patch.dots.shape
        assert patch.left % 2 == patch.top % 2 == 0
        assert patch.left >= 0
        assert patch.left + width * patch.scale <= PAGE_DOTS[0]
        assert patch.top + height * patch.scale <= PAGE_DOTS[1]


@pytest.mark.parametrize("wrong", [{"dpi": 400}, {"kept": 0.0}, {"kept": 1.1}])
def test_impossible_screens_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="screens"):
        replace(PLAIN, **wrong)  # type: ignore[arg-type]  # wrong on purpose
