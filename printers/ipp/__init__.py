"""Page printers over IPP: settings in, a printer out."""

from printers.ipp.attributes import Capabilities
from printers.ipp.printer import IppPrinter
from printers.ipp.settings import BadPrinterSettings, IppSettings, Limits

__all__ = ["BadPrinterSettings", "Capabilities", "IppPrinter", "IppSettings", "Limits"]
