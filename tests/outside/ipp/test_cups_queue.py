"""Jobs go through a queue of the real CUPS to our virtual printer, and end as they do without it; nothing stays in the spool."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import pytest

from printers.cups.printer import CupsPrinter
from printers.ipp import IppSettings
from printers.ipp.client import COMPLETED, Client
from printers.ipp.follow import Pace
from printers.ipp.template import template_for
from printers.jobs import Completed, Failed, Trouble, Unknown
from printers.virtual.ipp import Fault, VirtualIppPrinter
from tests.support.cups import cupsd
from tests.support.laser import QUICK, job_of

pytestmark = pytest.mark.heavy
LIMITS = replace(QUICK, stopped_s=2, stall_s=4, settle_s=3, poll_s=0.05)


class Died(Exception):
    """The kiosk is no more."""


@dataclass(frozen=True, slots=True)
class Site:
    """A printer, and the queue before it."""

    device: VirtualIppPrinter
    settings: IppSettings
    spool: Path

    @property
    def printer(self) -> CupsPrinter:
        """Begin a new life of the adapter."""
        return CupsPrinter(self.settings)

    def mended(self) -> int:
        """Put everything right, wait until nothing could print any more, and count the sheets."""
        self.device.engine.repair()
        if not self.device.engine.powered:
            self.device.engine.power_on(forgets=False)
        assert self.printer.trouble(1) is None
        assert self.device.engine.wait_for(self.device.engine.idle)
        return len(self.device.engine.paper)

    def documents_in_spool(self) -> list[str]:
        """List the documents that the queue still has on its disk."""
        return [path.name for path in self.spool.glob("d*")]


@pytest.fixture
def site() -> Iterator[Site]:
    with VirtualIppPrinter() as device, cupsd(device.uri) as (queue, spool):
        yield Site(device, IppSettings(device.uri, queue=queue, limits=LIMITS), spool)


@pytest.mark.parametrize(("sheets", "two_sided"), [(1, False), (2, False), (2, True)])
def test_the_very_bytes_come_through_and_none_of_them_stay(site: Site, sheets: int, *, two_sided: bool) -> None:
    heard: list[int] = []
    assert site.printer.trouble(sheets) is None
    assert site.printer.run(job_of(sheets, two_sided=two_sided), heard.append) == Completed(sheets)
    assert heard == list(range(1, sheets + 1))
    assert site.documents_in_spool() == []
    assert site.device.engine.received == [job_of(sheets, two_sided=two_sided).pdf]
    (job,) = site.device.engine.jobs.values()
    assert job.two_sided == two_sided
    assert site.mended() == sheets


@pytest.mark.parametrize(
    ("fault", "trouble", "after"),
    [
        (Fault.OUT_OF_PAPER, Trouble.PAPER, 1),
        (Fault.JAM, Trouble.JAM, 0),
        (Fault.CANCELED_AT_PANEL, Trouble.PAUSED, 1),
        (Fault.ABORTS, Trouble.REJECTED, 0),
    ],
)
def test_a_fault_fails_with_its_cause_and_nothing_comes_later(
    site: Site, fault: Fault, trouble: Trouble, after: int
) -> None:
    site.device.befall(fault, after)
    assert site.printer.run(job_of(2), lambda _sheet: None) == Failed(trouble, after)
    assert site.documents_in_spool() == []
    assert site.mended() == after


@pytest.mark.parametrize("fault", [Fault.REFUSES_JOB, Fault.DROPS_IN_DOCUMENT])
def test_what_the_queue_cannot_hand_over_is_taken_out_of_it(site: Site, fault: Fault) -> None:
    site.device.befall(fault)
    outcome = site.printer.run(job_of(1), lambda _sheet: None)
    assert isinstance(outcome, Failed)
    assert outcome.sheets_out == 0
    assert site.documents_in_spool() == []
    assert site.mended() == 0


def test_a_printer_that_loses_its_power_makes_it_unknown_whatever_the_queue_says(site: Site) -> None:
    site.device.befall(Fault.UNPLUGGED, 0)
    assert site.printer.run(job_of(1), lambda _sheet: None) == Unknown(0)
    assert site.documents_in_spool() == []


def test_the_queues_own_word_would_be_wrong(site: Site) -> None:
    """Why it is not asked: one sheet, none came out, and CUPS calls it printed."""
    assert site.settings.queue is not None
    queue = Client(replace(site.settings, uri=site.settings.queue, queue=None))
    capabilities = queue.capabilities()
    site.device.befall(Fault.UNPLUGGED, 0)
    number = queue.create("AAAA-BBBB-CCCC-DDDD", template_for(site.settings, capabilities, two_sided=False))
    queue.send(number, "application/pdf", job_of(1).pdf)
    until = monotonic() + 20
    while (view := queue.job(number)).state != COMPLETED:
        assert monotonic() < until
    queue.close()
    assert view.sheets == 1
    assert site.device.engine.paper == []


def test_a_job_of_a_kiosk_that_died_is_taken_out_of_queue_and_printer(site: Site) -> None:
    site.device.engine.paused = True

    def wait(_seconds: float) -> None:
        raise Died

    kept: list[str] = []
    with pytest.raises(Died):
        CupsPrinter(site.settings, Pace(monotonic, wait)).run(job_of(1), lambda _sheet: None, kept.append)
    outcome = site.printer.recall(kept[0])
    assert isinstance(outcome, Failed)
    assert outcome.sheets_out == 0
    assert site.documents_in_spool() == []
    assert site.mended() == 0


def test_a_queue_that_is_away_leaves_it_unknown_what_it_still_had(site: Site) -> None:
    kept: list[str] = []
    assert site.printer.run(job_of(1), lambda _sheet: None, kept.append) == Completed(1)
    assert site.printer.recall(kept[0]) == Completed(1)
    nowhere = replace(site.settings, queue="ipp://localhost:9/printers/kiosk", limits=replace(LIMITS, settle_s=0.1))
    assert CupsPrinter(nowhere).recall(kept[0]) == Unknown(0)
    assert CupsPrinter(nowhere).trouble(1) is Trouble.AWAY


def test_two_copies_are_two_jobs_one_after_the_other(site: Site) -> None:
    printer = site.printer
    for name in ("AAAA-BBBB-CCCC-0001", "AAAA-BBBB-CCCC-0002"):
        assert printer.run(job_of(1, name), lambda _sheet: None) == Completed(1)
    assert [sheet.job for sheet in site.device.engine.paper] == ["AAAA-BBBB-CCCC-0001", "AAAA-BBBB-CCCC-0002"]
