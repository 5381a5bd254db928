"""What every card reader must do with 券面事項入力補助AP, whichever adapter drives it."""

import hashlib

import pytest

from kiosk.adapters.card.attributes_dialogue import ATTRIBUTES_AID
from kiosk.adapters.card.card_faults import Fault, FaultName
from kiosk.adapters.card.virtual_card import Answering, Habits, VirtualCard
from kiosk.ports.attributes import (
    AnotherCard,
    AttributesBlocked,
    CardAttributes,
    NoAttributes,
    ReadyForAttributes,
    WrongAttributesPin,
)
from kiosk.ports.card import CardFault, CardRemoved, NotAMyNumberCard, ReadyForPin, TokenKind
from tests.contract.card.desks import Desk, VirtualDesk
from tests.support.cards import ATTRIBUTES_PIN, card_file, certificate_der, holds_nothing, typed

MINE = hashlib.sha256(certificate_der("auth")).digest()
EXPECTED = CardAttributes("見本　花子", "見本県汐見野市みなと通一丁目２番３号", "19880512", "2")
MY_NUMBER_FILE = (ATTRIBUTES_AID, 0x0001)
COMMANDS = 14
"""Ten as `inspect`, VERIFY, and the file: selected, its head, the rest."""
VERIFY_NUMBER = 11


def test_inspection_tells_the_tries_of_this_pin_and_spends_none(desk: Desk) -> None:
    card = VirtualCard(card_file(attributes_tries_left=2))
    desk.lay(card)
    assert desk.reader.inspect_attributes(MINE) == ReadyForAttributes(2)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)
    assert card.verify_count == 0


def test_the_right_pin_gives_the_four_attributes_and_the_individual_number_is_never_touched(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    pin = typed(ATTRIBUTES_PIN)
    assert desk.reader.read_attributes(pin, MINE) == EXPECTED
    assert holds_nothing(pin)
    assert len(card.exchanges) <= COMMANDS
    assert (ATTRIBUTES_AID, 0x0002) in card.opened
    assert MY_NUMBER_FILE not in card.opened


@pytest.mark.parametrize("selecting", ["00A4020C020001", "00B0810011"], ids=["by file id", "by short id"])
def test_the_card_would_tell_if_somebody_opened_the_individual_number(selecting: str) -> None:
    card = VirtualCard(card_file())
    card.process(bytes((0x00, 0xA4, 0x04, 0x0C, len(ATTRIBUTES_AID))) + ATTRIBUTES_AID)
    card.process(bytes.fromhex(selecting))
    assert MY_NUMBER_FILE in card.opened


def test_a_wrong_pin_costs_one_of_three_tries_and_none_of_the_other_pin(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    for left in (2, 1, 0):
        pin = typed("0000")
        assert desk.reader.read_attributes(pin, MINE) == WrongAttributesPin(left)
        assert holds_nothing(pin)
    assert desk.reader.inspect_attributes(MINE) == AttributesBlocked()
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)


def test_a_blocked_pin_is_never_tried_again(desk: Desk) -> None:
    card = VirtualCard(card_file(attributes_tries_left=0))
    desk.lay(card)
    pin = typed(ATTRIBUTES_PIN)
    assert desk.reader.read_attributes(pin, MINE) == AttributesBlocked()
    assert card.verify_count == 0
    assert holds_nothing(pin)


def test_the_right_pin_gives_all_tries_back_and_the_file_closes_with_the_power(quick_desk: VirtualDesk) -> None:
    card = VirtualCard(card_file(attributes_tries_left=1))
    quick_desk.lay(card)
    assert quick_desk.reader.read_attributes(typed(ATTRIBUTES_PIN), MINE) == EXPECTED
    assert card.attributes_tries_left == 3
    card.process(bytes((0x00, 0xA4, 0x04, 0x0C, len(ATTRIBUTES_AID))) + ATTRIBUTES_AID)
    card.process(bytes.fromhex("00A4020C020002"))
    assert card.process(bytes.fromhex("00B0000005")) == b"\x69\x82"


def test_another_persons_card_loses_no_try(desk: Desk) -> None:
    card = VirtualCard(card_file(certificate_length=1006))
    desk.lay(card)
    assert desk.reader.inspect_attributes(MINE) == AnotherCard()
    pin = typed(ATTRIBUTES_PIN)
    assert desk.reader.read_attributes(pin, MINE) == AnotherCard()
    assert (card.verify_count, holds_nothing(pin)) == (0, True)
    assert not any(application == ATTRIBUTES_AID for application, _ in card.opened)


def test_what_has_no_attributes_says_so(quick_desk: VirtualDesk) -> None:
    for file, outcome in (
        (card_file(attributes_tries_left=None), NoAttributes()),
        (card_file(kind="phone"), NoAttributes()),
        (card_file(certificate=False), AnotherCard()),
        (card_file(kind="foreign"), NotAMyNumberCard()),
    ):
        quick_desk.lay(VirtualCard(file))
        assert quick_desk.reader.inspect_attributes(MINE) == outcome
        assert quick_desk.reader.read_attributes(typed(ATTRIBUTES_PIN), MINE) == outcome


def test_an_empty_field_is_a_removed_card(desk: Desk) -> None:
    assert desk.reader.inspect_attributes(MINE) == CardRemoved()
    pin = typed(ATTRIBUTES_PIN)
    assert desk.reader.read_attributes(pin, MINE) == CardRemoved()
    assert holds_nothing(pin)


@pytest.mark.parametrize("answering", list(Answering))
@pytest.mark.parametrize("lost", [False, True])
def test_readers_and_cards_of_every_habit_are_read(quick_desk: VirtualDesk, answering: Answering, lost: bool) -> None:
    quick_desk.lay(VirtualCard(card_file(), Habits(answering=answering, first_command_lost=lost)))
    assert quick_desk.reader.read_attributes(typed(ATTRIBUTES_PIN), MINE) == EXPECTED


def test_a_long_name_and_a_long_address_are_read_in_pieces(quick_desk: VirtualDesk) -> None:
    name, address = "長" * 80, "見本県汐見野市" + "大字" * 120
    quick_desk.lay(VirtualCard(card_file(name=name, address=address)))
    read = quick_desk.reader.read_attributes(typed(ATTRIBUTES_PIN), MINE)
    assert read == CardAttributes(name, address, "19880512", "2")


@pytest.mark.parametrize("at", range(1, COMMANDS + 1))
@pytest.mark.parametrize("fault", [FaultName.PULL_BEFORE, FaultName.PULL_AFTER])
def test_a_card_taken_away_at_any_command_is_removed(quick_desk: VirtualDesk, fault: FaultName, at: int) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(fault, at))
    pin = typed(ATTRIBUTES_PIN)
    assert quick_desk.reader.read_attributes(pin, MINE) == CardRemoved()
    assert (card.verify_count <= 1, holds_nothing(pin)) == (True, True)


