"""Coin slot, hoppers and note slot as they behave on a ccTalk bus, with the money that lies in them.

Counters behave as the hardware's do: event counters fall to 0 with the power, life counters stay. Strict: a header that a
unit does not know, or data of the wrong length, is written down as a breach, which a test must find empty. Money is never
made nor lost: every piece is with the resident, in the tray, or in a place of the machine.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import ClassVar

from kiosk.ports.cash import Denomination

SLOTS = 5
JAMMED = 3
"""Fault code of a self-check: the credit sensor is blocked."""


class NoReply(Exception):
    """The unit stays silent."""


class Nak(Exception):
    """The unit refuses."""


@dataclass
class World:
    """Where the money is, outside the units."""

    tray: Counter[Denomination] = field(default_factory=Counter)
    """Given to the resident."""
    cashbox: Counter[Denomination] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    """What the machine asked wrongly."""


class Unit:
    """What all units have in common: address, power, an event buffer."""

    def __init__(self, world: World, address: int) -> None:
        self.world = world
        self.address = address
        self.away = False
        self.jammed = False
        self.counter = 0
        self.events: deque[tuple[int, int]] = deque(maxlen=SLOTS)
        self.mask = 0
        self.master = False

    def power_loss(self) -> None:
        """Lose the power and get it back."""
        self.counter = 0
        self.events.clear()
        self.mask, self.master = 0, False

    def happen(self, a: int, b: int) -> None:
        """Put an event into the buffer."""
        self.counter = self.counter % 255 + 1
        self.events.appendleft((a, b))

    def buffer(self) -> bytes:
        """Give the buffer as it goes over the wire."""
        pairs = [*self.events, *[(0, 0)] * SLOTS][:SLOTS]
        return bytes((self.counter, *(value for pair in pairs for value in pair)))

    def answer(self, header: int, data: bytes) -> bytes:
        """Obey. Raises Nak, NoReply."""
        match header, len(data):
            case 254, 0:
                return b""
            case 231, 2:
                self.mask = int.from_bytes(data, "little")
                return b""
            case 228, 1:
                self.master = bool(data[0] & 1)
                return b""
            case 232, 0:
                return bytes((JAMMED if self.jammed else 0,))
            case _:
                self.world.breaches.append(f"unit {self.address}: header {header} with {len(data)} bytes")
                raise NoReply


class SimAcceptor(Unit):
    """A coin slot with a sorter."""

    COINS: ClassVar = {1: b"JP010A", 2: b"JP050A", 3: b"JP100A", 4: b"JP500A", 5: b"JP500B"}

    def __init__(self, world: World, address: int, hoppers: dict[int, "SimHopper"]) -> None:
        """`hoppers` by sorter path."""
        super().__init__(world, address)
        self._hoppers = hoppers
        self.life = 0
        self.paths: dict[int, int] = {}

    def coin(self, coin: Denomination, *, even_shut: bool = False) -> bool:
        """Put in a coin; False when it falls through into the resident's hand. `even_shut`: it was past the gate already."""
        position = next(at for at, name in self.COINS.items() if int(name[2:5]) == coin)
        shut = not self.master or not self.mask >> (position - 1) & 1
        if self.jammed or ((shut or self.away) and not even_shut):
            return False
        path = self.paths.get(position, 0)
        hopper = self._hoppers.get(path)
        if hopper is not None and hopper.coin == coin:
            hopper.coins += 1
        else:
            self.world.cashbox[coin] += 1
        self.life += 1
        self.happen(position, path)
        return True

    def jam(self) -> None:
        """Block the way."""
        self.jammed = True
        self.happen(0, 14)

    def power_loss(self) -> None:
        """Sorter paths are forgotten too."""
        super().power_loss()
        self.paths.clear()

    def answer(self, header: int, data: bytes) -> bytes:
        """Obey."""
        match header, len(data):
            case 229, 0:
                return self.buffer()
            case 225, 0:
                return self.life.to_bytes(3, "little")
            case 184, 1:
                return self.COINS.get(data[0], b"......")
            case 210, 2:
                self.paths[data[0]] = data[1]
                return b""
            case _:
                return super().answer(header, data)


