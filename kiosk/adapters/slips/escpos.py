"""An ESC/POS printer as the kiosk's slip printer: contents become slips, troubles become stable codes."""

from typing import assert_never

from kiosk.adapters.slips.compose import Composer
from kiosk.ports.slips import (
    SlipContent,
    SlipFailed,
    SlipOutcome,
    SlipPrinted,
    SlipPrinterReady,
    SlipPrinterUnavailable,
    SlipReadiness,
    SlipUnknown,
)
from printers.escpos import printer as escpos
from printers.escpos.status import PrinterStatus, SlipTrouble, StatusUnknown

_CODES = {
    SlipTrouble.AWAY: "SLIP-01",
    SlipTrouble.OFFLINE: "SLIP-01",
    SlipTrouble.PAPER: "SLIP-02",
    SlipTrouble.COVER: "SLIP-03",
    SlipTrouble.CUTTER: "SLIP-04",
    SlipTrouble.FAULT: "SLIP-04",
    SlipTrouble.CHARACTER: "SLIP-05",
}


class EscposSlips:
    """Prints slips on one ESC/POS printer."""

    def __init__(self, printer: escpos.EscposPrinter, composer: Composer) -> None:
        self._printer = printer
        self._composer = composer

    def readiness(self) -> SlipReadiness:
        """Ask the printer; one that does not answer is away, never ready."""
        status = self._printer.status()
        match status:
            case StatusUnknown():
                return SlipPrinterUnavailable("SLIP-01")
            case PrinterStatus(near_end, trouble):
                return SlipPrinterReady(near_end) if trouble is None else SlipPrinterUnavailable(_CODES[trouble])
            case _:
                assert_never(status)

    def print_slip(self, content: SlipContent) -> SlipOutcome:
        """Compose and print one slip."""
        outcome = self._printer.print_slip(self._composer.slip(content))
        match outcome:
            case escpos.SlipPrinted():
                return SlipPrinted()
            case escpos.SlipFailed(trouble):
                return SlipFailed(_CODES[trouble])
            case escpos.SlipUnknown():
                return SlipUnknown()
            case _:
                assert_never(outcome)
