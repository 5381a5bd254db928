"""A counter terminal tells the clerks that it is there: every minute, whatever goes on, and without anybody waiting for it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import pytest

from kiosk.domain.certificates import MunicipalityCode
from kiosk.flow.screen_model import ScreenId
from kiosk.ports.center import CenterUnavailable, IssuingCenter, PrinterCondition, Reported, ReportRejected
from kiosk.world import World
from printers.jobs import Trouble
from tests.support.counter_terminal import Terminal
from tests.support.standing import Standing, walk
from tests.support.town import Town, until

READY = PrinterCondition.READY
Told = tuple[str, PrinterCondition, PrinterCondition]


@dataclass
class Ear:
    """A center that remembers what it was told, can be away, and can keep the line open without an answer."""

    center: IssuingCenter | None = None
    told: list[Told] = field(default_factory=list)
    away: bool = False
    answering: Event = field(default_factory=Event)

    def of(self, world: World) -> World:
        """Sit between a machine and its center."""
        self.center = world.center
        self.answering.set()
        return replace(world, center=self)  # type: ignore[arg-type]  # everything else is passed on below

    def __getattr__(self, name: str) -> object:
        return getattr(self.center, name)

    def tell_status(
        self, municipality: MunicipalityCode, printer: PrinterCondition, slips: PrinterCondition
    ) -> Reported | ReportRejected | CenterUnavailable:
        """Hear it."""
        self.told.append((municipality, printer, slips))
        assert self.answering.wait(30)
        if self.away:
            return CenterUnavailable("CENTER-01")
        assert self.center is not None
        return self.center.tell_status(municipality, printer, slips)

    def hears(self, count: int) -> None:
        """Wait until it was told that often."""
        until(lambda: len(self.told) >= count, f"{count} times told")


@pytest.fixture
def terminal(town: Town, tmp_path: Path) -> Terminal:
    return Terminal(town, tmp_path)


@pytest.fixture
def ear() -> Ear:
    return Ear()


Serving = Callable[[], AbstractContextManager[tuple[Standing, World]]]


@pytest.fixture
def serving(terminal: Terminal, ear: Ear) -> Serving:
    return lambda: terminal.serving(ear.of)


def test_it_tells_at_once_and_every_minute_while_nobody_is_served(serving: Serving, ear: Ear) -> None:
    with serving() as (standing, _):
        standing.see(ScreenId.IDLE)
        ear.hears(1)
        standing.pass_time(59)
        standing.pass_time(1)
        ear.hears(2)
        standing.pass_time(60)
        ear.hears(3)
    assert ear.told == [("990019", READY, READY)] * 3


def test_it_tells_while_somebody_is_served(serving: Serving, terminal: Terminal, ear: Ear) -> None:
    with serving() as (standing, _):
        walk(standing, terminal.steps("hanako")[:5])
        standing.see(ScreenId.PIN)
        ear.hears(1)
        standing.pass_time(61)
        ear.hears(2)


def test_a_center_that_does_not_answer_holds_nobody_up_and_is_asked_once(
    serving: Serving, terminal: Terminal, ear: Ear
) -> None:
    with serving() as (standing, world):
        ear.answering.clear()
        standing.see(ScreenId.IDLE)
        ear.hears(1)
        assert terminal.order(standing).screen is ScreenId.NUMBER
        until(lambda: not world.journal.open_orders(), "the report of the papers")
        assert len(terminal.security.files) == 1
        standing.pass_time(61)
        standing.see(ScreenId.IDLE, ScreenId.NUMBER)
        assert len(ear.told) == 1
        ear.answering.set()
        standing.pass_time(1)
        ear.hears(2)


def test_an_outage_is_quiet_and_the_next_word_comes_through(
    serving: Serving, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    with serving() as (standing, _):
        standing.see(ScreenId.IDLE)
        ear.hears(1)
        ear.away = True
        standing.pass_time(60)
        ear.hears(2)
        ear.away = False
        standing.pass_time(60)
        ear.hears(3)
        assert standing.up.screen is ScreenId.IDLE
    assert not [record for record in caplog.records if record.levelname not in ("DEBUG", "INFO")]


def test_an_empty_tray_is_told_as_soon_as_it_is_seen(serving: Serving, terminal: Terminal, ear: Ear) -> None:
    with serving() as (standing, _):
        standing.see(ScreenId.IDLE)
        ear.hears(1)
        terminal.security.standing_trouble = Trouble.PAPER
        standing.pass_time(6)
        standing.see(ScreenId.OUT_OF_SERVICE)
        ear.hears(2)
        terminal.security.standing_trouble = None
        standing.pass_time(6)
        standing.see(ScreenId.IDLE)
        ear.hears(3)
    assert [printer for _, printer, _ in ear.told] == [READY, PrinterCondition.PAPER_OUT, READY]


def test_who_is_stopping_says_nothing_more(serving: Serving, ear: Ear) -> None:
    with serving() as (standing, _):
        standing.see(ScreenId.IDLE)
        ear.hears(1)
        standing.runner.stop()
        standing.pass_time(600)
    assert len(ear.told) == 1


def test_a_kiosk_in_a_shop_tells_no_clerk(terminal: Terminal, ear: Ear) -> None:
    with terminal.serving(lambda world: replace(ear.of(world), counter_of=None)) as (standing, _):
        standing.see(ScreenId.IDLE)
        standing.pass_time(61)
        standing.see(ScreenId.IDLE)
    assert ear.told == []
