"""Paper as a visit sees it: accepted is not printed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType, Protocol

from kiosk.ports.center import Document

PrintTicket = NewType("PrintTicket", str)
"""By what a printer finds a document of an earlier life again; opaque, without anything of a person."""


def unkept(_ticket: PrintTicket) -> None:
    """Keep no ticket: for papers that nobody asks for again."""


@dataclass(frozen=True, slots=True)
class PrinterReady:
    """Enough paper and toner for the order."""


@dataclass(frozen=True, slots=True)
class PrinterUnavailable:
    """The order could not be printed now; known before payment."""

    code: str
    """PRINT-01 printer away, -02 paper, -03 toner, -04 cover or jam, -06 job not taken, -07 paused, stalled or unknown."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Every sheet of the document is out."""

    sheets: int


@dataclass(frozen=True, slots=True)
class PrintFailed:
    """The document is spoilt or did not come out at all; its serial number must be voided."""

    code: str
    sheets_out: int


@dataclass(frozen=True, slots=True)
class PrintUnknown:
    """The printer went away at a moment when a sheet may have come out."""

    sheets_out: int


PrintOutcome = Printed | PrintFailed | PrintUnknown


class DocumentPrinter(Protocol):
    """The page printer of one kiosk."""

    def readiness(self, sheets: int) -> PrinterReady | PrinterUnavailable:
        """Tell, before payment, whether that many sheets can come out."""
        ...

    def print_document(
        self,
        document: Document,
        sheet_out: Callable[[int], None],
        opened: Callable[[PrintTicket], None] = unkept,
    ) -> PrintOutcome:
        """Print one document; `sheet_out` hears the number of sheets out so far.

        `opened` hears the ticket once, before anything of the document leaves the machine. Not called: nothing left.
        """
        ...

    def recall(self, ticket: PrintTicket) -> PrintOutcome:
        """Ask what became of a document of an earlier life; what could still be printed of it is taken back first.

        A printer that cannot be asked, or does not know, is PrintUnknown.
        """
        ...
