"""Each fault of the money devices, one story each: where the money is afterwards, and what the till says of it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer

import pytest

from kiosk.adapters.payment.cashless import CashlessCashier
from kiosk.adapters.payment.cashless_line import LineTerminal
from kiosk.adapters.payment.cashless_sim import ScriptedTerminal, TerminalFault, listening
from kiosk.adapters.payment.cctalk.devices import DISPENSE_COINS, READ_BUFFERED_CREDIT, ROUTE_BILL
from kiosk.adapters.payment.cctalk_sim.machine import MachineFault
from kiosk.adapters.payment.cctalk_sim.wire import WireFault
from kiosk.adapters.payment.till_figures import till_figures
from kiosk.adapters.payment.tillbook import TillBook
from kiosk.ports.cash import UnitStatus
from kiosk.ports.payment import (
    ChangeAdvice,
    ChargeKey,
    NotCharged,
    Paid,
    PaymentCancelled,
    PaymentOutcome,
    PaymentUnavailable,
    PaymentUnknown,
    Refunded,
)
from tests.support.coins import C10, C50, C100, C500, N1000, Hands, PowerCut, Till

KEY = ChargeKey("e" * 32)
NEXT = ChargeKey("f" * 32)


def collect(till: Till, due_yen: int = 300, key: ChargeKey = KEY, stop: Event | None = None) -> PaymentOutcome:
    return till.cashier.collect(key, due_yen, lambda _yen: None, stop or Event())


def when(till: Till, condition: Callable[[], bool], then: Callable[[], object]) -> None:
    """Do something once, as soon as a condition holds at an exchange; the resident's hands go on."""
    hands, done = till.line.before, Event()

    def look() -> None:
        if not done.is_set() and condition():
            done.set()
            then()
        hands()

    till.line.before = look


def held(till: Till, yen: int) -> Callable[[], bool]:
    return lambda: till.book.movement(KEY).held_yen >= yen


def stops_at(till: Till, yen: int) -> Event:
    stop = Event()
    when(till, held(till, yen), stop.set)
    return stop


@pytest.mark.parametrize("fault", [f for f in WireFault if f is not WireFault.LOST_ORDER])
@pytest.mark.parametrize("header", [READ_BUFFERED_CREDIT, DISPENSE_COINS, ROUTE_BILL])
def test_a_spoilt_answer_loses_no_coin_and_counts_none_twice(till: Till, fault: WireFault, header: int) -> None:
    Hands(till, C100, N1000)
    till.machine.wire.fault(fault, header)
    assert collect(till) == Paid(300)
    assert till.really_kept_yen() == 300
    till.assert_books_agree()


@pytest.mark.parametrize("header", [READ_BUFFERED_CREDIT, DISPENSE_COINS, ROUTE_BILL])
def test_an_order_that_was_not_heard_moves_nothing_or_is_given_again_where_that_is_safe(
    till: Till, header: int
) -> None:
    Hands(till, N1000)
    till.machine.wire.fault(WireFault.LOST_ORDER, header)
    outcome = collect(till)
    assert outcome == Paid(300)
    till.assert_books_agree()


def test_a_payment_cancelled_half_way_gives_back_what_was_put_in(till: Till) -> None:
    Hands(till, C100, C50)
    assert collect(till, stop=stops_at(till, 150)) == PaymentCancelled()
    assert till.really_kept_yen() == 0
    assert till.cashier.charge_state(KEY) == NotCharged()
    till.assert_books_agree()


def test_a_note_in_escrow_comes_back_itself(till: Till) -> None:
    Hands(till, N1000)
    assert collect(till, due_yen=1500, stop=stops_at(till, 1000)) == PaymentCancelled()
    assert till.really_kept_yen() == 0
    till.assert_books_agree()


def test_a_second_note_can_follow_because_coins_could_repay_the_first(till: Till) -> None:
    Hands(till, N1000, N1000)
    assert collect(till, due_yen=1500) == Paid(1500)
    assert till.machine.inside()["stacker"] == {N1000: 2}
    till.assert_books_agree()


