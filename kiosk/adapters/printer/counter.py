"""The page printers behind a counter: certificates from the tray with security paper and from no other, the rest from another.

One job a document. Where several terminals share a printer, papers of two numbers may lie in any order in its output: each
carries its number, so the order is a convenience and nothing rests on it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

from kiosk.adapters.printer.page_printer import CODES, PagePrinter
from kiosk.domain.certificates import TransactionId
from kiosk.ports.center import Document, DocumentRole
from kiosk.ports.printer import (
    PrinterReady,
    PrinterUnavailable,
    PrintFailed,
    PrintOutcome,
    PrintTicket,
    PrintUnknown,
    unkept,
)
from printers.ipp import IppSettings
from printers.ipp.printer import IppPrinter
from printers.jobs import Trouble

PLAIN_SHEETS = 2
"""申請書 and 領収書."""
Trays = tuple[str, str]
"""Names of the tray for certificates and of the one for other papers, as the printer has them."""


@dataclass(frozen=True, slots=True)
class TrayPrinter:
    """One printer, seen once by each tray."""

    security: PagePrinter
    plain: PagePrinter
    trays: Callable[[], frozenset[str] | Trouble]
    """Asks the printer how it calls its trays."""
    busy: Lock = field(default_factory=Lock)
    """Held while it prints: to one of the two, the other's job would look like something left behind."""
    looking: Lock = field(default_factory=Lock)
    """Held while it is asked, so that whoever finds it busy knows that it prints, and does not take a look for work."""


def ipp_trays(settings: IppSettings, trays: Trays) -> TrayPrinter:
    """Make a printer of an address. Raises BadPrinterSettings."""
    security, plain = (IppPrinter(replace(settings, tray=tray, two_sided=False)) for tray in trays)

    def named() -> frozenset[str] | Trouble:
        capabilities = security.capabilities()
        return capabilities if isinstance(capabilities, Trouble) else capabilities.trays

    return TrayPrinter(PagePrinter(security), PagePrinter(plain), named)


class CounterPrinter:
    """The printers of one terminal, in the order in which they are taken; a set of papers stays on one of them."""

    def __init__(self, printers: tuple[TrayPrinter, ...], trays: Trays) -> None:
        """Take at least one printer; all of them call their trays the same."""
        self._printers = printers
        self._trays = trays
        self._set: tuple[TransactionId, TrayPrinter] | None = None
        """Whose papers are being printed where; of the paper's lane alone."""

    @property
    def printers(self) -> tuple[TrayPrinter, ...]:
        """Each by itself, for whoever examines them."""
        return self._printers

    def readiness(self, sheets: int) -> PrinterReady | PrinterUnavailable:
        """Tell whether some printer has both trays and paper in them; two of the sheets are plain ones."""
        chosen = self._ready(sheets)
        return chosen if isinstance(chosen, PrinterUnavailable) else PrinterReady()

    def print_document(
        self,
        document: Document,
        sheet_out: Callable[[int], None],
        opened: Callable[[PrintTicket], None] = unkept,
    ) -> PrintOutcome:
        """Print one document from its tray."""
        if self._set is None or self._set[0] != document.transaction:
            chosen = self._ready(PLAIN_SHEETS + 1)
            if isinstance(chosen, PrinterUnavailable):
                return PrintFailed(chosen.code, 0)
            self._set = document.transaction, chosen
        printer = self._set[1]
        tray = printer.security if document.role is DocumentRole.CERTIFICATE else printer.plain
        with printer.busy:
            return tray.print_document(document, sheet_out, opened)

    def recall(self, ticket: PrintTicket) -> PrintOutcome:
        """Ask the printer that had it for a document of an earlier life."""
        found = (printer.security.find(ticket) for printer in self._printers)
        return next((outcome for outcome in found if outcome is not None), PrintUnknown(0))

    def _ready(self, sheets: int) -> TrayPrinter | PrinterUnavailable:
        found = [self._obstacle(printer, sheets) for printer in self._printers]
        return next(
            (printer for printer, obstacle in zip(self._printers, found, strict=True) if obstacle is None),
            found[0] or PrinterUnavailable(CODES[Trouble.AWAY]),
        )

    def _obstacle(self, printer: TrayPrinter, sheets: int) -> PrinterUnavailable | None:
        with printer.looking:
            if not printer.busy.acquire(blocking=False):
                return None  # at work for somebody before: it was ready, and its next word is at the end of that paper
            try:
                return self._asked(printer, sheets)
            finally:
                printer.busy.release()

    def _asked(self, printer: TrayPrinter, sheets: int) -> PrinterUnavailable | None:
        names = printer.trays()
        if isinstance(names, Trouble):
            return PrinterUnavailable(CODES[names])
        if not names.issuperset(self._trays):
            return PrinterUnavailable(CODES[Trouble.MEDIA])
        wanted = ((printer.security, max(1, sheets - PLAIN_SHEETS)), (printer.plain, PLAIN_SHEETS))
        answers = (tray.readiness(count) for tray, count in wanted)
        return next((answer for answer in answers if isinstance(answer, PrinterUnavailable)), None)
