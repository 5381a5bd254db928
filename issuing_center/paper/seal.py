"""Seals as data: the 公印, a vector drawing of known size, and the registered 印影 of a resident, a 1-bit scan.

The room prints what it is given and knows nothing of who may use which seal, or since when.
"""

import base64
import hashlib
import re
import tomllib
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from issuing_center.paper.absent import PaperUnavailable

FICTITIOUS_SEAL: Final = Path(__file__).parents[2] / "assets" / "seals" / "shiomino-mayor.toml"
"""The seal of 見本県汐見野市, which does not exist; its imprint begins with 見本."""

FICTITIOUS_IMPRINTS: Final = FICTITIOUS_SEAL.with_name("imprints.toml")
"""Imprints of seals that nobody owns; each reads 見本, 架空 or 例示."""

_PATH: Final = re.compile(rb"(?:-?[0-9]+(?:\.[0-9]+)?|[mlchfSBQqwJj]|f\*|\s)+")
"""Numbers and the path operators a seal may use: no text, no colour, no reference to anything else."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A square seal."""

    name: str
    """The characters of the imprint, row by row as a person would read them."""
    side_mm: float
    """Edge length on paper; 公印 of mayors are commonly 18 to 24 mm."""
    fictitious: bool
    """True for everything in this repository."""
    path: bytes = field(repr=False)
    """PDF path operators in a box of 1000 x 1000 units, y upwards; colour is set by the sheet."""

    @property
    def sha256(self) -> str:
        """Digest of the drawing, for comparison with what stands on a finished page."""
        return hashlib.sha256(self.path).hexdigest()


LEAST_IMPRINT_DPI: Final = 400
"""Below this a carved hairline is lost, and with it what a bank compares."""
LARGEST_IMPRINT_MM: Final = 30.0
"""Edge of the field; registrable seals fit 8 to 25 mm, and scans have some white around them."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """The 印影 as it was registered, printed 1:1 and never smoothed."""

    width_px: int
    """Columns."""
    height_px: int
    """Rows."""
    dpi: int
    """Scanned pixels in an inch, at least 400; this and nothing else decides the printed size."""
    bits: bytes = field(repr=False)
    """Rows from the top, each padded to whole bytes, most significant bit first, 1 is ink."""

    def __post_init__(self) -> None:
        if self.dpi < LEAST_IMPRINT_DPI:
            raise ValueError("an imprint needs at least 400 dpi")
        if len(self.bits) != (self.width_px + 7) // 8 * self.height_px or not any(self.bits):
            raise ValueError("an imprint needs all its rows, and ink")
        if max(self.width_mm, self.height_mm) > LARGEST_IMPRINT_MM:
            raise ValueError("an imprint of this size does not fit the field")

    @property
    def width_mm(self) -> float:
        """Width on paper."""
        return self.width_px / self.dpi * 25.4

    @property
    def height_mm(self) -> float:
        """Height on paper."""
        return self.height_px / self.dpi * 25.4


def load_seal(file: Path = FICTITIOUS_SEAL) -> Seal:
    """Read a seal from its TOML file.

    Raises PaperUnavailable (SEAL-01) when the file is missing or is not a seal: a sheet without its seal is no
    certificate, so there is no fallback.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PaperUnavailable("SEAL-01", f"{file.name} is not a readable seal", "restore assets/seals") from error
    return read_seal(content, file.name)


def read_seal(content: bytes, name: str = "the seal of the settings") -> Seal:
    """Read a seal from the bytes of its file, likewise."""
    try:
        table = tomllib.loads(content.decode())
        path = table["path"].encode("ascii")
        seal = Seal(
            name=table["name"], side_mm=float(table["side_mm"]), fictitious=table["fictitious"] is True, path=path
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PaperUnavailable("SEAL-01", f"{name} is not a readable seal", "restore assets/seals") from error
    if not _PATH.fullmatch(path) or hashlib.sha256(path).hexdigest() != table.get("sha256"):
        raise PaperUnavailable("SEAL-01", f"{name} is not the drawing it was made as", "restore assets/seals")
    return seal


def load_fictitious_imprints(file: Path = FICTITIOUS_IMPRINTS) -> dict[str, Imprint]:
    """Read the imprints made for tests and demonstrations, by name.

    Raises PaperUnavailable (SEAL-01) when the file is missing or holds no imprints.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        return {
            name: Imprint(
                table["width_px"], table["height_px"], table["dpi"], zlib.decompress(base64.b64decode(table["bits"]))
            )
            for name, table in tables.items()
        }
    except (OSError, KeyError, ValueError, TypeError, zlib.error) as error:
        raise PaperUnavailable("SEAL-01", f"{file.name} holds no imprints", "restore assets/seals") from error
