"""What `python -m kiosk doctor` finds at printer, slip printer and till: are they there, able and ready.

Asks only; nothing is printed, no coin moves. A till that the running kiosk holds is not touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.adapters.payment.settings import CashSettings, open_cash, open_cashless
from kiosk.adapters.payment.tillbook import TillBookUnavailableError
from kiosk.adapters.printer.page_printer import PagePrinter
from kiosk.device_settings import DeviceSettings, SlipSettings
from kiosk.devices import open_devices
from kiosk.ports.payment import ChangeAdvice, PaymentDevice
from kiosk.ports.printer import PrinterUnavailable
from kiosk.ports.slips import SlipPrinterUnavailable
from printers.escpos.lettering import LetteringUnavailableError
from printers.ipp import Capabilities, IppSettings
from printers.lasers import open_printer

_COMMON_FEE_YEN = 300
"""An amount that residents pay; whether there is change for it tells how full the hoppers are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and what it found."""

    check: str
    code: str | None
    """None when all is well."""
    found: str
    remedy: str = ""
    """What to do; empty when all is well."""


def examine_devices(settings: DeviceSettings) -> Iterator[Finding]:
    """Check page printer, slip printer and till."""
    yield from _printer(settings.printer)
    yield examine_slips(settings.slips)
    if settings.cash is not None:
        yield _cash(settings.cash)
    elif settings.cashless is not None:
        yield _money(open_cashless(settings.cashless), "check the terminal, its network and [cashless]")
    else:
        yield Finding("till", "PAY-01", "none is fitted", "a kiosk needs [cash] or [cashless]; a counter does not")


def _printer(settings: IppSettings | None) -> Iterator[Finding]:
    if settings is None:
        yield Finding("printer", "PRINT-01", "none is fitted", "fit one and name it in [printer]")
        return
    printer = open_printer(settings)
    able = printer.capabilities()
    if isinstance(able, Capabilities):
        counts = "both sides" if able.two_sided else "one side"
        yield Finding("printer", None, f"{able.make or 'no name'}: {', '.join(sorted(able.formats))}; {counts}")
        if settings.two_sided and not able.two_sided:
            yield Finding("printer", "PRINT-06", "it prints no backs", "fit the duplex unit")
    state = PagePrinter(printer).readiness(1)
    if isinstance(state, PrinterUnavailable):
        yield Finding("printer", state.code, f"{settings.uri} cannot print now", PRINTER_REMEDIES[state.code])
    else:
        yield Finding("printer", None, f"{settings.uri} is ready")


PRINTER_REMEDIES = {
    "PRINT-01": "power, cable, address; is the machine's network allowed to reach it?",
    "PRINT-02": "put in the paper of printer.media, in printer.tray where that is set",
    "PRINT-03": "change toner or waste box",
    "PRINT-04": "close covers, take out jammed paper, empty the output tray",
    "PRINT-06": "it does not take such a job: compare printer.format, printer.media, two_sided with what it can",
    "PRINT-07": "look at its panel: paused, stalled, or a word that is not known here",
}


def examine_slips(settings: SlipSettings | None) -> Finding:
    """Check the slip printer; a machine that may do without one has none in order."""
    if settings is None or settings.place is None:
        well = settings is not None and not settings.needed
        code = None if well else "SLIP-01"
        return Finding("slips", code, "no slip printer is fitted", "" if well else "fit one and name it in [slips]")
    try:
        with open_devices(DeviceSettings(slips=settings)) as devices:
            state = devices.slips.readiness()
    except LetteringUnavailableError as error:
        return Finding("slips", "FONT-01", str(error), "install the pinned fonts")
    if isinstance(state, SlipPrinterUnavailable):
        return Finding("slips", state.code, "it cannot print now", _SLIP_REMEDIES[state.code])
    return Finding("slips", None, "ready; the roll is near its end" if state.near_end else "ready")


_SLIP_REMEDIES = {
    "SLIP-01": "power, cable, address in [slips]; for USB the udev rule",
    "SLIP-02": "put in a new roll",
    "SLIP-03": "close its cover",
    "SLIP-04": "free the cutter, then switch it off and on",
}


def _cash(settings: CashSettings) -> Finding:
    if not settings.book.is_file():  # to open it would make it, as whoever asks, and not as the kiosk
        return Finding("till", "PAY-03", "there is no till book yet", "say what lies in the hoppers: till fill 100=50")
    try:
        with open_cash(settings) as cashier:
            return _money(cashier, "power, cable and port of the coin unit; PAY-03: fill it, `till fill 100=50`")
    except TillBookUnavailableError as error:
        if error.in_use:
            return Finding("till", None, "in use by the kiosk that runs")
        return Finding("till", error.code, "the till book cannot be used", "free the disk, or correct cash.book")


def _money(device: PaymentDevice, remedy: str) -> Finding:
    away = device.unavailable(_COMMON_FEE_YEN)
    if away is not None:
        return Finding("till", away.code, f"{_COMMON_FEE_YEN} yen could not be taken now", remedy)
    match device.change_advice(_COMMON_FEE_YEN):
        case ChangeAdvice.ANY:
            return Finding("till", None, "ready, with change")
        case ChangeAdvice.EXACT_ONLY:
            return Finding("till", None, "ready; exact money only for want of change")
        case ChangeAdvice.NONE:
            return Finding("till", "PAY-03", "nothing can be taken for want of change", remedy)
