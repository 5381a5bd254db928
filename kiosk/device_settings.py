"""The tables of a machine's settings that describe its devices: page printer, slip printer, coins and notes, cashless terminal.

A table that is missing is a device that is not there. Whatever is written is checked completely, and every complaint names
its setting; nothing is opened here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kiosk.adapters.payment.cctalk.frames import Checksum
from kiosk.adapters.payment.settings import CashlessSettings, CashSettings, HopperSettings
from kiosk.ports.cash import Denomination
from kiosk.settings_table import SettingsError, Table, read_toml
from printers.escpos.commands import Marks
from printers.escpos.line import Flow, NetworkPlace, Place, SerialPlace, UsbPlace
from printers.escpos.printer import Limits as SlipLimits
from printers.ipp import IppSettings
from printers.slip import Width

T = TypeVar("T")
_WIDTHS = {58: Width.MM58, 64: Width.MM80_NARROW, 80: Width.MM80}
"""Millimetres as written, of the paper; 64 stands for printers that use 64 mm of paper of 80."""


@dataclass(frozen=True, slots=True)
class SlipSettings:
    """The receipt printer."""

    place: Place | None
    """Where it is; None for a machine that has none and may serve without, `needed` being false."""
    width: Width = Width.MM80
    marks: Marks = Marks.PROCESS_ID
    answer_s: float = 2.0
    needed: bool = True
    """Whether nothing is sold while it cannot print."""

    @property
    def limits(self) -> SlipLimits:
        """How long it is waited for."""
        return SlipLimits(answer_s=self.answer_s)


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """Every device beside the card reader; None: not fitted."""

    printer: IppSettings | None = None
    slips: SlipSettings | None = None
    cash: CashSettings | None = None
    cashless: CashlessSettings | None = None


def load_devices(path: Path) -> DeviceSettings:
    """Read a file of these tables and nothing else. Raises SettingsError."""
    content = read_toml(path)
    for name in content.keys() - _READERS:
        raise SettingsError(f"unknown table [{name}]")
    return device_settings(content, path.parent)


def device_settings(table: Mapping[str, Any], base: Path) -> DeviceSettings:
    """Read the four tables. Paths are taken from `base` on. Raises SettingsError."""
    found = {name: read(Table(name, table[name]), base) for name, read in _READERS.items() if name in table}
    if "cash" in found and "cashless" in found:
        raise SettingsError("a machine has one of [cash] and [cashless]")
    return DeviceSettings(**found)


def printer_settings(table: Table, base: Path) -> IppSettings:
    """Read one page printer. Raises SettingsError."""
    settings = _made(
        "printer.",
        lambda: IppSettings(
            uri=table.text("uri"),
            queue=table.text_or_none("queue"),
            media=table.text("media", "iso_a4_210x297mm"),
            tray=table.text_or_none("tray"),
            format=table.text_or_none("format"),
            color=table.flag("color") if table.has("color") else None,
            alone=table.flag("alone", default=True),
            job_counter=table.flag("job_counter", default=True),
            two_sided=table.flag("two_sided", default=True),
            certificate_sha256=table.text_or_none("certificate_sha256"),
            ca_file=str(base / table.text("ca_file")) if table.has("ca_file") else None,
            harmless_reasons=frozenset(table.texts("harmless_reasons", ())),
            user=table.text("user", "certificate-kiosk"),
        ),
    )
    _made("printer.", settings.address)
    table.close()
    return settings


def _slips(table: Table, _base: Path) -> SlipSettings:
    needed = table.flag("needed", default=True)
    settings = SlipSettings(
        place=_place(table, needed=needed),
        width=_WIDTHS[table.one_of("width_mm", _WIDTHS, 80)],
        marks=table.one_word("marks", Marks, Marks.PROCESS_ID),
        answer_s=table.number("answer_s", 0.1, 60, 2.0),
        needed=needed,
    )
    table.close()
    return settings


def _place(table: Table, *, needed: bool) -> Place | None:
    ways = [name for name in ("network", "serial", "usb") if table.has(name)]
    if len(ways) > 1 or (not ways and needed):
        raise SettingsError("slips: one of slips.network, slips.serial, slips.usb; or slips.needed = false without any")
    match ways:
        case ["network"]:
            host, _, port = table.text("network").rpartition(":")
            if not host or not port.isdigit() or not 1 <= int(port) <= 65535:
                raise SettingsError("slips.network must be HOST:PORT")
            return NetworkPlace(host, int(port))
        case ["serial"]:
            baud = table.integer("baud", 1200, 4_000_000, 115_200)
            return SerialPlace(table.text("serial"), baud, table.one_word("flow", Flow, Flow.RTS_CTS))
        case ["usb"]:
            vendor, _, product = table.text("usb").partition(":")
            try:
                numbers = int(vendor, 16), int(product, 16)
            except ValueError:
                raise SettingsError("slips.usb must be VENDOR:PRODUCT in hexadecimal digits, as lsusb shows") from None
            return UsbPlace(*numbers, serial_number=table.text_or_none("serial_number"))
        case _:
            return None


def _cash(table: Table, base: Path) -> CashSettings:
    hoppers = tuple(_hopper(each) for each in table.tables("hopper"))
    settings = _made(
        "",
        lambda: CashSettings(
            port=base / table.text("port"),
            book=base / table.text("book"),
            hoppers=hoppers,
            notes=frozenset(_money(table, "notes", yen) for yen in table.integers("notes", (1000,))),
            acceptor_address=table.integer("acceptor_address", 2, 255, 2),
            validator_address=table.integer("validator_address", 2, 255, 40),
            cashbox_path=table.integer("cashbox_path", 1, 8, 8),
            checksum=table.one_word("checksum", Checksum, Checksum.SIMPLE),
            echo=table.flag("echo", default=True),
            silence_s=table.number("silence_s", 0.01, 5, 0.2),
            poll_s=table.number("poll_s", 0.01, 1, 0.1),
            near_empty=table.integer("near_empty", 0, 10_000, 20),
            low_sensor=table.integer("low_sensor", 0, 10_000, 60),
            exact_only_allowed=table.flag("exact_only_allowed", default=True),
        ),
    )
    table.close()
    return settings


def _hopper(table: Table) -> HopperSettings:
    hopper = HopperSettings(
        coin=_money(table, "coin", table.integer("coin", 1, 10_000)),
        address=table.integer("address", 2, 255),
        path=table.integer("path", 1, 8),
    )
    table.close()
    return hopper


def _money(table: Table, key: str, yen: int) -> Denomination:
    try:
        return Denomination(yen)
    except ValueError:
        raise SettingsError(f"{table.name}.{key}: there is no coin or note of {yen} yen") from None


def _cashless(table: Table, _base: Path) -> CashlessSettings:
    settings = _made(
        "",
        lambda: CashlessSettings(
            host=table.text("host"),
            port=table.integer("port", 1, 65535),
            answer_s=table.number("answer_s", 0.1, 60, 5.0),
            tap_s=table.number("tap_s", 1, 600, 60.0),
        ),
    )
    table.close()
    return settings


_READERS: Mapping[str, Callable[[Table, Path], Any]] = {
    "printer": printer_settings,
    "slips": _slips,
    "cash": _cash,
    "cashless": _cashless,
}


def _made(prefix: str, make: Callable[[], T]) -> T:
    """Make a value; what it finds wrong becomes a complaint of ours. Its texts open with the setting's name."""
    try:
        return make()
    except SettingsError:
        raise
    except ValueError as error:
        raise SettingsError(f"{prefix}{error}") from None
