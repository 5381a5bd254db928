"""The PaymentDevice of a machine that takes coins and notes: one charge from the first coin to the last of the change.

Decides what is taken, kept and given back; which wire the units hang on is the changer's business. What it says of a key
after a power cut comes from the till book and the units' own counters. Refuses to know what is paid for.
"""

from collections.abc import Callable
from threading import Event

from kiosk.adapters.payment.change import acceptable, advice, change_for
from kiosk.adapters.payment.tillbook import TillBook
from kiosk.ports.cash import (
    CashChanger,
    Denomination,
    Deposit,
    DepositEnd,
    DepositUnknown,
    Dispensed,
    DispensedShort,
    DispenseUnknown,
    UnitStatus,
)
from kiosk.ports.payment import (
    ChangeAdvice,
    ChargeKey,
    ChargeState,
    NotCharged,
    Paid,
    PaymentCancelled,
    PaymentOutcome,
    PaymentUnavailable,
    PaymentUnknown,
    Refunded,
    RefundOutcome,
)

AWAY_POLLS = 10
"""Readings without an answer, one after another, after which a payment is given up."""
HEALTH_POLLS = 20
"""Readings between two looks at jams."""
_BAD = (UnitStatus.AWAY, UnitStatus.JAM)


class CashCashier:
    """A till made of a cash changer and its book. One thread at a time."""

    def __init__(
        self,
        changer: CashChanger,
        book: TillBook,
        wanted: frozenset[Denomination],
        poll_s: float,
        *,
        exact_only_allowed: bool,
    ) -> None:
        """`wanted`: what is taken at all; `exact_only_allowed`: whether to sell when only exact money can be taken."""
        self._changer = changer
        self._book = book
        self._wanted = wanted
        self._poll_s = poll_s
        self._exact_only_allowed = exact_only_allowed
        self._health: dict[str, UnitStatus] = {}
        """As the units stood when they were last asked: asking takes a second on a slow wire."""

    def unavailable(self, due_yen: int) -> PaymentUnavailable | None:
        """Ask the units, and count the change."""
        if (code := self._asked()) is not None:
            return PaymentUnavailable(code)
        said = advice(due_yen, *self._at_hand())
        if said is ChangeAdvice.NONE or (said is ChangeAdvice.EXACT_ONLY and not self._exact_only_allowed):
            return PaymentUnavailable("PAY-03")
        return None

    def change_advice(self, due_yen: int) -> ChangeAdvice:
        """Say whether change will be there."""
        if self.unavailable(due_yen) is not None:
            return ChangeAdvice.NONE
        return advice(due_yen, *self._at_hand())

    def collect(self, key: ChargeKey, due_yen: int, inserted: Callable[[int], None], stop: Event) -> PaymentOutcome:
        """Take the amount and give change; a key whose charge is not settled is settled, never charged again."""
        match self.charge_state(key):
            case Paid() as paid if paid.received_yen == due_yen:
                return paid
            case Paid(received_yen=held):
                return PaymentUnknown(held)  # an earlier try left money that is not the whole: it wants a refund first
            case PaymentUnknown() as unknown:
                return unknown
            case _:
                pass
        if (away := self.unavailable(due_yen)) is not None:
            return away
        # Begun before it is written down: what shows up until then belongs to whoever came before. The slots are shut.
        if (shut := self._changer.begin_deposit(key)) is not None:
            return PaymentUnavailable(shut.code)
        self._book.set_charge(key, due_yen, "open", 0)
        code = self._take_in(due_yen, inserted, stop)
        fixed = self._changer.fix_deposit()
        if isinstance(fixed, DepositUnknown):
            return self._unknown(key, due_yen, fixed.known.amount_yen)
        over = fixed.amount_yen - due_yen
        if over < 0 or change_for(over, self._at_hand()[0]) is None:
            # Given up, or a coin that was under way when its slot shut: all of it goes back.
            return self._repaid(key, due_yen, code if over < 0 else "PAY-03")
        return self._kept(key, due_yen, fixed)

    def refund(self, key: ChargeKey) -> RefundOutcome:
        """Give back what is held under a key; what an earlier try gave is counted by the hoppers."""
        charge = self._book.charge(key)
        if charge is None:
            return NotCharged()
        if charge.state == "refunded":
            return Refunded(charge.yen)
        moved = self._changer.recall(key)
        held = moved.held_yen
        if moved.unknown:
            return PaymentUnknown(held)
        target = charge.yen if charge.state == "refunding" else held
        if target == 0:
            return NotCharged()
        if self._asked() == "PAY-01":
            return PaymentUnknown(held) if held < target else PaymentUnavailable("PAY-01")
        if held > 0 and change_for(held, self._at_hand()[0]) is None:
            return PaymentUnavailable("PAY-03") if held == target else PaymentUnknown(held)
        self._book.set_charge(key, charge.due_yen, "refunding", target)
        given = self._changer.dispense_change(key, held)
        if isinstance(given, Dispensed):
            self._book.set_charge(key, charge.due_yen, "refunded", target)
            return Refunded(target)
        return PaymentUnknown(given.missing_yen)

    def charge_state(self, key: ChargeKey) -> ChargeState:
        """Tell what is held under a key; moves no coin.

        `Paid` is what is certainly in the machine, even when a power cut came before it was the whole fee: a refund gives
        back exactly that.
        """
        charge = self._book.charge(key)
        match None if charge is None else charge.state:
            case None | "cancelled":
                return NotCharged()
            case "refunded":
                return Refunded(0 if charge is None else charge.yen)
            case "paid":
                return Paid(0 if charge is None else charge.yen)
            case state:
                moved = self._changer.recall(key)
                if moved.unknown:
                    return PaymentUnknown(moved.held_yen)
                if moved.held_yen == 0:
                    return Refunded(charge.yen) if charge is not None and state == "refunding" else NotCharged()
                return Paid(moved.held_yen)

    def _take_in(self, due_yen: int, inserted: Callable[[int], None], stop: Event) -> str | None:
        """Read until the amount is there, `stop` is set or the units fail; the latter gives its code."""
        heard, silent, polls = -1, 0, 0
        while True:
            polls += 1
            now = self._changer.deposited()
            if isinstance(now, DepositUnknown):
                silent += 1
                if silent == AWAY_POLLS:
                    return "PAY-01"
            else:
                silent = 0
                if now.amount_yen != heard:
                    if now.amount_yen > 0:
                        inserted(now.amount_yen)
                    heard = now.amount_yen
                    if heard >= due_yen:
                        return None
                    if (shut := self._next(due_yen - heard, now)) is not None:
                        return shut
            if stop.is_set():
                return None
            if polls % HEALTH_POLLS == 0 and (code := self._asked()) is not None:
                return code
            stop.wait(self._poll_s)

    def _next(self, owed_yen: int, now: Deposit) -> str | None:
        """Open the slots for what may come next; a note in escrow is kept only while coins could repay it."""
        pool, wanted = self._at_hand()
        shut = self._changer.pause_deposit(acceptable(owed_yen, pool, wanted))
        if shut is None and now.escrow and change_for(now.amount_yen, pool) is not None:
            self._changer.keep_note()
        return None if shut is None else shut.code

    def _kept(self, key: ChargeKey, due_yen: int, fixed: Deposit) -> PaymentOutcome:
        over = fixed.amount_yen - due_yen
        ended = self._changer.end_deposit(DepositEnd.CHANGE if over else DepositEnd.NOCHANGE)
        if not isinstance(ended, Deposit):
            return self._unknown(key, due_yen, fixed.amount_yen)
        change = self._changer.dispense_change(key, over)
        if not isinstance(change, Dispensed):
            return self._unknown(key, due_yen, due_yen + change.missing_yen)
        self._book.set_charge(key, due_yen, "paid", due_yen)
        return Paid(due_yen)

    def _repaid(self, key: ChargeKey, due_yen: int, code: str | None) -> PaymentOutcome:
        given = self._changer.end_deposit(DepositEnd.REPAY)
        match given:
            case Dispensed():
                self._book.set_charge(key, due_yen, "cancelled", 0)
                return PaymentCancelled() if code is None else PaymentUnavailable(code)
            case DispensedShort() | DispenseUnknown():
                return self._unknown(key, due_yen, given.missing_yen)
            case Deposit() | DepositUnknown():
                raise AssertionError("a repayment ends with what came out")

    def _unknown(self, key: ChargeKey, due_yen: int, held_yen: int) -> PaymentUnknown:
        self._book.set_charge(key, due_yen, "unknown", held_yen)
        return PaymentUnknown(held_yen)

    def _asked(self) -> str | None:
        """Ask the units; the code when the coin slot cannot work."""
        self._health = dict(self._changer.health().units)
        match self._health["acceptor"]:
            case UnitStatus.AWAY:
                return "PAY-01"
            case UnitStatus.JAM:
                return "PAY-02"
            case _:
                return None

    def _at_hand(self) -> tuple[dict[Denomination, int], frozenset[Denomination]]:
        """Give the coins that can be paid out, and the money that can be taken because its unit works."""
        held = self._changer.counts().dispensable
        good = {name for name, status in self._health.items() if status not in _BAD}
        pool = {coin: n for coin, n in held.items() if f"hopper {int(coin)}" in good}
        wanted = {money for money in self._wanted if ("validator" if money.is_note else f"hopper {int(money)}") in good}
        return pool, frozenset(wanted)
