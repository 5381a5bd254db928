"""The ground pattern: its word cannot be seen on the sheet and can be read on a copy, once adjusted to the engine."""

from dataclasses import replace

import numpy as np
import pytest

from issuing_center.paper.back.pattern import ADJUSTMENTS, COARSE, PLAIN, Screens
from tests.scanning.copier import contrasts
from tests.scanning.first import Print


@pytest.mark.parametrize("screens", [PLAIN, COARSE], ids=["600", "300"])
@pytest.mark.parametrize("gain", [0.04, 0.10, 0.16])
def test_some_field_of_the_adjustment_sheet_hides_the_word_from_the_eye_and_shows_it_on_a_copy(
    screens: Screens, gain: float
) -> None:
    fields = [
        contrasts(replace(screens, kept=kept), Print(gain=gain), np.random.default_rng(1))
        for kept in (ADJUSTMENTS[0], ADJUSTMENTS[6], ADJUSTMENTS[-1])
    ]
    original, _, copy = min(fields)
    assert original < 0.03
    assert copy > 0.15


def test_a_word_of_darker_dots_would_be_seen() -> None:
    original, _, _ = contrasts(replace(PLAIN, large=6), Print(), np.random.default_rng(1))
    assert original > 0.03


@pytest.mark.parametrize("wrong", [{"dpi": 400}, {"kept": 0.0}, {"kept": 1.1}])
def test_impossible_screens_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="screens"):
        replace(PLAIN, **wrong)  # type: ignore[arg-type]  # wrong on purpose
