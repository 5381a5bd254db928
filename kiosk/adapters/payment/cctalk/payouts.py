"""Coins out: each payout is written down with the hopper's counters before it begins, and decided by them.

What came out is the difference of the life counter, which survives loss of power; the hopper's own "coins paid" is the
second witness, also after a restart of the kiosk, and where the two disagree the difference is not certain. Never orders
twice, never guesses.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from kiosk.adapters.payment.cctalk.bus import BusTrouble
from kiosk.adapters.payment.cctalk.devices import LARGEST_ORDER, Hopper, HopperState
from kiosk.adapters.payment.tillbook import Line, Meter, Payout, TillBook
from kiosk.ports.cash import Denomination
from kiosk.ports.payment import ChargeKey

STALL_POLLS = 40
"""Looks without a further coin after which a payout is stopped: 4 s at 0.1 s, longer than a jam is worked on."""
AWAY_POLLS = 10
"""Looks without an answer after which a hopper counts as away."""
LIFE_SIZE = 1 << 24


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What a payout did."""

    coins: int
    """Certainly out."""
    certain: bool
    """Whether that is all."""


def unit_of(denomination: Denomination) -> str:
    """Name a hopper as book and health do."""
    return f"hopper {int(denomination)}"


class Payouts:
    """The hoppers and their lines in the book."""

    def __init__(
        self, hoppers: Mapping[Denomination, Hopper], book: TillBook, poll_s: float, wait: Callable[[float], None]
    ) -> None:
        self._hoppers = hoppers
        self._book = book
        self._poll_s = poll_s
        self._wait = wait

    def pay(self, key: ChargeKey, denomination: Denomination, coins: int) -> PaidOut:
        """Give out coins of one kind, at most 255."""
        coins = min(coins, LARGEST_ORDER)
        self.settle()
        if any(open_.denomination == denomination for open_ in self._book.open_payouts()):
            return PaidOut(0, certain=True)
        hopper, unit = self._hoppers[denomination], unit_of(denomination)
        try:
            life = hopper.paid_in_life()
            serial = hopper.enable()
            before = hopper.state()
        except BusTrouble:
            return PaidOut(0, certain=True)
        self._compare(unit, life)
        payout = self._book.begin_payout(key, denomination, coins, life, before.counter)
        with suppress(BusTrouble):  # refused, or nobody knows whether it was heard: the counters tell
            hopper.pay(serial, coins)
        return self._decided(payout)

    def settle(self) -> None:
        """Decide every payout whose end is not written, as far as its hopper answers."""
        for payout in self._book.open_payouts():
            self._decided(payout)

    def adopt(self) -> None:
        """Take the counters of hoppers that the book has never seen. Raises BusTrouble."""
        for denomination, hopper in self._hoppers.items():
            if self._book.meter(unit_of(denomination)) is None:
                self._book.write(None, (), unit_of(denomination), Meter(0, hopper.paid_in_life()))

    def _compare(self, unit: str, life: int) -> None:
        """Write down coins that left a hopper without an order of ours."""
        known = self._book.meter(unit)
        if known is not None and known.life != life:
            stray = (life - known.life) % LIFE_SIZE
            lines = [(Line.UNKNOWN, int(unit.split()[1]), stray, "hopper moved by itself")]
            self._book.write(None, lines, unit, Meter(0, life))

    def _decided(self, payout: Payout) -> PaidOut:
        hopper = self._hoppers.get(payout.denomination)
        if hopper is None:
            return PaidOut(0, certain=False)
        try:
            state = self._stopped(hopper)
            hopper.disable()  # an order that the hopper takes up late is void from here
            life = hopper.paid_in_life()
        except BusTrouble:
            return PaidOut(0, certain=False)
        moved = (life - payout.life) % LIFE_SIZE
        said = _said(payout, state, moved)
        sure, unsure = min(moved, said), abs(moved - said)
        unit = unit_of(payout.denomination)
        self._book.end_payout(payout, sure, unsure, unit, Meter(0, life))
        return PaidOut(sure, certain=not unsure)

    def _stopped(self, hopper: Hopper) -> HopperState:
        """Follow a payout to its end, and stop one that does not move on. Raises BusTrouble when nobody answers."""
        silent = stalled = 0
        remaining: int | None = None
        while True:
            try:
                state = hopper.state()
            except BusTrouble:
                silent += 1
                if silent == AWAY_POLLS:
                    raise
                self._wait(self._poll_s)
                continue
            silent = 0
            if state.remaining == 0:
                return state
            stalled = stalled + 1 if state.remaining == remaining else 0
            remaining = state.remaining
            if stalled == STALL_POLLS:
                hopper.stop()
            if stalled > 2 * STALL_POLLS:
                raise BusTrouble
            self._wait(self._poll_s)


def _said(payout: Payout, state: HopperState, moved: int) -> int:
    """Give how many coins the hopper says it paid; what its life counter moved where it says nothing of this payout.

    Its counter of payouts falls to 0 with its power, "coins paid" and "unpaid" do not. An earlier payout of as many coins
    cannot be told from this one then, so an order that it never heard may become a case: rather that than a lost coin.
    """
    if payout.counter is None:
        return moved
    if state.counter == 0:
        return state.paid if state.paid + state.unpaid == payout.wanted else moved
    if state.counter == payout.counter:
        return 0
    # 1: it restarted before it heard the order, which was the only one since.
    return state.paid if state.counter in (payout.counter % 255 + 1, 1) else moved
