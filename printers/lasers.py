"""The page printer that settings describe: straight to it, or through a queue of CUPS."""

from printers.cups.printer import CupsPrinter
from printers.ipp.printer import IppPrinter
from printers.ipp.settings import IppSettings


def open_printer(settings: IppSettings) -> IppPrinter:
    """Make the printer of these settings; nothing is sent before the first question. Raises BadPrinterSettings."""
    return IppPrinter(settings) if settings.queue is None else CupsPrinter(settings)
