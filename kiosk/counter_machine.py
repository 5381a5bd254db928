"""Opens a counter terminal: in service on its printers, or as a demonstration with the clerk's side beside it.

In the demonstration paper lies in one folder a tray, and the clerk's console is a page of the sandbox's center; where that
is stands on the terminal's standard error, never on the screen that residents see.
"""

import sys
from dataclasses import replace

from kiosk.adapters.printer.counter import CounterPrinter, TrayPrinter, Trays
from kiosk.adapters.printer.page_printer import PagePrinter
from kiosk.counter_settings import CounterSettings
from kiosk.domain.certificates import MunicipalityCode
from kiosk.flow.settings import FlowSettings
from kiosk.settings import MachineSettings, SettingsError
from kiosk.world import World
from printers.pdf_sink import PdfSink

SPECIMEN_TRAYS: Trays = ("tray-2", "tray-1")
"""As the sandbox's offices call them."""
SPECIMEN_COUNTER = MunicipalityCode("990019")
"""Where the sandbox's first terminals stand."""
_PAGES = {"console": "clerk's console (one-time link)", "display": "call display"}


def at_counter(world: World, printer: CounterPrinter, municipality: MunicipalityCode) -> World:
    """Give the world with the printers behind the counter in it, and whose counter it is."""
    return replace(world, printer=printer, counter_of=municipality)


def counter_flow(flow: FlowSettings, trays: Trays) -> FlowSettings:
    """Give what differs at a counter: no slip printer keeps anybody from being served, and the trays are known."""
    return replace(flow, takes_payment=False, hands_over_here=False, needs_slips=False, trays=trays)


def counter_of(settings: MachineSettings) -> CounterSettings:
    """Give the table of the counter. Raises SettingsError where there is none."""
    if settings.counter is None:
        raise SettingsError("[counter] is missing: a counter terminal prints behind the counter")
    return settings.counter


def virtual_counter_printer(security: PdfSink, plain: PdfSink) -> CounterPrinter:
    """Make a printer of two folders."""
    trays = TrayPrinter(PagePrinter(security), PagePrinter(plain), lambda: frozenset(SPECIMEN_TRAYS))
    return CounterPrinter((trays,), SPECIMEN_TRAYS)


def tell_page(line: str) -> None:
    """Say where the clerk's console and the call display are, in a line as the center said it."""
    word, _, rest = line.partition(" ")
    if word in _PAGES:
        sys.stderr.write(f"見本 SPECIMEN: {_PAGES[word]}: {rest}\n")
        sys.stderr.flush()
