"""What one line of an import file may say, by kind. The grammar for municipalities is in README.md beside this file.

Unknown fields are errors. Names are taken code point by code point; only what nobody could see or print is refused.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from issuing_center.register.holdings import Fuhyo, Koseki, Risai, TaxRecord

Key = Annotated[str, Meta(min_length=1, max_length=64)]
"""The master system's own key of a resident, household or record."""
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Long = Annotated[str, Meta(min_length=1, max_length=400)]

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, line feeds among them
    "\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff"  # invisible or turning the direction of writing
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # no characters at all
)


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all lines; its repr says nothing of a person."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class ResidentLine(Line, frozen=True):
    """One resident with their household. The members of a household stand on consecutive lines."""

    resident: Key
    household: Key
    address: Long
    position: Annotated[int, Meta(ge=0, le=999)]
    is_head: bool
    name: Name
    birth_date: date
    sex: Literal["male", "female"]
    relation: Name
    became_resident_on: date
    birth_precision: Literal["day", "month", "year", "unknown"] = "day"
    removed_on: date | None = None
    furigana_surname: Name | None = None
    furigana_surname_notarised: bool = False
    furigana_given: Name | None = None
    furigana_given_notarised: bool = False
    former_surname: Name | None = None
    former_surname_reading: Name | None = None
    domicile: Long | None = None
    family_head: Name | None = None
    my_number: Annotated[str, Meta(pattern=r"^[0-9]{12}\Z")] | None = None
    address_since: date | None = None
    notified_on: date | None = None
    previous_address: Long | None = None
    nationality: Name | None = None
    foreign_category: Name | None = None
    residence_status: Name | None = None
    residence_period: Name | None = None
    residence_expires_on: date | None = None
    residence_card_number: Name | None = None
    became_foreign_resident_on: date | None = None
    kanji_name: Name | None = None
    kana_name: Name | None = None
    alias: Name | None = None
    alias_recorded_on: date | None = None
    alias_recorded_in: Name | None = None


RESIDENT_FIELDS = tuple(
    name for name in ResidentLine.__struct_fields__ if name not in ("resident", "household", "address")
)
"""The fields that go into the columns of the same name."""


class StopLine(Line, frozen=True):
    """One stop signal: of a resident, a household, a 戸籍 or a 附票, or of the municipality when none is named."""

    stop: Key
    kind: Literal[
        "protected",
        "leaving",
        "notified_today",
        "gaiji",
        "stopped",
        "removed",
        "died",
        "seal_abolished",
        "koseki_pending",
    ]
    since: datetime
    until: datetime | None = None
    resident: Key | None = None
    household: Key | None = None
    koseki: Key | None = None
    fuhyo: Key | None = None
    person: Key | None = None
    """Person of the 戸籍 or 附票, wherever they live; left out: everybody of it."""
    certificates: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """Kinds parted by blanks; left out: all."""


class LinkLine(Line, frozen=True):
    """One authentication certificate and whose it is."""

    issuer_key_id: Annotated[str, Meta(pattern=r"^([0-9a-f]{2}){8,32}\Z")]
    serial: Annotated[str, Meta(pattern=r"^[0-9a-f]{1,40}\Z")]
    """Hexadecimal, small letters."""
    resident: Key
    active: bool = True


class SealLine(Line, frozen=True):
    """One seal registration, in force or abolished."""

    seal: Key
    resident: Key
    registered_on: date
    dpi: Annotated[int, Meta(ge=400, le=2400)]
    imprint: bytes
    """A binary PBM picture, in base64."""
    abolished_on: date | None = None
    former_surname: Name | None = None
    alias: Name | None = None
    katakana_name: Name | None = None
    remarks: Long | None = None


class TaxLine(Line, frozen=True):
    """One person's 年度; without a record: on the roll, and nothing declared."""

    resident: Key
    year: Annotated[int, Meta(ge=1989, le=2100)]
    record: TaxRecord | None = None


class KosekiLine(Line, frozen=True):
    """One 戸籍; without a record: gone from the register."""

    key: Key
    record: Koseki | None = None
    in_processing: bool = False
    holders: dict[Key, Key] = {}
    """Person in the record -> resident of this municipality."""


class FuhyoLine(Line, frozen=True):
    """One 附票, likewise."""

    key: Key
    record: Fuhyo | None = None
    holders: dict[Key, Key] = {}


class RisaiLine(Line, frozen=True):
    """One surveyed dwelling, likewise; `holders` are the residents who may have it certified."""

    key: Key
    record: Risai | None = None
    holders: list[Key] = []


LINES: dict[str, type[Line]] = {
    "residents": ResidentLine,
    "stops": StopLine,
    "links": LinkLine,
    "seals": SealLine,
    "taxes": TaxLine,
    "koseki": KosekiLine,
    "fuhyo": FuhyoLine,
    "risai": RisaiLine,
}
NESTED = frozenset({"taxes", "koseki", "fuhyo", "risai"})
"""Kinds that no row of a CSV file can hold."""


def texts(value: object) -> list[str]:
    """Give every text inside a value read from a file, at any depth."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for pair in value.items() for part in pair for text in texts(part)]
        case list() | tuple():
            return [text for inner in value for text in texts(inner)]
        case _:
            return []


def as_written(line: Line) -> Any:  # noqa: ANN401  builtins of any depth
    """Give a line's values as plain builtins, to be held against what was written."""
    return msgspec.to_builtins(line)
