"""What coin acceptor, hopper and note validator are asked on the bus, and what their answers mean.

Each method is one exchange or a few; raises NoAnswer and Refused of the bus. Refuses to keep any count of its own: where
the counters stood last is in the till book. Source: ccTalk Generic Specification, parts 2 and 3.
"""

from dataclasses import dataclass

from kiosk.adapters.payment.cctalk.bus import Bus
from kiosk.ports.cash import Denomination

REQUEST_SERIAL_NUMBER = 242
PERFORM_SELF_CHECK = 232
MODIFY_INHIBIT_STATUS = 231
READ_BUFFERED_CREDIT = 229
MODIFY_MASTER_INHIBIT = 228
REQUEST_ACCEPT_COUNTER = 225
REQUEST_PAYOUT_LEVEL = 217
MODIFY_SORTER_PATH = 210
REQUEST_COIN_ID = 184
REQUEST_DISPENSE_COUNT = 168
DISPENSE_COINS = 167
REQUEST_HOPPER_STATUS = 166
EMERGENCY_STOP = 172
ENABLE_HOPPER = 164
TEST_HOPPER = 163
READ_BUFFERED_BILL_EVENTS = 159
REQUEST_BILL_ID = 157
REQUEST_SCALING_FACTOR = 156
ROUTE_BILL = 154
MODIFY_BILL_OPERATING_MODE = 153

ENABLED = 165
SLOTS = 5
"""Events that a unit keeps for the machine to read."""
LARGEST_ORDER = 255
"""Coins that one dispense may ask for."""

NOTE_RETURNED = 1
_COUNTRY = b"JP"


@dataclass(frozen=True, slots=True)
class Buffer:
    """A unit's event buffer: how many events there were, and the last five."""

    counter: int
    """0 after power-up, then 1 to 255 and again from 1."""
    events: tuple[tuple[int, int], ...]
    """(result A, result B), newest first."""

    def since(self, last: int) -> tuple[tuple[tuple[int, int], ...], bool]:
        """Give the events after the one with counter `last`, oldest first, and whether some may be missing.

        A counter that was reset is never subtracted from: what the buffer holds now is all new, and more may be lost.
        """
        if self.counter == last:
            return (), False
        if self.counter == 0:
            return (), True
        new = (self.counter - last) % 255 if last else self.counter
        new = new or 255  # a full turn; equal counters were dealt with above
        if new <= SLOTS:
            return tuple(reversed(self.events[:new])), False
        # More than the buffer holds: either it ran over, or the unit restarted and counted from 0 again.
        kept = min(self.counter, SLOTS) if self.counter < last else SLOTS
        return tuple(reversed(self.events[:kept])), True


def _buffer(data: bytes) -> Buffer:
    return Buffer(data[0], tuple((data[at], data[at + 1]) for at in range(1, 1 + 2 * SLOTS, 2)))


class CoinAcceptor:
    """The coin slot with its sorter."""

    def __init__(self, bus: Bus, address: int) -> None:
        self._bus = bus
        self._address = address

    def faulty(self) -> bool:
        """Let it check itself; any fault code but 0 wants a hand."""
        return self._bus.ask(self._address, PERFORM_SELF_CHECK)[:1] != b"\x00"

    def coin_ids(self) -> dict[int, Denomination]:
        """Ask which position (1 to 16) means which coin; positions of other or no coins are left out."""
        found: dict[int, Denomination] = {}
        for position in range(1, 17):
            name = self._bus.ask(self._address, REQUEST_COIN_ID, bytes((position,)), expect=6)
            if name.startswith(_COUNTRY) and name[2:5].isdigit() and int(name[2:5]) in set(Denomination):
                found[position] = Denomination(int(name[2:5]))
        return found

    def open_slots(self, positions: frozenset[int]) -> None:
        """Let in the coins of these positions only; the empty set shuts the slot by the master inhibit as well."""
        mask = sum(1 << (position - 1) for position in positions)
        self._bus.ask(self._address, MODIFY_INHIBIT_STATUS, mask.to_bytes(2, "little"), expect=0)
        self._bus.ask(self._address, MODIFY_MASTER_INHIBIT, bytes((1 if positions else 0,)), expect=0)

    def send_to(self, position: int, path: int) -> None:
        """Let the sorter send a coin down a path."""
        self._bus.ask(self._address, MODIFY_SORTER_PATH, bytes((position, path)), expect=0)

    def buffer(self) -> Buffer:
        """Read the events; reading consumes nothing."""
        return _buffer(self._bus.ask(self._address, READ_BUFFERED_CREDIT, expect=1 + 2 * SLOTS))

    def accepted(self) -> int:
        """Read how many coins it has taken in its life; survives loss of power."""
        return int.from_bytes(self._bus.ask(self._address, REQUEST_ACCEPT_COUNTER, expect=3), "little")


