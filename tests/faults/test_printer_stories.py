"""Faults of the page printer at each sheet of a paid certificate: paper, ledger, journal, money and slips agree.

A power cut of the printer alone is one of them: the kiosk lives on and follows its job. A fault strikes when so many sheets are out; a sheet and its back are out together or not at all.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from printers.virtual.ipp import Fault, VirtualIppPrinter
from tests.support.crash_books import CASE, HANDED_OVER, REFUNDED
from tests.support.crash_street import Center, a_center
from tests.support.shop import KOSEKI, open_shop, the_end

SAYS_SO = (
    Fault.JAM,
    Fault.OUT_OF_PAPER,
    Fault.TONER_EMPTY,
    Fault.COVER_OPEN,
    Fault.OUTPUT_FULL,
    Fault.OFFLINE,
    Fault.STALLS,
    Fault.CANCELED_AT_PANEL,
)
"""The printer can be asked how many sheets are out."""
HIDES_IT = (Fault.UNPLUGGED, Fault.NEVER_PRINTS)
"""Nobody can know, or what is told contradicts itself."""
POWER_CUTS = (Fault.RESTARTS, Fault.RESUMES)
"""Its power is back at once: the job is forgotten, or goes on."""
READY_S = 10


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Center]:
    with a_center(tmp_path_factory.mktemp("center"), data) as center:
        yield center


def come_back(printer: VirtualIppPrinter, fault: Fault) -> Thread:
    """Wait for the cut, and give the power back."""

    def wait() -> None:
        assert printer.engine.wait_for(lambda: not printer.engine.powered, 30)
        printer.engine.power_on(forgets=fault is Fault.RESTARTS)

    coming = Thread(target=wait)
    coming.start()
    return coming


def the_end_there_must_be(fault: Fault, after: int) -> str:
    """Nothing out for certain: the money goes back. Something out, or nobody knows: staff look at the paper."""
    if fault is Fault.RESUMES:
        return HANDED_OVER
    return REFUNDED if fault in SAYS_SO and after == 0 else CASE


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        # Once sheets are out, one that says so is as good as another, and the second as the last; the rest is for the night.
        pytest.param(fault, after, marks=[pytest.mark.heavy] if after and (after == 1 or fault in SAYS_SO[1:]) else [])
        for fault in SAYS_SO + HIDES_IT + POWER_CUTS
        for after in (0, 1, 2)
    ],
)
def test_a_fault_at_each_sheet(
    center: Center,
    data: Path,
    tmp_path: Path,
    fault: Fault,
    after: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with open_shop(tmp_path / "shop", center, data) as shop:
        shop.street.printer.befall(fault, after)
        coming = come_back(shop.street.printer, fault) if fault in POWER_CUTS else None
        result = shop.visit(KOSEKI)
        if coming is not None:
            coming.join()
        shop.plug_in("printer")
        shop.street.printer.engine.repair()
        assert shop.seconds_until_ready() <= READY_S
        end = the_end(shop.books())
        out = len(shop.street.printer.engine.paper)
    assert end == the_end_there_must_be(fault, after)
    assert (result.code is None) == (end == HANDED_OVER)
    assert out <= 2
    warned = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warned) == (end == CASE)
    caplog.clear()
