"""What every card reader must do with the certificate that signs applications, whichever adapter drives it."""

import hashlib

import pytest

from kiosk.adapters.card.card_faults import Fault, FaultName
from kiosk.adapters.card.virtual_card import Answering, Habits, VirtualCard
from kiosk.ports.card import (
    CardFault,
    CardRemoved,
    NoSignatureCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PasswordBlocked,
    ReadyForPassword,
    ReadyForPin,
    SignedApplication,
    TokenKind,
    WrongPassword,
)
from tests.contract.card.desks import Desk, VirtualDesk
from tests.support.cards import (
    SIGN_PASSWORD,
    card_file,
    certificate_der,
    holds_nothing,
    signature_is_good,
    typed_password,
)

DIGEST = hashlib.sha256(b"statement of an application").digest()
WRONG = "WRONG123"
COMMANDS = 18
"""A certificate of 1,500 bytes: seven commands as `inspect`, VERIFY, the key and its signature, and eight to read it."""
VERIFY_NUMBER = 8


def test_inspection_tells_the_tries_of_the_password_and_spends_none(desk: Desk) -> None:
    card = VirtualCard(card_file(sign_tries_left=2))
    desk.lay(card)
    assert desk.reader.inspect_signature() == ReadyForPassword(2)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)
    assert card.verify_count == 0


def test_the_right_password_gives_the_certificate_and_a_signature_of_its_key(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    password = typed_password(SIGN_PASSWORD)
    signed = desk.reader.sign_application(DIGEST, password)
    assert isinstance(signed, SignedApplication)
    assert signed.certificate_der == certificate_der("sign", 1500)
    assert signature_is_good(signed.certificate_der, signed.signature, DIGEST)
    assert not signature_is_good(certificate_der("auth"), signed.signature, DIGEST)
    assert holds_nothing(password)
    headers = [exchange.header.hex() for exchange in card.exchanges[-COMMANDS:]]
    assert headers[VERIFY_NUMBER - 1 : VERIFY_NUMBER + 2] == ["00200080", "00a4020c", "802a0080"]


def test_a_wrong_password_costs_one_of_five_tries_and_none_of_the_pin(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    for left in (4, 3, 2, 1, 0):
        password = typed_password(WRONG)
        assert desk.reader.sign_application(DIGEST, password) == WrongPassword(left)
        assert holds_nothing(password)
    assert desk.reader.inspect_signature() == PasswordBlocked()
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)


def test_a_blocked_password_is_never_tried_again(desk: Desk) -> None:
    card = VirtualCard(card_file(sign_tries_left=0))
    desk.lay(card)
    password = typed_password(SIGN_PASSWORD)
    assert desk.reader.sign_application(DIGEST, password) == PasswordBlocked()
    assert card.verify_count == 0
    assert holds_nothing(password)


def test_the_right_password_gives_all_tries_back(desk: Desk) -> None:
    desk.lay(VirtualCard(card_file(sign_tries_left=1)))
    assert isinstance(desk.reader.sign_application(DIGEST, typed_password(SIGN_PASSWORD)), SignedApplication)
    assert desk.reader.inspect_signature() == ReadyForPassword(5)


def test_a_verified_password_does_not_survive_the_call(quick_desk: VirtualDesk) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    assert isinstance(quick_desk.reader.sign_application(DIGEST, typed_password(SIGN_PASSWORD)), SignedApplication)
    card.process(bytes.fromhex("00A4040C0AD392F000260100000001"))
    card.process(bytes.fromhex("00A4020C020001"))
    assert card.process(bytes.fromhex("00B0000004")) == b"\x69\x82"


def test_a_card_without_a_signature_certificate_says_so(quick_desk: VirtualDesk) -> None:
    card = VirtualCard(card_file(with_sign=False))
    quick_desk.lay(card)
    assert quick_desk.reader.inspect_signature() == NoSignatureCertificate()
    password = typed_password(SIGN_PASSWORD)
    assert quick_desk.reader.sign_application(DIGEST, password) == NoSignatureCertificate()
    assert card.verify_count == 0
    assert holds_nothing(password)


def test_other_cards_are_told_apart(quick_desk: VirtualDesk) -> None:
    for kind, outcome in (("juki", OldResidentCard()), ("foreign", NotAMyNumberCard())):
        quick_desk.lay(VirtualCard(card_file(kind=kind)))
        assert quick_desk.reader.inspect_signature() == outcome
        assert quick_desk.reader.sign_application(DIGEST, typed_password(SIGN_PASSWORD)) == outcome


@pytest.mark.parametrize("answering", list(Answering))
@pytest.mark.parametrize("lost", [False, True])
def test_readers_and_cards_of_every_habit_sign(quick_desk: VirtualDesk, answering: Answering, lost: bool) -> None:
    quick_desk.lay(VirtualCard(card_file(), Habits(answering=answering, first_command_lost=lost)))
    assert isinstance(quick_desk.reader.sign_application(DIGEST, typed_password(SIGN_PASSWORD)), SignedApplication)


@pytest.mark.parametrize("at", range(1, COMMANDS + 1))
@pytest.mark.parametrize("fault", [FaultName.PULL_BEFORE, FaultName.PULL_AFTER])
def test_a_card_taken_away_at_any_command_is_removed(quick_desk: VirtualDesk, fault: FaultName, at: int) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(fault, at))
    password = typed_password(SIGN_PASSWORD)
    assert quick_desk.reader.sign_application(DIGEST, password) == CardRemoved()
    assert card.verify_count <= 1
    assert holds_nothing(password)


@pytest.mark.parametrize("at", range(1, COMMANDS + 1))
@pytest.mark.parametrize("lie", [FaultName.GARBAGE, FaultName.EXTEND, FaultName.ENDLESS, FaultName.HOLLOW])
def test_a_lie_at_any_command_is_a_fault(quick_desk: VirtualDesk, lie: FaultName, at: int) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(lie, at))
    password = typed_password(SIGN_PASSWORD)
    assert isinstance(quick_desk.reader.sign_application(DIGEST, password), CardFault)
    assert card.verify_count <= 1
    assert holds_nothing(password)


def test_a_counter_above_five_is_not_believed(quick_desk: VirtualDesk) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(FaultName.ANSWER, 7, bytes.fromhex("63C6")))
    assert quick_desk.reader.inspect_signature() == CardFault("ask tries left", 0x63C6)


def test_mistakes_of_the_caller_reach_no_card(quick_desk: VirtualDesk) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    short = typed_password("AB12C")
    with pytest.raises(ValueError, match="not complete"):
        quick_desk.reader.sign_application(DIGEST, short)
    assert holds_nothing(short)
    with pytest.raises(ValueError, match="32 bytes"):
        quick_desk.reader.sign_application(DIGEST[1:], typed_password(SIGN_PASSWORD))
    assert card.exchanges == ()
