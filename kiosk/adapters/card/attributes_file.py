"""The file of the four attributes, taken apart: strictly, because what a card says goes onto a legal record.

Knows bytes only. `FF20 { DF21 offsets · DF22 氏名 · DF23 住所 · DF24 生年月日 · DF25 性別 }`, BER-TLV; DF21 is four big-endian
16-bit offsets of the other four from the start of the file. Source: github.com/soltia48/myna-card, from cards.
"""

import unicodedata
from datetime import date

from kiosk.ports.attributes import CardAttributes

TAG_FILE = 0xFF20
TAG_OFFSETS = 0xDF21
TAGS = (0xDF22, 0xDF23, 0xDF24, 0xDF25)
HEAD_BYTES = 5
"""Enough to know how long the file is: two of the tag, and up to three of the length."""
MAX_BYTES = 2048
"""Far more than a long name and a long address take; a longer file is not believed."""
MAX_CHARACTERS = 300
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of what could hide in a name, or command whatever shows it."""


class MalformedFileError(Exception):
    """The card's file is not what it should be. Says nothing of its content."""


def whole_length(head: bytes | bytearray) -> int:
    """Tell from its first bytes how many the whole file has. Raises MalformedFileError."""
    tag, begin, length = _head(head, 0)
    if tag != TAG_FILE or begin + length > MAX_BYTES:
        raise MalformedFileError
    return begin + length


def parse_attributes(file: bytes | bytearray) -> CardAttributes:
    """Take the whole file apart. Raises MalformedFileError, which has nothing of the content as its cause."""
    try:
        return _parse(file)
    except ValueError:
        raise MalformedFileError from None


def _parse(file: bytes | bytearray) -> CardAttributes:
    if whole_length(file) != len(file):
        raise MalformedFileError
    at = _head(file, 0)[1]
    table, at = _object(file, at, TAG_OFFSETS)
    if len(table) != 2 * len(TAGS):
        raise MalformedFileError
    values: list[bytes] = []
    for place, tag in enumerate(TAGS):
        if int.from_bytes(table[2 * place : 2 * place + 2]) != at:
            raise MalformedFileError
        value, at = _object(file, at, tag)
        values.append(value)
    if at != len(file):
        raise MalformedFileError
    name, address, birth_date, sex = (value.decode("utf-8") for value in values)
    if not (_is_text(name) and _is_text(address) and _is_date(birth_date) and sex in ("1", "2", "9")):
        raise MalformedFileError
    return CardAttributes(name, address, birth_date, sex)


def _object(file: bytes | bytearray, at: int, expected: int) -> tuple[bytes, int]:
    """Give the content of the object that begins here, and where the next begins."""
    tag, begin, length = _head(file, at)
    if tag != expected or begin + length > len(file):
        raise MalformedFileError
    return bytes(file[begin : begin + length]), begin + length


def _head(file: bytes | bytearray, at: int) -> tuple[int, int, int]:
    """Give an object's tag, where its content begins, and how long that is: short form, 81 or 82."""
    if len(file) < at + 3:
        raise MalformedFileError
    tag, first = int.from_bytes(file[at : at + 2]), file[at + 2]
    if first < 0x80:
        return tag, at + 3, first
    more = first - 0x80
    if more not in (1, 2) or len(file) < at + 3 + more:
        raise MalformedFileError
    return tag, at + 3 + more, int.from_bytes(file[at + 3 : at + 3 + more])


def _is_text(text: str) -> bool:
    visible = bool(text.strip()) and not any(unicodedata.category(character) in _HIDDEN for character in text)
    return visible and len(text) <= MAX_CHARACTERS


def _is_date(text: str) -> bool:
    """Tell whether eight digits are a day. How a card writes a day that is not known is not published: refused."""
    return text.isascii() and text.isdigit() and len(text) == 8 and date.fromisoformat(text) >= date(1850, 1, 1)
