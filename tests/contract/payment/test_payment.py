"""The payment port: one charge a key, cancel gives back, unknown is unknown."""

from threading import Event, Thread

from kiosk.adapters.payment.absent import AbsentMoney
from kiosk.adapters.payment.scripted import MoneyFault, ScriptedCashier
from kiosk.ports.payment import (
    ChargeKey,
    NotCharged,
    Paid,
    PaymentCancelled,
    PaymentOutcome,
    PaymentUnavailable,
    PaymentUnknown,
    Refunded,
)

KEY = ChargeKey("a" * 32)


def nothing(_yen: int) -> None:
    """Hear of coins and do nothing."""


def test_one_key_is_charged_once_however_often_it_is_asked() -> None:
    cashier = ScriptedCashier(pays_by_itself=True)
    assert cashier.collect(KEY, 200, nothing, Event()) == Paid(200)
    assert cashier.collect(KEY, 200, nothing, Event()) == Paid(200)
    assert cashier.refund(KEY) == Refunded(200)
    assert cashier.charge_state(KEY) == Refunded(200)


def test_coins_are_heard_as_they_come_and_the_amount_ends_it() -> None:
    cashier = ScriptedCashier(pays_by_itself=False)
    heard: list[int] = []
    outcomes: list[PaymentOutcome] = []
    first = Event()

    def hear(yen: int) -> None:
        heard.append(yen)
        first.set()

    paying = Thread(target=lambda: outcomes.append(cashier.collect(KEY, 200, hear, Event())))
    paying.start()
    while not first.is_set():  # coins put in before the device is open are swept out, as a real slot is shut then
        cashier.insert(100)
        first.wait(0.2)
    cashier.insert(100)
    paying.join(10)
    assert outcomes == [Paid(200)]
    assert heard[0] == 100
    assert heard[-1] >= 200


def test_cancelling_before_the_amount_is_complete_takes_nothing() -> None:
    stop = Event()
    stop.set()
    cashier = ScriptedCashier(pays_by_itself=False)
    assert cashier.collect(KEY, 200, nothing, stop) == PaymentCancelled()
    assert cashier.charge_state(KEY) == NotCharged()


def test_a_line_lost_after_the_charge_is_unknown_and_the_device_knows_better_afterwards() -> None:
    cashier = ScriptedCashier(pays_by_itself=True)
    cashier.faults.add(MoneyFault.LOST_AFTER_CHARGE)
    assert cashier.collect(KEY, 200, nothing, Event()) == PaymentUnknown(200)
    assert cashier.charge_state(KEY) == Paid(200)


def test_a_refund_whose_line_is_lost_is_unknown() -> None:
    cashier = ScriptedCashier(pays_by_itself=True)
    cashier.collect(KEY, 200, nothing, Event())
    cashier.faults.add(MoneyFault.REFUND_LOST)
    assert cashier.refund(KEY) == PaymentUnknown(200)


def test_nothing_was_charged_so_nothing_is_given_back() -> None:
    assert ScriptedCashier(pays_by_itself=True).refund(KEY) == NotCharged()


def test_a_device_that_is_away_says_so_before_and_during() -> None:
    cashier = ScriptedCashier(pays_by_itself=True)
    cashier.faults.add(MoneyFault.AWAY)
    for device in (cashier, AbsentMoney()):
        assert device.unavailable(200) == PaymentUnavailable("PAY-01")
        assert device.collect(KEY, 200, nothing, Event()) == PaymentUnavailable("PAY-01")


def test_a_missing_device_never_guesses_about_an_older_charge() -> None:
    assert AbsentMoney().charge_state(KEY) == PaymentUnknown(0)
