"""Every way a laser can fail, as a story: what is told is what is true, and no sheet comes later that nobody asked for."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from printers.ipp import Capabilities, IppPrinter
from printers.ipp.client import Client
from printers.jobs import Completed, Failed, Job, JobOutcome, Trouble, Unknown
from printers.virtual.ipp import Fault, Model, VirtualIppPrinter
from tests.support.laser import QUICK, WAITED_FOR, job_of, laser, settings_for

SHEETS = 3


def told(printer: IppPrinter, job: Job) -> JobOutcome:
    heard: list[int] = []
    outcome = printer.run(job, heard.append)
    assert heard == list(range(1, len(heard) + 1))
    if isinstance(outcome, Completed):
        assert heard == list(range(1, SHEETS + 1))
    return outcome


def mended(device: VirtualIppPrinter) -> int:
    """Put everything right, wait until nothing could print any more, and count the sheets."""
    device.engine.repair()
    assert device.engine.wait_for(device.engine.idle)
    return len(device.engine.paper)


STOPS = [
    (Fault.JAM, Trouble.JAM),
    (Fault.OUT_OF_PAPER, Trouble.PAPER),
    (Fault.TONER_EMPTY, Trouble.TONER),
    (Fault.COVER_OPEN, Trouble.COVER),
    (Fault.DOOR_OPEN, Trouble.COVER),
    (Fault.OUTPUT_FULL, Trouble.OUTPUT),
    (Fault.OFFLINE, Trouble.OFFLINE),
    (Fault.PAUSED, Trouble.PAUSED),
    (Fault.UNKNOWN_WORD, Trouble.UNKNOWN),
    (Fault.STALLS, Trouble.STALLED),
    (Fault.CANCELED_AT_PANEL, Trouble.PAUSED),
    (Fault.ABORTS, Trouble.REJECTED),
]


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize(("fault", "trouble"), STOPS)
def test_a_fault_at_each_sheet_fails_with_its_cause_and_nothing_comes_when_it_is_mended(
    fault: Fault, trouble: Trouble, after: int
) -> None:
    with laser(limits=WAITED_FOR.get(fault, QUICK)) as (device, printer):
        device.befall(fault, after)
        assert told(printer, job_of(SHEETS)) == Failed(trouble, after)
        assert mended(device) == after


@pytest.mark.parametrize(("fault", "trouble"), [pair for pair in STOPS if pair[0] is not Fault.STALLS][:9])
def test_a_two_sided_job_counts_sheets_not_sides(fault: Fault, trouble: Trouble) -> None:
    with laser(limits=WAITED_FOR.get(fault, QUICK)) as (device, printer):
        device.befall(fault, 1)
        assert told(printer, job_of(2, two_sided=True)) == Failed(trouble, 1)
        assert mended(device) == 1


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.STOPS_BRIEFLY, Fault.LATE_COUNTER, Fault.BUSY, Fault.NO_COUNTERS])
def test_what_goes_on_by_itself_is_waited_for(fault: Fault) -> None:
    with laser(limits=WAITED_FOR.get(fault, QUICK)) as (device, printer):
        device.befall(fault, 1)
        assert told(printer, job_of(SHEETS)) == Completed(SHEETS)
        assert mended(device) == SHEETS


@pytest.mark.parametrize("two_steps", [True, False])
@pytest.mark.parametrize("fault", [Fault.DROPS_AFTER_ACCEPT, Fault.GARBAGE_AFTER_ACCEPT])
def test_a_line_that_breaks_after_the_document_is_settled_by_asking(fault: Fault, two_steps: bool) -> None:
    with laser(Model(two_steps=two_steps)) as (device, printer):
        device.befall(fault, SHEETS + 1)
        assert told(printer, job_of(SHEETS)) == Completed(SHEETS)
        assert mended(device) == SHEETS


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (Fault.REFUSES_JOB, Trouble.REJECTED),
        (Fault.REFUSES_DOCUMENT, Trouble.REJECTED),
        (Fault.NOT_ACCEPTING, Trouble.PAUSED),
        (Fault.ALWAYS_BUSY, Trouble.REJECTED),
        (Fault.DROPS_WHEN_OPENING, Trouble.AWAY),
        (Fault.DROPS_IN_DOCUMENT, Trouble.AWAY),
        (Fault.GARBAGE, Trouble.UNKNOWN),
        (Fault.ENDLESS, Trouble.UNKNOWN),
        (Fault.REDIRECTS, Trouble.UNKNOWN),
        (Fault.SILENT, Trouble.AWAY),
        (Fault.TRICKLES, Trouble.AWAY),
    ],
)
def test_a_printer_that_took_nothing_prints_nothing(fault: Fault, trouble: Trouble) -> None:
    with laser(limits=WAITED_FOR.get(fault, QUICK)) as (device, printer):
        device.befall(fault)
        assert told(printer, job_of(SHEETS)) == Failed(trouble, 0)
        device.engine.repair()
        later = IppPrinter(settings_for(device))
        assert later.trouble(SHEETS) is None  # which takes back what was left behind
        assert mended(device) == 0


@pytest.mark.parametrize(
    ("fault", "counted", "out"),
    [
        (Fault.NEVER_PRINTS, 3, 0),
        (Fault.LIES_ABOUT_PAGES, 3, 2),
        (Fault.ONE_TOO_MANY, 4, 4),
        (Fault.WRONG_COUNTER, 6, 3),
    ],
)
def test_counters_that_contradict_the_job_make_it_unknown(fault: Fault, counted: int, out: int) -> None:
    with laser(limits=WAITED_FOR.get(fault, QUICK)) as (device, printer):
        device.befall(fault)
        assert told(printer, job_of(SHEETS)) == Unknown(counted)
        assert mended(device) == out


@pytest.mark.parametrize("after", [0, 1, SHEETS])
def test_a_printer_cut_from_power_for_good_leaves_it_unknown(after: int) -> None:
    with laser(limits=WAITED_FOR[Fault.UNPLUGGED]) as (device, printer):
        device.befall(Fault.UNPLUGGED, after)
        outcome = told(printer, job_of(SHEETS))
        assert isinstance(outcome, Unknown)
        assert outcome.sheets_out <= len(device.engine.paper) == after
        assert printer.trouble(1) is Trouble.AWAY


@pytest.mark.parametrize("after", [0, 1])
def test_a_printer_that_goes_on_after_a_power_cut_is_stopped_before_anything_else(after: int) -> None:
    with laser(limits=WAITED_FOR[Fault.RESUMES]) as (device, printer):
        device.befall(Fault.RESUMES, after)
        assert isinstance(told(printer, job_of(SHEETS)), Unknown)
        device.engine.power_on(forgets=False, warming=True)
        assert printer.trouble(1) is None
        assert mended(device) == after


def test_the_job_of_a_kiosk_that_died_is_taken_back_by_the_next_one() -> None:
    with laser() as (device, printer):
        device.engine.paused = True
        device.engine.open_job("AAAA-BBBB-CCCC-0001", "certificate-kiosk", {})
        assert printer.trouble(1) is None
        assert mended(device) == 0
        assert printer.run(job_of(SHEETS), lambda _sheets: None) == Completed(SHEETS)


def test_others_jobs_are_left_alone_on_a_printer_that_is_shared() -> None:
    with laser(alone=False) as (device, printer):
        device.engine.paused = True
        theirs = device.engine.open_job("minutes", "clerk", {})
        assert printer.trouble(1) is None
        assert theirs.state == 3
        device.engine.cancel(theirs)


def test_a_job_that_cannot_be_taken_back_is_unknown() -> None:
    with laser(limits=WAITED_FOR[Fault.IGNORES_CANCEL]) as (device, printer):
        device.befall(Fault.IGNORES_CANCEL, 1)
        assert told(printer, job_of(SHEETS)) == Unknown(1)


def test_on_a_printer_that_forgets_its_jobs_the_counter_decides() -> None:
    with laser(Model(sheet_s=0.02)) as (device, printer):
        jobs = device.engine.jobs
        assert printer.run(job_of(2), lambda _sheet: jobs.clear()) == Completed(2)
        assert mended(device) == 2


def test_after_a_restart_counters_say_nothing() -> None:
    with laser() as (device, printer):
        device.befall(Fault.RESTARTS, 1)
        with ThreadPoolExecutor(1) as pool:
            outcome = pool.submit(printer.run, job_of(SHEETS), lambda _sheet: None)
            assert device.engine.wait_for(lambda: not device.engine.powered)
            device.engine.power_on(forgets=True)
            assert outcome.result() == Unknown(0)
        assert mended(device) == 1


def test_without_looking_for_leftovers_a_sheet_would_come_out_later() -> None:
    class Careless(IppPrinter):
        def _clear(self, client: Client, capabilities: Capabilities) -> None:
            return None

    with VirtualIppPrinter() as device:
        printer = Careless(settings_for(device, limits=WAITED_FOR[Fault.RESUMES]))
        device.befall(Fault.RESUMES, 1)
        assert isinstance(printer.run(job_of(SHEETS), lambda _sheet: None), Unknown)
        device.engine.power_on(forgets=False, warming=True)
        assert printer.trouble(1) is None
        assert mended(device) == SHEETS


def test_a_make_whose_jobs_do_not_count_is_judged_by_the_printers_counter() -> None:
    with laser(job_counter=False) as (device, printer):
        device.befall(Fault.LIES_ABOUT_PAGES)
        assert printer.run(job_of(SHEETS), lambda _sheet: None) == Unknown(SHEETS - 1)
        assert printer.run(job_of(SHEETS, "AAAA-BBBB-CCCC-0002"), lambda _sheet: None) == Completed(SHEETS)
        assert mended(device) == 2 * SHEETS - 1


def test_without_the_printers_own_counter_its_word_would_be_believed() -> None:
    with laser(alone=False) as (device, printer):
        device.befall(Fault.NEVER_PRINTS)
        assert told(printer, job_of(SHEETS)) == Completed(SHEETS)
        assert mended(device) == 0
