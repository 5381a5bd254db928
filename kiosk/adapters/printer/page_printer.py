"""Any printer of `printers` as the kiosk's document printer: documents become jobs, troubles become stable codes."""

from collections.abc import Callable
from typing import assert_never

from kiosk.ports.center import Document
from kiosk.ports.printer import (
    Printed,
    PrinterReady,
    PrinterUnavailable,
    PrintFailed,
    PrintOutcome,
    PrintTicket,
    PrintUnknown,
    unkept,
)
from printers.jobs import Completed, Failed, Job, JobOutcome, Printer, Trouble, Unknown

CODES = {
    Trouble.AWAY: "PRINT-01",
    Trouble.OFFLINE: "PRINT-01",
    Trouble.PAUSED: "PRINT-07",
    Trouble.PAPER: "PRINT-02",
    Trouble.MEDIA: "PRINT-02",
    Trouble.TONER: "PRINT-03",
    Trouble.COVER: "PRINT-04",
    Trouble.JAM: "PRINT-04",
    Trouble.OUTPUT: "PRINT-04",
    Trouble.REJECTED: "PRINT-06",
    Trouble.STALLED: "PRINT-07",
    Trouble.UNKNOWN: "PRINT-07",
}


class PagePrinter:
    """Prints documents on one printer, on both sides those that have backs."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def readiness(self, sheets: int) -> PrinterReady | PrinterUnavailable:
        """Tell, before payment, whether that many sheets can come out."""
        trouble = self._printer.trouble(sheets)
        return PrinterReady() if trouble is None else PrinterUnavailable(CODES[trouble])

    def print_document(
        self,
        document: Document,
        sheet_out: Callable[[int], None],
        opened: Callable[[PrintTicket], None] = unkept,
    ) -> PrintOutcome:
        """Print one document under its serial number, which is random and therefore a safe name."""
        job = Job(document.serial, document.pdf, document.sheets, document.two_sided)
        return _in_our_words(self._printer.run(job, sheet_out, lambda ticket: opened(PrintTicket(ticket))))

    def recall(self, ticket: PrintTicket) -> PrintOutcome:
        """Ask the printer for a document of an earlier life."""
        return self.find(ticket) or PrintUnknown(0)

    def find(self, ticket: PrintTicket) -> PrintOutcome | None:
        """Do the same; None when it never was this printer's."""
        outcome = self._printer.recall(ticket)
        return None if outcome is None else _in_our_words(outcome)


def _in_our_words(outcome: JobOutcome) -> PrintOutcome:
    match outcome:
        case Completed(sheets):
            return Printed(sheets)
        case Failed(trouble, sheets_out):
            return PrintFailed(CODES[trouble], sheets_out)
        case Unknown(sheets_out):
            return PrintUnknown(sheets_out)
        case _:
            assert_never(outcome)
