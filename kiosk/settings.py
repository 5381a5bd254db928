"""The settings of one machine: a TOML file, read once and checked completely before any device is opened."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class SettingsError(ValueError):
    """A setting is missing or wrong; the text names it."""

    code = "CONFIG-01"


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


_KNOWN = {
    "center": {"url", "ca", "device_certificate", "device_key", "document_certificate"},
    "card": {"reader"},
    "journal": {"file"},
    "staff": {"telephone"},
    "screen": {"width_mm"},
}
_URL = re.compile(r"https://[^/\s]+\Z")


def load_settings(path: Path) -> MachineSettings:
    """Read and check a settings file. Raises SettingsError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.name} cannot be read: {type(error).__name__}") from error
    for section, content in table.items():
        if section not in _KNOWN or not isinstance(content, dict):
            raise SettingsError(f"unknown table [{section}]")
        for key in content.keys() - _KNOWN[section]:
            raise SettingsError(f"unknown setting {section}.{key}")
    base = path.parent
    url = _text(table, "center", "url")
    if not _URL.match(url):
        raise SettingsError("center.url must be https://HOST[:PORT]")
    width_mm = table.get("screen", {}).get("width_mm")
    if isinstance(width_mm, bool) or not isinstance(width_mm, int | float) or not 150 <= width_mm <= 1500:
        raise SettingsError("screen.width_mm must be a number from 150 to 1500")
    return MachineSettings(
        center=CenterAccess(
            url=url,
            center_ca=base / _text(table, "center", "ca"),
            device_certificate=base / _text(table, "center", "device_certificate"),
            device_key=base / _text(table, "center", "device_key"),
            document_certificate=base / _text(table, "center", "document_certificate"),
        ),
        reader=_text(table, "card", "reader"),
        journal=base / _text(table, "journal", "file"),
        telephone=_text(table, "staff", "telephone", empty=True),
        screen_width_mm=float(width_mm),
    )


def sandbox_access(data: Path, url: str, device_id: str) -> CenterAccess:
    """Give the access of one of the sandbox's devices."""
    return CenterAccess(
        url=url,
        center_ca=data / "tls" / "center-ca.pem",
        device_certificate=data / "devices" / f"{device_id}.pem",
        device_key=data / "devices" / f"{device_id}.key",
        document_certificate=data / "center" / "document-signing.pem",
    )


def _text(table: dict[str, Any], section: str, key: str, *, empty: bool = False) -> str:
    value = table.get(section, {}).get(key)
    if not isinstance(value, str) or not (value or empty):
        raise SettingsError(f"{section}.{key} must be a text")
    return value
