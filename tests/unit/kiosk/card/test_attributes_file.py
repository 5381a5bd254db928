"""The card's file of four attributes is taken apart strictly: every planted defect is a malformed file."""

from collections.abc import Callable

import pytest

from kiosk.adapters.card.attributes_file import MalformedFileError, parse_attributes, whole_length
from kiosk.adapters.card.card_file import AttributesPart
from kiosk.adapters.card.card_memory import attributes_file
from kiosk.ports.attributes import CardAttributes

REAL = bytes.fromhex(
    "FF2065 DF2108 000E0020 00590064"
    "DF220F E8A68BE69CACE38080E88AB1E5AD90"
    "DF2336" + "E8A68B" * 18 + "DF2408 3139383830353132 DF2501 32"
)
"""The layout and the offsets that a real card was seen to have: 15 bytes of name, 54 of address."""


def made(
    *, name: str = "見本　花子", address: str = "見本県汐見野市１番", birth_date: str = "19880512", sex: str = "2"
) -> bytes:
    part = AttributesPart(
        name=name,
        address=address,
        birth_date=birth_date,
        sex=sex,
        my_number="0" * 12,
        pin=None,
        tries_left=3,
        tries_max=3,
    )
    return attributes_file(part)


def test_a_file_laid_out_as_on_a_real_card_is_read() -> None:
    assert parse_attributes(REAL) == CardAttributes("見本　花子", "見" * 18, "19880512", "2")
    assert made(address="見" * 18) == REAL


@pytest.mark.parametrize("length", [1, 20, 40, 60, 75, 90, 200])
def test_what_the_virtual_card_writes_is_read_at_every_form_of_length(length: int) -> None:
    file = made(address="番" * length)
    assert whole_length(file[:5]) == len(file)
    assert parse_attributes(file) == CardAttributes("見本　花子", "番" * length, "19880512", "2")


def test_nothing_of_it_is_in_a_repr() -> None:
    assert "見本" not in repr(parse_attributes(made()))
    assert repr(parse_attributes(made())) == "CardAttributes()"


DEFECTS: dict[str, Callable[[bytes], bytes]] = {
    "another file": lambda file: b"\xff\x10" + file[2:],
    "a byte missing": lambda file: file[:-1],
    "a byte too many": lambda file: file + b"\xff",
    "empty": lambda _: b"",
    "head only": lambda file: file[:3],
    "indefinite length": lambda file: file[:2] + b"\x80" + file[3:],
    "length of four bytes": lambda file: file[:2] + b"\x84" + file[3:],
    "no offsets": lambda file: b"\xff\x20" + bytes((file[2] - 11,)) + file[14:],
    "an offset off by one": lambda file: file[:7] + bytes((file[7] + 1,)) + file[8:],
    "a tag exchanged": lambda file: file.replace(b"\xdf\x22", b"\xdf\x26"),
    "an object longer than the file": lambda file: file.replace(b"\xdf\x25\x01", b"\xdf\x25\x7f"),
    "two bytes of sex": lambda file: file.replace(b"\xff\x20" + file[2:3], b"\xff\x20" + bytes((file[2] + 1,))) + b"2",
    "not UTF-8": lambda file: file.replace("見".encode(), b"\xe8\xa6\xff", 1),
    "overlong UTF-8": lambda file: file.replace("見".encode(), b"\xe0\x80\xaf", 1),
    "half of a surrogate pair": lambda file: file.replace("見".encode(), b"\xed\xa0\x80", 1),
}


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_malformed_and_says_nothing_of_the_content(defect: Callable[[bytes], bytes]) -> None:
    with pytest.raises(MalformedFileError) as caught:
        parse_attributes(defect(made()))
    assert str(caught.value) == ""
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "file",
    [
        *(made(name=name) for name in ("", "　", "見本\n花子", "見本\u202e花子", "見本\x00", "字" * 301)),
        made(address=""),
        *(
            made(birth_date=text)
            for text in ("1988051", "198805123", "19881305", "19880230", "１９８８０５１２", "18490101")
        ),
        made(birth_date="00000000"),
        made(birth_date="1988-512"),
        *(made(sex=text) for text in ("", "0", "3", "12", "２")),
    ],
)
def test_a_value_that_cannot_be_is_malformed(file: bytes) -> None:
    with pytest.raises(MalformedFileError):
        parse_attributes(file)


def test_a_file_that_claims_to_be_huge_is_not_read_on() -> None:
    with pytest.raises(MalformedFileError):
        whole_length(b"\xff\x20\x82\xff\xff")
