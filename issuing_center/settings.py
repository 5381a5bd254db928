"""The settings of one center worker: a TOML file, read once and checked completely before anything is opened."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any


class SettingsError(ValueError):
    """A setting is missing or wrong; the text names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a worker must be told. Paths are absolute or relative to the settings file."""

    host: str
    port: int
    """0 takes a free port, which the start-up line then tells."""
    threads: int
    """Requests worked on at once; above it they wait in the connection."""
    database_url: str
    server_certificate: Path
    server_key: Path
    device_ca: Path
    devices: Path
    document_key: Path
    """PEM, P-256."""
    subject_key: Path
    """32 random bytes in hexadecimal; losing it unlinks the ledger from the residents for good."""
    generations: tuple[Path, ...]
    """CA certificates of the user-authentication JPKI, all generations in use."""
    policy_oid: str
    ocsp_url: str
    crls: tuple[Path, ...]
    """CRL files kept fresh by somebody else, used when the responder cannot be reached."""
    register_age: timedelta | None
    """Oldest state of a register that is issued from; None where nothing feeds the register, as in a sandbox."""


_KNOWN = {
    "service": {"host", "port", "threads"},
    "database": {"url"},
    "tls": {"certificate", "key", "device_ca"},
    "devices": {"file"},
    "keys": {"document", "subject"},
    "register": {"max_age_minutes"},
    "jpki": {"generations", "policy_oid", "ocsp_url", "crls"},
}
"""Tables and their keys. An unknown key is an error, so that a misspelt one is never ignored."""


def load_settings(path: Path) -> Settings:
    """Read and check a settings file. Raises SettingsError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.name} cannot be read: {type(error).__name__}") from error
    _refuse_unknown(table)
    base = path.parent
    jpki = table.get("jpki", {})
    return Settings(
        host=_text(table, "service", "host"),
        port=_number(table, "service", "port", 0, 65535),
        threads=_number(table, "service", "threads", 1, 256),
        database_url=_text(table, "database", "url"),
        server_certificate=base / _text(table, "tls", "certificate"),
        server_key=base / _text(table, "tls", "key"),
        device_ca=base / _text(table, "tls", "device_ca"),
        devices=base / _text(table, "devices", "file"),
        document_key=base / _text(table, "keys", "document"),
        subject_key=base / _text(table, "keys", "subject"),
        policy_oid=_text(table, "jpki", "policy_oid"),
        ocsp_url=_text(table, "jpki", "ocsp_url"),
        generations=tuple(base / name for name in _list(jpki, "generations")),
        crls=tuple(base / name for name in _list(jpki, "crls")),
        register_age=timedelta(minutes=_number(table, "register", "max_age_minutes", 1, 24 * 60)),
    )


def _refuse_unknown(table: dict[str, Any]) -> None:
    for section, content in table.items():
        known = _KNOWN.get(section, set())
        if section not in _KNOWN or not isinstance(content, dict):
            raise SettingsError(f"unknown table [{section}]")
        for key in content:
            if key not in known:
                raise SettingsError(f"unknown setting {section}.{key}")


def _text(table: dict[str, Any], section: str, key: str) -> str:
    value = table.get(section, {}).get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{section}.{key} must be a text")
    return value


def _number(table: dict[str, Any], section: str, key: str, low: int, high: int) -> int:
    value = table.get(section, {}).get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SettingsError(f"{section}.{key} must be a number from {low} to {high}")
    return value


def _list(table: dict[str, Any], key: str) -> list[str]:
    value = table.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise SettingsError(f"jpki.{key} must be a list of texts")
    return value
