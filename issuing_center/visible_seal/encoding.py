"""The bytes of a seal: a header in C40 and packed dates, then messages as tag, length, value (README.md).

Strict both ways: what is not exactly as written here is malformed, so that one statement has one spelling.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

MAGIC: Final = 0xDC
VERSION: Final = 0x03
"""Version 4 of the header, which ICAO Doc 9303-13 writes as 3."""
FEATURE: Final = bytes((0xCE, 0x01))
"""Document feature and category of this profile; ICAO assigns neither."""
COUNTRY: Final = "JPN"
DIGEST_BYTES: Final = 16
SIGNATURE_BYTES: Final = 64
LIMIT_BYTES: Final = 199
"""What a Data Matrix of 52 x 52 modules holds."""
REFERENCE_CHARACTERS: Final = 6
_C40: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEADER_BYTES: Final = 20
FORM, NUMBER, MUNICIPALITY, PAGE, TEXT, NAME, NAME_BEGINNING, BORN, SIGNATURE = *range(1, 9), 0xFF
_REQUIRED: Final = (FORM, NUMBER, MUNICIPALITY, PAGE, TEXT)


class MalformedSeal(ValueError):
    """These bytes are no seal of this profile."""


class TooMuchError(ValueError):
    """A field that must stand whole does not leave room for the others."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a seal says of one page of one document."""

    signer: str
    """Four capital letters and digits: country and who signs."""
    certificate: str
    """Reference of the signing certificate: six capital hexadecimal digits, the beginning of its SHA-256."""
    issued_on: date
    signed_on: date
    form: int
    """Title and sentence, by `vocabulary.FORMS`."""
    number: str
    """発行番号."""
    municipality: str
    """Prefecture and municipality as printed."""
    page: int
    """From 1, of fronts."""
    pages: int
    text: bytes = field(repr=False)
    """`text_digest` of the page."""
    name: str = field(repr=False)
    """The first person the document names, code point by code point; may be cut short, see `name_whole`."""
    name_whole: bool = True
    born: date | None = field(default=None, repr=False)
    """Their birth date where the front shows it as a date."""


def text_digest(lines: Iterable[str]) -> bytes:
    """Digest the text of a front: each line in UTF-8, not normalised, ended by LF; SHA-256, the first 16 bytes."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).digest()[:DIGEST_BYTES]


def statement_bytes(statement: Statement) -> bytes:
    """Write everything that is signed. A name is cut to the room there is, at a whole code point; raises TooMuchError."""
    head = b"".join(
        (
            bytes((MAGIC, VERSION)),
            _c40(COUNTRY),
            _c40(f"{statement.signer}{REFERENCE_CHARACTERS:02X}{statement.certificate}"),
            _packed(statement.issued_on),
            _packed(statement.signed_on),
            FEATURE,
        )
    )
    if len(head) != _HEADER_BYTES:
        raise TooMuchError("signer and certificate reference have fixed lengths")
    parts = [
        head,
        _message(FORM, bytes((statement.form,))),
        _message(NUMBER, statement.number.encode()),
        _message(MUNICIPALITY, statement.municipality.encode()),
        _message(PAGE, bytes((statement.page, statement.pages))),
        _message(TEXT, statement.text),
    ]
    born = b"" if statement.born is None else _message(BORN, _packed(statement.born))
    room = LIMIT_BYTES - sum(map(len, parts)) - len(born) - 2 - (2 + SIGNATURE_BYTES)
    name = statement.name.encode()
    if room < min(len(name), 12):
        raise TooMuchError("no room for the name")
    shown = name[:room].decode(errors="ignore").encode()
    whole = statement.name_whole and shown == name
    return b"".join((*parts, _message(NAME if whole else NAME_BEGINNING, shown), born))


def read_statement(data: bytes) -> tuple[Statement, bytes, bytes]:
    """Read a seal: what it says, the bytes that were signed, the signature (r and s, 32 bytes each).

    Raises MalformedSeal. Nothing of it is to be believed before the signature is checked.
    """
    try:
        return _read(data)
    except (IndexError, ValueError) as error:
        raise MalformedSeal("not a seal of this profile") from error


def _read(data: bytes) -> tuple[Statement, bytes, bytes]:
    head = data[:_HEADER_BYTES]
    words = _from_c40(head[4:12])
    right = head[:2] == bytes((MAGIC, VERSION)) and _from_c40(head[2:4]) == COUNTRY and head[18:20] == FEATURE
    if not right or words[4:6] != f"{REFERENCE_CHARACTERS:02X}":
        raise MalformedSeal("another header")
    messages = list(_messages(data))
    tags, found = [tag for tag, _, _ in messages], {tag: value for tag, value, _ in messages}
    names = [tag for tag in (NAME, NAME_BEGINNING) if tag in found]
    wanted = [*_REQUIRED, *names, *([BORN] if BORN in found else []), SIGNATURE]
    if tags != wanted or len(names) != 1 or len(found[TEXT]) != DIGEST_BYTES:
        raise MalformedSeal("other messages")
    (form,), (page, pages) = found[FORM], found[PAGE]
    signature = found[SIGNATURE]
    if not 1 <= page <= pages or len(signature) != SIGNATURE_BYTES:
        raise MalformedSeal("page or signature")
    statement = Statement(
        signer=words[:4],
        certificate=words[6:12],
        issued_on=_date(head[12:15]),
        signed_on=_date(head[15:18]),
        form=form,
        number=found[NUMBER].decode(),
        municipality=found[MUNICIPALITY].decode(),
        page=page,
        pages=pages,
        text=found[TEXT],
        name=found[names[0]].decode(),
        name_whole=NAME in found,
        born=_date(found[BORN]) if BORN in found else None,
    )
    return statement, data[: messages[-1][2]], signature


def _messages(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Give tag, value and place of each message; the last must end with the data."""
    at = _HEADER_BYTES
    while at < len(data):
        tag, length = data[at], data[at + 1]
        value = data[at + 2 : at + 2 + length]
        if len(value) != length:
            raise MalformedSeal("cut short")
        yield tag, value, at
        at += 2 + length


def _message(tag: int, value: bytes) -> bytes:
    if len(value) > 0x7F:
        raise TooMuchError("a message is longer than its length can say")
    return bytes((tag, len(value))) + value


def _c40(text: str) -> bytes:
    """Pack three characters into two bytes (ISO/IEC 16022, C40, basic set), without shifts; a length of 3 n."""
    values = [_C40.index(char) + 3 for char in text]
    triples = zip(values[::3], values[1::3], values[2::3], strict=True)
    return b"".join((1600 * a + 40 * b + c + 1).to_bytes(2, "big") for a, b, c in triples)


def _from_c40(data: bytes) -> str:
    text = ""
    for at in range(0, len(data), 2):
        value = int.from_bytes(data[at : at + 2], "big") - 1
        values = (value // 1600, value // 40 % 40, value % 40)
        if any(not 3 <= each < 40 for each in values):
            raise MalformedSeal("not C40")
        text += "".join(_C40[each - 3] for each in values)
    return text


def _packed(day: date) -> bytes:
    """Pack a date as ICAO does: the number MMDDYYYY in three bytes."""
    return (day.month * 1_000_000 + day.day * 10_000 + day.year).to_bytes(3, "big")


def _date(data: bytes) -> date:
    number = int.from_bytes(data, "big")
    if len(data) != 3:
        raise MalformedSeal("not a date")
    return date(number % 10_000, number // 1_000_000, number // 10_000 % 100)
