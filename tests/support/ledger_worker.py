"""A worker as a process of its own: orders and reports until it is killed, saying which orders it was told are durable."""

import sys

from issuing_center.database import make_engine
from issuing_center.ledger.store import record_order, record_outcome
from tests.support.ledger_entries import make_documents, make_order, make_outcome


def work(url: str) -> None:
    """Order and report for ever; prints `issued TXN` and `reported TXN`, each after its commit has returned."""
    engine = make_engine(url)
    while True:
        order = make_order(copies=2)
        copies = make_documents(order, size=20_000)
        record_order(engine, order, copies)
        print("issued", order.txn, flush=True)  # noqa: T201  its parent reads it
        record_outcome(engine, make_outcome(order, copies))
        print("reported", order.txn, flush=True)  # noqa: T201  its parent reads it


if __name__ == "__main__":
    work(sys.argv[1])
