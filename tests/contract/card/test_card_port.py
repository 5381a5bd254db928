"""What every card reader must do, whichever adapter drives it."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest

from kiosk.adapters.card.card_faults import Fault, FaultName
from kiosk.adapters.card.virtual_card import Answering, Habits, VirtualCard
from kiosk.ports.card import (
    CardFault,
    CardGone,
    CardPlaced,
    CardRemoved,
    NoAuthenticationCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PinBlocked,
    ReaderUnavailable,
    ReadyForPin,
    Signed,
    TokenKind,
    WatchStopped,
    WrongPin,
)
from tests.contract.card.desks import Desk
from tests.support.cards import PIN, card_file, certificate_der, holds_nothing, signature_is_good, typed
from tests.support.pcsc import until

DIGEST = hashlib.sha256(b"statement of a visit").digest()
WRONG = "9999"
VERIFY_NUMBER = 10
SIGN_NUMBER = 12


def headers_since(card: VirtualCard, before: int) -> list[str]:
    return [exchange.header.hex() for exchange in card.exchanges[before:]]


def test_a_good_card_is_ready_for_its_pin_and_inspection_spends_no_try(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)
    assert card.verify_count == 0


def test_the_right_pin_gives_the_certificate_and_a_signature_of_its_key(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    pin = typed(PIN)
    signed = desk.reader.authenticate(DIGEST, pin)
    assert isinstance(signed, Signed)
    assert signed.certificate_der == certificate_der("auth")
    assert signature_is_good(signed.certificate_der, signed.signature, DIGEST)
    assert holds_nothing(pin)


def test_a_whole_authentication_takes_twelve_commands_with_nothing_between_verify_and_sign(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    before = len(card.exchanges)
    assert isinstance(desk.reader.authenticate(DIGEST, typed(PIN)), Signed)
    assert headers_since(card, before) == [
        "00a4040c",
        "00a4020c",
        "00b00000",
        "00b00004",
        "00b00104",
        "00b00204",
        "00b00304",
        "00a4020c",
        "00200080",
        "00200080",
        "00a4020c",
        "802a0080",
    ]


def test_a_wrong_pin_costs_one_try_and_the_right_one_brings_them_back(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    pin = typed(WRONG)
    assert desk.reader.authenticate(DIGEST, pin) == WrongPin(2)
    assert holds_nothing(pin)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 2)
    assert isinstance(desk.reader.authenticate(DIGEST, typed(PIN)), Signed)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)


@pytest.mark.parametrize("blocked_word", [0x6984, 0x6983])
def test_the_third_wrong_pin_blocks_and_reseating_does_not_help(desk: Desk, blocked_word: int) -> None:
    card = VirtualCard(card_file(), Habits(blocked_word=blocked_word))
    desk.lay(card)
    assert [desk.reader.authenticate(DIGEST, typed(WRONG)) for _ in range(3)] == [WrongPin(2), WrongPin(1), WrongPin(0)]
    desk.lift()
    desk.lay(card)
    assert desk.reader.inspect() == PinBlocked()
    pin = typed(PIN)
    assert desk.reader.authenticate(DIGEST, pin) == PinBlocked()
    assert holds_nothing(pin)
    assert card.verify_count == 3


def test_a_blocked_card_is_never_sent_a_verify(desk: Desk) -> None:
    card = VirtualCard(card_file(tries_left=0))
    desk.lay(card)
    assert desk.reader.inspect() == PinBlocked()
    assert desk.reader.authenticate(DIGEST, typed(PIN)) == PinBlocked()
    assert card.verify_count == 0


def test_a_phone_shows_its_certificate_after_the_pin(desk: Desk) -> None:
    card = VirtualCard(card_file(kind="phone"))
    desk.lay(card)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.PHONE, 3)
    assert desk.reader.authenticate(DIGEST, typed(WRONG)) == WrongPin(2)
    signed = desk.reader.authenticate(DIGEST, typed(PIN))
    assert isinstance(signed, Signed)
    assert signature_is_good(certificate_der("auth"), signed.signature, DIGEST)
    assert signed.certificate_der == certificate_der("auth")


def test_a_holder_without_authentication_certificate_is_told_apart(desk: Desk) -> None:
    desk.lay(VirtualCard(card_file(certificate=False)))
    assert desk.reader.inspect() == NoAuthenticationCertificate()
    pin = typed(PIN)
    assert desk.reader.authenticate(DIGEST, pin) == NoAuthenticationCertificate()
    assert holds_nothing(pin)


def test_another_ic_card_is_told_apart(desk: Desk) -> None:
    desk.lay(VirtualCard(card_file(kind="foreign")))
    assert desk.reader.inspect() == NotAMyNumberCard()
    pin = typed(PIN)
    assert desk.reader.authenticate(DIGEST, pin) == NotAMyNumberCard()
    assert holds_nothing(pin)


def test_an_old_resident_card_is_told_apart(desk: Desk) -> None:
    desk.lay(VirtualCard(card_file(kind="juki")))
    assert desk.reader.inspect() == OldResidentCard()
    assert desk.reader.authenticate(DIGEST, typed(PIN)) == OldResidentCard()


def test_an_empty_field_is_a_removed_card(desk: Desk) -> None:
    assert desk.reader.inspect() == CardRemoved()
    pin = typed(PIN)
    assert desk.reader.authenticate(DIGEST, pin) == CardRemoved()
    assert holds_nothing(pin)


def test_a_card_pulled_at_any_command_is_removed_and_works_when_it_is_put_back(desk: Desk) -> None:
    for at in range(1, SIGN_NUMBER + 1):
        card = VirtualCard(card_file())
        desk.drop(card)
        assert desk.reader.wait_for_card(Event()) == CardPlaced()
        assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)
        card.arm(Fault(FaultName.PULL_BEFORE, at))
        pin = typed(PIN)
        assert desk.reader.authenticate(DIGEST, pin) == CardRemoved(), at
        assert holds_nothing(pin), at
        assert card.verify_count == (1 if at >= VERIFY_NUMBER else 0), at


@pytest.mark.parametrize("at", [VERIFY_NUMBER, SIGN_NUMBER])
def test_a_card_pulled_before_it_was_heard_is_removed_and_not_asked_again(desk: Desk, at: int) -> None:
    card = VirtualCard(card_file(tries_left=2))
    desk.lay(card)
    card.arm(Fault(FaultName.PULL_AFTER, at))
    assert desk.reader.authenticate(DIGEST, typed(PIN)) == CardRemoved()
    assert card.verify_count == 1
    assert card.tries_left == 3


@pytest.mark.parametrize("at", [1, 4, 7])
def test_a_card_pulled_during_inspection_is_removed(desk: Desk, at: int) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    card.arm(Fault(FaultName.PULL_BEFORE, at))
    assert desk.reader.inspect() == CardRemoved()


@pytest.mark.parametrize("answering", [Answering.MORE, Answering.EXACT])
@pytest.mark.parametrize("kind", ["card", "phone"])
def test_answers_in_pieces_and_exact_lengths_are_understood(desk: Desk, answering: Answering, kind: str) -> None:
    desk.lay(VirtualCard(card_file(kind=kind), Habits(answering=answering)))
    assert isinstance(desk.reader.inspect(), ReadyForPin)
    signed = desk.reader.authenticate(DIGEST, typed(PIN))
    assert isinstance(signed, Signed)
    assert signature_is_good(signed.certificate_der, signed.signature, DIGEST)


def test_a_card_that_loses_its_first_command_is_asked_again(desk: Desk) -> None:
    desk.lay(VirtualCard(card_file(), Habits(first_command_lost=True)))
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)


@pytest.mark.parametrize(
    "habits",
    [Habits(), Habits(reset_clears_pin=True), Habits(select_clears_pin=True)],
    ids=["lasting", "reset", "select"],
)
def test_afterwards_the_card_signs_nothing_without_a_pin(desk: Desk, habits: Habits) -> None:
    card = VirtualCard(card_file(), habits)
    desk.lay(card)
    assert isinstance(desk.reader.authenticate(DIGEST, typed(PIN)), Signed)
    selected, key, signed = desk.talk("00A4040C0AD392F000260100000001", "00A4020C020017", "802A0080010000")
    assert (selected, key, signed) == ("9000", "9000", "6982")


@pytest.mark.parametrize("at", [9, VERIFY_NUMBER, SIGN_NUMBER])
def test_a_demand_for_another_length_never_repeats_a_pin_or_a_signature(desk: Desk, at: int) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    before = len(card.exchanges)
    card.arm(Fault(FaultName.ANSWER, at, b"\x6c\x04"))
    pin = typed(PIN)
    assert isinstance(desk.reader.authenticate(DIGEST, pin), CardFault)
    assert len(card.exchanges) == before + at
    assert holds_nothing(pin)


def test_a_mute_card_is_removed_when_it_is_taken_away(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    before = len(card.exchanges)
    card.arm(Fault(FaultName.MUTE, VERIFY_NUMBER))
    pin = typed(PIN)
    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(desk.reader.authenticate, DIGEST, pin)
        until(lambda: len(card.exchanges) == before + VERIFY_NUMBER, "the card was asked to verify")
        desk.snatch()
        assert outcome.result(timeout=10) == CardRemoved()
    assert holds_nothing(pin)


def test_waiting_ends_when_a_card_comes_and_when_it_goes(desk: Desk) -> None:
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(desk.reader.wait_for_card, Event())
        desk.drop(VirtualCard(card_file()))
        assert coming.result(timeout=5) == CardPlaced()
        going = pool.submit(desk.reader.wait_for_removal, Event())
        desk.snatch()
        assert going.result(timeout=5) == CardGone()


def test_a_stop_is_noticed_within_half_a_second(desk: Desk) -> None:
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(desk.reader.wait_for_card, stop)
        begin = monotonic()
        stop.set()
        assert coming.result(timeout=5) == WatchStopped()
        assert monotonic() - begin < 0.5
        stop.clear()
        desk.lay(VirtualCard(card_file()))
        going = pool.submit(desk.reader.wait_for_removal, stop)
        begin = monotonic()
        stop.set()
        assert going.result(timeout=5) == WatchStopped()
        assert monotonic() - begin < 0.5


@pytest.mark.parametrize(("trouble", "code"), [("unplug", "CARD-02"), ("stop_service", "CARD-01")])
def test_a_reader_that_was_away_works_again_on_the_same_object(desk: Desk, trouble: str, code: str) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    assert desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 3)
    assert desk.reader.unavailable() is None
    {"unplug": desk.unplug, "stop_service": desk.stop_service}[trouble]()
    pin = typed(PIN)
    away = ReaderUnavailable(code)
    assert desk.reader.unavailable() == away
    assert desk.reader.inspect() == away
    assert desk.reader.authenticate(DIGEST, pin) == away
    assert holds_nothing(pin)
    assert desk.reader.wait_for_card(Event()) == away
    assert desk.reader.wait_for_removal(Event()) == away
    desk.mend()
    assert desk.reader.unavailable() is None
    desk.lay(card)
    assert isinstance(desk.reader.authenticate(DIGEST, typed(PIN)), Signed)


@pytest.mark.parametrize("trouble", ["unplug", "stop_service"])
def test_a_wait_ends_when_the_reader_goes_away(desk: Desk, trouble: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(desk.reader.wait_for_card, Event())
        {"unplug": desk.unplug, "stop_service": desk.stop_service}[trouble]()
        assert isinstance(coming.result(timeout=5), ReaderUnavailable)


def test_mistakes_of_the_caller_are_errors_and_leave_the_buffer_empty(desk: Desk) -> None:
    card = VirtualCard(card_file())
    desk.lay(card)
    pin = typed("123")
    with pytest.raises(ValueError, match="not complete"):
        desk.reader.authenticate(DIGEST, pin)
    assert holds_nothing(pin)
    pin = typed(PIN)
    with pytest.raises(ValueError, match="32 bytes"):
        desk.reader.authenticate(DIGEST + b"\0", pin)
    assert holds_nothing(pin)
    assert card.verify_count == 0