class SimHopper(Unit):
    """A hopper of one coin. It pays a coin each time it is asked how far it is."""

    def __init__(self, world: World, address: int, coin: Denomination, coins: int) -> None:
        super().__init__(world, address)
        self.coin = coin
        self.coins = coins
        self.life = 0
        self.serial = bytes((address, 7, 1))
        self.enabled = False
        self.remaining = self.paid = self.unpaid = 0
        self.capacity = 500
        self.slow = 0
        """Looks without a coin before each coin."""
        self.miscounts = 0
        """Coins that leave with "coins paid" counting and the life counter not."""
        self.jams_after: int | None = None
        """Coins until it jams."""
        self._idle = 0

    def power_loss(self) -> None:
        """The payout stops; its counters lie in permanent memory."""
        super().power_loss()
        self.enabled = False
        self.unpaid, self.remaining = self.remaining or self.unpaid, 0

    def answer(self, header: int, data: bytes) -> bytes:
        """Obey."""
        match header, len(data):
            case 164, 1:
                self.enabled = data[0] == 165
                return b""
            case 242, 0:
                return self.serial
            case 168, 0:
                return self.life.to_bytes(3, "little")
            case 163, 0:
                return bytes(((0x02 if self.jammed else 0) | (0 if self.enabled else 0x80),))
            case 217, 0:
                return bytes((0x30 | (self.coins < 10) | (self.coins >= self.capacity) << 1,))
            case 166, 0:
                self._turn()
                return bytes((self.counter, self.remaining, self.paid, self.unpaid))
            case 167, 4:
                return self._begin(data)
            case 172, 0:
                left = self.remaining
                self._stop()
                return bytes((left,))
            case _:
                return super().answer(header, data)

    def _begin(self, data: bytes) -> bytes:
        if data[:3] != self.serial:
            self.world.breaches.append(f"hopper {self.address}: wrong serial number")
            raise Nak
        self.counter = self.counter % 255 + 1
        if not self.enabled or self.remaining or self.jammed:
            self.paid = self.unpaid = 0
            raise Nak
        self.remaining, self.paid, self.unpaid = data[3], 0, 0
        return bytes((self.counter,))

    def _turn(self) -> None:
        if not self.remaining or self.jammed:
            return
        if self._idle < self.slow:
            self._idle += 1
            return
        self._idle = 0
        if self.jams_after == 0:
            self.jammed, self.jams_after = True, None
            self._stop()
            return
        if not self.coins:
            self._stop()
            return
        self.coins -= 1
        self.world.tray[self.coin] += 1
        self.paid += 1
        self.remaining -= 1
        if self.miscounts:
            self.miscounts -= 1
        else:
            self.life += 1
        if self.jams_after is not None:
            self.jams_after -= 1

    def _stop(self) -> None:
        self.unpaid, self.remaining = self.remaining, 0


class SimValidator(Unit):
    """A note slot with escrow and stacker. A note moves each time its events are read."""

    NOTES: ClassVar = {1: b"JP0010A", 2: b"JP0050A", 3: b"JP0100A"}
    """Numbers in hundreds of yen."""

    def __init__(self, world: World, address: int) -> None:
        super().__init__(world, address)
        self.escrow: Denomination | None = None
        self.stacker: Counter[Denomination] = Counter()
        self.life = 0
        self.mode = 0
        self.jams_in_escrow = False
        self._moving: bool | None = None

    def note(self, note: Denomination) -> bool:
        """Put in a note; False when it comes back at once."""
        type_ = next(at for at, name in self.NOTES.items() if int(name[2:6]) * 100 == note)
        open_ = self.master and self.mask >> (type_ - 1) & 1 and self.mode == 3
        if not open_ or self.escrow is not None or self.jammed or self.away:
            return False
        self.escrow = note
        self.happen(type_, 1)
        if self.jams_in_escrow:
            self.jammed = True
            self.happen(0, 6)
        return True

    def power_loss(self) -> None:
        """Coming up, it hands back what lies in escrow, unless that is stuck."""
        super().power_loss()
        self.mode, self._moving = 0, None
        if self.escrow is not None and not self.jammed:
            self.world.tray[self.escrow] += 1
            self.escrow = None

    def answer(self, header: int, data: bytes) -> bytes:
        """Obey."""
        match header, len(data):
            case 159, 0:
                self._move()
                return self.buffer()
            case 225, 0:
                return self.life.to_bytes(3, "little")
            case 157, 1:
                return self.NOTES.get(data[0], b".......")
            case 156, 2:
                return (100).to_bytes(2, "little") + b"\x00" if data == b"JP" else b"\x00\x00\x00"
            case 153, 1:
                self.mode = data[0]
                return b""
            case 154, 1:
                if self.escrow is None:
                    return b"\xfe"
                if self.jammed:
                    return b"\xff"
                self._moving = data[0] == 1
                return b""
            case _:
                return super().answer(header, data)

    def _move(self) -> None:
        if self._moving is None or self.escrow is None or self.jammed:
            return
        note, stacks, self._moving = self.escrow, self._moving, None
        self.escrow = None
        if stacks:
            self.stacker[note] += 1
            self.life += 1
            self.happen(next(at for at, name in self.NOTES.items() if int(name[2:6]) * 100 == note), 0)
        else:
            self.world.tray[note] += 1
            self.happen(0, 1)
