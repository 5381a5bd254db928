"""Kiosk and center killed at random points, as script/crash_trial.py does it, at a number that the suite can bear.

Each planted defect is one that the rounds must find; the last test is what they found when they were first run.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.crash_books import CASE, REFUNDED, Found
from tests.support.crash_rounds import FEE_YEN, Tally, Watch, kills_of_center, kills_of_kiosk
from tests.support.crash_street import Center, Kiosk, Silent, a_center, a_kiosk

BEFORE_PRINT_ENDS = 9
"""Passing of the journal's seam in a visit for one copy: the sheet is out, and the books do not know it."""
FIRST_COIN = 3
"""Passing of the till's seam: before the first coin is in its book."""


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Center]:
    with a_center(tmp_path_factory.mktemp("center"), data) as center:
        yield center


def without_loss(tally: Tally) -> None:
    assert tally.breaches == []
    assert (tally.double_prints, tally.unpaid_prints, tally.lost_yen, tally.leftovers) == (0, 0, 0, 0)
    assert tally.ends.total() == tally.visits


def test_a_kiosk_killed_at_random_points_ends_every_visit_in_one_way(
    center: Center, data: Path, tmp_path: Path
) -> None:
    tally = kills_of_kiosk(tmp_path, center, data, str(random.getrandbits(32)), 8)
    without_loss(tally)
    assert tally.kills.total() == 8


def test_a_center_killed_at_random_points_loses_no_outcome(data: Path, tmp_path: Path) -> None:
    with a_center(tmp_path / "center", data) as center:
        tally = kills_of_center(tmp_path, center, data, str(random.getrandbits(32)), 2, ("kiosk-0001", "kiosk-0002"))
    without_loss(tally)
    assert tally.compared == 2 * (2 + 1)


def after_a_death(kiosk: Kiosk, center: Center, copies: int = 1, **life: object) -> Found:
    """Let the kiosk die at a seam of a visit, and see what the next start makes of it."""
    watch = Watch(kiosk, center, Tally())
    kiosk.begin(copies=copies, **life)
    kiosk.settled()
    watch.visit_begins()
    kiosk.street.will_pay(FEE_YEN * copies)
    kiosk.forge.tell("go")
    with pytest.raises(Silent, match="ended -9"):
        kiosk.forge.hear("settled")
    kiosk.begin(**{name: value for name, value in life.items() if name == "plant"})
    kiosk.settled()
    return watch.compare("after a death")


def test_without_a_defect_a_sheet_that_may_be_out_is_a_case(center: Center, data: Path, tmp_path: Path) -> None:
    with a_kiosk(tmp_path / "street", center, data, random.Random(1)) as kiosk:
        found = after_a_death(kiosk, center, seam="journal", at=BEFORE_PRINT_ENDS)
    assert found.breaches == []
    assert list(found.ends.values()) == [CASE]


@pytest.mark.parametrize(
    ("plant", "seam", "at", "figure"),
    [
        ("refunds_blindly", "journal", BEFORE_PRINT_ENDS, "unpaid_prints"),
        ("repeats_job", "journal", BEFORE_PRINT_ENDS, "double_prints"),
        ("forgets_intent", "till", FIRST_COIN, "lost_yen"),
    ],
)
def test_a_planted_defect_is_found(
    center: Center, data: Path, tmp_path: Path, plant: str, seam: str, at: int, figure: str
) -> None:
    with a_kiosk(tmp_path / "street", center, data, random.Random(1)) as kiosk:
        found = after_a_death(kiosk, center, plant=plant, seam=seam, at=at)
    assert getattr(found, figure) > 0
    assert found.breaches


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_documents_of_one_order_are_written_down_together(center: Center, data: Path, tmp_path: Path, at: int) -> None:
    """A death between two of them left an outcome that the center refused, and an incident that nobody had caused."""
    with a_kiosk(tmp_path / "street", center, data, random.Random(1)) as kiosk:
        found = after_a_death(kiosk, center, copies=2, seam="journal", at=at)
    assert found.breaches == []
    assert set(found.ends.values()) <= {REFUNDED, "nothing begun"}
