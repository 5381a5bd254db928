"""A whole coin and note machine on one simulated bus: put money in, look where it is, order a fault by name."""

import threading
from collections import Counter
from collections.abc import Mapping
from enum import Enum

from kiosk.adapters.payment.cctalk.frames import Checksum
from kiosk.adapters.payment.cctalk_sim.units import SimAcceptor, SimHopper, SimValidator, Unit, World
from kiosk.adapters.payment.cctalk_sim.wire import Wire, WireFault
from kiosk.ports.cash import Counts, Denomination

ACCEPTOR, VALIDATOR, CASHBOX_PATH = 2, 40, 8
HOPPERS = {
    Denomination.COIN_10: (3, 1),
    Denomination.COIN_50: (4, 2),
    Denomination.COIN_100: (5, 3),
    Denomination.COIN_500: (6, 4),
}
"""Address and sorter path of the hopper of each coin."""


class MachineFault(Enum):
    """Faults by name; those of the wire strike the next exchange."""

    LOST_BYTES = "lost_bytes"
    CHECKSUM = "checksum"
    LOST_ANSWER = "lost_answer"
    LOST_ORDER = "lost_order"
    DOUBLE_ANSWER = "double_answer"
    LATE_ANSWER = "late_answer"
    FOREIGN_ANSWER = "foreign_answer"
    COIN_AFTER_CANCEL = "coin_after_cancel"
    """A coin of 100 is past the gate when the slot shuts."""
    COIN_JAM = "coin_jam"
    HOPPER_EMPTY = "hopper_empty"
    """All hoppers but for one coin each."""
    HOPPER_JAM = "hopper_jam"
    """The hopper of 100 jams after its next coin."""
    HOPPER_MISCOUNTS = "hopper_miscounts"
    """The next coin that leaves a hopper is missed by its life counter."""
    HOPPER_SLOW = "hopper_slow"
    NOTE_JAM = "note_jam"
    POWER_LOSS = "power_loss"
    """The units lose power for a moment; event counters fall to 0."""
    UNITS_AWAY = "units_away"
    UNITS_BACK = "units_back"


_OF_THE_WIRE = {
    MachineFault.LOST_BYTES: WireFault.LOST_BYTES,
    MachineFault.CHECKSUM: WireFault.CHECKSUM,
    MachineFault.LOST_ANSWER: WireFault.LOST_ANSWER,
    MachineFault.LOST_ORDER: WireFault.LOST_ORDER,
    MachineFault.DOUBLE_ANSWER: WireFault.DOUBLE_ANSWER,
    MachineFault.LATE_ANSWER: WireFault.LATE_ANSWER,
    MachineFault.FOREIGN_ANSWER: WireFault.FOREIGN_ANSWER,
}


class SimMachine:
    """Coin slot, four hoppers and note slot. Thread-safe: put money in from any thread."""

    def __init__(self, filling: Counts, checksum: Checksum = Checksum.SIMPLE) -> None:
        """`filling`: coins in the hoppers."""
        self._lock = threading.RLock()
        self.world = World()
        self.hoppers = {
            coin: SimHopper(self.world, address, coin, filling.get(coin, 0)) for coin, (address, _) in HOPPERS.items()
        }
        self.acceptor = SimAcceptor(self.world, ACCEPTOR, {HOPPERS[coin][1]: h for coin, h in self.hoppers.items()})
        self.validator = SimValidator(self.world, VALIDATOR)
        self.units: tuple[Unit, ...] = (self.acceptor, *self.hoppers.values(), self.validator)
        self.wire = Wire(self.units, self.world, self._lock, checksum)
        self.given: Counter[Denomination] = Counter()
        """What residents have put in, whatever became of it."""

    def insert(self, money: Denomination, *, even_shut: bool = False) -> bool:
        """Put in a piece; False when it falls through or comes back at once."""
        with self._lock:
            note, coin = self.validator.note, self.acceptor.coin
            taken = note(money) if money.is_note else coin(money, even_shut=even_shut)
            self.given[money] += taken
            return taken

    def fault(self, fault: MachineFault) -> None:
        """Let something go wrong."""
        with self._lock:
            if fault in _OF_THE_WIRE:
                self.wire.fault(_OF_THE_WIRE[fault])
                return
            match fault:
                case MachineFault.COIN_AFTER_CANCEL:
                    self.wire.when_shut = lambda: self.insert(Denomination.COIN_100, even_shut=True)
                case MachineFault.COIN_JAM:
                    self.acceptor.jam()
                case MachineFault.HOPPER_EMPTY:
                    for hopper in self.hoppers.values():
                        hopper.coins = min(hopper.coins, 1)
                case MachineFault.HOPPER_JAM:
                    self.hoppers[Denomination.COIN_100].jams_after = 1
                case MachineFault.HOPPER_MISCOUNTS:
                    for hopper in self.hoppers.values():
                        hopper.miscounts = 1
                case MachineFault.HOPPER_SLOW:
                    for hopper in self.hoppers.values():
                        hopper.slow = 5
                case MachineFault.NOTE_JAM:
                    self.validator.jams_in_escrow = True
                case MachineFault.POWER_LOSS:
                    for unit in self.units:
                        unit.power_loss()
                case MachineFault.UNITS_AWAY | MachineFault.UNITS_BACK:
                    for unit in self.units:
                        unit.away = fault is MachineFault.UNITS_AWAY
                case _:
                    raise AssertionError(fault)

    def inside(self) -> Mapping[str, Counts]:
        """Give what lies where, by the money itself."""
        with self._lock:
            escrow = self.validator.escrow
            return {
                "hopper": {coin: hopper.coins for coin, hopper in self.hoppers.items()},
                "cashbox": dict(self.world.cashbox),
                "escrow": {} if escrow is None else {escrow: 1},
                "stacker": dict(self.validator.stacker),
            }

    def tray(self) -> Counts:
        """Give what has come out to residents."""
        with self._lock:
            return dict(self.world.tray)
