"""Ten faults of the page printer at each sheet of a paid certificate: paper, ledger, journal and money agree.

A fault strikes when so many sheets are out; a sheet and its back are out together or not at all.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from printers.virtual.ipp import Fault
from tests.support.crash_books import CASE, REFUNDED
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
READY_S = 10


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Center]:
    with a_center(tmp_path_factory.mktemp("center"), data) as center:
        yield center


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("fault", SAYS_SO + HIDES_IT)
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
        result = shop.visit(KOSEKI)
        shop.plug_in("printer")
        shop.street.printer.engine.repair()
        assert shop.seconds_until_ready() <= READY_S
        end = the_end(shop.books())
        out = len(shop.street.printer.engine.paper)
    assert result.code is not None
    # Nothing out for certain: the money goes back. Something out, or nobody knows: staff look at the paper.
    assert end == (REFUNDED if fault in SAYS_SO and after == 0 else CASE)
    assert out <= 2
    warned = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warned) == (end == CASE)
    caplog.clear()