@dataclass(frozen=True, slots=True)
class HopperState:
    """How a hopper's last or present payout stands."""

    counter: int
    """Payouts ordered since power-up."""
    remaining: int
    """Coins still to come; 0 when it has stopped."""
    paid: int
    unpaid: int


class Hopper:
    """One hopper, full of one coin."""

    def __init__(self, bus: Bus, address: int) -> None:
        self._bus = bus
        self._address = address

    def paid_in_life(self) -> int:
        """Read how many coins it has paid out in its life; survives loss of power."""
        return int.from_bytes(self._bus.ask(self._address, REQUEST_DISPENSE_COUNT, expect=3), "little")

    def state(self) -> HopperState:
        """Read how the payout stands."""
        return HopperState(*self._bus.ask(self._address, REQUEST_HOPPER_STATUS, expect=4))

    def jammed(self) -> bool:
        """Ask whether current, payout time or exit sensor were out of bounds (bits 0, 1, 3, 4, 5 of the test)."""
        flags = self._bus.ask(self._address, TEST_HOPPER)[:1]
        return bool(int.from_bytes(flags, "big") & 0b0011_1011)

    def level(self) -> tuple[bool, bool]:
        """Tell whether the low sensor is bare and whether the high sensor is covered; False for a sensor it lacks."""
        bits = self._bus.ask(self._address, REQUEST_PAYOUT_LEVEL, expect=1)[0]
        return bool(bits & 0x10 and bits & 0x01), bool(bits & 0x20 and bits & 0x02)

    def enable(self) -> bytes:
        """Let it pay, and give the serial number that a payout must carry."""
        self._bus.ask(self._address, ENABLE_HOPPER, bytes((ENABLED,)), expect=0)
        return self._bus.ask(self._address, REQUEST_SERIAL_NUMBER, expect=3)

    def pay(self, serial: bytes, coins: int) -> None:
        """Order coins (1 to 255), once. Raises NoAnswer when it may or may not have begun."""
        self._bus.order(self._address, DISPENSE_COINS, serial + bytes((coins,)))

    def stop(self) -> None:
        """Stop a payout after the coin that is under way."""
        self._bus.ask(self._address, EMERGENCY_STOP, expect=1)

    def disable(self) -> None:
        """Let it pay nothing."""
        self._bus.ask(self._address, ENABLE_HOPPER, b"\x00", expect=0)


class NoteValidator:
    """The note slot with its escrow and stacker."""

    def __init__(self, bus: Bus, address: int) -> None:
        self._bus = bus
        self._address = address

    def faulty(self) -> bool:
        """Let it check itself; any fault code but 0 wants a hand."""
        return self._bus.ask(self._address, PERFORM_SELF_CHECK)[:1] != b"\x00"

    def bill_ids(self) -> dict[int, Denomination]:
        """Ask which type (1 to 16) means which note; worth is the number in the name times the country's scaling."""
        scale = self._bus.ask(self._address, REQUEST_SCALING_FACTOR, _COUNTRY, expect=3)
        factor = int.from_bytes(scale[:2], "little")
        found: dict[int, Denomination] = {}
        for type_ in range(1, 17):
            name = self._bus.ask(self._address, REQUEST_BILL_ID, bytes((type_,)), expect=7)
            if name.startswith(_COUNTRY) and name[2:6].isdigit():
                yen = int(name[2:6]) * factor // 10 ** scale[2]
                if yen in set(Denomination):
                    found[type_] = Denomination(yen)
        return found

    def hold_in_escrow(self) -> None:
        """Let it keep each note in escrow until it is told where to."""
        self._bus.ask(self._address, MODIFY_BILL_OPERATING_MODE, b"\x03", expect=0)

    def open_slot(self, types: frozenset[int]) -> None:
        """Let in the notes of these types only."""
        mask = sum(1 << (type_ - 1) for type_ in types)
        self._bus.ask(self._address, MODIFY_INHIBIT_STATUS, mask.to_bytes(2, "little"), expect=0)
        self._bus.ask(self._address, MODIFY_MASTER_INHIBIT, bytes((1 if types else 0,)), expect=0)

    def buffer(self) -> Buffer:
        """Read the events; reading consumes nothing."""
        return _buffer(self._bus.ask(self._address, READ_BUFFERED_BILL_EVENTS, expect=1 + 2 * SLOTS))

    def stacked(self) -> int:
        """Read how many notes it has stacked in its life; survives loss of power."""
        return int.from_bytes(self._bus.ask(self._address, REQUEST_ACCEPT_COUNTER, expect=3), "little")

    def route(self, *, stack: bool) -> bool:
        """Send the note in escrow on, once; False when there is none or it will not move. Raises NoAnswer."""
        return self._bus.order(self._address, ROUTE_BILL, bytes((1 if stack else 0,))) == b""
