"""The settings of one center worker: a TOML file, read once and checked completely before anything is opened."""

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from msgspec import Meta, Struct

from issuing_center.keys import TokenKey
from issuing_center.register.records import MunicipalityName

_TOKEN_KEY = re.compile(r"token=(?P<token>[^;?&=]+);object=(?P<object>[^;?&=]+)")
_Word = Annotated[str, Meta(min_length=1)]
_Code = Annotated[str, Meta(pattern="^[0-9]{6}$", min_length=6, max_length=6)]


class SettingsError(ValueError):
    """A setting is missing or wrong; the text names it."""


@dataclass(frozen=True, slots=True)
class SignatureJpki:
    """Where the certificates that sign applications come from and are asked after; as for those of authentication."""

    generations: tuple[Path, ...]
    policy_oid: str
    ocsp_url: str
    crls: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class RemoteRegister:
    """A municipality that keeps its own register, and how it is reached."""

    name: MunicipalityName
    """As residents choose it; said here, so that the list is complete while the register is away."""
    url: str
    """https, host and port: the server's certificate must be for that host."""
    ca: Path
    """Authority of the server's certificate."""
    certificate: Path
    """What this center shows it."""
    key: Path


@dataclass(frozen=True, slots=True)
class StaffSite:
    """The clerks' pages, on a listener of their own that kiosks cannot reach and that reaches no kiosk."""

    host: str
    port: int
    certificate: Path
    key: Path
    ca: Path
    """Authority of the clerks' certificates: CN is the staff id, O the municipality's six digits."""


@dataclass(frozen=True, slots=True)
class BackSettings:
    """The backs of the sheets that kiosks print on plain paper."""

    keys: Path
    """Master keys, as `backs rotate-keys` writes them; read when the worker starts."""
    fine: bool = False
    """True carries the front at 182 dpi and asks for good engines and scanners; False at 137 dpi."""
    colour: bool = False
    """True for engines with colour: the picture then hides a latent one."""
    dpi: int = 600
    """Dots of the engines, 600 or 300."""
    kept: float | None = None
    """Share of small dots of the ground pattern, as chosen from the adjustment sheet; None until one was chosen."""


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
    document_key: Path | TokenKey
    """P-256: a PEM file (`file:document.key`), or a key in a PKCS#11 token (`pkcs11:token=…;object=…`)."""
    document_certificate: Path
    """Certificate of that key, and those of its authorities after it; PEM."""
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
    signature: SignatureJpki | None = None
    """None: applications for 利用登録 are not taken here."""
    commissions: Path | None = None
    """Rates of operators (TOML), read by the settlement command alone; None: no operator is paid a commission."""
    remote_registers: tuple[RemoteRegister, ...] = ()
    """Municipalities whose records are not in the center's own database."""
    back: BackSettings | None = None
    """None: sheets have no backs."""
    staff: StaffSite | None = None
    """None: this worker serves no pages for clerks."""


