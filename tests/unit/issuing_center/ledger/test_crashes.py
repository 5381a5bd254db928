"""A worker may die at any line, and the database server too: what was acknowledged is there, and nothing is there by halves."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from issuing_center.database import UNAVAILABLE, reading
from issuing_center.ledger.entries import OrderState, TransactionId
from issuing_center.ledger.reconciliation import reconcile
from issuing_center.ledger.store import find_order, load_documents, order_state, record_order
from issuing_center.ledger.tables import orders
from issuing_center.migrations import upgrade
from tests.support.databases import QUICK, cluster_home, make_cluster, start_cluster, stop_cluster
from tests.support.ledger_entries import KIOSK, NOW, make_documents, make_order

ROOT = Path(__file__).resolve().parents[4]


def start_worker(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.ledger_worker", url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("acknowledgements", [1, 5])
def test_a_worker_killed_in_mid_work_loses_nothing_it_acknowledged(
    database: str, make_worker: Callable[[str], Engine], acknowledgements: int
) -> None:
    workers = [start_worker(database), start_worker(database)]
    told: list[str] = []
    for worker in workers:
        assert worker.stdout is not None
        told += [worker.stdout.readline() for _ in range(acknowledgements)]
    for worker in workers:
        worker.kill()
    for worker in workers:
        assert worker.stdout is not None
        # Not communicate(): it reads past what readline() has buffered.
        told += worker.stdout.readlines()
        worker.stdout.close()
        worker.wait(timeout=30)
    engine = make_worker(database)
    states = {"issued": {OrderState.ISSUED, OrderState.REPORTED}, "reported": {OrderState.REPORTED}}
    assert len(told) >= 2 * acknowledgements
    for line in told:
        if not line.endswith("\n"):
            continue  # cut off in mid-word by the kill, so nobody was told
        word, txn = line.split()
        assert order_state(engine, KIOSK, TransactionId(txn)) in states[word]
    # Whole orders only: every one has its two copies, its lines and, once reported, its outcome.
    assert reconcile(engine, NOW - timedelta(hours=1), NOW + timedelta(seconds=1)) == ()
    with reading(engine) as connection:
        txns = connection.execute(select(orders.c.txn)).scalars().all()
    assert {len(load_documents(engine, TransactionId(txn))) for txn in txns} == {2}


def test_a_restarted_server_has_what_it_acknowledged_and_the_worker_finds_it_again(
    make_worker: Callable[[str], Engine],
) -> None:
    with cluster_home() as home:
        make_cluster(home)
        settings = {**QUICK, "synchronous_commit": "on"}
        cluster, server = start_cluster(home, settings)
        try:
            engine = make_worker(cluster.url("postgres"))
            upgrade(engine)
            acknowledged = []
            for _ in range(5):
                order = make_order()
                record_order(engine, order, make_documents(order))
                acknowledged.append(order)
            stop_cluster(server)
            with pytest.raises(UNAVAILABLE):
                find_order(engine, KIOSK, acknowledged[0].txn)
            _, server = start_cluster(home, settings)
            for order in acknowledged:
                stored = find_order(engine, KIOSK, order.txn)
                assert stored is not None
                assert stored.order == order
            engine.dispose()
        finally:
            stop_cluster(server)
