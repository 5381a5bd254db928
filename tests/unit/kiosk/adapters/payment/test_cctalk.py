"""ccTalk: frames as published, the wire's echo, counters that wrap and restart, the whole till on a pseudo-terminal."""

from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.adapters.payment.cctalk.bus import Bus, NoAnswer, Refused
from kiosk.adapters.payment.cctalk.devices import READ_BUFFERED_CREDIT, Buffer
from kiosk.adapters.payment.cctalk.frames import Checksum, Frame, FrameError, crc_ccitt, decode, encode
from kiosk.adapters.payment.cctalk.line import LineAway, SerialLine
from kiosk.adapters.payment.cctalk_sim.machine import ACCEPTOR, HOPPERS, MachineFault, SimMachine
from kiosk.adapters.payment.cctalk_sim.wire import DirectLine, WireFault, pty_bus
from kiosk.adapters.payment.settings import changer_on, open_cash
from kiosk.adapters.payment.tillbook import Line, Place, TillBook
from kiosk.ports.cash import UnitStatus
from kiosk.ports.payment import ChargeKey, Paid, PaymentUnavailable
from tests.support.coins import C100, N1000, PLENTY, cash_settings

HOPPER = HOPPERS[C100][0]


@pytest.mark.parametrize(
    ("frame", "raw"),
    [
        (Frame(3, 163), "03 00 01 A3 59"),
        (Frame(3, 164, b"\xa5"), "03 01 01 A4 A5 B2"),
        (Frame(3, 167, b"\xdf\xd7\x0a\x01"), "03 04 01 A7 DF D7 0A 01 90"),
        (Frame(1, 0, source=3), "01 00 03 00 FC"),
    ],
)
def test_frames_are_those_of_a_makers_manual(frame: Frame, raw: str) -> None:
    assert encode(frame, Checksum.SIMPLE) == bytes.fromhex(raw)
    assert decode(bytes.fromhex(raw), Checksum.SIMPLE) == frame


def test_the_crc_is_the_published_one() -> None:
    assert crc_ccitt(b"123456789") == 0x31C3
    assert crc_ccitt(b"") == 0


@given(
    st.integers(0, 255), st.integers(0, 255), st.binary(max_size=255), st.sampled_from(Checksum), st.integers(0, 2000)
)
def test_a_frame_survives_the_wire_and_no_flipped_bit_does(
    address: int, header: int, data: bytes, checksum: Checksum, bit: int
) -> None:
    frame = Frame(address, header, data)
    raw = bytearray(encode(frame, checksum))
    assert decode(bytes(raw), checksum) == frame
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    with pytest.raises(FrameError):
        decode(bytes(raw), checksum)


@given(st.binary(max_size=300), st.sampled_from(Checksum))
def test_any_bytes_are_a_frame_or_refused(raw: bytes, checksum: Checksum) -> None:
    try:
        frame = decode(raw, checksum)
    except FrameError:
        return
    assert len(frame.data) == len(raw) - 5


def direct() -> tuple[SimMachine, Bus]:
    machine = SimMachine(PLENTY)
    return machine, Bus(DirectLine(machine.wire))


@pytest.mark.parametrize("fault", [f for f in WireFault if f is not WireFault.DOUBLE_ANSWER])
def test_an_order_is_sent_once_and_a_question_again(fault: WireFault) -> None:
    machine, bus = direct()
    machine.wire.fault(fault)
    with pytest.raises(NoAnswer):
        bus.order(HOPPER, 168, expect=3)
    assert machine.wire.exchanges == 1
    machine.wire.fault(fault)
    assert bus.ask(HOPPER, 168, expect=3) == b"\0\0\0"


def test_a_second_answer_is_not_taken_for_that_to_the_next_question() -> None:
    machine, bus = direct()
    machine.wire.fault(WireFault.DOUBLE_ANSWER)
    assert len(bus.order(ACCEPTOR, READ_BUFFERED_CREDIT)) == 11
    assert bus.order(HOPPER, 168) == b"\0\0\0"


def test_a_refusal_and_a_wrong_length_are_not_answers() -> None:
    _, bus = direct()
    with pytest.raises(Refused):
        bus.order(HOPPER, 167, b"\x05\x07\x01\x01")  # not enabled
    with pytest.raises(NoAnswer):
        bus.order(HOPPER, 168, expect=2)


