"""The 公印 as data: a vector drawing of known size, read from a file that says whether it is fictitious.

The room prints what it is given and knows nothing of who may use which seal, or since when.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from issuing_center.paper.absent import PaperUnavailable

FICTITIOUS_SEAL: Final = Path(__file__).parents[2] / "assets" / "seals" / "shiomino-mayor.toml"
"""The seal of 見本県汐見野市, which does not exist; its imprint begins with 見本."""

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


def load_seal(file: Path = FICTITIOUS_SEAL) -> Seal:
    """Read a seal from its TOML file.

    Raises PaperUnavailable (SEAL-01) when the file is missing or is not a seal: a sheet without its seal is no
    certificate, so there is no fallback.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        path = table["path"].encode("ascii")
        seal = Seal(
            name=table["name"], side_mm=float(table["side_mm"]), fictitious=table["fictitious"] is True, path=path
        )
    except (OSError, KeyError, ValueError, AttributeError) as error:
        raise PaperUnavailable("SEAL-01", f"{file.name} is not a readable seal", "restore assets/seals") from error
    if not _PATH.fullmatch(path) or hashlib.sha256(path).hexdigest() != table.get("sha256"):
        raise PaperUnavailable("SEAL-01", f"{file.name} is not the drawing it was made as", "restore assets/seals")
    return seal