class _RemoteTable(Struct, frozen=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(pattern="^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
    ca: _Word
    certificate: _Word
    key: _Word
    prefecture: _Word
    name: _Word
    kana: _Word
    name_en: _Word


_KNOWN = {
    "service": {"host", "port", "threads"},
    "database": {"url"},
    "tls": {"certificate", "key", "device_ca"},
    "devices": {"file"},
    "keys": {"document", "certificate", "subject", "module", "pin_file"},
    "register": {"max_age_minutes", "remote"},
    "jpki": {"generations", "policy_oid", "ocsp_url", "crls"},
    "jpki_signature": {"generations", "policy_oid", "ocsp_url", "crls"},
    "settlement": {"commissions"},
    "back": {"keys", "setting", "colour", "screens"},
    "staff": {"listen", "certificate", "key", "ca"},
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
    return Settings(
        host=_text(table, "service", "host"),
        port=_number(table, "service", "port", 0, 65535),
        threads=_number(table, "service", "threads", 1, 256),
        database_url=_text(table, "database", "url"),
        server_certificate=base / _text(table, "tls", "certificate"),
        server_key=base / _text(table, "tls", "key"),
        device_ca=base / _text(table, "tls", "device_ca"),
        devices=base / _text(table, "devices", "file"),
        document_key=_document_key(table, base),
        document_certificate=base / _text(table, "keys", "certificate"),
        subject_key=base / _text(table, "keys", "subject"),
        policy_oid=_text(table, "jpki", "policy_oid"),
        ocsp_url=_text(table, "jpki", "ocsp_url"),
        generations=tuple(base / name for name in _list(table, "jpki", "generations")),
        crls=tuple(base / name for name in _list(table, "jpki", "crls")),
        register_age=timedelta(minutes=_number(table, "register", "max_age_minutes", 1, 24 * 60)),
        commissions=base / _text(table, "settlement", "commissions") if "settlement" in table else None,
        signature=_signature(table, base),
        remote_registers=_remote(table, base),
        back=_back(table, base),
        staff=_staff(table, base),
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


def _signature(table: dict[str, Any], base: Path) -> SignatureJpki | None:
    section = "jpki_signature"
    if section not in table:
        return None
    return SignatureJpki(
        generations=tuple(base / name for name in _list(table, section, "generations")),
        policy_oid=_text(table, section, "policy_oid"),
        ocsp_url=_text(table, section, "ocsp_url"),
        crls=tuple(base / name for name in _list(table, section, "crls")),
    )


def _staff(table: dict[str, Any], base: Path) -> StaffSite | None:
    if "staff" not in table:
        return None
    host, _, port = _text(table, "staff", "listen").rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise SettingsError("staff.listen must be an address and a port, as in 192.0.2.10:8444")
    files = (base / _text(table, "staff", name) for name in ("certificate", "key", "ca"))
    return StaffSite(host, int(port), *files)


def _back(table: dict[str, Any], base: Path) -> BackSettings | None:
    if "back" not in table:
        return None
    content = table["back"]
    setting, colour, screens = (
        content.get("setting", "standard"),
        content.get("colour", False),
        content.get("screens", {}),
    )
    if setting not in ("standard", "fine"):
        raise SettingsError('back.setting must be "standard" or "fine"')
    if not isinstance(colour, bool):
        raise SettingsError("back.colour must be true or false")
    if not isinstance(screens, dict) or screens.keys() - {"dpi", "kept"} or screens.get("dpi", 600) not in (300, 600):
        raise SettingsError("back.screens must be { dpi = 600 or 300, kept = share }")
    if setting == "fine" and screens.get("dpi", 600) != 600:
        raise SettingsError('back.setting "fine" needs engines of 600 dpi')
    kept = screens.get("kept")
    if kept is not None and (isinstance(kept, bool) or not isinstance(kept, int | float) or not 0 < kept <= 1):
        raise SettingsError("back.screens.kept must be above 0 and at most 1")
    keys = base / _text(table, "back", "keys")
    return BackSettings(keys, setting == "fine", colour, screens.get("dpi", 600), kept)


def _remote(table: dict[str, Any], base: Path) -> tuple[RemoteRegister, ...]:
    try:
        found = msgspec.convert(table["register"].get("remote", {}), dict[_Code, _RemoteTable])
    except msgspec.ValidationError as error:
        # Of a settings file, and it names the place.
        raise SettingsError(f"register.remote: {error}") from error
    return tuple(
        RemoteRegister(
            name=MunicipalityName(code, entry.prefecture, entry.name, entry.kana, entry.name_en),
            url=entry.url,
            ca=base / entry.ca,
            certificate=base / entry.certificate,
            key=base / entry.key,
        )
        for code, entry in sorted(found.items())
    )


def _document_key(table: dict[str, Any], base: Path) -> Path | TokenKey:
    value = _text(table, "keys", "document")
    scheme, _, rest = value.partition(":")
    if scheme != "pkcs11":
        if "module" in table["keys"] or "pin_file" in table["keys"]:
            raise SettingsError("keys.module and keys.pin_file belong to a key in a token")
        return base / value.removeprefix("file:")
    found = _TOKEN_KEY.fullmatch(rest)
    if found is None:
        raise SettingsError("keys.document must be a file, or pkcs11:token=LABEL;object=LABEL (RFC 7512)")
    return TokenKey(
        module=base / _text(table, "keys", "module"),
        token=unquote(found["token"]),
        label=unquote(found["object"]),
        pin_file=base / _text(table, "keys", "pin_file"),
    )


def _list(table: dict[str, Any], section: str, key: str) -> list[str]:
    value = table.get(section, {}).get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise SettingsError(f"{section}.{key} must be a list of texts")
    return value
