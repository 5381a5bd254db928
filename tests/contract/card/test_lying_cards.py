"""Cards that answer nonsense, at every command: bounded, at most one VERIFY, and an empty PIN buffer."""

import hashlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.adapters.card.card_faults import Fault, FaultName
from kiosk.adapters.card.virtual import VirtualCardReader
from kiosk.adapters.card.virtual_card import Answering, Habits, VirtualCard
from kiosk.ports.card import (
    CardFault,
    CardRemoved,
    NotAMyNumberCard,
    PinBlocked,
    ReadyForPin,
    Signed,
    WrongPin,
)
from tests.contract.card.desks import PcscDesk, VirtualDesk
from tests.support.cards import PIN, card_file, holds_nothing, signature_is_good, typed

DIGEST = hashlib.sha256(b"statement of a visit").digest()
LIES = [FaultName.GARBAGE, FaultName.TRUNCATE, FaultName.EXTEND, FaultName.ENDLESS, FaultName.HOLLOW]
HEADERS = {
    "not DER": "DEADBEEF",
    "no long form": "30030201",
    "three length bytes": "30830103",
    "64 KiB": "3082FFFF",
    "four bytes": "30820000",
    "shorter than its signature": "308200FF",
    "just too long": "30820FFD",
}
COMMANDS_AT_MOST = 12 + 33


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("at", range(1, 13))
def test_a_lie_at_any_command_is_a_fault(quick_desk: VirtualDesk, lie: FaultName, at: int) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(lie, at))
    pin = typed(PIN)
    outcome = quick_desk.reader.authenticate(DIGEST, pin)
    if lie is FaultName.TRUNCATE and at not in (3, 4, 5, 6, 7, 12):
        assert isinstance(outcome, Signed)  # an answer without data has nothing to lose
    else:
        assert isinstance(outcome, CardFault)
    assert holds_nothing(pin)
    assert card.verify_count <= 1
    assert len(card.exchanges) <= COMMANDS_AT_MOST


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("at", range(1, 8))
def test_a_lie_during_inspection_is_a_fault(quick_desk: VirtualDesk, lie: FaultName, at: int) -> None:
    card = VirtualCard(card_file())
    quick_desk.lay(card)
    card.arm(Fault(lie, at))
    outcome = quick_desk.reader.inspect()
    if lie is FaultName.TRUNCATE and at not in (3, 5):
        assert isinstance(outcome, ReadyForPin)
    else:
        assert isinstance(outcome, CardFault)
    assert card.verify_count == 0
    assert len(card.exchanges) <= COMMANDS_AT_MOST


@pytest.mark.parametrize(("lie", "at"), [(FaultName.GARBAGE, 4), (FaultName.EXTEND, 12), (FaultName.ENDLESS, 3)])
def test_a_lie_over_pcsc_is_a_fault_and_the_reader_stays_usable(real_desk: PcscDesk, lie: FaultName, at: int) -> None:
    card = VirtualCard(card_file())
    real_desk.lay(card)
    card.arm(Fault(lie, at))
    assert isinstance(real_desk.reader.authenticate(DIGEST, typed(PIN)), CardFault)
    card.arm(None)
    assert isinstance(real_desk.reader.authenticate(DIGEST, typed(PIN)), Signed)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_an_absurd_certificate_header_is_a_fault(quick_desk: VirtualDesk, header: str) -> None:
    card = VirtualCard(card_file(), fault=Fault(FaultName.ANSWER, 3, bytes.fromhex(header + "9000")))
    quick_desk.lay(card)
    assert quick_desk.reader.authenticate(DIGEST, typed(PIN)) == CardFault("read certificate", 0)
    assert len(card.exchanges) == 3


@pytest.mark.parametrize("word", ["6A82", "6A81", "6D00", "6E00", "6985", "6999", "6300", "6700"])
def test_a_card_may_refuse_the_application_in_its_own_words(quick_desk: VirtualDesk, word: str) -> None:
    quick_desk.lay(VirtualCard(card_file(), fault=Fault(FaultName.ANSWER, 1, bytes.fromhex(word))))
    assert quick_desk.reader.inspect() == NotAMyNumberCard()


@pytest.mark.parametrize("word", ["6400", "6581", "6FFF", "911C"])
def test_a_card_in_trouble_is_not_taken_for_another_kind(quick_desk: VirtualDesk, word: str) -> None:
    quick_desk.lay(VirtualCard(card_file(), fault=Fault(FaultName.ANSWER, 1, bytes.fromhex(word))))
    assert quick_desk.reader.inspect() == CardFault("select application", int(word, 16))


@pytest.mark.parametrize("word", ["9000", "63C4", "63CF", "6300", "6C00", "6982"])
def test_an_unbelievable_counter_stops_before_the_pin(quick_desk: VirtualDesk, word: str) -> None:
    card = VirtualCard(card_file(), fault=Fault(FaultName.ANSWER, 9, bytes.fromhex(word)))
    quick_desk.lay(card)
    assert quick_desk.reader.authenticate(DIGEST, typed(PIN)) == CardFault("ask tries left", int(word, 16))
    assert card.verify_count == 0


