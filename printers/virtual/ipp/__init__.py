"""A strict virtual IPP printer: refuses what a standard refuses, fails by name, and knows which sheets really came out.

It shares the codec with the adapter; CUPS' `ipptool` judges it in tests/outside/ipp, so that the two cannot agree on a mistake.
"""

from printers.virtual.ipp.engine import Engine, Model
from printers.virtual.ipp.faults import Fault, Mishap
from printers.virtual.ipp.server import VirtualIppPrinter

__all__ = ["Engine", "Fault", "Mishap", "Model", "VirtualIppPrinter"]
