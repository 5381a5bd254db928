"""Kiosk and center killed at random points, as script/crash_trial.py does it, at a number that the suite can bear.

Each planted defect is one that the rounds must find; the last test is what they found when they were first run.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.crash_books import CASE, HANDED_OVER, REFUNDED, Found, compare
from tests.support.crash_rounds import FEE_YEN, Tally, Watch, kills_of_center, kills_of_kiosk
from tests.support.crash_street import Center, Kiosk, Silent, a_center, a_kiosk

BEFORE_PRINT_ENDS = 9
"""Passing of the journal's seam in a visit for one copy: the sheet is out, and the books do not know it."""
FIRST_COIN = 3
"""Passing of the till's seam: before the first coin is in its book."""

BEFORE_SLIP = 11
"""Passing of the slip printer's seam at a start with a case: the printer was asked how it is, and has nothing of the slip."""
LAST_OF_SLIP = 56
"""All of the slip is with the printer, and it was not waited for."""


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Center]:
    with a_center(tmp_path_factory.mktemp("center"), data) as center:
        yield center


def without_loss(tally: Tally) -> None:
    assert tally.breaches == []
    assert (tally.double_prints, tally.unpaid_prints, tally.lost_yen, tally.leftovers) == (0, 0, 0, 0)
    assert tally.ends.total() == tally.visits


@pytest.mark.parametrize("kills", [4, pytest.param(16, marks=pytest.mark.heavy)])
def test_a_kiosk_killed_at_random_points_ends_every_visit_in_one_way(
    center: Center, data: Path, tmp_path: Path, kills: int
) -> None:
    tally = kills_of_kiosk(tmp_path, center, data, str(random.getrandbits(32)), kills)
    without_loss(tally)
    assert tally.kills.total() == kills


def test_a_center_killed_at_random_points_loses_no_outcome(data: Path, tmp_path: Path) -> None:
    with a_center(tmp_path / "center", data) as center:
        tally = kills_of_center(tmp_path, center, data, str(random.getrandbits(32)), 2, ("kiosk-0001", "kiosk-0002"))
    without_loss(tally)
    assert tally.compared == 2 * (1 + 2 + 1)


def after_a_death(kiosk: Kiosk, center: Center, copies: int = 1, *, power_too: bool = False, **life: object) -> Found:
    """Let the kiosk die at a seam of a visit, and see what the next start makes of it; `power_too`: the devices died too."""
    watch = Watch(kiosk, center, Tally())
    kiosk.begin(copies=copies, **life)
    kiosk.settled()
    watch.visit_begins()
    kiosk.street.will_pay(FEE_YEN * copies)
    kiosk.forge.tell("go")
    with pytest.raises(Silent, match="ended -9"):
        kiosk.forge.hear("settled")
    if power_too:
        kiosk.street.lose_power()
    kiosk.begin(**{name: value for name, value in life.items() if name == "plant"})
    kiosk.settled()
    return watch.compare("after a death")


@pytest.mark.parametrize(("power_too", "end"), [(False, HANDED_OVER), (True, CASE)])
def test_a_sheet_that_may_be_out_is_asked_for_and_a_case_where_the_printer_forgot(
    center: Center, data: Path, tmp_path: Path, power_too: bool, end: str
) -> None:
    with a_kiosk(tmp_path / "street", center, data, random.Random(1)) as kiosk:
        found = after_a_death(kiosk, center, power_too=power_too, seam="journal", at=BEFORE_PRINT_ENDS)
        slips = kiosk.street.slip_codes()
    assert found.breaches == []
    assert list(found.ends.values()) == [end]
    assert len([code for code in slips if code.startswith("CASE:")]) == (end == CASE)


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


@pytest.mark.parametrize(
    "at", [pytest.param(at, marks=[pytest.mark.heavy] if at in {1, 4} else []) for at in range(1, 5)]
)
def test_documents_of_one_order_are_written_down_together(center: Center, data: Path, tmp_path: Path, at: int) -> None:
    """A death between two of them left an outcome that the center refused, and an incident that nobody had caused."""
    with a_kiosk(tmp_path / "street", center, data, random.Random(1)) as kiosk:
        found = after_a_death(kiosk, center, copies=2, seam="journal", at=at)
    assert found.breaches == []
    assert set(found.ends.values()) <= {REFUNDED, "nothing begun"}


def a_case(kiosk: Kiosk) -> None:
    """Let a visit end as a case that nobody has been told of: kiosk and printer lost their power over the sheet."""
    kiosk.begin(seam="journal", at=BEFORE_PRINT_ENDS)
    kiosk.settled()
    kiosk.street.will_pay(FEE_YEN)
    kiosk.forge.tell("go")
    with pytest.raises(Silent, match="ended -9"):
        kiosk.forge.hear("settled")
    kiosk.street.lose_power()


@pytest.mark.parametrize(
    ("write", "slips"),
    [
        (BEFORE_SLIP, {1}),
        (BEFORE_SLIP + 3, {1}),
        *(pytest.param(BEFORE_SLIP + more, {1, 2}, marks=pytest.mark.heavy) for more in range(4, 40)),
        (LAST_OF_SLIP, {2}),
    ],
)
def test_a_death_over_the_slip_of_a_case_ends_with_a_slip(
    center: Center, data: Path, tmp_path: Path, write: int, slips: set[int]
) -> None:
    with a_kiosk(tmp_path / "street", center, data, random.Random(1)) as kiosk:
        a_case(kiosk)
        kiosk.begin(seam="slip", at=write)
        with pytest.raises(Silent, match="ended -9"):
            kiosk.settled()
        kiosk.begin()
        kiosk.settled()
        found = compare(kiosk.street, center.database, kiosk.forge)
        out = len([code for code in kiosk.street.slip_codes() if code.startswith("CASE:")])
    assert found.breaches == []
    assert list(found.ends.values()) == [CASE]
    assert out in slips


def test_a_kiosk_that_forgets_to_tell_of_a_case_is_found(center: Center, data: Path, tmp_path: Path) -> None:
    with a_kiosk(tmp_path / "street", center, data, random.Random(1)) as kiosk:
        a_case(kiosk)
        kiosk.begin(plant="forgets_slip")
        kiosk.settled()
        found = compare(kiosk.street, center.database, kiosk.forge)
    assert len(found.breaches) == 2, "no slip, and none that says what the case says"
