"""A whole kiosk in this process on a street's devices, with residents who go on whatever happens to it.

The devices are reached as in a shop; a test pulls their plugs at any screen and sees where money and paper are afterwards.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from kiosk.adapters.card.virtual import VirtualCardReader
from kiosk.adapters.payment.cctalk.line import SerialLine
from kiosk.adapters.payment.cctalk_sim.machine import MachineFault
from kiosk.adapters.payment.settings import cashier_on
from kiosk.adapters.payment.tillbook import TillBook
from kiosk.cardproc import load_persona
from kiosk.device_settings import DeviceSettings, load_devices
from kiosk.domain.certificates import CertificateKind
from kiosk.flow.events import Event as FlowEvent
from kiosk.flow.screen_model import Button, ScreenId, ScreenModel, Touch
from kiosk.flow.settings import FlowSettings
from kiosk.headless import FieldHand, ScriptedResident, VisitResult, Wishes
from kiosk.ports.slips import SlipPrinter
from kiosk.runner import Runner
from kiosk.settings import sandbox_access
from kiosk.wiring import open_world
from kiosk.world import World
from printers.escpos.line import open_line
from printers.escpos.printer import EscposPrinter
from printers.ipp import IppPrinter
from printers.virtual.escpos.faults import Fault, FaultKind
from tests.support.crash_books import HANDED_OVER, Found, compare
from tests.support.crash_slips import WrittenDownSlips
from tests.support.crash_street import Center, Street
from tests.support.fault_proxy import FaultProxy
from tests.support.laser import QUICK
from tests.support.slips import composer, lettering
from tests.support.standing import Standing
from tests.support.town import until

LIMITS = replace(QUICK, stopped_s=0.05, stall_s=1.0, settle_s=1.5, counter_s=0.3)
PACE_S = 1.0
"""How long a second of the machine's time takes at most here: a busy machine must have done by then what it can."""
KOSEKI = Wishes(CertificateKind.KOSEKI_ZENBU, pin="1234")
"""A certificate of two pages, 450 yen."""
JUMINHYO = Wishes(CertificateKind.JUMINHYO, pin="1234")
"""One page, 200 yen."""


class UnitsLine(SerialLine):
    """The coin units' line: patient with units that are there, however busy the test's machine, and brief once they are away."""

    PATIENT_S, BRIEF_S = 5.0, 0.05

    def __init__(self, port: Path) -> None:
        super().__init__(port, self.PATIENT_S)
        self.units_away = Event()

    def read(self, count: int) -> bytes:
        """Give up to that many bytes, fewer once the line is silent. Raises LineAway."""
        port, wait_s = self._opened(), self.BRIEF_S if self.units_away.is_set() else self.PATIENT_S
        if port.timeout != wait_s:
            port.timeout = wait_s
        return super().read(count)


class _Touching:
    """The runner as a resident knows it: it cannot be stopped."""

    def __init__(self, runner: Runner) -> None:
        self._runner, self.pin = runner, runner.pin

    def touch(self, touch: Touch) -> None:
        self._runner.touch(touch)

    def post(self, event: FlowEvent) -> None:
        self._runner.post(event)

    def stop(self) -> None:
        """Go home."""


