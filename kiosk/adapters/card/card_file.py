"""The file that makes a virtual card: certificates, keys and PIN of one fictitious persona.

Everything in it is pretended, so the PIN and the private keys lie open. It refuses a file that does not say so itself
(`fictitious`), and one that it does not understand completely.
"""

from pathlib import Path
from typing import Literal

import msgspec


class AuthPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """利用者証明用: what the four-digit PIN opens."""

    certificate: bytes | None
    ca_certificate: bytes
    private_key: bytes | None
    """PKCS#8, DER, not encrypted."""
    pin: str | None
    tries_left: int
    tries_max: int
    certificate_needs_pin: bool

    def __repr__(self) -> str:
        return "AuthPart()"


class SignPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """署名用: what the password of 6 to 16 characters opens."""

    certificate: bytes | None
    ca_certificate: bytes
    private_key: bytes | None
    password: str | None
    tries_left: int
    tries_max: int

    def __repr__(self) -> str:
        return "SignPart()"


class AttributesPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """券面事項入力補助: what a four-digit PIN of its own opens."""

    name: str
    address: str
    birth_date: str
    """YYYYMMDD."""
    sex: str
    my_number: str
    """12 digits; lies there to show that nobody reads it."""
    pin: str | None
    tries_left: int
    tries_max: int

    def __repr__(self) -> str:
        return "AttributesPart()"


class CardFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One virtual card as it lies on disk."""

    format: Literal[1]
    persona: str
    fictitious: bool
    title_ja: str
    title_en: str
    kind: Literal["card", "phone", "juki", "foreign"]
    atr: str
    """Hex."""
    token_label: str
    auth: AuthPart | None
    sign: SignPart | None
    attributes: AttributesPart | None = None
    """None: the card has no 券面事項入力補助AP."""

    def __repr__(self) -> str:
        return f"CardFile({self.persona!r})"


class CardFileError(Exception):
    """A card file is missing or not what it should be. The text is fit for one line on a terminal."""


def read_card_file(path: Path) -> CardFile:
    """Read one card file. Raises CardFileError."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=CardFile)
    except FileNotFoundError:
        raise CardFileError(f"there is no card {path.stem!r}") from None
    except msgspec.DecodeError as error:  # ValidationError is one of these; neither quotes a value
        raise CardFileError(f"{path.name} is not a card file: {error}") from None
    if not file.fictitious:
        raise CardFileError(f"{path.name} does not say that its persona is fictitious")
    return file


def read_card_files(folder: Path) -> tuple[CardFile, ...]:
    """Read every card of a folder, by name. Raises CardFileError; an absent folder holds no cards."""
    return tuple(read_card_file(path) for path in sorted(folder.glob("*.json")))
