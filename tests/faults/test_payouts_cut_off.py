"""Power fails while a hopper pays: its two witnesses are heard all the same, and where they disagree it is a case."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from threading import Event

import pytest

from kiosk.adapters.payment.cctalk_sim.machine import MachineFault
from kiosk.adapters.payment.till_figures import till_figures
from kiosk.adapters.payment.tillbook import TillBook
from kiosk.ports.payment import ChargeKey, Paid, PaymentOutcome, PaymentUnknown
from tests.support.coins import C100, C500, Hands, PowerCut, Till

KEY = ChargeKey("e" * 32)
KIOSK, UNITS, MAINS = {"kiosk"}, {"units"}, {"kiosk", "units"}


def goes_dark(till: Till, dark: set[str], condition: Callable[[], bool]) -> None:
    """Let kiosk, units or both lose their power once, at the first exchange at which the condition holds."""
    hands, done = till.line.before, Event()

    def look() -> None:
        if not done.is_set() and condition():
            done.set()
            if "units" in dark:
                till.machine.fault(MachineFault.POWER_LOSS)
            if "kiosk" in dark:
                raise PowerCut
        hands()

    till.line.before = look


def two_coins_of_change(till: Till, dark: set[str]) -> PaymentOutcome:
    """Pay 300 with a coin of 500; it goes dark between the two coins of the change."""
    Hands(till, C500)
    goes_dark(till, dark, lambda: till.machine.tray() == {C100: 1})
    try:
        return till.cashier.collect(KEY, 300, lambda _yen: None, Event())
    except PowerCut:
        till.reboot()
        state = till.cashier.charge_state(KEY)
        assert isinstance(state, Paid | PaymentUnknown)
        return state


@pytest.mark.parametrize(
    ("dark", "said"), [(KIOSK, PaymentUnknown(400)), (UNITS, PaymentUnknown(500)), (MAINS, PaymentUnknown(500))]
)
def test_a_coin_that_the_life_counter_missed_before_the_cut_is_a_named_unknown(
    till: Till, dark: set[str], said: PaymentUnknown
) -> None:
    till.machine.fault(MachineFault.HOPPER_MISCOUNTS)
    assert two_coins_of_change(till, dark) == said
    assert till.unknown_pieces() == [(100, 1)]
    assert said.received_yen - till.really_kept_yen() == 100, "no more and no less than what is named"
    assert not till_figures(till.book).agrees
    assert till.changer.counts().discrepancy


@pytest.mark.parametrize(("dark", "kept"), [(KIOSK, 300), (UNITS, 300), (MAINS, 400)])
def test_a_hopper_whose_counters_agree_leaves_no_doubt_after_the_cut(till: Till, dark: set[str], kept: int) -> None:
    assert two_coins_of_change(till, dark) == Paid(kept)
    assert till.really_kept_yen() == kept
    assert till.changer.recall(KEY).unknown == ()
    till.assert_books_agree()


@pytest.mark.parametrize(("dark", "unknown"), [(KIOSK, []), (MAINS, [(100, 1)])])
def test_an_order_that_never_left_is_certain_unless_the_hopper_cannot_tell_it_from_the_last(
    till: Till, dark: set[str], unknown: list[tuple[int, int]]
) -> None:
    till.changer.dispense(KEY, {C100: 1})
    goes_dark(till, dark, lambda: bool(till.book.open_payouts()))
    with pytest.raises(PowerCut):
        till.changer.dispense(KEY, {C100: 1})
    till.reboot()
    till.changer.recall(KEY)
    assert till.machine.tray() == {C100: 1}
    assert till.unknown_pieces() == unknown
    till.assert_books_agree()


def test_a_payout_of_an_older_book_is_ended_by_the_life_counter_alone(till: Till) -> None:
    till.machine.hoppers[C100].coins -= 2
    till.machine.hoppers[C100].life += 2
    till.book.close()
    with closing(sqlite3.connect(till.settings.book, isolation_level=None)) as older:
        older.execute("DROP TABLE payout_counter")
        older.execute("INSERT INTO payout (key, denomination, wanted, life) VALUES (?, 100, 2, 0)", (KEY,))
    till.book = TillBook(till.settings.book)
    assert [payout.counter for payout in till.book.open_payouts()] == [None]
    till.reboot()
    assert till.changer.recall(KEY).returned == {C100: 2}
    till.assert_books_agree()
