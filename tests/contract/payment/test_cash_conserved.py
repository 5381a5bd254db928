"""Whatever is put in, cancelled, broken or cut off: yen in are yen kept, yen given back, and yen in a named unknown.

Each example is a day of charges on the shipped till over a simulated bus. Money itself is counted in the simulated units
and compared with what the till says of every key, and with the book.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.adapters.payment.cctalk_sim.machine import MachineFault
from kiosk.adapters.payment.tillbook import Line
from kiosk.ports.cash import Denomination, worth
from kiosk.ports.payment import ChargeKey, NotCharged, Paid, PaymentUnknown, Refunded
from tests.support.coins import C10, C50, C100, C500, N1000, PowerCut, Till

GENTLE = (
    MachineFault.LOST_BYTES,
    MachineFault.CHECKSUM,
    MachineFault.LOST_ANSWER,
    MachineFault.LOST_ORDER,
    MachineFault.DOUBLE_ANSWER,
    MachineFault.LATE_ANSWER,
    MachineFault.FOREIGN_ANSWER,
    MachineFault.COIN_AFTER_CANCEL,
)
ROUGH = (
    MachineFault.POWER_LOSS,
    MachineFault.UNITS_AWAY,
    MachineFault.HOPPER_JAM,
    MachineFault.HOPPER_MISCOUNTS,
    MachineFault.HOPPER_SLOW,
    MachineFault.COIN_JAM,
    MachineFault.NOTE_JAM,
)


@dataclass
class Happening:
    """What happens at one exchange on the bus."""

    coins: dict[int, Denomination]
    faults: dict[int, MachineFault]
    cut: int | None
    cancel: int | None
    till: Till
    stop: Event = field(default_factory=Event)
    at: int = 0

    def __call__(self) -> None:
        """Let it happen, before the exchange."""
        self.at += 1
        if self.at in self.coins:
            self.till.machine.insert(self.coins[self.at])
        if self.at in self.faults:
            self.till.machine.fault(self.faults[self.at])
        if self.cancel is not None and self.at >= self.cancel:
            self.stop.set()
        if self.at == self.cut:
            raise PowerCut


moments = st.integers(20, 400)
charges = st.fixed_dictionaries(
    {
        "due": st.sampled_from([200, 300, 350, 900, 1500]),
        "coins": st.dictionaries(moments, st.sampled_from([C10, C50, C100, C100, C500, C500, N1000]), max_size=14),
        "faults": st.dictionaries(moments, st.sampled_from(GENTLE * 2 + ROUGH), max_size=4),
        "cut": st.none() | moments,
        "cancel": moments,
        "refund": st.booleans(),
    }
)


def play(till: Till, number: int, charge: dict[str, object]) -> ChargeKey:
    """Live through one charge, with a start after each cut, as a kiosk does."""
    key = ChargeKey(f"{number:032x}")
    what = Happening(charge["coins"], charge["faults"], charge["cut"], charge["cancel"], till)  # type: ignore[arg-type]
    till.line.before = what
    for _ in range(2):
        try:
            outcome = till.cashier.collect(key, int(str(charge["due"])), lambda _yen: None, what.stop)
            if isinstance(outcome, Paid):
                assert outcome.received_yen == charge["due"]
                if charge["refund"]:
                    till.cashier.refund(key)
            break
        except PowerCut:
            till.reboot()
            till.line.before = what
            what.cut = None
            if isinstance(till.cashier.charge_state(key), Paid):  # settlement gives back what bought nothing
                till.cashier.refund(key)
            break
    till.line.before = lambda: None
    return key


def judge(till: Till, keys: list[ChargeKey]) -> None:
    """Compare what the till says with the money itself."""
    till.machine.fault(MachineFault.UNITS_BACK)
    for unit in till.machine.units:
        unit.jammed = False
    till.changer.recall(
        ChargeKey("0" * 32)
    )  # a coin that fell after the last exchange lies unread in the unit's buffer
    states = {key: till.cashier.charge_state(key) for key in keys}
    moved = {key: till.book.movement(key) for key in keys}
    late = sum(e.denomination * e.pieces for e in till.book.entries(0) if e.line is Line.LATE)
    booked = sum(each.held_yen for each in moved.values()) + late
    really = till.really_kept_yen()
    unknown = till.unknown_pieces()
    for key, state in states.items():
        match state:
            case Paid():
                assert state.received_yen == moved[key].held_yen
            case NotCharged() | Refunded():
                assert moved[key].held_yen == 0
            case PaymentUnknown():
                assert moved[key].unknown
    if not unknown:
        assert booked == really
        till.assert_books_agree()
    else:
        # What is not certain is named piece by piece, and nothing beyond it is missing.
        most = sum((coin or int(N1000)) * pieces for coin, pieces in unknown)
        assert abs(booked - really) <= most
    assert till.machine.world.breaches == []


def a_day(day: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        till = Till(Path(folder), {C10: 9, C50: 3, C100: 9, C500: 2})
        try:
            judge(till, [play(till, number, charge) for number, charge in enumerate(day, 1)])
        finally:
            till.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(charges, min_size=1, max_size=3))
def test_no_yen_is_lost_whatever_happens(day: list[dict[str, object]]) -> None:
    a_day(day)


@pytest.mark.heavy
@pytest.mark.timeout(3600)
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(charges, min_size=1, max_size=4))
def test_no_yen_is_lost_in_a_night_of_days(day: list[dict[str, object]]) -> None:
    a_day(day)


def test_the_judge_sees_a_coin_that_the_book_missed(tmp_path: Path) -> None:
    till = Till(tmp_path)
    till.machine.given[C100] += 1
    with pytest.raises(AssertionError):
        judge(till, [])
    till.close()


def test_the_judge_sees_a_coin_that_left_unbooked(tmp_path: Path) -> None:
    till = Till(tmp_path)
    till.machine.world.tray += Counter({C500: 1})
    assert worth(till.machine.tray()) == 500
    with pytest.raises(AssertionError):
        judge(till, [])
    till.close()
