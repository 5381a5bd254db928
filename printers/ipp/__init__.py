"""Page printers over IPP: settings in, a printer out."""

from printers.ipp.attributes import Capabilities
from printers.ipp.printer import IppPrinter
from printers.ipp.settings import BadPrinterSettings, IppSettings, Limits

__all__ = ["BadPrinterSettings", "Capabilities", "IppPrinter", "IppSettings", "Limits", "open_printer"]


def open_printer(settings: IppSettings) -> IppPrinter:
    """Make the printer of these settings; nothing is sent before the first question. Raises BadPrinterSettings."""
    return IppPrinter(settings)