@dataclass
class Shop:
    """A kiosk that serves, and everything that can be unplugged from it."""

    street: Street
    center: Center
    world: World
    standing: Standing
    reader: VirtualCardReader
    network: FaultProxy
    coin_line: UnitsLine
    data: Path

    def visit(
        self, wishes: Wishes, at: ScreenId | None = None, happens: Callable[[], None] | None = None
    ) -> VisitResult:
        """Let a resident make a visit; something happens when a screen first comes up."""
        resident = ScriptedResident(wishes, FieldHand(self.reader, load_persona(self.data, "hanako")))
        over = Event()
        awaited = [at]

        def see(model: ScreenModel) -> None:
            if awaited[0] is model.screen and happens is not None:
                awaited[0] = None
                happens()
            resident.present(model)
            if resident.result is not None:
                over.set()

        runner = _Touching(self.standing.runner)
        resident.attach(runner)  # type: ignore[arg-type]  # all of it that a resident uses
        self.standing.see(ScreenId.IDLE)
        self.standing.on_present = see
        self.street.will_pay(450 if wishes is KOSEKI else 200)
        resident.present(self.standing.up)
        assert over.wait(60), f"the visit does not end: {self.standing.up.screen}"
        self.standing.on_present = None
        assert awaited[0] is None or happens is None, f"that screen never came: {resident.result}"
        assert resident.result is not None
        return resident.result

    def seconds_until_ready(self) -> int:
        """Let time pass, a second at a time, until the next resident can begin; gives how many it took."""
        for second in range(30):
            try:
                until(self._is_ready, "ready", PACE_S)
            except AssertionError:
                self.standing.pass_time(1.0)
            else:
                self.standing.touch(Button.START)
                if self.standing.see(ScreenId.SERVICE, ScreenId.MESSAGE).screen is ScreenId.SERVICE:
                    self.standing.touch(Button.CANCEL)
                    self.standing.see(ScreenId.IDLE)
                    return second
                # A device that is back has not been asked again yet; the machine says so, and that costs its second.
                self.standing.touch(Button.FINISH)
                self.standing.pass_time(1.0)
        raise AssertionError(f"not ready: {self.standing.up.screen}")

    def _is_ready(self) -> bool:
        return self.standing.up.screen is ScreenId.IDLE

    def _is_told(self) -> bool:
        return not self.world.journal.open_orders() and not self.world.journal.cases_untold()

    def books(self) -> Found:
        """Compare all books, once the center has been told everything, and the resident of a case."""
        for _ in range(90):
            try:
                until(self._is_told, "told", PACE_S)
            except AssertionError:
                self.standing.pass_time(1.0)
            else:
                break
        return compare(self.street, self.center.database)

    # --- plugs ------------------------------------------------------------------------------------------------------

    def unplug(self, device: str) -> None:
        """Take a device away."""
        match device:
            case "reader":
                self.reader.unplug()
            case "printer":
                with self.street.printer.engine.changed:
                    self.street.printer.engine.powered = False
                    self.street.printer.engine.changed.notify_all()
                self.street.printer.hang_up()
            case "coins":
                self.street.coins.fault(MachineFault.UNITS_AWAY)
                self.coin_line.units_away.set()
            case "network":
                self.network.fault = "reset"
            case "slips":
                self.street.desk.order(Fault(FaultKind.LINE_CUT_AFTER, 0))
            case _:
                raise AssertionError(device)

    def plug_in(self, device: str) -> None:
        """Bring it back."""
        match device:
            case "reader":
                self.reader.plug_in()
            case "printer":
                self.street.printer.engine.power_on(forgets=False)
            case "coins":
                self.street.coins.fault(MachineFault.UNITS_BACK)
                self.coin_line.units_away.clear()
            case "slips":
                self.street.desk.mend()
            case _:
                self.network.fault = "pass"


@contextmanager
def slip_printer(settings: DeviceSettings, folder: Path) -> Iterator[SlipPrinter]:
    """Open the slip printer that the settings name, with lettering that is loaded once."""
    assert settings.slips is not None
    place = settings.slips.place
    assert place is not None
    printer = EscposPrinter(lambda: open_line(place, 2.0), lettering(), settings.slips.width, settings.slips.marks)
    try:
        yield WrittenDownSlips(printer, composer(), folder)
    finally:
        printer.close()


@contextmanager
def open_shop(folder: Path, center: Center, data: Path) -> Iterator[Shop]:
    """Serve for the block."""
    street = Street(folder, random.Random(0), sheet_s=0.0)
    with ExitStack() as opened:
        opened.callback(street.close)
        settings = load_devices(street.folder / "devices.toml")
        assert settings.printer is not None
        assert settings.cash is not None
        reader = VirtualCardReader()
        network = FaultProxy(urlsplit(center.url).port or 443)
        opened.callback(network.close)
        access = sandbox_access(data, f"https://127.0.0.1:{network.port}", "kiosk-0001")
        book = TillBook(settings.cash.book)
        opened.callback(book.close)
        line = UnitsLine(settings.cash.port)
        opened.callback(line.close)
        money = cashier_on(line, settings.cash, book)
        paper = IppPrinter(replace(settings.printer, limits=LIMITS))
        journal = street.folder / "journal.db"
        slips = opened.enter_context(slip_printer(settings, folder))
        world = opened.enter_context(open_world(access, reader, money, paper, journal, slips=slips))
        flow = FlowSettings(hours_enforced=False, needs_slips=True)
        standing = opened.enter_context(Standing(world, flow).serving())
        standing.see(ScreenId.IDLE)
        yield Shop(street, center, world, standing, reader, network, line, data)


def the_end(found: Found) -> str | None:
    """Give how the one order ended; None when there was none. Fails with every breach."""
    assert found.breaches == []
    assert len(found.ends) <= 1
    return next(iter(found.ends.values()), None)


__all__ = ["HANDED_OVER", "JUMINHYO", "KOSEKI", "Shop", "open_shop", "the_end"]
