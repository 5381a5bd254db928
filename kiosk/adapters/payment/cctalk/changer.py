"""The CashChanger port on ccTalk units: what is asked of which unit, in which order.

Counts come from the till book alone, which intake and payouts keep; this only leads them through a deposit. Refuses to
know what is owed.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass

from kiosk.adapters.payment.cctalk.bus import BusTrouble
from kiosk.adapters.payment.cctalk.devices import CoinAcceptor, Hopper, NoteValidator
from kiosk.adapters.payment.cctalk.intake import CoinIntake, NoteIntake
from kiosk.adapters.payment.cctalk.payouts import Payouts, unit_of
from kiosk.adapters.payment.change import change_for
from kiosk.adapters.payment.tillbook import Line, Place, TillBook
from kiosk.ports.cash import (
    CashCounts,
    CashHealth,
    CashUnavailable,
    Counts,
    Denomination,
    Deposit,
    DepositEnd,
    DepositOutcome,
    DepositUnknown,
    Dispensed,
    DispensedShort,
    DispenseOutcome,
    DispenseUnknown,
    Movement,
    UnitStatus,
    worth,
)
from kiosk.ports.payment import ChargeKey

UNSETTLED = frozenset({"open", "unknown", "refunding"})
"""States of a charge under which money that shows up late is still its own."""
QUIET_READS = 3
"""Readings without news after which nothing is under way any more; at 0.1 s, longer than a coin's fall."""
NOTE_READS = 60
"""Readings until a note must have reached stacker or slot."""
REPAY_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one machine."""

    acceptor: CoinAcceptor
    hoppers: Mapping[Denomination, Hopper]
    paths: Mapping[int, Denomination]
    """Sorter path to each hopper."""
    cashbox_path: int
    validator: NoteValidator | None
    near_empty: int
    """Coins below which a hopper counts as near empty."""
    low_sensor: int
    """Coins above which the low sensor of a hopper must be covered."""


class CcTalkChanger:
    """Coin acceptor, hoppers and note validator on one bus."""

    def __init__(self, units: Units, book: TillBook, poll_s: float, wait: Callable[[float], None]) -> None:
        self._units = units
        self._book = book
        self._pause: Callable[[], None] = lambda: wait(poll_s)
        self._coins = CoinIntake(units.acceptor, units.paths, book, self._booking)
        self._notes = None if units.validator is None else NoteIntake(units.validator, book, self._booking)
        self._payouts = Payouts(units.hoppers, book, poll_s, wait)
        self._key: ChargeKey | None = None
        self._begun: Movement | None = None
        self._open: frozenset[Denomination] = frozenset()
        self._shut = False
        """Whether the slots are shut for certain: one that a dead kiosk opened stays open until somebody shuts it."""
        self._dry: set[Denomination] = set()
        """Hoppers that ran out before the book did; until the next start, which filling them needs anyway."""

    def health(self) -> CashHealth:
        """Ask every unit; outside a deposit, shut slots that may stand open, and book what fell in."""
        if not self._shut and not self._open:
            with suppress(BusTrouble):  # the answers below say so, and the next asking tries again
                self._settle()
        units = [("acceptor", self._faulty(self._units.acceptor.faulty))]
        held = self._book.holdings()[Place.HOPPER]
        units += [(unit_of(coin), self._hopper_status(coin, held.get(coin, 0))) for coin in self._units.hoppers]
        if self._units.validator is not None:
            units.append(("validator", self._faulty(self._units.validator.faulty)))
        return CashHealth(tuple(units))

    def counts(self) -> CashCounts:
        """Give the book's counts, and whether sensors or unknown movements speak against them."""
        held = self._book.holdings()
        closing = self._book.latest_closing()
        lines = self._book.entries(0 if closing is None else closing[0])
        odd = bool(self._book.open_payouts()) or any(entry.line is Line.UNKNOWN for entry in lines)
        odd = odd or any(count < 0 for counts in held.values() for count in counts.values())
        for coin, hopper in self._units.hoppers.items():
            try:
                low, _ = hopper.level()
            except BusTrouble:
                continue
            odd = odd or (low and held[Place.HOPPER].get(coin, 0) > self._units.low_sensor)
        odd = odd or bool(self._dry)
        dispensable = {coin: n for coin, n in held[Place.HOPPER].items() if coin not in self._dry}
        kept = Counter(held[Place.CASHBOX]) + Counter(held[Place.STACKER])
        return CashCounts(dispensable, kept, odd)

    def begin_deposit(self, key: ChargeKey) -> CashUnavailable | None:
        """Open a deposit with the slots shut; money that showed up since the last one is booked to whom it belongs."""
        self._key = None
        try:
            self._settle()
            if self._units.acceptor.faulty():
                return CashUnavailable("PAY-02")
        except BusTrouble:
            return CashUnavailable("PAY-01")
        self._key = key
        self._begun = self._book.movement(key)
        return None

    def pause_deposit(self, accepted: AbstractSet[Denomination]) -> CashUnavailable | None:
        """Open the slots for these and shut them for the rest."""
        self._open = frozenset(accepted)
        try:
            self._set_slots()
        except BusTrouble:
            return CashUnavailable("PAY-01")
        return None

    def deposited(self) -> DepositOutcome:
        """Book what came in, and tell all of it."""
        try:
            self._read(thorough=False)
        except BusTrouble:
            return DepositUnknown(self._deposit())
        return self._told()

    def keep_note(self) -> DepositOutcome:
        """Stack the note in escrow."""
        if self._notes is not None and self._key is not None and self._held(self._key) is not None:
            try:
                if not self._notes.send_on(stack=True, rounds=NOTE_READS, pause=self._pause):
                    return DepositUnknown(self._deposit())
                self._set_slots()
            except BusTrouble:
                return DepositUnknown(self._deposit())
        return self._told()

    def fix_deposit(self) -> DepositOutcome:
        """Shut the slots and read until nothing more comes."""
        self._open = frozenset()
        try:
            self._set_slots()
            self._read_until_quiet()
        except BusTrouble:
            return DepositUnknown(self._deposit())
        return self._told()

    def end_deposit(self, how: DepositEnd) -> DispenseOutcome | DepositOutcome:
        """Keep everything, or give everything back."""
        ended = self._repaid() if how is DepositEnd.REPAY else self.keep_note()
        self._key = None  # what comes in from here belongs to the deposit only while its charge is not settled
        return ended

    def dispense(self, key: ChargeKey, counts: Counts) -> DispenseOutcome:
        """Give out coins by counts, the largest first; stops at the first thing that is not certain."""
        out: Counter[Denomination] = Counter()
        asked = worth(counts)
        for coin in sorted(counts, reverse=True):
            while out[coin] < counts[coin]:
                paid = self._payouts.pay(key, coin, counts[coin] - out[coin])
                out[coin] += paid.coins
                if not paid.certain:
                    return DispenseUnknown(+out, asked - worth(out))
                if paid.coins == 0:
                    if self._hopper_status(coin, 1) not in (UnitStatus.AWAY, UnitStatus.JAM):
                        self._dry.add(coin)
                    break
        return Dispensed(+out) if worth(out) == asked else DispensedShort(+out, asked - worth(out))

    def dispense_change(self, key: ChargeKey, yen: int) -> DispenseOutcome:
        """Give out an amount; what one hopper cannot pay to the end, the others pay if they can."""
        out: Counter[Denomination] = Counter()
        pool = dict(self.counts().dispensable)
        while missing := yen - worth(out):
            coins = change_for(missing, {coin: n for coin, n in pool.items() if coin in self._units.hoppers})
            if coins is None:
                return DispensedShort(+out, missing)
            for coin in sorted(coins, reverse=True):
                given = self.dispense(key, {coin: coins[coin]})
                out.update(given.counts)
                pool[coin] -= given.counts.get(coin, 0)
                if isinstance(given, DispenseUnknown):
                    return DispenseUnknown(+out, yen - worth(out))
                if isinstance(given, DispensedShort):
                    pool.pop(coin)
                    break
        return Dispensed(+out)

    def recall(self, key: ChargeKey) -> Movement:
        """Ask the units, write down, and give all that moved under a key."""
        silent: tuple[str, ...] = ()
        try:
            self._settle()
        except BusTrouble:
            silent = ("units away",)
        if self._held(key) is not None:
            silent += ("note in escrow",)  # it would not go back, and may yet: nobody can say where it ends
        moved = self._book.movement(key)
        return Movement(moved.inserted, moved.returned, moved.unknown + silent)

    def _held(self, key: ChargeKey) -> Denomination | None:
        """Give the note in escrow that is this key's."""
        return self._notes.held() if self._notes is not None and self._book.escrow_key() == key else None

    def _booking(self) -> tuple[ChargeKey | None, Line]:
        if self._key is not None:
            return self._key, Line.IN
        latest = self._book.latest_key()
        charge = None if latest is None else self._book.charge(latest)
        return latest, Line.IN if charge is not None and charge.state in UNSETTLED else Line.LATE

    def _prepare(self) -> None:
        """Learn what the units are, set them up with the slots shut; a unit that restarted needs it again."""
        coins = self._units.acceptor
        self._coins.restarted = False
        coins.open_slots(frozenset())
        if not self._coins.ids:
            self._coins.ids = coins.coin_ids()
        for position, coin in self._coins.ids.items():
            coins.send_to(position, self._path(coin))
        if self._notes is not None and self._units.validator is not None:
            self._notes.restarted = False
            if not self._notes.ids:
                self._notes.ids = self._units.validator.bill_ids()
            self._units.validator.hold_in_escrow()
            self._units.validator.open_slot(frozenset())
        self._shut = True
        self._payouts.adopt()

    def _path(self, coin: Denomination) -> int:
        path = next((path for path, each in self._units.paths.items() if each == coin), None)
        hopper = self._units.hoppers.get(coin)
        full = hopper is None or hopper.level()[1]
        return self._units.cashbox_path if path is None or full else path

    def _settle(self) -> None:
        """Shut the slots and decide what was left: events nobody read, open payouts, a note in escrow that goes back."""
        may_fall = not self._shut
        self._prepare()
        self._payouts.settle()
        if may_fall:
            self._read_until_quiet()
        else:
            self._read(thorough=True)
        if self._notes is not None and self._notes.held() is not None:
            self._notes.send_on(stack=False, rounds=NOTE_READS, pause=self._pause)

    def _read_until_quiet(self) -> None:
        """Read until no coin can be under way any more."""
        quiet = 0
        while quiet < QUIET_READS:
            quiet = 0 if self._read(thorough=True) else quiet + 1
            self._pause()

    def _read(self, *, thorough: bool) -> bool:
        news = self._coins.read(thorough=thorough)
        if self._notes is not None and self._notes.read(thorough=thorough):
            news = True
        if self._coins.restarted or (self._notes is not None and self._notes.restarted):
            self._prepare()
            self._set_slots()
        return news

    def _set_slots(self) -> None:
        wanted, self._shut = self._open, False
        coins = frozenset(position for position, coin in self._coins.ids.items() if coin in wanted)
        self._units.acceptor.open_slots(coins)
        if self._notes is not None and self._units.validator is not None:
            notes = frozenset(type_ for type_, note in self._notes.ids.items() if note in wanted)
            self._units.validator.hold_in_escrow()
            self._units.validator.open_slot(notes)
        self._shut = not wanted

    def _deposit(self) -> Deposit:
        if self._key is None or self._begun is None:
            return Deposit({})
        moved = self._book.movement(self._key)
        held = self._held(self._key)
        counts = Counter(moved.inserted) - Counter(self._begun.inserted)
        return Deposit(counts, {} if held is None else {held: 1})

    def _told(self) -> DepositOutcome:
        known = self._deposit()
        if self._key is not None and self._begun is not None:
            unknown = self._book.movement(self._key).unknown
            if len(unknown) > len(self._begun.unknown):
                return DepositUnknown(known)
        return known

    def _repaid(self) -> DispenseOutcome:
        key, begun = self._key, self._begun
        assert key is not None, "a deposit that was not begun cannot be repaid"
        assert begun is not None
        out: Counter[Denomination] = Counter()
        for _ in range(REPAY_ROUNDS):
            if self._notes is not None and (note := self._held(key)) is not None:
                try:
                    gone = self._notes.send_on(stack=False, rounds=NOTE_READS, pause=self._pause)
                except BusTrouble:
                    gone = False
                if not gone:
                    return DispenseUnknown(+out, self._book.movement(key).held_yen - begun.held_yen)
                out[note] += 1
            owed = self._book.movement(key).held_yen - begun.held_yen
            if owed == 0:
                return Dispensed(+out)
            given = self.dispense_change(key, owed)
            out.update(given.counts)
            if not isinstance(given, Dispensed):
                return type(given)(+out, given.missing_yen)
            try:
                self._read(thorough=True)  # a coin that fell in meanwhile goes back as well
            except BusTrouble:
                return DispenseUnknown(+out, 0)
        owed = self._book.movement(key).held_yen - begun.held_yen
        return DispensedShort(+out, owed) if owed else Dispensed(+out)

    def _faulty(self, check: Callable[[], bool]) -> UnitStatus:
        try:
            return UnitStatus.JAM if check() else UnitStatus.OK
        except BusTrouble:
            return UnitStatus.AWAY

    def _hopper_status(self, coin: Denomination, held: int) -> UnitStatus:
        hopper = self._units.hoppers[coin]
        try:
            if hopper.jammed():
                return UnitStatus.JAM
            _, high = hopper.level()
        except BusTrouble:
            return UnitStatus.AWAY
        if held <= 0 or coin in self._dry:
            return UnitStatus.EMPTY
        if held < self._units.near_empty:
            return UnitStatus.NEAR_EMPTY
        return UnitStatus.NEAR_FULL if high else UnitStatus.OK
