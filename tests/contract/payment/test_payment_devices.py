"""The payment port, one suite for every device: scripted, coins and notes on ccTalk units, a cashless terminal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from kiosk.adapters.payment.cashless import CashlessCashier
from kiosk.adapters.payment.cashless_line import LineTerminal
from kiosk.adapters.payment.cashless_sim import ScriptedTerminal, TerminalFault, listening
from kiosk.adapters.payment.cctalk.frames import Checksum
from kiosk.adapters.payment.cctalk_sim.machine import MachineFault
from kiosk.adapters.payment.scripted import MoneyFault, ScriptedCashier
from kiosk.ports.payment import (
    ChangeAdvice,
    ChargeKey,
    NotCharged,
    Paid,
    PaymentCancelled,
    PaymentDevice,
    PaymentUnavailable,
    PaymentUnknown,
    Refunded,
)
from tests.support.coins import C100, Hands, Till

KEY = ChargeKey("c" * 32)
OTHER = ChargeKey("d" * 32)


@dataclass
class Device:
    """A device, and how its resident behaves."""

    money: PaymentDevice
    pays: Callable[[], object]
    """Let the resident have 300 yen ready."""
    goes_away: Callable[[], object]
    loses_the_charge: Callable[[], object]
    """Let the device be lost in the middle of the next charge."""


@pytest.fixture(params=["scripted", "cctalk", "cctalk crc16", "terminal", "terminal over TCP"])
def device(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Device]:
    if request.param == "scripted":
        scripted = ScriptedCashier(pays_by_itself=True)
        yield Device(
            scripted,
            lambda: None,
            lambda: scripted.faults.add(MoneyFault.AWAY),
            lambda: scripted.faults.add(MoneyFault.LOST_AFTER_CHARGE),
        )
    elif request.param.startswith("cctalk"):
        till = Till(tmp_path, checksum=Checksum.CRC16 if "crc16" in request.param else Checksum.SIMPLE)

        def lose() -> None:
            hands = till.line.before

            def then() -> None:
                hands()
                if till.book.movement(KEY).held_yen >= 200:
                    till.machine.fault(MachineFault.UNITS_AWAY)

            till.line.before = then

        def pays() -> None:
            Hands(till, C100, C100, C100)

        yield Device(till.cashier, pays, lambda: till.machine.fault(MachineFault.UNITS_AWAY), lose)
        assert till.machine.world.breaches == []
        till.close()
    else:
        terminal = ScriptedTerminal()

        def away() -> None:
            terminal.faults.add(TerminalFault.AWAY)

        def lost() -> None:
            terminal.faults |= {TerminalFault.AUTHORISE_LOST, TerminalFault.STATE_LOST}

        if request.param == "terminal":
            yield Device(CashlessCashier(terminal), lambda: None, away, lost)
        else:
            with listening(terminal) as port:
                yield Device(CashlessCashier(LineTerminal("127.0.0.1", port, 5.0, 5.0)), lambda: None, away, lost)


def nothing(_yen: int) -> None:
    """Hear of coins and do nothing."""


def test_one_key_is_charged_once_and_given_back_once(device: Device) -> None:
    device.pays()
    assert device.money.unavailable(300) is None
    assert device.money.change_advice(300) is ChangeAdvice.ANY
    heard: list[int] = []
    assert device.money.collect(KEY, 300, heard.append, Event()) == Paid(300)
    assert heard[-1] == 300
    assert device.money.collect(KEY, 300, nothing, Event()) == Paid(300)
    assert device.money.charge_state(KEY) == Paid(300)
    assert device.money.refund(KEY) == Refunded(300)
    assert device.money.refund(KEY) == Refunded(300)
    assert device.money.charge_state(KEY) == Refunded(300)


def test_a_key_nobody_charged_holds_nothing(device: Device) -> None:
    assert device.money.charge_state(OTHER) == NotCharged()
    assert device.money.refund(OTHER) == NotCharged()


def test_a_device_that_is_away_says_so_and_takes_nothing(device: Device) -> None:
    device.goes_away()
    assert device.money.unavailable(300) == PaymentUnavailable("PAY-01")
    assert device.money.change_advice(300) is ChangeAdvice.NONE
    outcome = device.money.collect(KEY, 300, nothing, Event())
    assert outcome in (PaymentUnavailable("PAY-01"), PaymentUnknown(300))


def test_a_line_lost_in_the_middle_is_unknown(device: Device) -> None:
    device.pays()
    device.loses_the_charge()
    outcome = device.money.collect(KEY, 300, nothing, Event())
    assert isinstance(outcome, PaymentUnknown)
    assert outcome.received_yen in (200, 300)


def test_two_keys_are_two_charges(device: Device) -> None:
    for key in (KEY, OTHER):
        device.pays()
        assert device.money.collect(key, 300, nothing, Event()) == Paid(300)
    assert device.money.refund(KEY) == Refunded(300)
    assert device.money.charge_state(OTHER) == Paid(300)


def test_cancelled_before_anything_was_put_in_takes_nothing(device: Device) -> None:
    stop = Event()
    stop.set()
    outcome = device.money.collect(KEY, 300, nothing, stop)
    assert outcome == PaymentCancelled()
    assert device.money.charge_state(KEY) == NotCharged()
