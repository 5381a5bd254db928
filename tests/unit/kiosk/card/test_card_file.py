"""Card files, orders of faults, and the taking apart of commands."""

from pathlib import Path

import msgspec
import pytest

from kiosk.adapters.card.apdu import Command, NotACommand
from kiosk.adapters.card.card_faults import Fault, FaultName, parse_fault
from kiosk.adapters.card.card_file import CardFileError, read_card_file, read_card_files
from kiosk.adapters.card.virtual_card import VirtualCard
from tests.support.cards import card_file


def test_a_card_file_survives_the_disk(tmp_path: Path) -> None:
    (tmp_path / "test.json").write_bytes(msgspec.json.encode(card_file()))
    assert read_card_file(tmp_path / "test.json") == card_file()
    assert VirtualCard.from_file(tmp_path / "test.json").tries_left == 3


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"fictitious": False}, "does not say that its persona is fictitious"),
        ({"format": 2}, "not a card file"),
        ({"kind": "passport"}, "not a card file"),
        ({"more": 1}, "not a card file"),
        ({"auth": {"pin": "1234"}}, "not a card file"),
    ],
)
def test_a_file_that_is_not_quite_a_card_is_refused_without_quoting_it(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    file = msgspec.json.decode(msgspec.json.encode(card_file())) | change
    (tmp_path / "test.json").write_bytes(msgspec.json.encode(file))
    with pytest.raises(CardFileError, match=complaint) as caught:
        read_card_file(tmp_path / "test.json")
    assert "1234" not in str(caught.value)


def test_a_missing_card_is_named_and_a_missing_folder_is_empty(tmp_path: Path) -> None:
    with pytest.raises(CardFileError, match="there is no card 'nobody'"):
        read_card_file(tmp_path / "nobody.json")
    assert read_card_files(tmp_path / "cards") == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mute", Fault(FaultName.MUTE, 1)),
        ("pull-before@9", Fault(FaultName.PULL_BEFORE, 9)),
        ("answer@4:6700", Fault(FaultName.ANSWER, 4, b"\x67\x00")),
    ],
)
def test_faults_are_ordered_by_name(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize("text", ["", "burn", "mute@0", "mute@x", "answer@1", "answer@1:67", "answer@1:xyz"])
def test_an_order_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_fault(text)


@pytest.mark.parametrize(
    ("raw", "data", "le"),
    [
        ("00200080", "", None),
        ("00B0000000", "", 256),
        ("00B0000004", "", 4),
        ("00A4020C020018", "0018", None),
        ("802A00800100" + "00", "00", 256),
        ("00B00000000000", "", 65536),
        ("00B00000000FA5", "", 4005),
        ("00A4020C0000020018", "0018", None),
        ("00A4020C00000200180100", "0018", 256),
    ],
)
def test_the_structures_of_a_command(raw: str, data: str, le: int | None) -> None:
    command = Command.parse(bytes.fromhex(raw))
    assert (command.data.hex(), command.le) == (data, le)


@pytest.mark.parametrize(
    "raw", ["", "00B000", "00A4020C0200", "00A4020C02001899FF", "00A4020C0000", "00A4020C0000050018"]
)
def test_bytes_without_a_structure_are_no_command(raw: str) -> None:
    with pytest.raises(NotACommand):
        Command.parse(bytes.fromhex(raw))
