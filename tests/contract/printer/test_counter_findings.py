"""The doctor behind a counter: every printer and both of its trays, by name and by what lies in them; nothing is printed."""

import pytest

from kiosk.counter_findings import examine_counter
from kiosk.counter_settings import CounterSettings
from kiosk.device_settings import SlipSettings
from kiosk.domain.certificates import MunicipalityCode
from printers.ipp import IppSettings
from printers.virtual.ipp import Model, VirtualIppPrinter
from tests.support.laser import QUICK

NO_SLIPS = SlipSettings(None, needed=False)


def found(*printers: str, slips: SlipSettings | None = NO_SLIPS) -> list[tuple[str, str | None]]:
    """Give what each check says."""
    behind = tuple(IppSettings(uri, limits=QUICK) for uri in printers)
    settings = CounterSettings(MunicipalityCode("990019"), ("tray-2", "tray-1"), behind)
    return [(each.check, each.code) for each in examine_counter(settings, slips)]


def test_printers_that_have_everything_are_in_order_tray_by_tray() -> None:
    with VirtualIppPrinter(Model()) as first, VirtualIppPrinter(Model()) as second:
        assert found(first.uri, second.uri) == [
            *[("printer 1", None)] * 3,
            *[("printer 2", None)] * 3,
            ("slips", None),
        ]
        assert first.engine.jobs == second.engine.jobs == {}


@pytest.mark.parametrize(
    ("model", "codes"),
    [
        (Model(levels=(250, 0)), [None, "PRINT-02", None]),
        (Model(levels=(1, 100)), [None, None, "PRINT-02"]),
        (Model(trays=("tray-1", "manual"), levels=(250, 100)), [None, "PRINT-02", None]),
        (Model(trays=(), levels=()), [None, "PRINT-02", "PRINT-02"]),
        (Model(toner=0), [None, "PRINT-03", "PRINT-03"]),
    ],
    ids=["no security paper", "one plain sheet", "no such tray", "trays without names", "toner"],
)
def test_what_a_printer_lacks_is_said_of_the_tray_that_lacks_it(model: Model, codes: list[str | None]) -> None:
    with VirtualIppPrinter(model) as printer:
        assert [code for _, code in found(printer.uri)][:3] == codes


def test_a_printer_that_is_away_is_one_finding_and_the_next_is_asked_all_the_same() -> None:
    with VirtualIppPrinter(Model()) as gone:
        pass
    with VirtualIppPrinter(Model()) as here:
        assert [code for _, code in found(gone.uri, here.uri)] == ["PRINT-01", None, None, None, None]


def test_a_counter_without_a_slip_printer_is_told_unless_it_may_do_without() -> None:
    assert found(slips=None) == [("slips", "SLIP-01")]