def test_a_coin_that_was_past_the_gate_when_the_payment_was_cancelled_goes_back_too(till: Till) -> None:
    Hands(till, C100)
    stop = stops_at(till, 100)
    when(till, held(till, 100), lambda: till.machine.fault(MachineFault.COIN_AFTER_CANCEL))
    assert collect(till, stop=stop) == PaymentCancelled()
    assert till.machine.given[C100] == 2
    assert till.really_kept_yen() == 0
    till.assert_books_agree()


def test_a_coin_long_after_the_payment_is_a_surplus_and_nobody_elses_money(till: Till) -> None:
    Hands(till, C100, C100, C100)
    assert collect(till) == Paid(300)
    till.machine.insert(C500, even_shut=True)
    Hands(till, C100, C100, C100)
    assert collect(till, key=NEXT) == Paid(300)
    assert till_figures(till.book).surplus_yen == 500
    assert till.cashier.refund(KEY) == Refunded(300)
    assert till.really_kept_yen() == 800
    till.assert_books_agree()


def test_a_jam_in_the_slot_gives_back_what_was_counted(till: Till) -> None:
    Hands(till, C100)
    when(till, held(till, 100), lambda: till.machine.fault(MachineFault.COIN_JAM))
    assert collect(till) == PaymentUnavailable("PAY-02")
    assert till.really_kept_yen() == 0
    assert till.cashier.unavailable(300) == PaymentUnavailable("PAY-02")


def test_change_that_one_hopper_cannot_finish_comes_from_the_others(till: Till) -> None:
    Hands(till, N1000)
    till.machine.hoppers[C500].coins = 0  # the book believes in forty
    assert collect(till) == Paid(300)
    assert till.machine.tray() == {C100: 7}


def test_change_that_ends_in_the_middle_is_unknown_to_the_yen(till: Till) -> None:
    Hands(till, N1000)
    till.machine.fault(MachineFault.HOPPER_EMPTY)
    outcome = collect(till)
    really = till.really_kept_yen()
    assert outcome == PaymentUnknown(really)
    assert really > 300
    assert till.cashier.change_advice(300) is ChangeAdvice.EXACT_ONLY
    for hopper in till.machine.hoppers.values():
        hopper.coins = 40
    till.reboot()
    assert till.cashier.refund(KEY) == Refunded(really)
    assert till.really_kept_yen() == 0


def test_a_hopper_that_jams_is_passed_over(till: Till) -> None:
    Hands(till, C500)
    till.machine.fault(MachineFault.HOPPER_JAM)
    assert collect(till) == Paid(300)
    assert till.really_kept_yen() == 300
    assert ("hopper 100", UnitStatus.JAM) in till.changer.health().units
    till.assert_books_agree()


def test_a_slow_hopper_is_waited_for(till: Till) -> None:
    Hands(till, C500)
    till.machine.fault(MachineFault.HOPPER_SLOW)
    assert collect(till) == Paid(300)
    till.assert_books_agree()


def test_a_hopper_whose_two_counters_disagree_is_not_believed(till: Till) -> None:
    Hands(till, C500)
    till.machine.fault(MachineFault.HOPPER_MISCOUNTS)
    outcome = collect(till)
    assert isinstance(outcome, PaymentUnknown)
    assert till.unknown_pieces() == [(100, 1)]
    assert not till_figures(till.book).agrees
    assert till.changer.counts().discrepancy


def test_a_note_stuck_in_escrow_is_a_named_unknown(till: Till) -> None:
    till.machine.fault(MachineFault.NOTE_JAM)
    Hands(till, N1000)
    assert collect(till) == PaymentUnknown(1000)
    assert isinstance(till.cashier.charge_state(KEY), Paid | PaymentUnknown)
    assert ("validator", UnitStatus.JAM) in till.changer.health().units
    assert till.machine.inside()["escrow"] == {N1000: 1}


def test_units_that_lose_their_power_start_counting_at_nought_and_no_coin_is_lost(till: Till) -> None:
    Hands(till, C100, C100, C100)

    def all_read() -> bool:
        meter = till.book.meter("acceptor")
        return meter is not None and meter.life == till.machine.acceptor.life == 1

    when(till, all_read, lambda: till.machine.fault(MachineFault.POWER_LOSS))
    assert collect(till) == Paid(300)
    assert till.machine.acceptor.counter == 2
    till.assert_books_agree()


