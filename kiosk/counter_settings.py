"""The table [counter] of a terminal's settings: the printers behind the counter, and how they call their trays."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiosk.adapters.printer.counter import CounterPrinter, Trays, ipp_trays
from kiosk.device_settings import printer_settings
from kiosk.domain.certificates import MunicipalityCode
from kiosk.settings_table import SettingsError, Table
from printers.ipp import IppSettings

_CODE = re.compile(r"[0-9]{6}\Z")
_TRAY = re.compile(r"[a-z0-9-]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class CounterSettings:
    """What stands behind the counter."""

    municipality: MunicipalityCode
    """Whose counter it is: its clerks are told how the printers are."""
    trays: Trays
    printers: tuple[IppSettings, ...]
    """In the order in which they are taken."""

    def open(self, terminal: str) -> CounterPrinter:
        """Make the printers as a terminal of this name uses them."""
        # On a printer that terminals share, what is waiting may be another's: only jobs of this name are leftovers of ours.
        named = (each if each.alone else replace(each, user=f"{each.user}-{terminal}"[:64]) for each in self.printers)
        return CounterPrinter(tuple(ipp_trays(each, self.trays) for each in named), self.trays)


def counter_settings(content: Mapping[str, Any], base: Path) -> CounterSettings | None:
    """Read the table; None where there is none. Raises SettingsError."""
    if "counter" not in content:
        return None
    table = Table("counter", content["counter"])
    municipality = table.text("municipality")
    if not _CODE.match(municipality):
        raise SettingsError("counter.municipality must be the six digits of the municipality")
    security, plain = (_tray(table, key) for key in ("security_tray", "plain_tray"))
    if security == plain:
        raise SettingsError("counter.plain_tray must be another tray than counter.security_tray")
    printers = tuple(printer_settings(each, base) for each in table.tables("printers"))
    if not printers:
        raise SettingsError("counter.printers is missing: one [[counter.printers]] at least")
    if any(each.tray is not None for each in printers):
        raise SettingsError("counter.printers.tray: the trays are counter.security_tray and counter.plain_tray")
    if any(each.queue is not None for each in printers):
        raise SettingsError("counter.printers.queue: a queue of CUPS does not pass the tray on")
    table.close()
    return CounterSettings(MunicipalityCode(municipality), (security, plain), printers)


def _tray(table: Table, key: str) -> str:
    name = table.text(key)
    if not _TRAY.match(name):
        raise SettingsError(f"counter.{key} must be the printer's own name for a tray, such as tray-2")
    return name
