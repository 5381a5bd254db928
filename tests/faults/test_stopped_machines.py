"""An incident stops the machine and keeps it stopped: through the visit it falls into, through a restart, until its cause is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.cardproc import load_persona
from kiosk.domain.certificates import TransactionId
from kiosk.flow.screen_model import Button, ScreenId, Touch
from kiosk.headless import FieldHand
from kiosk.ports.center import OrderOutcome, ReportRejected
from kiosk.ports.journal import Act
from kiosk.world import World
from tests.support.standing import Standing, steps, walk
from tests.support.town import Machine, until


class Contradicting:
    """A center that has another outcome for every order, but says so late."""

    def __init__(self, center: Any) -> None:  # noqa: ANN401 - the port
        self._center = center
        self.answers: list[object] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        return getattr(self._center, name)

    def report(self, outcome: OrderOutcome) -> ReportRejected:
        self._center.report(outcome)
        return ReportRejected()


def stopped(machine: Machine) -> str | None:
    """Start the machine again and say with which code it stands still."""
    with machine.started() as world, Standing(world).serving() as here:
        up = here.see(ScreenId.IDLE, ScreenId.OUT_OF_SERVICE)
        return None if up.screen is ScreenId.IDLE else world.journal.open_incident()


@pytest.mark.expect_log("kiosk", "ERROR")
def test_books_that_disagree_while_the_next_resident_is_served_stop_the_machine_after_that(machine: Machine) -> None:
    hand = FieldHand(machine.reader, load_persona(machine.town.data, "hanako"))
    with machine.started() as plain:
        world = replace(plain, center=Contradicting(plain.center))
        with Standing(world).serving() as here:
            walk(here, steps(hand), until_screen=ScreenId.COLLECT)
            here.touch(Button.NEXT)
            here.see(ScreenId.ANOTHER)
            here.touch(Button.ANOTHER)
            here.see(ScreenId.KIND)
            until(lambda: world.journal.open_incident() is not None, "the contradiction")
            here.touch(Button.CANCEL)
            here.see(ScreenId.OUT_OF_SERVICE)
    assert stopped(machine) == "BOOKS-01"


@pytest.mark.expect_log("kiosk", "ERROR")
def test_somebody_elses_paper_stops_the_machine_until_staff_say_why(machine: Machine) -> None:
    hand = FieldHand(machine.reader, load_persona(machine.town.data, "hanako"))
    with machine.started() as world, Standing(world).serving() as here:
        walk(here, steps(hand), until_screen=ScreenId.COLLECT)
        here.touch(Button.NOT_MINE)
        here.see(ScreenId.CALLING_STAFF)
        here.touch(Button.FINISH)
        here.see(ScreenId.OUT_OF_SERVICE)
        until(lambda: not world.journal.open_orders(), "the books are closed")
    assert stopped(machine) == "DOC-02"
    assert stopped(machine) == "DOC-02"
    for nothing in ("", "  "):
        told = machine.town.kiosk("reopen", "--cause", nothing, "--journal", str(machine.journal_file))
        assert (told.status, told.code) == (2, "USAGE-01")
    assert stopped(machine) == "DOC-02"
    told = machine.town.kiosk("reopen", "--cause", "tray held an older sheet", "--journal", str(machine.journal_file))
    assert (told.status, told.out, told.err) == (0, "incidents closed: 1\n", "")
    assert stopped(machine) is None


def test_a_journal_that_is_not_there_is_not_made_by_reopening(machine: Machine, tmp_path: Path) -> None:
    absent = tmp_path / "elsewhere" / "journal.db"
    told = machine.town.kiosk("reopen", "--cause", "x", "--journal", str(absent))
    assert (told.status, told.code) == (1, "CONFIG-01")
    assert not absent.exists()
    assert not absent.parent.exists()


def test_what_an_incident_found_undecided_stays_evidence_through_a_restart(machine: Machine) -> None:
    """The order's documents stay sealed at the center until its outcome: a start must not report one by itself."""
    hand = FieldHand(machine.reader, load_persona(machine.town.data, "hanako"))
    with machine.started() as plain:
        with Standing(plain).serving() as here:
            walk(here, steps(hand), until_screen=ScreenId.COLLECT)
            transaction = txn_of(plain)
        plain.journal.raise_incident("DOC-01", transaction, "planted")
    with machine.started() as world, Standing(world).serving() as here:
        here.see(ScreenId.OUT_OF_SERVICE)
        (order,) = world.journal.open_orders()
        assert order.decided is None
    machine.town.kiosk("reopen", "--cause", "planted by a test", "--journal", str(machine.journal_file))
    with machine.started() as world, Standing(world).serving() as here:
        here.see(ScreenId.IDLE)
        until(lambda: not world.journal.open_orders(), "the books are closed")


def txn_of(world: World) -> TransactionId:
    """Give the transaction of the one open order."""
    (order,) = world.journal.open_orders()
    assert [entry.intent.act for entry in order.entries] == [Act.ISSUE, Act.TAKE_MONEY, Act.PRINT]
    return order.transaction


def test_a_touch_on_a_screen_that_is_gone_means_nothing(machine: Machine) -> None:
    with machine.started() as world, Standing(world).serving() as here:
        here.begin()
        here.see(ScreenId.SERVICE)
        here.touch(Button.CERTIFICATES)
        here.see(ScreenId.CONSENT)
        here.runner.touch(Touch(Button.AGREE), ScreenId.SERVICE)
        here.pass_time(61)
        here.see(ScreenId.CONSENT)
        here.runner.touch(Touch(Button.AGREE), ScreenId.CONSENT)
        here.see(ScreenId.MUNICIPALITY)
