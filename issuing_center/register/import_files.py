"""Import files as streams: JSON Lines or CSV, one record a line, the header first. Holds one line at a time.

Says of every line that is not as documented where it is and what was expected, and never what was written there.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Protocol

import msgspec

from issuing_center.register.holdings_sql import unread_key
from issuing_center.register.import_lines import LINES, NESTED, UNPRINTABLE, Line, as_written, texts

FORMAT = 1
LONGEST_LINE = 1024 * 1024
"""Bytes; a family register of a hundred persons takes a tenth of it."""
MOST_ERRORS = 100

_WHERE = re.compile(r" - at `(?:key in )?\$\.?([A-Za-z0-9_.\[\]]*)`$")
_NAMED = re.compile(r"Object (missing required|contains unknown) field `([a-z_]{1,40})`")
_EXPECTED = re.compile(r"Expected `[a-z0-9_ |]+`(?: (?:of length )?[<>=]+ [0-9]+| matching regex)?")


@dataclass(frozen=True, slots=True)
class LineError:
    """One line that is not as documented."""

    line: int
    """From 1; the header is line 1."""
    field: str
    """Empty for the line as a whole."""
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field + ': ' if self.field else ''}{self.expected}"


class ImportRefusedError(ValueError):
    """An import file is refused as a whole. Has the first errors with their lines, at most MOST_ERRORS."""

    def __init__(self, errors: tuple[LineError, ...]) -> None:
        """Keep the errors in the order of the file."""
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


class _Rows(Protocol):
    """What csv.reader gives; its type has no public name."""

    line_num: int

    def __next__(self) -> list[str]: ...


class Errors:
    """Collects the errors of a file, up to a number at which it is pointless to read on."""

    def __init__(self) -> None:
        """Begin with none."""
        self.found: list[LineError] = []

    def add(self, line: int, expected: str, field: str = "") -> None:
        """Write an error down. Raises ImportRefusedError when there are enough of them."""
        self.found.append(LineError(line, field, expected))
        if len(self.found) >= MOST_ERRORS:
            self.refuse()

    def refuse(self) -> None:
        """Raise ImportRefusedError if there was any error."""
        if self.found:
            raise ImportRefusedError(tuple(sorted(self.found, key=lambda error: error.line)))


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: what this message of which feed is, and how much of it there must be (INV-12)."""

    register_import: int
    municipality: str
    kind: str
    sequence: int
    as_of: datetime
    count: int


def read_file(file: IO[bytes], errors: Errors) -> tuple[Header, Iterator[tuple[int, Line]]]:
    """Read the header; gives it and the lines that are as documented, with their numbers.

    Errors of lines go to `errors` while the lines are read. Raises ImportRefusedError for a header that is none: without it
    nothing else means anything.
    """
    first = file.read(1)
    file.seek(0)
    if first == b"{":
        line = file.readline(LONGEST_LINE + 1)
        header = _header(lambda: msgspec.json.decode(line, type=Header), errors)
        return header, _json_lines(file, header, errors)
    return _csv(file, errors)


def _header(decode: Callable[[], Header], errors: Errors) -> Header:
    try:
        header = decode()
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        errors.add(1, f"a header as documented: {_safe(str(error))[1]}")
        errors.refuse()
        raise AssertionError from None  # refuse() has raised
    if header.register_import != FORMAT:
        errors.add(1, str(FORMAT), "register_import")
    if header.kind not in LINES:
        errors.add(1, f"one of {', '.join(LINES)}", "kind")
    if header.as_of.tzinfo is None:
        errors.add(1, "an instant with its offset from UTC", "as_of")
    if header.sequence < 1 or header.count < 0:
        errors.add(1, "a sequence number from 1 and a count from 0")
    errors.refuse()
    return header


