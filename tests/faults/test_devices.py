"""Devices fail in the middle of a visit: what the resident is told, and where money and paper are afterwards."""

import time
from collections.abc import Callable
from threading import Event

import pytest

from kiosk.adapters.card.card_faults import parse_fault
from kiosk.adapters.payment.scripted import MoneyFault
from kiosk.cardproc import load_persona
from kiosk.flow.screen_model import ScreenId
from kiosk.headless import FieldHand, VisitResult, run_visit
from kiosk.ports.payment import ChargeKey, NotCharged, Paid, Refunded
from kiosk.world import Figures
from printers.jobs import Trouble
from printers.pdf_sink import SinkFault
from tests.support.town import FLOW, WISHES, Machine


def one_visit(machine: Machine) -> tuple[VisitResult, Figures]:
    """Make a visit and wait until the center has its outcome."""
    with machine.started() as world:
        result, figures = machine.visit(world)
        return result, figures


def charge(machine: Machine, figures: Figures) -> object:
    assert figures.order is not None
    return machine.cashier.charge_state(ChargeKey(figures.order.transaction))


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble.PAPER, "PRINT-02"),
        (Trouble.JAM, "PRINT-04"),
        (Trouble.AWAY, "PRINT-01"),
        (Trouble.REJECTED, "PRINT-06"),
    ],
)
def test_when_nothing_comes_out_the_money_goes_back(machine: Machine, trouble: Trouble, code: str) -> None:
    machine.paper.fault = SinkFault(trouble, 0)
    result, figures = one_visit(machine)
    assert result.code == code
    assert charge(machine, figures) == Refunded(200)
    assert machine.paper.files == []


@pytest.mark.expect_log("kiosk", "ERROR")
def test_a_sheet_that_may_have_come_out_is_a_case_for_staff_and_no_refund_is_guessed(machine: Machine) -> None:
    machine.paper.fault = SinkFault(None, 0)
    result, figures = one_visit(machine)
    assert ScreenId.CALLING_STAFF in result.screens
    assert charge(machine, figures) == Paid(200)


@pytest.mark.expect_log("kiosk", "ERROR")
def test_a_line_lost_after_the_coin_is_a_case_for_staff(machine: Machine) -> None:
    machine.cashier.faults.add(MoneyFault.LOST_AFTER_CHARGE)
    result, _ = one_visit(machine)
    assert ScreenId.CALLING_STAFF in result.screens
    assert machine.paper.files == []


@pytest.mark.expect_log("kiosk", "ERROR")
def test_a_refund_that_is_not_certain_is_a_case_for_staff(machine: Machine) -> None:
    machine.paper.fault = SinkFault(Trouble.JAM, 0)
    machine.cashier.faults.add(MoneyFault.REFUND_LOST)
    result, _ = one_visit(machine)
    assert ScreenId.CALLING_STAFF in result.screens


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda machine: setattr(machine.paper, "standing_trouble", Trouble.PAPER), "PRINT-02"),
        (lambda machine: machine.cashier.faults.add(MoneyFault.AWAY), "PAY-01"),
        (lambda machine: machine.reader.unplug(), "CARD-02"),
    ],
)
def test_a_machine_that_could_not_finish_does_not_begin(
    machine: Machine, break_it: Callable[[Machine], None], code: str
) -> None:
    break_it(machine)
    result, figures = one_visit(machine)
    assert result.code == code
    assert figures.order is None


@pytest.mark.parametrize("how", ["pull-before", "pull-after"])
@pytest.mark.parametrize("apdu", range(1, 21))
def test_a_card_lifted_at_any_command_is_told_and_nothing_is_lost(machine: Machine, apdu: int, how: str) -> None:
    card = load_persona(machine.town.data, "hanako")
    card.arm(parse_fault(f"{how}@{apdu}"))
    with machine.started() as world:
        result, figures = run_visit(world, FLOW, WISHES, FieldHand(machine.reader, card))
    # Lifted while it is only looked at, the flow asks for it again, and this hand puts it back.
    assert result.code in {None, "CARD-07"}
    assert card.verify_count <= 2
    if result.code is not None:
        assert figures.order is None


def test_the_next_visit_is_served_by_the_same_machine_after_a_failure(machine: Machine) -> None:
    with machine.started() as world:
        machine.paper.fault = SinkFault(Trouble.JAM, 0)
        first, _ = machine.visit(world)
        deadline = time.monotonic() + 30
        while world.journal.open_orders():
            assert time.monotonic() < deadline
            Event().wait(0.02)
        second, figures = machine.visit(world)
    assert (first.code, second.code) == ("PRINT-04", None)
    assert charge(machine, figures) == Paid(200)
    assert len(machine.paper.files) == 1


def test_nobody_pays_for_a_visit_that_the_card_refused(machine: Machine) -> None:
    with machine.started() as world:
        result, figures = machine.visit(world, "revoked")
    assert result.code == "CERT-02"
    assert figures.order is None
    assert machine.cashier.charge_state(ChargeKey("0" * 32)) == NotCharged()
