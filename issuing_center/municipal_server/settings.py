"""The settings of one worker of a municipality's register: a TOML file, checked completely before anything is opened."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from issuing_center.settings import SettingsError

_Word = Annotated[str, Meta(min_length=1)]
_Code = Annotated[str, Meta(pattern="^[0-9]{6}$", min_length=6, max_length=6)]
_Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64)]


@dataclass(frozen=True, slots=True)
class MunicipalServerSettings:
    """Everything a worker must be told. Paths are absolute or relative to the settings file."""

    host: str
    port: int
    """0 takes a free port, which the start-up line then tells."""
    threads: int
    database_url: str
    server_certificate: Path
    server_key: Path
    center_ca: Path
    """Authority of the centers' certificates; alone it opens nothing."""
    centers: frozenset[str]
    """SHA-256 fingerprints of the certificates of the centers that may ask."""
    municipalities: frozenset[str]
    """Codes of the municipalities answered for."""


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Service(_Table, frozen=True):
    host: _Word
    port: Annotated[int, Meta(ge=0, le=65535)]
    threads: Annotated[int, Meta(ge=1, le=256)]


class _Database(_Table, frozen=True):
    url: _Word


class _Tls(_Table, frozen=True):
    certificate: _Word
    key: _Word
    center_ca: _Word


class _Centers(_Table, frozen=True):
    sha256: Annotated[list[_Sha256], Meta(min_length=1)]


class _Municipalities(_Table, frozen=True):
    codes: Annotated[list[_Code], Meta(min_length=1)]


class _File(_Table, frozen=True):
    service: _Service
    database: _Database
    tls: _Tls
    centers: _Centers
    municipalities: _Municipalities


def load_municipal_settings(path: Path) -> MunicipalServerSettings:
    """Read and check a settings file. Raises SettingsError."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path.name}: {error}") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.name} cannot be read: {type(error).__name__}") from error
    base = path.parent
    return MunicipalServerSettings(
        host=file.service.host,
        port=file.service.port,
        threads=file.service.threads,
        database_url=file.database.url,
        server_certificate=base / file.tls.certificate,
        server_key=base / file.tls.key,
        center_ca=base / file.tls.center_ca,
        centers=frozenset(file.centers.sha256),
        municipalities=frozenset(file.municipalities.codes),
    )