def _json_lines(file: IO[bytes], header: Header, errors: Errors) -> Iterator[tuple[int, Line]]:
    decode = msgspec.json.Decoder(LINES[header.kind]).decode
    raw = msgspec.json.Decoder().decode
    nested = header.kind in NESTED
    number = 1
    while written := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(written) > LONGEST_LINE:
            errors.add(number, f"a line of at most {LONGEST_LINE} bytes")
            errors.refuse()
        try:
            line = decode(written)
            if nested:
                plain = raw(written)
                extra = unread_key(plain, as_written(line))
                if extra is not None:
                    errors.add(number, "no field that is not documented", extra if extra.isidentifier() else "")
                    continue
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            field, expected = _safe(str(error) if isinstance(error, msgspec.MsgspecError) else "")
            errors.add(number, expected, field)
            continue
        # Raw control characters are no JSON; escaped and invisible ones are looked for where there could be one.
        if _SUSPICIOUS.search(written) and any(UNPRINTABLE.search(text) for text in texts(raw(written))):
            errors.add(number, "text without control and invisible characters")
            continue
        yield number, line


_SUSPICIOUS = re.compile(rb"[\\\x00-\x08\x7f\xc2\xe2\xef]")
"""A backslash, or a byte with which the UTF-8 of a refused character begins. One set and no alternatives: five times as fast."""


def _csv(file: IO[bytes], errors: Errors) -> tuple[Header, Iterator[tuple[int, Line]]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, strict=True)
    cells = _next(rows, errors) or []
    named = dict(zip(cells[::2], cells[1::2], strict=False))
    header = _header(lambda: msgspec.convert(named, Header, strict=False), errors)
    if header.kind in NESTED:
        errors.add(1, "JSON Lines: records of this kind do not fit into rows", "kind")
    columns = _next(rows, errors) or []
    known = LINES[header.kind].__struct_fields__
    for column in columns:
        if column not in known:
            errors.add(2, f"columns among {', '.join(known)}", column if column.isidentifier() else "")
    if len(set(columns)) != len(columns) or not columns:
        errors.add(2, "the names of the columns, each once")
    errors.refuse()
    return header, _csv_lines(text, rows, columns, LINES[header.kind], errors)


def _csv_lines(
    text: io.TextIOWrapper,
    rows: _Rows,
    columns: list[str],
    kind: type[Line],
    errors: Errors,
) -> Iterator[tuple[int, Line]]:
    while (cells := _next(rows, errors)) is not None:
        number = rows.line_num
        if len(cells) != len(columns):
            errors.add(number, f"{len(columns)} cells")
            continue
        # An empty cell is no value: there is no empty text in a register.
        written = {column: cell for column, cell in zip(columns, cells, strict=True) if cell}
        try:
            line = msgspec.convert(written, kind, strict=False)
        except msgspec.MsgspecError as error:
            field, expected = _safe(str(error))
            errors.add(number, expected, field)
            continue
        if any(UNPRINTABLE.search(cell) for cell in cells):
            errors.add(number, "text without control and invisible characters")
            continue
        yield number, line
    text.detach()


def _next(rows: _Rows, errors: Errors) -> list[str] | None:
    try:
        return rows.__next__()
    except StopIteration:
        return None
    except (csv.Error, UnicodeDecodeError):
        errors.add(rows.line_num + 1, "a row of CSV (RFC 4180) in UTF-8")
        errors.refuse()
        raise AssertionError from None  # refuse() has raised


def _safe(message: str) -> tuple[str, str]:
    """Give the field and what was expected, out of a decoder's message; whatever could quote the file is left out."""
    where = _WHERE.search(message)
    field = "" if where is None else where.group(1)
    named = _NAMED.search(message)
    if named is not None:
        field = f"{field}.{named.group(2)}" if field else named.group(2)
        return field, "is missing" if named.group(1).startswith("missing") else "no field that is not documented"
    expected = _EXPECTED.search(message)
    return field, "as documented" if expected is None else expected.group(0)


def is_in_time(header: Header, now: datetime) -> bool:
    """Tell whether a header speaks of the past; a master system that is ahead of time would keep a dead feed fresh."""
    return header.as_of.astimezone(UTC) <= now
