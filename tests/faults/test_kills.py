"""SIGKILL at any moment of any visit; the next start settles it, and journal, till, tray and center agree."""

import json
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from kiosk.adapters.journal.sqlite import _from_text
from kiosk.domain.certificates import TransactionId
from kiosk.flow.screen_model import ScreenId
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome, OrderState
from kiosk.ports.payment import ChargeKey, NotCharged, Paid, Refunded
from tests.support.standing import Standing
from tests.support.till import FileTill
from tests.support.town import ROOT, Machine, Town, until

VISIT_S = 0.5
"""About what a visit takes; some kills fall into a second one."""
PROGRAM = ROOT / "tests" / "support" / "killed_machine.py"


def kill(town: Town, folder: Path, after_s: float) -> None:
    """Start the machine in a process of its own and kill it so long after its first visit began."""
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), str(town.data), town.center, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as machine:
        assert machine.stdout is not None
        assert machine.stdout.readline() == "open\n"
        with pytest.raises(subprocess.TimeoutExpired):
            machine.wait(after_s)
        machine.kill()
        assert machine.wait(30) == -signal.SIGKILL


def decisions(journal: Path) -> list[OrderOutcome]:
    """Read every outcome that was ever decided."""
    with closing(sqlite3.connect(journal)) as database:
        return [_from_text(text) for (text,) in database.execute("SELECT outcome FROM decision")]


def ordered(journal: Path) -> set[TransactionId]:
    """Read every transaction that the books know of."""
    with closing(sqlite3.connect(journal)) as database:
        return {TransactionId(txn) for (txn,) in database.execute("SELECT DISTINCT txn FROM intent")}


def settle(town: Town, folder: Path) -> set[TransactionId]:
    """Start again, let the books be settled, and compare them with what really happened; gives the orders in doubt."""
    till = FileTill(folder / "till")
    machine = Machine(town, folder, money=till)
    with machine.started() as world, Standing(world).serving() as here:
        here.see(ScreenId.IDLE)
        until(lambda: not world.journal.open_orders(), "the books")
    outcomes = {outcome.transaction: outcome for outcome in decisions(machine.journal_file)}
    with machine.started() as world:
        states = {txn: world.center.order_state(txn) for txn in outcomes}
    assert set(outcomes) == ordered(machine.journal_file), "one outcome an order"
    assert set(states.values()) <= {OrderState.REPORTED}
    assert set(till.charges()) <= set(outcomes), "no money without an order in the books"
    printed = {path.stem for path in machine.paper.folder.glob("*.pdf")}
    known = {serial for outcome in outcomes.values() for serial, _, _ in outcome.documents}
    assert printed <= known, "no paper without an order in the books"
    for outcome in outcomes.values():
        check(outcome, till, printed)
    return {outcome.transaction for outcome in outcomes.values() if outcome.case is not None}


def check(outcome: OrderOutcome, till: FileTill, printed: set[str]) -> None:
    """Paid and handed over, given back and not printed, nothing at all, or a case."""
    ((serial, fate, _),) = outcome.documents
    charge = till.charge_state(ChargeKey(outcome.transaction))
    match outcome.money, fate, charge:
        case MoneyFate.KEPT, DocumentFate.HANDED_OVER, Paid(200):
            assert serial in printed
            assert outcome.case is None
        case MoneyFate.KEPT, DocumentFate.UNKNOWN, Paid(200):
            assert outcome.case is not None
        case MoneyFate.REFUNDED, DocumentFate.VOIDED, Refunded(200):
            assert serial not in printed
        case MoneyFate.NONE, DocumentFate.VOIDED, NotCharged():
            assert serial not in printed
        case _:
            pytest.fail(f"books and world do not agree: {outcome.money}, {fate}, {charge}")


def kills(town: Town, folder: Path, chance: random.Random, times: int, caplog: pytest.LogCaptureFixture) -> None:
    """Kill and settle; the log names exactly the orders that became cases, which is all it may warn of."""
    cases: set[TransactionId] = set()
    for _ in range(times):
        kill(town, folder, chance.uniform(0.0, VISIT_S * 1.5))
        cases |= settle(town, folder)
    warned = [json.loads(record.getMessage()) for record in caplog.records if record.levelno >= logging.WARNING]
    assert {event["event"] for event in warned} <= {"CaseOpened"}
    assert {event["txn"] for event in warned} == cases
    caplog.clear()


@pytest.mark.parametrize("seed", range(4))
def test_a_machine_killed_at_any_moment_settles_its_books(
    town: Town, tmp_path: Path, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    kills(town, tmp_path, random.Random(seed), 3, caplog)


def seconds_until_served(town: Town, folder: Path, then_s: float) -> float:
    """Start a machine, wait until it has served somebody, and kill it a little later; gives the seconds from the start."""
    began_s = monotonic()
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), str(town.data), town.center, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as machine:
        assert machine.stdout is not None
        assert [machine.stdout.readline() for _ in range(2)] == ["open\n", "served\n"]
        took_s = monotonic() - began_s
        with pytest.raises(subprocess.TimeoutExpired):
            machine.wait(then_s)
        machine.kill()
        machine.wait(30)
    return took_s


@pytest.mark.heavy
def test_a_machine_serves_soon_after_its_start_and_sooner_after_a_crash(town: Town, tmp_path: Path) -> None:
    """Wall time, which says something on a quiet machine only."""
    assert seconds_until_served(town, tmp_path, VISIT_S / 2) < 15
    assert seconds_until_served(town, tmp_path, VISIT_S / 2) < 10


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_two_hundred_kills_settle_their_books(town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kills(town, tmp_path, random.Random(), 200, caplog)
