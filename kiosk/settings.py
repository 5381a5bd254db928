"""The settings of one machine: a TOML file, read once and checked completely before any device is opened."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.settings_table import SettingsError, Table, read_toml

if TYPE_CHECKING:
    from kiosk.counter_settings import CounterSettings
    from kiosk.device_settings import DeviceSettings

__all__ = ["CenterAccess", "MachineSettings", "SettingsError", "load_settings", "sandbox_access"]


@dataclass(frozen=True, slots=True)
class CenterAccess:
    """How this kiosk reaches its center and proves who it is."""

    url: str
    center_ca: Path
    device_certificate: Path
    device_key: Path = field(repr=False)
    document_certificate: Path
    """Certificate whose key signs documents."""


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """Everything a machine in service must be told. Paths are absolute or relative to the settings file."""

    center: CenterAccess
    reader: str
    """PC/SC name of the card reader."""
    journal: Path
    telephone: str
    """Where staff answer; may be empty at a counter."""
    screen_width_mm: float
    """Width of the visible picture, measured on the machine."""
    devices: "DeviceSettings"
    counter: "CounterSettings | None"
    """The printers behind the counter; None for a machine that is no counter terminal."""


_TABLES = frozenset({"center", "card", "journal", "staff", "screen", "printer", "slips", "cash", "cashless", "counter"})
_URL = re.compile(r"https://[^/\s]+\Z")


def load_settings(path: Path) -> MachineSettings:
    """Read and check a settings file. Raises SettingsError."""
    # Only a machine in service reads a file; a demonstration's first screen need not wait for the names of its devices.
    from kiosk.counter_settings import counter_settings
    from kiosk.device_settings import device_settings

    content = read_toml(path)
    for name in content.keys() - _TABLES:
        raise SettingsError(f"unknown table [{name}]")
    base = path.parent
    tables = {name: Table(name, content.get(name, {})) for name in ("center", "card", "journal", "staff", "screen")}
    center = tables["center"]
    settings = MachineSettings(
        center=CenterAccess(
            url=center.text("url"),
            center_ca=base / center.text("ca"),
            device_certificate=base / center.text("device_certificate"),
            device_key=base / center.text("device_key"),
            document_certificate=base / center.text("document_certificate"),
        ),
        reader=tables["card"].text("reader"),
        journal=base / tables["journal"].text("file"),
        telephone=tables["staff"].text("telephone", empty=True),
        screen_width_mm=tables["screen"].number("width_mm", 150, 1500),
        devices=device_settings(content, base),
        counter=counter_settings(content, base),
    )
    if not _URL.match(settings.center.url):
        raise SettingsError("center.url must be https://HOST[:PORT]")
    for table in tables.values():
        table.close()
    return settings


def sandbox_access(data: Path, url: str, device_id: str) -> CenterAccess:
    """Give the access of one of the sandbox's devices."""
    return CenterAccess(
        url=url,
        center_ca=data / "tls" / "center-ca.pem",
        device_certificate=data / "devices" / f"{device_id}.pem",
        device_key=data / "devices" / f"{device_id}.key",
        document_certificate=data / "center" / "document-signing.pem",
    )
