"""Opens the devices that a machine's settings name: paper, slips, money. What is not named is absent, and says so when asked."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.adapters.payment.absent import AbsentMoney
from kiosk.adapters.payment.settings import open_cash, open_cashless
from kiosk.adapters.slips.absent import AbsentSlips
from kiosk.adapters.slips.compose import Composer
from kiosk.adapters.slips.escpos import EscposSlips
from kiosk.adapters.slips.fonts import slip_fonts
from kiosk.device_settings import DeviceSettings, SlipSettings
from kiosk.flow.screen_model import JAPANESE, Language
from kiosk.flow.settings import FlowSettings
from kiosk.ports.payment import PaymentDevice
from kiosk.ports.slips import SlipPrinter
from kiosk.ui.strings import Strings
from printers.absent import AbsentPrinter
from printers.escpos.lettering import Lettering
from printers.escpos.line import Place, open_line
from printers.escpos.printer import EscposPrinter
from printers.jobs import Printer
from printers.lasers import open_printer

ASSETS = Path(__file__).parents[1] / "assets"
_CONNECT_S = 2.0


@dataclass(frozen=True, slots=True)
class Devices:
    """What a machine works with, beside its card reader."""

    paper: Printer
    slips: SlipPrinter
    money: PaymentDevice


@contextmanager
def open_devices(settings: DeviceSettings, *, specimen: bool = False) -> Iterator[Devices]:
    """Open them, and close them with the block. A device that does not answer is told when it is asked, not awaited.

    `specimen` has 見本 on every slip. Raises BadPrinterSettings, TillBookUnavailableError, LetteringUnavailableError.
    """
    with ExitStack() as opened:
        paper = AbsentPrinter() if settings.printer is None else open_printer(settings.printer)
        slips: SlipPrinter = AbsentSlips()
        if settings.slips is not None and settings.slips.place is not None:
            slips = opened.enter_context(_slip_printer(settings.slips, settings.slips.place, specimen=specimen))
        money: PaymentDevice = AbsentMoney()
        if settings.cash is not None:
            money = opened.enter_context(open_cash(settings.cash))
        elif settings.cashless is not None:
            money = open_cashless(settings.cashless)
        yield Devices(paper, slips, money)


@contextmanager
def _slip_printer(settings: SlipSettings, place: Place, *, specimen: bool) -> Iterator[EscposSlips]:
    printer = EscposPrinter(
        lambda: open_line(place, _CONNECT_S),
        Lettering(slip_fonts(ASSETS)),
        settings.width,
        settings.marks,
        settings.limits,
    )
    try:
        yield EscposSlips(printer, slip_composer(specimen=specimen))
    finally:
        printer.close()


def slip_composer(*, specimen: bool) -> Composer:
    """Give what sets slips, with the words of the strings."""
    ja, en = (Strings.load(ASSETS, language).sentences for language in (JAPANESE, Language("en")))
    return Composer(ja, en, specimen=specimen)


def flow_settings(devices: DeviceSettings, *, counter: bool, telephone: str) -> FlowSettings:
    """Give the table of differences of a machine with these devices."""
    return FlowSettings(
        takes_payment=not counter,
        hands_over_here=not counter,
        takes_cash=devices.cashless is None,
        needs_slips=devices.slips is None or devices.slips.needed,
        telephone=telephone,
    )