def test_a_wire_that_swallows_the_echo_can_be_set_so() -> None:
    machine = SimMachine(PLENTY)

    class Quiet(DirectLine):
        """A converter that does not give back what is sent."""

        def write(self, data: bytes) -> None:
            """Send, and drop the echo."""
            super().write(data)
            self.read(len(data))

    assert Bus(Quiet(machine.wire), echo=False).order(HOPPER, 168) == b"\0\0\0"
    with pytest.raises(NoAnswer):
        Bus(Quiet(machine.wire)).order(HOPPER, 168)


def test_what_the_units_do_not_know_is_a_breach() -> None:
    machine, bus = direct()
    with pytest.raises(NoAnswer):
        bus.order(ACCEPTOR, 77)
    with pytest.raises(NoAnswer):
        bus.order(99, 254)
    with pytest.raises(Refused):
        bus.order(HOPPER, 167, b"\0\0\0\x01")
    assert len(machine.world.breaches) == 3


@given(st.integers(0, 600), st.integers(0, 7))
def test_events_are_counted_across_the_turn_of_the_counter(before: int, new: int) -> None:
    def counter(events: int) -> int:
        return 0 if events == 0 else (events - 1) % 255 + 1

    total = before + new
    buffer = Buffer(counter(total), tuple((n % 250 + 1, 0) for n in range(total, max(total - 5, 0), -1)))
    events, gap = buffer.since(counter(before))
    if new > 5:
        assert gap
    else:
        assert not gap
        assert [a for a, _ in events] == [n % 250 + 1 for n in range(before + 1, total + 1)]


def test_a_counter_at_nought_tells_of_a_restart() -> None:
    assert Buffer(0, ()).since(17) == ((), True)
    assert Buffer(0, ()).since(0) == ((), False)


def note_into(machine: SimMachine, heard: Event) -> None:
    """Push a note at the slot until it is taken, as people do."""
    while not machine.insert(N1000) and not heard.wait(0.02):
        pass


def test_the_till_works_over_a_serial_port(tmp_path: Path) -> None:
    machine = SimMachine(PLENTY)
    with pty_bus(machine.wire) as port:
        settings = cash_settings(port, tmp_path / "till.db", silence_s=0.1)
        book = TillBook(settings.book)
        book.write(None, [(Line.FILLED, int(coin), n, Place.HOPPER.value) for coin, n in PLENTY.items()])
        book.close()
        with open_cash(settings) as money:
            assert money.unavailable(300) is None
            machine.fault(MachineFault.LOST_BYTES)
            heard = Event()
            paying = Thread(target=note_into, args=(machine, heard))
            paying.start()
            outcome = money.collect(ChargeKey("a" * 32), 300, lambda _yen: heard.set(), Event())
            heard.set()
            paying.join()
            assert outcome == Paid(300)
    assert machine.tray() == {500: 1, 100: 2}
    assert machine.world.breaches == []


def test_a_port_that_is_not_there_is_a_device_that_is_away(tmp_path: Path) -> None:
    with open_cash(cash_settings(tmp_path / "ttyS9", tmp_path / "till.db")) as money:
        assert money.unavailable(0) == PaymentUnavailable("PAY-01")
    with pytest.raises(LineAway):
        SerialLine(tmp_path / "ttyS9", 0.1).write(b"x")


def test_a_port_that_goes_away_is_opened_again_when_it_is_back(tmp_path: Path) -> None:
    machine = SimMachine(PLENTY)
    link = tmp_path / "tty"
    line = SerialLine(link, 0.1)
    book = TillBook(tmp_path / "till.db")
    changer = changer_on(line, cash_settings(link, tmp_path / "till.db"), book)
    statuses = []
    for _ in range(2):
        with pty_bus(machine.wire) as port:
            link.unlink(missing_ok=True)
            link.symlink_to(port)
            statuses.append(dict(changer.health().units)["acceptor"])
        statuses.append(dict(changer.health().units)["acceptor"])
    line.close()
    book.close()
    assert statuses == [UnitStatus.OK, UnitStatus.AWAY, UnitStatus.OK, UnitStatus.AWAY]
