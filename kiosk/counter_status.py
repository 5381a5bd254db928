"""How a counter terminal says that it is there, and how its printers are: every minute, and at once when that changed.

Works on a lane of its own, so that no visit and no report waits for it. Nothing rests on it but the clerks' console: a center
that is away hears the next one.
"""

from typing import assert_never

from kiosk.domain.certificates import MunicipalityCode
from kiosk.ports.center import CenterUnavailable, IssuingCenter, PrinterCondition, Reported, ReportRejected
from kiosk.ports.printer import DocumentPrinter, PrinterReady, PrinterUnavailable
from kiosk.ports.slips import SlipPrinter, SlipPrinterReady, SlipPrinterUnavailable

EVERY_S = 60.0
"""The console counts a terminal as away after three minutes: one that is lost on the way is in nobody's way."""
_CONDITIONS = {
    "PRINT-01": PrinterCondition.UNREACHABLE,
    "PRINT-02": PrinterCondition.PAPER_OUT,
    "SLIP-01": PrinterCondition.UNREACHABLE,
    "SLIP-02": PrinterCondition.PAPER_OUT,
}
"""Every other code is a fault that somebody has to look at."""


class CounterStatus:
    """What the clerks hear of one terminal. `is_due` belongs to the flow's thread, `tell` to the lane."""

    def __init__(
        self, center: IssuingCenter, municipality: MunicipalityCode, printer: DocumentPrinter, slips: SlipPrinter
    ) -> None:
        """Tell the clerks of one municipality of these printers."""
        self._center = center
        self._municipality = municipality
        self._printer = printer
        self._slips = slips
        self._due_s: float | None = None
        self._failing: frozenset[str] = frozenset()

    def is_due(self, steady_s: float, failing: frozenset[str]) -> bool:
        """Tell whether it is time, or what the machine's own look found is another than before; a yes counts as done."""
        if self._due_s is not None and steady_s < self._due_s and failing == self._failing:
            return False
        self._due_s, self._failing = steady_s + EVERY_S, failing
        return True

    def tell(self) -> str:
        """Ask the printers, and tell the center once. Gives a word for the log."""
        answer = self._center.tell_status(
            self._municipality, _of_paper(self._printer.readiness(1)), _of_slips(self._slips.readiness())
        )
        match answer:
            case CenterUnavailable(code):
                return code
            case Reported() | ReportRejected():
                return type(answer).__name__
            case _:
                assert_never(answer)


def _of_paper(found: PrinterReady | PrinterUnavailable) -> PrinterCondition:
    match found:
        case PrinterReady():
            return PrinterCondition.READY
        case PrinterUnavailable(code):
            return _CONDITIONS.get(code, PrinterCondition.FAULT)
        case _:
            assert_never(found)


def _of_slips(found: SlipPrinterReady | SlipPrinterUnavailable) -> PrinterCondition:
    match found:
        case SlipPrinterReady(near_end):
            return PrinterCondition.PAPER_LOW if near_end else PrinterCondition.READY
        case SlipPrinterUnavailable(code):
            return _CONDITIONS.get(code, PrinterCondition.FAULT)
        case _:
            assert_never(found)
