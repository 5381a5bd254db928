"""No value of a sheet is written over another one."""

from itertools import combinations

import pytest

from issuing_center.paper import DrawnDocument, draw
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.values import PlacedText
from tests.golden.forms import EVERY


def overlap(first: PlacedText, second: PlacedText) -> bool:
    """Say whether two lines share a place; ideographs fill four fifths of their height, and a quarter may be air."""
    across = min(first.x_pt + first.width_pt, second.x_pt + second.width_pt) - max(first.x_pt, second.x_pt)
    down = min(text.y_pt + 0.7 * text.size_pt for text in (first, second)) - max(first.y_pt, second.y_pt)
    return first.page == second.page and across > 0.5 and down > 0.5


@pytest.mark.parametrize("name", sorted(EVERY))
def test_no_value_lies_on_another(name: str, fonts: PaperFonts) -> None:
    document = draw(EVERY[name], fonts)
    assert isinstance(document, DrawnDocument)
    assert [(one.item, other.item) for one, other in combinations(document.texts, 2) if overlap(one, other)] == []


def test_a_number_that_has_grown_into_its_neighbour_is_seen() -> None:
    left = PlacedText(0, "issue_number", "発行番号　990019-2026-0004217", 229.0, 29.0, 8.5, 137.0)
    right = PlacedText(0, "txn", "管理番号", 352.0, 29.0, 8.5, 201.0)
    assert overlap(left, right)
    assert not overlap(left._replace(x_pt=133.0), right)
