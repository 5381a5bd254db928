"""Coins and notes as a payment sees them: deposit, fix, end, dispense, count. Amounts are whole yen.

The words and their order are those of UnifiedPOS' CashChanger. Every movement belongs to a key, and the device side keeps
its own durable book of them, so that `recall` can tell after a power cut what moved. Unknown is an outcome of its own:
it names what is certain and never adds a guess. Refuses to know fees, screens and certificates.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Protocol

from kiosk.ports.payment import ChargeKey


class Denomination(IntEnum):
    """The coins and notes of the yen that a machine may be set to take; the value is the worth."""

    COIN_10 = 10
    COIN_50 = 50
    COIN_100 = 100
    COIN_500 = 500
    NOTE_1000 = 1000
    NOTE_5000 = 5000
    NOTE_10000 = 10000

    @property
    def is_note(self) -> bool:
        """Whether it is paper."""
        return self >= Denomination.NOTE_1000


Counts = Mapping[Denomination, int]
"""Pieces by denomination; what is not named is zero."""


def worth(counts: Counts) -> int:
    """Give the worth in yen."""
    return sum(denomination * count for denomination, count in counts.items())


class UnitStatus(Enum):
    """How a coin or note unit stands."""

    OK = "ok"
    NEAR_EMPTY = "near_empty"
    EMPTY = "empty"
    NEAR_FULL = "near_full"
    FULL = "full"
    JAM = "jam"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class CashHealth:
    """How every unit stands now."""

    units: tuple[tuple[str, UnitStatus], ...]
    """Name of the unit ("acceptor", "hopper 100", "validator") and its status."""

    def worst_of(self, *wanted: UnitStatus) -> UnitStatus | None:
        """Give the first of the wanted statuses that any unit has; None when no unit has one of them."""
        found = {status for _, status in self.units}
        return next((status for status in wanted if status in found), None)


@dataclass(frozen=True, slots=True)
class CashCounts:
    """What lies in the machine, by its book and its sensors."""

    dispensable: Counts
    """In the hoppers."""
    kept: Counts
    """In cash box and stacker, out of the machine's own reach."""
    discrepancy: bool
    """A sensor contradicts the book, or the place of some money is not known: count by hand."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """What has come in since the deposit began."""

    counts: Counts
    """All of it, a note in escrow included."""
    escrow: Counts = field(default_factory=dict)
    """The note that is held and can still be handed back; empty when there is none."""

    @property
    def amount_yen(self) -> int:
        """The worth of all of it."""
        return worth(self.counts)


@dataclass(frozen=True, slots=True)
class DepositUnknown:
    """Money may have come in, or a note may have moved, unseen."""

    known: Deposit


@dataclass(frozen=True, slots=True)
class CashUnavailable:
    """The units cannot work now; nothing moved."""

    code: str
    """PAY-01 away, PAY-02 jam."""


@dataclass(frozen=True, slots=True)
class Dispensed:
    """Exactly what was asked for came out."""

    counts: Counts


@dataclass(frozen=True, slots=True)
class DispensedShort:
    """Less came out, and how much is certain."""

    counts: Counts
    missing_yen: int


@dataclass(frozen=True, slots=True)
class DispenseUnknown:
    """How much came out is not certain."""

    counts: Counts
    """What certainly came out."""
    missing_yen: int
    """What was asked for beyond that."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Everything that moved under a key."""

    inserted: Counts
    returned: Counts
    """Notes handed back and coins given out, as change or as repayment."""
    unknown: tuple[str, ...]
    """A word for each thing that is not certain; empty when all is."""

    @property
    def held_yen(self) -> int:
        """What is in the machine under the key, as far as is certain."""
        return worth(self.inserted) - worth(self.returned)


class DepositEnd(Enum):
    """How a deposit ends."""

    CHANGE = "change"
    """Kept; change is dispensed next."""
    NOCHANGE = "nochange"
    """Kept; it is the exact amount."""
    REPAY = "repay"
    """Given back: the note itself where it is still held, else the same worth."""


DepositOutcome = Deposit | DepositUnknown
DispenseOutcome = Dispensed | DispensedShort | DispenseUnknown


class CashChanger(Protocol):
    """Coin acceptor, hoppers and note validator of one machine, used by one thread at a time."""

    def health(self) -> CashHealth:
        """Ask every unit how it stands; moves nothing."""
        ...

    def counts(self) -> CashCounts:
        """Give what lies in the machine."""
        ...

    def begin_deposit(self, key: ChargeKey) -> CashUnavailable | None:
        """Open a deposit under a key, with the slots still shut; None when it is open."""
        ...

    def pause_deposit(self, accepted: AbstractSet[Denomination]) -> CashUnavailable | None:
        """Open the slots for these and shut them for the rest; the empty set pauses the deposit."""
        ...

    def deposited(self) -> DepositOutcome:
        """Give what has come in so far. Each piece is in the durable book before it is told here."""
        ...

    def keep_note(self) -> DepositOutcome:
        """Stack the note in escrow so that another can come; what is repaid for it later is coins."""
        ...

    def fix_deposit(self) -> DepositOutcome:
        """Shut the slots, wait for what is still under way, and give the final sum. A note in escrow stays there."""
        ...

    def end_deposit(self, how: DepositEnd) -> DispenseOutcome | DepositOutcome:
        """End a fixed deposit: a Deposit outcome when kept, a Dispense outcome when repaid."""
        ...

    def dispense(self, key: ChargeKey, counts: Counts) -> DispenseOutcome:
        """Give out coins by counts, under a key."""
        ...

    def dispense_change(self, key: ChargeKey, yen: int) -> DispenseOutcome:
        """Give out an amount in the coins that are there, under a key."""
        ...

    def recall(self, key: ChargeKey) -> Movement:
        """Ask the units what they did since the book's last line, write it down, and give all that moved under a key."""
        ...