def test_a_coin_in_the_buffer_when_the_units_lose_power_is_a_named_unknown(till: Till) -> None:
    Hands(till, C100)

    def coin_and_dark() -> None:
        assert till.machine.insert(C500)
        till.machine.fault(MachineFault.POWER_LOSS)

    when(till, held(till, 100), coin_and_dark)
    outcome = collect(till)
    assert outcome == PaymentUnknown(100)
    assert till.unknown_pieces() == [(0, 1)]
    assert till.really_kept_yen() == 600


def test_units_away_in_the_middle_and_back_later_give_everything_back(till: Till) -> None:
    Hands(till, C100, C100)
    when(till, held(till, 200), lambda: till.machine.fault(MachineFault.UNITS_AWAY))
    assert collect(till) == PaymentUnknown(200)
    assert till.cashier.charge_state(KEY) == PaymentUnknown(200)
    till.machine.fault(MachineFault.UNITS_BACK)
    assert till.cashier.charge_state(KEY) == Paid(200)
    assert till.cashier.refund(KEY) == Refunded(200)
    till.assert_books_agree()


def test_an_unplugged_wire_is_a_device_that_is_away(till: Till) -> None:
    till.line.unplugged = True
    assert till.cashier.unavailable(300) == PaymentUnavailable("PAY-01")
    assert till.cashier.change_advice(300) is ChangeAdvice.NONE
    assert {status for _, status in till.changer.health().units} == {UnitStatus.AWAY}


class CuttingBook(TillBook):
    """A book at one of whose writes the power fails, before it is on the disk or after."""

    left = -1
    after = False

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise PowerCut
        with super()._writing() as db:
            yield db
        if self.left == 0:
            raise PowerCut


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(1, 19))
def test_a_power_cut_at_any_write_of_the_book_leaves_all_money_named(tmp_path: Path, write: int, after: bool) -> None:
    till = Till(tmp_path, book=CuttingBook)
    assert isinstance(till.book, CuttingBook)
    till.book.left, till.book.after = write, after
    Hands(till, C100, N1000)
    try:
        assert collect(till) == Paid(300)
        till.cashier.refund(KEY)
    except PowerCut:
        till.reboot()
    assert isinstance(till.cashier.refund(KEY), Refunded | NotCharged)
    assert till.really_kept_yen() == 0
    assert till.unknown_pieces() == []
    till.assert_books_agree()
    till.close()


@pytest.mark.parametrize("exchange", range(1, 300, 11))
def test_a_power_cut_at_any_exchange_leaves_all_money_named(till: Till, exchange: int) -> None:
    Hands(till, C100, N1000)
    first = till.machine.wire.exchanges

    def cut() -> None:
        raise PowerCut

    when(till, lambda: till.machine.wire.exchanges - first >= exchange, cut)
    try:
        assert collect(till) == Paid(300)
        till.cashier.refund(KEY)
    except PowerCut:
        till.reboot()
    given = till.cashier.refund(KEY)
    assert isinstance(given, Refunded | NotCharged)
    assert till.cashier.charge_state(KEY) == given
    assert till.really_kept_yen() == 0
    assert till.unknown_pieces() == []
    till.assert_books_agree()


def test_no_change_is_said_before_the_payment_and_exact_money_is_still_taken(tmp_path: Path) -> None:
    till = Till(tmp_path, {C10: 1})
    assert till.cashier.change_advice(300) is ChangeAdvice.EXACT_ONLY
    hands = Hands(till, N1000, C100, C100, C100)
    stop = Event()
    when(till, lambda: till.machine.wire.exchanges > 300, stop.set)
    assert collect(till, stop=stop) == PaymentCancelled()
    assert hands.left[0] is N1000  # fell through every time
    Hands(till, C100, C100, C100)
    assert collect(till) == Paid(300)
    till.close()


def test_a_machine_set_to_sell_only_with_change_refuses_before_payment(tmp_path: Path) -> None:
    till = Till(tmp_path, {C10: 1})
    till.cashier._exact_only_allowed = False
    assert till.cashier.unavailable(300) == PaymentUnavailable("PAY-03")
    assert collect(till) == PaymentUnavailable("PAY-03")
    till.close()