@pytest.mark.parametrize("at", range(1, COMMANDS + 1))
@pytest.mark.parametrize("lie", [FaultName.GARBAGE, FaultName.EXTEND, FaultName.ENDLESS, FaultName.HOLLOW])
def test_a_lie_at_any_command_is_a_fault(quick_desk: VirtualDesk, lie: FaultName, at: int) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(lie, at))
    pin = typed(ATTRIBUTES_PIN)
    assert isinstance(quick_desk.reader.read_attributes(pin, MINE), CardFault)
    assert (card.verify_count <= 1, holds_nothing(pin)) == (True, True)


@pytest.mark.parametrize("at", [COMMANDS - 1, COMMANDS])
def test_a_file_cut_short_is_a_fault(quick_desk: VirtualDesk, at: int) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(FaultName.TRUNCATE, at))
    assert quick_desk.reader.read_attributes(typed(ATTRIBUTES_PIN), MINE) == CardFault("read attributes", 0)


def test_a_counter_above_three_is_not_believed(quick_desk: VirtualDesk) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(FaultName.ANSWER, VERIFY_NUMBER - 1, bytes.fromhex("63C4")))
    assert quick_desk.reader.inspect_attributes(MINE) == CardFault("ask tries left", 0x63C4)


def test_mistakes_of_the_caller_reach_no_card(quick_desk: VirtualDesk) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    short = typed("123")
    with pytest.raises(ValueError, match="not complete"):
        quick_desk.reader.read_attributes(short, MINE)
    assert holds_nothing(short)
    with pytest.raises(ValueError, match="32 bytes"):
        quick_desk.reader.read_attributes(typed(ATTRIBUTES_PIN), MINE[1:])
    with pytest.raises(ValueError, match="32 bytes"):
        quick_desk.reader.inspect_attributes(MINE + b"\0")
    assert card.exchanges == ()
