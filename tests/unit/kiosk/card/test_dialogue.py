"""Details of the dialogue that no reader changes: lengths, and what becomes of the PIN in memory."""

import hashlib

import pytest

from kiosk.adapters.card import dialogue, winscard
from kiosk.adapters.card.card_file import CardFile
from kiosk.adapters.card.trace import TracingTransport
from kiosk.adapters.card.transport import CardLost
from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.ports.card import CardRemoved, PinBuffer, Signed, WrongPin
from tests.support.cards import PIN, card_file, certificate_der, holds_nothing, typed

DIGEST = hashlib.sha256(b"statement").digest()


class Wire:
    """A transport straight into a virtual card, which keeps the very buffers it was given."""

    def __init__(self, card: VirtualCard, lost_at: int | None = None) -> None:
        self._card = card
        self._lost_at = lost_at
        self.commands: list[bytes | bytearray] = []

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        self.commands.append(command)
        if len(self.commands) == self._lost_at:
            raise CardLost
        answer = self._card.process(command)
        return answer[:-2], int.from_bytes(answer[-2:])


@pytest.mark.parametrize("length", [900, 1005, 1028, 1029, 1284, 4096])
def test_certificates_of_any_length_are_read_whole_and_without_filler(length: int) -> None:
    wire = Wire(VirtualCard(card_file(certificate_length=length)))
    signed = dialogue.authenticate(wire, DIGEST, typed(PIN))
    assert isinstance(signed, Signed)
    assert signed.certificate_der == certificate_der("auth", length)
    reads = -(-(length - 4) // 256)
    assert len(wire.commands) == 8 + reads


@pytest.mark.parametrize(
    ("digits", "lost_at", "outcome"), [(PIN, None, Signed), ("0000", None, WrongPin), (PIN, 10, CardRemoved)]
)
def test_the_command_that_carried_the_pin_is_overwritten(digits: str, lost_at: int | None, outcome: type) -> None:
    wire = Wire(VirtualCard(card_file()), lost_at)
    pin = typed(digits)
    assert isinstance(dialogue.authenticate(wire, DIGEST, pin), outcome)
    verify = wire.commands[9]
    assert isinstance(verify, bytearray)
    assert verify == bytes(9)
    assert holds_nothing(pin)
    assert not any(digits.encode() in bytes(command) for command in wire.commands)


def test_an_unforeseen_error_of_a_transport_leaves_no_pin_behind() -> None:
    class Broken(Wire):
        def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
            if len(self.commands) == 9:
                self.commands.append(command)
                raise OSError("planted")
            return super().transmit(command)

    wire, pin = Broken(VirtualCard(card_file())), typed(PIN)
    with pytest.raises(OSError, match="planted"):
        dialogue.authenticate(wire, DIGEST, pin)
    assert holds_nothing(pin)
    assert wire.commands[9] == bytes(9)


def test_a_pin_that_is_taken_back_on_the_way_ends_without_verify() -> None:
    card = VirtualCard(card_file())

    class Fidgety(Wire):
        def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
            pin.erase_last()
            return super().transmit(command)

    pin: PinBuffer = typed(PIN)
    with pytest.raises(ValueError, match="not complete"):
        dialogue.authenticate(Fidgety(card), DIGEST, pin)
    assert card.verify_count == 0
    assert holds_nothing(pin)


def test_a_trace_has_headers_lengths_and_status_words_but_no_data() -> None:
    lines: list[str] = []
    signed = dialogue.authenticate(TracingTransport(Wire(VirtualCard(card_file())), lines.append), DIGEST, typed(PIN))
    assert isinstance(signed, Signed)
    assert lines[9] == "00200080 9>0 9000"
    assert lines[11] == "802A0080 57>256 9000"
    text = "\n".join(lines)
    assert "31323334" not in text
    assert DIGEST.hex().upper() not in text
    assert max(len(line) for line in lines) < 24


def test_the_dialogue_and_the_card_agree_with_rfc_8017_on_the_digest_info() -> None:
    # A second derivation: SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.2.1, NULL }, OCTET STRING of 32 bytes }.
    oid = bytes([0x06, 0x09, 2 * 40 + 16, 0x80 | 840 >> 7, 840 & 0x7F, 1, 101, 3, 4, 2, 1])
    algorithm = oid + b"\x05\x00"
    octets = b"\x04\x20"
    inner = bytes([0x30, len(algorithm)]) + algorithm + octets
    assert bytes([0x30, len(inner) + 32]) + inner == dialogue.SHA256_DIGEST_INFO


def test_error_codes_of_pcsc_are_sorted_apart() -> None:
    assert not winscard.SERVICE_AWAY & winscard.READER_AWAY
    assert all(code >= 0x80100000 for code in winscard.SERVICE_AWAY | winscard.READER_AWAY)


@pytest.mark.parametrize(
    "card",
    [card_file(tries_left=0), card_file(kind="foreign"), card_file(kind="juki"), card_file(certificate=False)],
    ids=["blocked", "foreign", "old", "no certificate"],
)
def test_a_pin_that_was_never_sent_is_overwritten_too(card: CardFile) -> None:
    pin = typed(PIN)
    dialogue.authenticate(Wire(VirtualCard(card)), DIGEST, pin)
    assert holds_nothing(pin)