def test_a_full_hopper_sends_its_coins_to_the_cash_box(till: Till) -> None:
    till.machine.hoppers[C100].capacity = 40
    Hands(till, C100, C100, C100)
    assert collect(till) == Paid(300)
    assert till.machine.inside()["cashbox"] == {C100: 3}
    till.assert_books_agree()


@pytest.mark.parametrize(
    ("faults", "outcome"),
    [
        ({TerminalFault.DECLINES}, PaymentCancelled()),
        ({TerminalFault.AUTHORISE_LOST}, PaymentCancelled()),
        ({TerminalFault.CAPTURE_LOST}, Paid(300)),
        ({TerminalFault.CAPTURE_LOST, TerminalFault.STATE_LOST}, PaymentUnknown(300)),
        ({TerminalFault.AUTHORISE_LOST, TerminalFault.STATE_LOST}, PaymentUnknown(300)),
        ({TerminalFault.AUTHORISE_LOST, TerminalFault.VOID_LOST}, PaymentUnknown(300)),
    ],
)
@pytest.mark.parametrize("over_tcp", [False, True])
def test_a_cashless_answer_that_is_lost_is_asked_for_and_never_charged_again(
    faults: set[TerminalFault], outcome: PaymentOutcome, over_tcp: bool
) -> None:
    terminal = ScriptedTerminal()
    terminal.faults |= faults
    with listening(terminal) as port:
        money = CashlessCashier(LineTerminal("127.0.0.1", port, 5.0, 5.0) if over_tcp else terminal)
        assert money.collect(KEY, 300, lambda _yen: None, Event()) == outcome
        terminal.faults.clear()
        assert terminal.taken_yen == (300 if TerminalFault.CAPTURE_LOST in faults else 0)
        if isinstance(outcome, PaymentUnknown):
            assert isinstance(money.charge_state(KEY), Paid | Refunded)
        money.refund(KEY)
        assert terminal.taken_yen == 0


@pytest.mark.parametrize("over_tcp", [False, True])
def test_a_cashless_payment_that_nobody_taps_ends_with_the_cancel(over_tcp: bool) -> None:
    terminal, stop = ScriptedTerminal(), Event()
    terminal.faults.add(TerminalFault.SLOW)
    with listening(terminal) as port:
        money = CashlessCashier(LineTerminal("127.0.0.1", port, 5.0, 20.0) if over_tcp else terminal)
        Timer(0.3, stop.set).start()
        assert money.collect(KEY, 300, lambda _yen: None, stop) == PaymentCancelled()
        assert money.charge_state(KEY) == NotCharged()


def test_a_refund_whose_answer_is_lost_is_asked_for_again() -> None:
    terminal = ScriptedTerminal()
    money = CashlessCashier(terminal)
    money.collect(KEY, 300, lambda _yen: None, Event())
    terminal.faults.add(TerminalFault.VOID_LOST)
    assert money.refund(KEY) == PaymentUnknown(0)
    terminal.faults.clear()
    assert money.refund(KEY) == Refunded(300)
    assert terminal.taken_yen == 0


def test_nobody_listening_is_a_terminal_that_is_away() -> None:
    with listening(ScriptedTerminal()) as port:
        pass
    money = CashlessCashier(LineTerminal("127.0.0.1", port, 1.0, 1.0))
    assert money.unavailable(300) == PaymentUnavailable("PAY-01")
    assert money.collect(KEY, 300, lambda _yen: None, Event()) == PaymentUnavailable("PAY-01")
    assert money.charge_state(KEY) == PaymentUnknown(0)


def test_a_note_that_comes_loose_during_the_next_payment_is_its_own_charges(till: Till) -> None:
    till.machine.fault(MachineFault.NOTE_JAM)
    Hands(till, N1000)
    assert collect(till) == PaymentUnknown(1000)
    till.machine.fault(MachineFault.POWER_LOSS)  # staff switch it off and on; the note is still stuck
    assert till.cashier.refund(KEY) == PaymentUnknown(1000)  # no coins for a note that may yet come out
    Hands(till, C100, C100, C100)
    assert collect(till, key=NEXT) == Paid(300)
    till.machine.validator.jammed = till.machine.validator.jams_in_escrow = False
    assert till.cashier.charge_state(KEY) == NotCharged()
    assert till.machine.tray() == {N1000: 1}
    assert till.really_kept_yen() == 300
    till.assert_books_agree()
