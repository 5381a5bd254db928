"""What `python -m kiosk doctor` finds behind a counter: each printer, both of its trays, and the slip printer.

Asks only. A counter has no till, and its certificates come from one tray and from no other.
"""

from collections.abc import Iterator

from kiosk.adapters.printer.counter import PLAIN_SHEETS, TrayPrinter
from kiosk.adapters.printer.page_printer import CODES
from kiosk.counter_settings import CounterSettings
from kiosk.device_findings import PRINTER_REMEDIES, Finding, examine_slips
from kiosk.device_settings import SlipSettings
from kiosk.ports.printer import PrinterUnavailable
from printers.jobs import Trouble

_TRAYS = (("security", 1, "put 改ざん防止用紙 into it"), ("plain", PLAIN_SHEETS, "put plain A4 into it"))


def examine_counter(settings: CounterSettings, slips: SlipSettings | None) -> Iterator[Finding]:
    """Check the printers in the order in which they are taken, then the slip printer."""
    opened = settings.open("doctor").printers
    for number, (each, printer) in enumerate(zip(settings.printers, opened, strict=True), start=1):
        yield from _printer(f"printer {number}", each.uri, printer, settings)
    yield examine_slips(slips)


def _printer(check: str, uri: str, printer: TrayPrinter, settings: CounterSettings) -> Iterator[Finding]:
    named = printer.trays()
    if isinstance(named, Trouble):
        code = CODES[named]
        yield Finding(check, code, f"{uri} does not say what it can", PRINTER_REMEDIES[code])
        return
    yield Finding(check, None, f"{uri}: trays {', '.join(sorted(named)) or 'without names'}")
    halves = zip(settings.trays, (printer.security, printer.plain), _TRAYS, strict=True)
    for tray, half, (word, sheets, paper) in halves:
        if tray not in named:
            remedy = f"correct counter.{word}_tray, or name the tray at the printer"
            yield Finding(check, CODES[Trouble.MEDIA], f"{word} tray: it has no {tray}", remedy)
            continue
        state = half.readiness(sheets)
        if isinstance(state, PrinterUnavailable):
            out = state.code == CODES[Trouble.PAPER]
            remedy = paper if out else PRINTER_REMEDIES[state.code]
            yield Finding(check, state.code, f"{word} tray: {tray} cannot print {sheets} now", remedy)
        else:
            yield Finding(check, None, f"{word} tray: {tray} is ready")
