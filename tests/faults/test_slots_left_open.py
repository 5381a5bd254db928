"""A kiosk dies with its slots open: the next one shuts them as soon as it is asked how it is, and every piece has its place."""

from threading import Event

from kiosk.adapters.payment.cctalk_sim.machine import MachineFault
from kiosk.adapters.payment.till_figures import till_figures
from kiosk.ports.cash import Denomination, UnitStatus
from kiosk.ports.payment import ChargeKey, Paid, PaymentUnknown, Refunded
from tests.support.coins import C50, C100, C500, N1000, Hands, Till

KEY, NEXT = ChargeKey("e" * 32), ChargeKey("f" * 32)
ALL = frozenset(Denomination)


def die_in_a_deposit(till: Till) -> None:
    """Lose the power while a resident may put money in."""
    assert till.changer.begin_deposit(KEY) is None
    till.book.set_charge(KEY, 300, "open", 0)
    till.changer.pause_deposit(ALL)
    till.reboot()


def test_a_slot_that_a_dead_kiosk_left_open_is_shut_at_the_first_look(till: Till) -> None:
    die_in_a_deposit(till)
    assert till.machine.insert(C100)
    assert till.cashier.unavailable(0) is None
    assert not till.machine.insert(C100)
    assert not till.machine.insert(N1000)


def test_what_fell_in_while_nobody_watched_is_its_charges_own_and_goes_back(till: Till) -> None:
    die_in_a_deposit(till)
    for piece in (C100, C500, N1000):
        assert till.machine.insert(piece)
    till.cashier.unavailable(0)
    till.assert_books_agree()
    assert till.machine.tray() == {N1000: 1}  # it lay in escrow and comes back itself
    assert till.cashier.charge_state(KEY) == Paid(600)
    assert till.cashier.refund(KEY) == Refunded(600)
    assert till.really_kept_yen() == 0


def test_more_coins_than_the_slot_remembers_are_a_named_unknown(till: Till) -> None:
    die_in_a_deposit(till)
    for _ in range(7):
        assert till.machine.insert(C50)
    till.cashier.unavailable(0)
    assert till.cashier.charge_state(KEY) == PaymentUnknown(250)
    assert till.unknown_pieces() == [(0, 2)]
    assert not till_figures(till.book).agrees


def test_a_coin_past_the_gate_when_the_slot_shuts_is_still_counted(till: Till) -> None:
    die_in_a_deposit(till)
    till.machine.fault(MachineFault.COIN_AFTER_CANCEL)
    assert till.cashier.charge_state(KEY) == Paid(100)
    till.assert_books_agree()


def test_units_that_do_not_answer_at_the_start_are_shut_once_they_do(till: Till) -> None:
    die_in_a_deposit(till)
    till.machine.fault(MachineFault.UNITS_AWAY)
    assert till.cashier.charge_state(KEY) == PaymentUnknown(0)
    till.machine.fault(MachineFault.UNITS_BACK)
    assert till.machine.insert(C100)
    assert dict(till.changer.health().units)["acceptor"] is UnitStatus.OK
    assert not till.machine.insert(C100)
    till.assert_books_agree()
    assert till.book.movement(KEY).held_yen == 100, "the case's money, for staff to give back"


def test_a_slot_that_could_not_be_shut_at_the_end_of_a_payment_is_shut_at_the_next_look(till: Till) -> None:
    Hands(till, C100)
    before, gone = till.line.before, Event()

    def away_after_the_first_coin() -> None:
        if not gone.is_set() and till.book.movement(KEY).held_yen:
            gone.set()
            till.machine.fault(MachineFault.UNITS_AWAY)
        before()

    till.line.before = away_after_the_first_coin
    assert till.cashier.collect(KEY, 300, lambda _yen: None, Event()) == PaymentUnknown(100)
    till.line.before = lambda: None
    till.machine.fault(MachineFault.UNITS_BACK)
    assert till.machine.insert(C100)
    till.cashier.unavailable(0)
    assert not till.machine.insert(C100)
    assert till.cashier.charge_state(KEY) == Paid(200)
    till.assert_books_agree()


def test_a_look_in_the_middle_of_a_payment_shuts_nothing(till: Till) -> None:
    assert till.changer.begin_deposit(KEY) is None
    till.changer.pause_deposit(ALL)
    till.changer.health()
    assert till.machine.insert(C100)


def test_the_next_resident_pays_as_ever(till: Till) -> None:
    die_in_a_deposit(till)
    till.cashier.unavailable(0)
    paying = Hands(till, C100, C100, C100)
    assert till.cashier.collect(NEXT, 300, lambda _yen: None, Event()) == Paid(300)
    assert paying.left == []
    till.assert_books_agree()
