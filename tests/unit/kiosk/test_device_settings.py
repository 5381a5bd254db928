from pathlib import Path

import pytest

from kiosk.device_settings import load_devices
from kiosk.ports.cash import Denomination
from kiosk.settings import SettingsError
from printers.cups.printer import CupsPrinter
from printers.escpos.line import NetworkPlace, SerialPlace, UsbPlace
from printers.ipp import IppPrinter
from printers.lasers import open_printer

GOOD = """
[printer]
uri = "ipp://192.0.2.20/ipp/print"
[slips]
network = "192.0.2.21:9100"
[cash]
port = "/dev/ttyS0"
book = "till.db"
hopper = [{ coin = 100, address = 5, path = 3 }]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "devices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_device_is_read(tmp_path: Path) -> None:
    found = load_devices(written(tmp_path, GOOD))
    assert found.printer is not None
    assert found.printer.two_sided
    assert found.slips is not None
    assert (found.slips.place, found.slips.needed) == (NetworkPlace("192.0.2.21", 9100), True)
    assert found.cash is not None
    assert found.cash.book == tmp_path / "till.db"
    assert [hopper.coin for hopper in found.cash.hoppers] == [Denomination.COIN_100]


def test_a_printer_may_stand_behind_a_queue(tmp_path: Path) -> None:
    queue = 'queue = "ipp://localhost/printers/kiosk"\n[slips]'
    behind = load_devices(written(tmp_path, GOOD.replace("[slips]", queue, 1))).printer
    assert behind is not None
    assert behind.queue == "ipp://localhost/printers/kiosk"
    assert isinstance(open_printer(behind), CupsPrinter)
    straight = load_devices(written(tmp_path, GOOD)).printer
    assert straight is not None
    assert type(open_printer(straight)) is IppPrinter


def test_a_table_that_is_missing_is_a_device_that_is_not_there(tmp_path: Path) -> None:
    found = load_devices(written(tmp_path, ""))
    assert (found.printer, found.slips, found.cash, found.cashless) == (None, None, None, None)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('serial = "/dev/ttyUSB0"', SerialPlace("/dev/ttyUSB0")),
        ('usb = "04b8:0202"', UsbPlace(0x04B8, 0x0202)),
        ("needed = false", None),
    ],
)
def test_a_slip_printer_has_one_place(tmp_path: Path, line: str, place: object) -> None:
    found = load_devices(written(tmp_path, f"[slips]\n{line}\n"))
    assert found.slips is not None
    assert found.slips.place == place


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("ipp://", "http://", "printer.uri"),
        ('uri = "ipp://192.0.2.20/ipp/print"', "", "printer.uri"),
        ('uri = "ipp', 'two_sided = "yes"\nuri = "ipp', "printer.two_sided"),
        ('uri = "ipp', 'queue = "http://localhost/kiosk"\nuri = "ipp', "printer.queue"),
        ('uri = "ipp', 'queue = "ipp://localhost/kiosk"\ntray = "tray-2"\nuri = "ipp', "printer.queue"),
        ("192.0.2.21:9100", "192.0.2.21", "slips.network"),
        ('network = "192.0.2.21:9100"', "", "slips.network"),
        ('network = "', 'serial = "/dev/ttyS1"\nnetwork = "', "slips.serial"),
        ("[cash]", "width_mm = 70\n[cash]", "slips.width_mm"),
        ("coin = 100", "coin = 7", "cash.hopper.coin"),
        ("address = 5", "address = 2", "own, from 2 to 255"),
        ("path = 3", "path = 9", "cash.hopper.path"),
        ("path = 3 }", "path = 3, colour = 1 }", "cash.hopper.colour"),
        ("[cash]", "[cash]\ncoins = 1", "cash.coins"),
        ("[cash]", "[till]\n[cash]", r"\[till\]"),
        ("[cash]", '[cashless]\nhost = "192.0.2.22"\nport = 9\n[cash]', r"one of \[cash\] and \[cashless\]"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError, match=named):
        load_devices(written(tmp_path, GOOD.replace(old, new, 1)))
