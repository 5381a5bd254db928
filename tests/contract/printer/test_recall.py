"""A kiosk dies while it prints; the next one asks the printer what became of the job, and lets nothing come out later.

A death is an exception where the dead kiosk would have waited; what it kept is the ticket.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import monotonic

import pytest

from printers.ipp import IppPrinter
from printers.ipp.follow import Pace
from printers.jobs import Completed, Failed, JobOutcome, Unknown
from printers.virtual.ipp import Fault, Model, VirtualIppPrinter
from tests.support.laser import QUICK, WAITED_FOR, job_of, laser, settings_for

SHEETS = 2
STEPS = [True, False]
"""Whether the printer opens a job before it has the document."""


class Died(Exception):
    """The kiosk is no more."""


def ticket_of_the_dead(
    device: VirtualIppPrinter, until: Callable[[], bool], *, two_sided: bool = False, **changed: object
) -> str:
    """Print until something is so, die, and give the ticket that was kept."""

    def wait(_seconds: float) -> None:
        assert device.engine.wait_for(until)
        raise Died

    kept: list[str] = []
    printer = IppPrinter(settings_for(device, **changed), Pace(monotonic, wait))
    with suppress(Died):  # a job that ends at once is not waited for, and its end not written down either
        printer.run(job_of(SHEETS, two_sided=two_sided), lambda _sheet: None, kept.append)
    (ticket,) = kept
    return ticket


def asked(device: VirtualIppPrinter, ticket: str, **changed: object) -> JobOutcome | None:
    return IppPrinter(settings_for(device, **changed)).recall(ticket)


def mended(device: VirtualIppPrinter) -> int:
    """Put everything right, wait until nothing could print any more, and count the sheets."""
    device.engine.repair()
    assert device.engine.wait_for(device.engine.idle)
    return len(device.engine.paper)


def failed(outcome: JobOutcome | None, sheets: int) -> bool:
    return isinstance(outcome, Failed) and outcome.sheets_out == sheets


@pytest.mark.parametrize("two_steps", STEPS)
@pytest.mark.parametrize("two_sided", [False, True])
def test_what_was_completed_while_the_kiosk_was_dead_is_known_as_printed(*, two_steps: bool, two_sided: bool) -> None:
    with VirtualIppPrinter(Model(two_steps=two_steps)) as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True, two_sided=two_sided)
        assert mended(device) == SHEETS
        assert asked(device, ticket) == Completed(SHEETS)


@pytest.mark.parametrize("two_steps", STEPS)
def test_a_job_that_still_waits_is_taken_back_and_never_printed(*, two_steps: bool) -> None:
    with VirtualIppPrinter(Model(two_steps=two_steps)) as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        assert failed(asked(device, ticket), 0)
        assert mended(device) == 0


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("fault", [Fault.OUT_OF_PAPER, Fault.JAM, Fault.STALLS])
def test_a_job_that_stands_still_is_taken_back_with_the_sheets_that_are_out(fault: Fault, after: int) -> None:
    with VirtualIppPrinter() as device:
        device.befall(fault, after)
        ticket = ticket_of_the_dead(device, lambda: len(device.engine.paper) == after)
        assert failed(asked(device, ticket), after)
        assert mended(device) == after


@pytest.mark.parametrize("fault", [Fault.ABORTS, Fault.CANCELED_AT_PANEL])
def test_a_job_that_the_printer_gave_up_is_spoilt(fault: Fault) -> None:
    with VirtualIppPrinter(Model(sheet_s=0.05)) as device:
        device.befall(fault, 1)
        ticket = ticket_of_the_dead(device, device.engine.idle)
        assert failed(asked(device, ticket), 1)


def test_a_document_that_was_never_sent_was_not_printed() -> None:
    with laser() as (device, printer):
        kept: list[str] = []

        def written_and_dead(ticket: str) -> None:
            kept.append(ticket)
            raise Died

        with pytest.raises(Died):
            printer.run(job_of(SHEETS), lambda _sheet: None, written_and_dead)
        assert device.engine.received == []
        assert failed(asked(device, kept[0]), 0)
        assert device.engine.idle()


def test_a_forgotten_job_of_which_the_counter_knows_nothing_was_not_printed() -> None:
    with VirtualIppPrinter() as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        device.engine.jobs.clear()
        assert failed(asked(device, ticket), 0)


def test_a_forgotten_job_is_unknown_when_sheets_came_out_since() -> None:
    """As many as it has, perhaps; but somebody may have printed a test page meanwhile."""
    with VirtualIppPrinter() as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        assert mended(device) == SHEETS
        device.engine.jobs.clear()
        assert asked(device, ticket) == Unknown(SHEETS)


@pytest.mark.parametrize("forgets", [True, False])
def test_a_printer_that_lost_its_power_too_cannot_say_that_nothing_came_out(*, forgets: bool) -> None:
    with VirtualIppPrinter() as device:
        device.befall(Fault.RESUMES, 1)
        ticket = ticket_of_the_dead(device, lambda: not device.engine.powered, limits=WAITED_FOR[Fault.RESUMES])
        device.engine.power_on(forgets=forgets, warming=True)
        assert isinstance(asked(device, ticket), Unknown)
        assert mended(device) == 1


def test_a_printer_that_warms_up_is_waited_for() -> None:
    with VirtualIppPrinter() as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        device.engine.powered = False

        def power_comes_back(_seconds: float) -> None:
            device.engine.powered = True

        printer = IppPrinter(settings_for(device), Pace(monotonic, power_comes_back))
        assert failed(printer.recall(ticket), 0)


def test_a_printer_that_stays_away_leaves_it_unknown() -> None:
    with VirtualIppPrinter() as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        device.engine.powered = False
        assert asked(device, ticket, limits=replace(QUICK, settle_s=0.1)) == Unknown(0)


def test_another_job_under_the_same_number_is_left_alone() -> None:
    with VirtualIppPrinter() as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        (job,) = device.engine.jobs.values()
        job.name, job.user = "EEEE-FFFF-GGGG-HHHH", "somebody"
        assert failed(asked(device, ticket), 0)
        assert mended(device) == SHEETS


def test_another_printer_in_its_place_is_not_believed() -> None:
    with VirtualIppPrinter() as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        changed = ticket.replace('",""', '","urn:uuid:1"', 1)
        assert changed != ticket
        assert asked(device, changed) == Unknown(0)


@pytest.mark.parametrize("text", ["", "{}", "[]", '["ipp://elsewhere:631/ipp/print","",1,"AAAA",1,false,1,1,1,0]'])
def test_a_ticket_of_another_address_or_of_none_is_not_asked_for(text: str) -> None:
    with laser() as (device, printer):
        assert printer.recall(text) is None
        assert device.engine.jobs == {}


def test_a_ticket_names_nobody() -> None:
    with VirtualIppPrinter() as device:
        device.engine.paused = True
        ticket = ticket_of_the_dead(device, lambda: True)
        *kept, _up_time_s, queued = json.loads(ticket)
        assert [*kept, queued] == [device.uri, "", 1, job_of(SHEETS).job_id, SHEETS, False, 1000, None, 0]