@pytest.mark.parametrize("word", ["6983", "6984", "63C0"])
def test_every_word_for_blocked_stops_before_the_pin(quick_desk: VirtualDesk, word: str) -> None:
    card = VirtualCard(card_file(), fault=Fault(FaultName.ANSWER, 9, bytes.fromhex(word)))
    quick_desk.lay(card)
    assert quick_desk.reader.authenticate(DIGEST, typed(PIN)) == PinBlocked()
    assert card.verify_count == 0


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("6983", PinBlocked()),
        ("6984", PinBlocked()),
        ("63C0", WrongPin(0)),
        ("63C2", WrongPin(2)),
        ("63C3", CardFault("verify PIN", 0x63C3)),
        ("6300", CardFault("verify PIN", 0x6300)),
        ("6110", CardFault("verify PIN", 0x6110)),
        ("6F00", CardFault("verify PIN", 0x6F00)),
        ("009000", CardFault("verify PIN", 0)),
    ],
)
def test_every_answer_to_verify_ends_there(quick_desk: VirtualDesk, word: str, outcome: object) -> None:
    card = VirtualCard(card_file(), fault=Fault(FaultName.ANSWER, 10, bytes.fromhex(word)))
    quick_desk.lay(card)
    pin = typed(PIN)
    assert quick_desk.reader.authenticate(DIGEST, pin) == outcome
    assert len(card.exchanges) == 10
    assert holds_nothing(pin)


@pytest.mark.parametrize("kind", ["card", "phone"])
@pytest.mark.parametrize("content", ["FFFFFFFF9000", "000000009000", "6B00"])
def test_a_certificate_file_that_was_never_filled_is_no_certificate(
    quick_desk: VirtualDesk, kind: str, content: str
) -> None:
    from kiosk.ports.card import NoAuthenticationCertificate

    card = VirtualCard(card_file(kind=kind), fault=Fault(FaultName.ANSWER, 3, bytes.fromhex(content)))
    quick_desk.lay(card)
    assert quick_desk.reader.authenticate(DIGEST, typed(PIN)) == NoAuthenticationCertificate()
    assert card.verify_count == 0


class Resident(RuleBasedStateMachine):
    """Somebody who lays, lifts, types and swaps at random; the card keeps count of what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = VirtualCardReader()
        self.cards = [
            VirtualCard(card_file(tries_left=tries, kind=kind), Habits(answering=answering))
            for tries, kind, answering in (
                (3, "card", Answering.DIRECT),
                (1, "card", Answering.MORE),
                (2, "phone", Answering.EXACT),
                (0, "card", Answering.DIRECT),
            )
        ]
        self.calls = 0
        self.presses_on_blocked = 0

    @rule(which=st.integers(0, 3))
    def lay(self, which: int) -> None:
        self.reader.place(self.cards[which])

    @rule()
    def lift(self) -> None:
        self.reader.take_away()

    @rule(at=st.integers(1, 14), name=st.sampled_from([name for name in FaultName if name is not FaultName.MUTE]))
    @precondition(lambda self: self.reader.card is not None)
    def trouble(self, at: int, name: FaultName) -> None:
        card = self.reader.card
        assert card is not None
        card.arm(Fault(name, at, b"\x6c\x04"))

    @rule()
    def mend(self) -> None:
        for card in self.cards:
            card.arm(None)

    @rule()
    def inspect(self) -> None:
        before = [card.verify_count for card in self.cards]
        self.reader.inspect()
        assert [card.verify_count for card in self.cards] == before

    @rule(digits=st.sampled_from([PIN, "0000"]))
    def authenticate(self, digits: str) -> None:
        card = self.reader.card
        tries = card.tries_left if card is not None else None
        before = sum(card.verify_count for card in self.cards)
        pin = typed(digits)
        self.calls += 1
        outcome = self.reader.authenticate(DIGEST, pin)
        assert holds_nothing(pin)
        sent = sum(card.verify_count for card in self.cards) - before
        assert sent <= 1
        if tries == 0:
            assert sent == 0
        match outcome:
            case Signed():
                assert digits == PIN
                assert signature_is_good(outcome.certificate_der, outcome.signature, DIGEST)
                assert card is not None
                assert card.tries_left == 3
            case WrongPin(tries_left):
                assert digits != PIN
                assert card is not None
                assert tries_left == card.tries_left
            case CardRemoved():
                assert self.reader.card is None
            case _:
                assert tries != 3 or card is None or outcome != PinBlocked()

    @invariant()
    def no_more_verifies_than_calls(self) -> None:
        assert sum(card.verify_count for card in self.cards) <= self.calls


TestResident = Resident.TestCase
TestResident.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
