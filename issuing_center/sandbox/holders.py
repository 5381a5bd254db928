"""What the fictitious registers say of a persona, as a real card would have it written on its chip.

Read from the files themselves, so that card and register agree unless a persona's row says otherwise.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from issuing_center.sandbox.personas import Persona

_REGISTERS = Path(__file__).parents[2] / "assets" / "registers"
_FILES = {"990019": "shiomino.toml", "990035": "yamate.toml", "990043": "komihon.toml"}
_SEX = {"male": "1", "female": "2"}
_FULL_WIDTH = {code: chr(code + 0xFEE0) for code in (*b"0123456789-",)}
"""Cards write the numbers of an address like this."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The four attributes and the individual number, as the card has them."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: str = field(repr=False)
    """YYYYMMDD."""
    sex: str = field(repr=False)
    my_number: str = field(repr=False)


def holder_of(persona: Persona) -> Holder | None:
    """Give what stands on a persona's card; None for somebody whom no register here has."""
    if persona.resident_key is None:
        return None
    household, resident = _residents(persona.municipality)[persona.resident_key]
    born: date = resident["birth_date"]
    return Holder(
        name="".join(each for each in resident["name"] if not 0xE0100 <= ord(each) <= 0xE01EF),
        address=(persona.card_address or household["address"]).translate(_FULL_WIDTH),
        birth_date=f"{born:%Y%m%d}",
        sex=_SEX[resident["sex"]],
        my_number=resident.get("my_number", "0" * 12),
    )


@cache
def _residents(municipality: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    content = tomllib.loads((_REGISTERS / _FILES[municipality]).read_text(encoding="utf-8"))
    return {
        resident["key"]: (household, resident)
        for household in content["household"]
        for resident in household["resident"]
    }
