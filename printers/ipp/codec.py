"""IPP messages as bytes, both ways: RFC 8010, nothing of what the words mean.

Written here because nothing that is kept alive does it safely. pyipp 0.17 was weighed: it cannot write collections (a tray
can be asked for in no other way), writes `media` as a name, reads lengths as signed numbers (a bad answer sends it backwards
for ever), fails on an enum that it does not know, logs values, and its transport reads answers without a bound, follows
redirects and does not verify certificates. `ipptool` and `ippeveprinter` judge these bytes in tests/outside/ipp.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

MAX_DEPTH = 8
MAX_ATTRIBUTES = 4096


class Tag(IntEnum):
    """Delimiters of groups, and the types of values."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED_GROUP = 0x05
    UNSUPPORTED = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTETS = 0x30
    DATE_TIME = 0x31
    RESOLUTION = 0x32
    RANGE = 0x33
    BEGIN_COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    URI_SCHEME = 0x46
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49
    MEMBER_NAME = 0x4A


_WITH_LANGUAGE = (Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Range:
    """A rangeOfInteger, both ends included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """Dots an inch (units 3) or a centimetre (units 4), across the feed and along it."""

    across: int
    along: int
    units: int = 3


Collection = Mapping[str, "Attribute"]
Value = int | bool | str | bytes | Range | Resolution | Collection | None
"""Numbers, texts, octets and dates as bytes; None is an out-of-band value (unknown, no value, unsupported)."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name with one value or several, all of one type."""

    tag: int
    values: tuple[Value, ...]


Group = dict[str, Attribute]


@dataclass(frozen=True, slots=True)
class Message:
    """A request (code is the operation) or an answer (code is the status)."""

    code: int
    request_id: int
    groups: tuple[tuple[int, Group], ...]
    data: bytes = field(default=b"", repr=False)
    version: tuple[int, int] = (2, 0)

    def group(self, tag: Tag) -> Group:
        """Give the first group of a kind; empty when there is none."""
        return next((group for kind, group in self.groups if kind == tag), {})

    def every(self, tag: Tag) -> Iterator[Group]:
        """Give all groups of a kind."""
        return (group for kind, group in self.groups if kind == tag)


class Malformed(ValueError):
    """Bytes that are no IPP message; the sentence says where, never what."""


def encode(message: Message) -> bytes:
    """Write a message, its data behind it."""
    parts = [struct.pack(">BBHI", *message.version, message.code, message.request_id)]
    for kind, group in message.groups:
        parts.append(bytes([kind]))
        for name, attribute in group.items():
            parts.extend(_attribute(name, attribute))
    parts.extend((bytes([Tag.END]), message.data))
    return b"".join(parts)


def _attribute(name: str, attribute: Attribute) -> Iterator[bytes]:
    for index, value in enumerate(attribute.values):
        yield _field(attribute.tag, name if index == 0 else "", _value(value))
        if attribute.tag == Tag.BEGIN_COLLECTION:
            assert isinstance(value, Mapping)
            for member, inner in value.items():
                yield _field(Tag.MEMBER_NAME, "", member.encode())
                yield from _attribute("", inner)
            yield _field(Tag.END_COLLECTION, "", b"")


def _field(tag: int, name: str, value: bytes) -> bytes:
    label = name.encode("ascii")
    return struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(value)) + value


def _value(value: Value) -> bytes:
    match value:
        case bool():
            return bytes([value])
        case int():
            return struct.pack(">i", value)
        case str():
            return value.encode()
        case bytes():
            return value
        case Range(low, high):
            return struct.pack(">ii", low, high)
        case Resolution(across, along, units):
            return struct.pack(">iib", across, along, units)
        case _:
            return b""


