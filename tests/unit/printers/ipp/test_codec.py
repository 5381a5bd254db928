"""IPP bytes: what is written is read back, and whatever is no message is refused in time."""

from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.ipp.codec import (
    MAX_DEPTH,
    Attribute,
    Malformed,
    Message,
    Range,
    Resolution,
    Tag,
    boolean,
    collections,
    decode,
    encode,
    enums,
    integer,
    keywords,
    text,
)

WHOLE = Message(
    0x0006,
    77,
    (
        (
            Tag.OPERATION,
            {
                "attributes-charset": text(Tag.CHARSET, "utf-8"),
                "attributes-natural-language": text(Tag.LANGUAGE, "en"),
                "requested-attributes": keywords("all", "media-col-database"),
                "last-document": boolean(True),
            },
        ),
        (
            Tag.JOB,
            {
                "copies": integer(-1),
                "finishings": enums(3, 4),
                "page-ranges": Attribute(Tag.RANGE, (Range(1, 2),)),
                "printer-resolution": Attribute(Tag.RESOLUTION, (Resolution(600, 300),)),
                "media-col": collections(
                    {"media-size": collections({"x-dimension": integer(21000)}), "media-source": keywords("a", "b")}
                ),
                "date": Attribute(Tag.DATE_TIME, (b"\x07\xea\x0b\x15\x00\x00\x00\x00+\x09\x00",)),
                "nothing": Attribute(Tag.NO_VALUE, (None,)),
            },
        ),
    ),
    b"%PDF-1.7",
)


def test_a_message_reads_back_as_it_was_written() -> None:
    assert decode(encode(WHOLE)) == WHOLE


def test_the_bytes_are_those_of_the_standard() -> None:
    # RFC 8010 appendix A.1, the request's first lines.
    message = Message(0x0002, 1, ((Tag.OPERATION, {"attributes-charset": text(Tag.CHARSET, "utf-8")}),), version=(1, 1))
    assert encode(message) == bytes.fromhex("010100020000000101470012") + b"attributes-charset" + b"\x00\x05utf-8\x03"


def test_texts_with_a_language_are_read_without_it() -> None:
    raw = b"\x02\x00\x00\x00\x00\x00\x00\x01\x04\x35\x00\x04name\x00\x0b\x00\x02ja\x00\x05paper\x03"
    assert decode(raw).group(Tag.PRINTER)["name"].values == ("paper",)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x02\x00\x00\x00\x00\x00\x00\x01",
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x44\x00\x01a\x00\x01b\x03",  # a value before the first group
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x44\x00\x00\x00\x01b\x03",  # a further value before the first
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x21\x00\x01a\x00\x03\x00\x00\x00\x03",  # a number of three bytes
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x44\x00\x01a\xff\xff\x00\x03",  # longer than the message
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x44\x00\x01\xff\x00\x01b\x03",  # a name of no letters
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x44\x00\x01a\x00\x01\xff\x03",  # a text of no letters
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01" + b"\x44\x00\x01a\x00\x01b" * 2 + b"\x03",  # twice in a group
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x34\x00\x01a\x00\x00"
        + b"\x4a\x00\x00\x00\x01m\x34\x00\x00\x00\x00" * (MAX_DEPTH + 1),
    ],
)
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode(raw)


def test_a_message_without_end_is_bounded() -> None:
    with pytest.raises(Malformed, match="values"):
        decode(b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x44\x00\x01a\x00\x00" + b"\x44\x00\x00\x00\x00" * 100_000)


@given(st.data())
def test_mutated_messages_are_read_or_refused_within_50_ms(data: st.DataObject) -> None:
    raw = bytearray(encode(WHOLE))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    begin = perf_counter()
    with suppress(Malformed):
        decode(cut)
    assert perf_counter() - begin < 0.5  # 50 ms on a machine of its own; the suite shares this one
