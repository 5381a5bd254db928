"""The card's end of vpcd's protocol, against a socket that plays the reader."""

import socket
import struct
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from kiosk.adapters.card.card_faults import Fault, FaultName
from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.adapters.card.vpcd import Ended, VpcdLink
from tests.support.cards import ATR, card_file

SELECT_AP = bytes.fromhex("00A4040C0AD392F000260100000001")


class Reader:
    """The reader's end."""

    def __init__(self) -> None:
        self.card = VirtualCard(card_file())
        self._socket, other = socket.socketpair()
        self._socket.settimeout(5)
        self.link = VpcdLink(self.card, other)
        self._pool = ThreadPoolExecutor(1)
        self.served: Future[Ended] = self._pool.submit(self.link.serve)

    def say(self, payload: bytes) -> None:
        self._socket.sendall(struct.pack(">H", len(payload)) + payload)

    def hear(self) -> bytes:
        (length,) = struct.unpack(">H", self._socket.recv(2, socket.MSG_WAITALL))
        return self._socket.recv(length, socket.MSG_WAITALL)

    def hang_up(self) -> None:
        self._socket.close()

    def close(self) -> None:
        self.link.close()
        self.hang_up()
        self._pool.shutdown()


@pytest.fixture
def reader() -> Iterator[Reader]:
    """Give a reader with a card in it."""
    reader = Reader()
    yield reader
    reader.close()


def test_the_atr_is_told_in_any_state_and_commands_are_answered(reader: Reader) -> None:
    reader.say(b"\x04")
    assert reader.hear() == bytes.fromhex(ATR)
    reader.say(b"\x01")
    reader.say(SELECT_AP)
    assert reader.hear() == b"\x90\x00"
    reader.say(b"\x00")
    reader.say(b"\x04")
    assert reader.hear() == bytes.fromhex(ATR)


@pytest.mark.parametrize("control", [b"\x00", b"\x01", b"\x02"])
def test_power_and_reset_are_not_answered_and_end_the_selection(reader: Reader, control: bytes) -> None:
    reader.say(SELECT_AP)
    assert reader.hear() == b"\x90\x00"
    reader.say(control)
    reader.say(bytes.fromhex("00A40000"))
    assert reader.hear() == b"\x6a\x86"


def test_taking_the_card_out_ends_the_link(reader: Reader) -> None:
    reader.link.close()
    assert reader.served.result(timeout=5) is Ended.CLOSED
    reader.link.close()


def test_a_reader_that_hangs_up_is_told_apart(reader: Reader) -> None:
    reader.hang_up()
    assert reader.served.result(timeout=5) is Ended.READER_GONE


def test_an_ordered_pull_closes_without_an_answer(reader: Reader) -> None:
    reader.card.arm(Fault(FaultName.PULL_AFTER, 1))
    reader.say(SELECT_AP)
    assert reader.served.result(timeout=5) is Ended.PULLED
    assert reader._socket.recv(1) == b""


def test_a_mute_card_keeps_its_place_until_it_is_taken_out(reader: Reader) -> None:
    reader.card.arm(Fault(FaultName.MUTE, 1))
    reader.say(SELECT_AP)
    reader.say(b"\x04")
    assert not reader.served.done()
    reader.link.close()
    assert reader.served.result(timeout=5) is Ended.CLOSED
    assert reader._socket.recv(1) == b""


def test_joining_where_nothing_listens_is_an_os_error() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match=r".+"):
            VpcdLink.join(VirtualCard(card_file()), "127.0.0.1", reserved.getsockname()[1])