class _Reader:
    """Walks over the bytes; every step is forward and checked."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.read = 0

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise Malformed(f"the message ends at {len(self.data)}, in the middle of a field")
        part = self.data[self.at : end]
        self.at = end
        return part

    def byte(self) -> int:
        return self.take(1)[0]

    def field(self) -> bytes:
        return self.take(int.from_bytes(self.take(2)))

    def name(self) -> str:
        self.read += 1
        if self.read > MAX_ATTRIBUTES:
            raise Malformed(f"more than {MAX_ATTRIBUTES} values")
        try:
            return self.field().decode("ascii")
        except UnicodeDecodeError:
            raise Malformed(f"a name before {self.at} is not ASCII") from None


def decode(data: bytes) -> Message:
    """Read a message; whatever follows its end tag is its data. Raises Malformed."""
    reader = _Reader(data)
    major, minor, code, request_id = struct.unpack(">BBHI", reader.take(8))
    groups: list[tuple[int, Group]] = []
    last = ""
    while (tag := reader.byte()) != Tag.END:
        if tag < 0x10:
            groups.append((tag, {}))
            last = ""
            continue
        if not groups:
            raise Malformed("a value stands before the first group")
        group = groups[-1][1]
        name = reader.name()
        value = _read_value(reader, tag, 0)
        if name:
            if name in group:
                raise Malformed("an attribute stands twice in a group")
            group[name] = Attribute(tag, (value,))
            last = name
        elif last:
            group[last] = Attribute(group[last].tag, (*group[last].values, value))
        else:
            raise Malformed("a further value stands before the first")
    return Message(code, request_id, tuple(groups), data[reader.at :], (major, minor))


def _read_value(reader: _Reader, tag: int, depth: int) -> Value:
    raw = reader.field()
    try:
        match tag:
            case Tag.INTEGER | Tag.ENUM:
                return int(struct.unpack(">i", raw)[0])
            case Tag.BOOLEAN:
                return bool(struct.unpack(">B", raw)[0])
            case Tag.RANGE:
                return Range(*struct.unpack(">ii", raw))
            case Tag.RESOLUTION:
                return Resolution(*struct.unpack(">iib", raw))
            case Tag.BEGIN_COLLECTION:
                return _read_collection(reader, depth + 1)
            case Tag.TEXT_WITH_LANGUAGE | Tag.NAME_WITH_LANGUAGE:
                inner = _Reader(raw)
                inner.field()
                return inner.field().decode()
            case Tag.OCTETS | Tag.DATE_TIME:
                return raw
            case _ if tag < 0x20:
                return None
            case _ if tag >= 0x40:
                return raw.decode()
            case _:
                return raw
    except (struct.error, UnicodeDecodeError):
        raise Malformed(f"a value before {reader.at} does not fit its type") from None


def _read_collection(reader: _Reader, depth: int) -> Collection:
    if depth > MAX_DEPTH:
        raise Malformed(f"collections nested deeper than {MAX_DEPTH}")
    members: Group = {}
    member = ""
    while True:
        tag = reader.byte()
        if reader.name():
            raise Malformed("a member of a collection carries a name of its own")
        if tag == Tag.MEMBER_NAME:
            try:
                member = reader.field().decode("ascii")
            except UnicodeDecodeError:
                raise Malformed(f"a name before {reader.at} is not ASCII") from None
            if not member or member in members:
                raise Malformed("a member of a collection is nameless or stands twice")
            continue
        value = _read_value(reader, tag, depth)
        if tag == Tag.END_COLLECTION:
            return members
        if not member:
            raise Malformed("a value in a collection stands before its name")
        values = (*members[member].values, value) if member in members else (value,)
        members[member] = Attribute(members[member].tag if member in members else tag, values)


def integer(value: int) -> Attribute:
    """Make an integer attribute."""
    return Attribute(Tag.INTEGER, (value,))


def boolean(value: bool) -> Attribute:
    """Make a boolean attribute."""
    return Attribute(Tag.BOOLEAN, (value,))


def enums(*values: int) -> Attribute:
    """Make an attribute of enums."""
    return Attribute(Tag.ENUM, values)


def keywords(*values: str) -> Attribute:
    """Make an attribute of keywords."""
    return Attribute(Tag.KEYWORD, values)


def text(tag: Tag, *values: str) -> Attribute:
    """Make an attribute of any of the types of text."""
    return Attribute(tag, values)


def collections(*values: Collection) -> Attribute:
    """Make an attribute of collections."""
    return Attribute(Tag.BEGIN_COLLECTION, values)
