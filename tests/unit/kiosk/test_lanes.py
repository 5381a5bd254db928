"""Lanes: in order, one at a time, nothing kept of what is done, and an end that waits for no hung device."""

import weakref
from collections.abc import Iterator
from functools import partial
from threading import Event
from time import monotonic

import pytest

from kiosk.lanes import Lane, Lanes
from tests.support.town import until

NO_PATIENCE = dict.fromkeys(Lane, 0.0)


class Sheet:
    """Something that a visit hands in."""


@pytest.fixture
def crashes() -> list[BaseException]:
    return []


@pytest.fixture
def lanes(crashes: list[BaseException]) -> Iterator[Lanes]:
    lanes = Lanes(crashes.append)
    yield lanes
    lanes.stop(dict.fromkeys(Lane, 5.0))


def test_a_lane_keeps_nothing_of_a_job_that_is_done(lanes: Lanes) -> None:
    done, sheet = Event(), Sheet()
    gone = weakref.ref(sheet)
    lanes.do(Lane.PAPER, partial(lambda _sheet: done.set(), sheet))
    del sheet
    assert done.wait(5)
    until(lambda: gone() is None, "the lane lets go of the sheet", 5)


def test_a_lane_tells_how_long_it_has_been_at_its_job(lanes: Lanes) -> None:
    begun, opened = Event(), Event()
    assert lanes.busy_s(Lane.MONEY) == 0.0

    def collect() -> None:
        begun.set()
        opened.wait(5)

    lanes.do(Lane.MONEY, collect)
    assert begun.wait(5)
    assert lanes.busy_s(Lane.MONEY) > 0.0
    assert lanes.busy_s(Lane.PAPER) == 0.0
    opened.set()
    until(lambda: lanes.busy_s(Lane.MONEY) == 0.0, "the lane is free", 5)


def test_a_device_that_hangs_holds_up_neither_the_end_nor_the_other_lanes(
    lanes: Lanes, crashes: list[BaseException]
) -> None:
    hung, opened, printed = Event(), Event(), Event()

    def hang() -> None:
        hung.set()
        opened.wait(10)
        raise OSError  # what it was talking to is closed by now

    def printing() -> None:
        opened.wait(0.05)
        printed.set()

    for lane in (Lane.CARD, Lane.CENTER, Lane.BOOKS):
        lanes.do(lane, hang)
    lanes.do(Lane.PAPER, printing)
    assert hung.wait(5)
    began = monotonic()
    lanes.stop({**NO_PATIENCE, Lane.CENTER: 0.2, Lane.PAPER: 5.0})
    assert monotonic() - began < 2.0
    assert printed.is_set(), "a sheet that moves is seen to its end"
    opened.set()
    lanes.stop(dict.fromkeys(Lane, 5.0))
    assert crashes == [], "what was left behind crashes nobody"


def test_a_mistake_on_a_lane_is_heard_of(lanes: Lanes, crashes: list[BaseException]) -> None:
    def mistake() -> None:
        raise KeyError

    lanes.do(Lane.CARD, mistake)
    until(lambda: len(crashes) == 1, "the mistake", 5)
    assert isinstance(crashes[0], KeyError)
