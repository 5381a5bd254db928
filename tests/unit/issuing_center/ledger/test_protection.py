"""The database itself refuses to change what the ledger wrote, whoever asks."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from issuing_center.database import writing
from issuing_center.ledger.store import load_documents, record_order, record_outcome
from tests.support.ledger_entries import make_documents, make_order, make_outcome

FORBIDDEN = (
    "UPDATE events SET detail = 'x'",
    "UPDATE events SET txn = NULL",
    "DELETE FROM events",
    "UPDATE outcomes SET received_yen = 0",
    "DELETE FROM outcomes",
    "DELETE FROM documents",
    "DELETE FROM orders",
    "UPDATE orders SET subject = 'x'",
    "UPDATE orders SET fee_yen = 1",
    "UPDATE orders SET erase_at = created_at",
    "UPDATE documents SET txn = txn",
    "UPDATE documents SET serial = 'x'",
    "UPDATE documents SET sha256 = 'x'",
    "UPDATE documents SET signature = binding",
    "UPDATE documents SET sealed = binding",
    "UPDATE documents SET state = 'forgotten'",
    "UPDATE orders SET state = 'forgotten'",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_ledger_refuses(engine: Engine, statement: str) -> None:
    order = make_order()
    copies = make_documents(order)
    record_order(engine, order, copies)
    record_outcome(engine, make_outcome(order, copies))
    before = load_documents(engine, order.txn)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text(statement))
    assert load_documents(engine, order.txn) == before


@pytest.mark.parametrize("table", ["events", "outcomes", "documents", "orders"])
def test_no_way_around_the_triggers_empties_or_replaces(engine: Engine, table: str) -> None:
    order = make_order()
    copies = make_documents(order)
    record_order(engine, order, copies)
    record_outcome(engine, make_outcome(order, copies))
    replace, empty = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}", f"TRUNCATE {table} CASCADE"  # noqa: S608  no value from outside
    statement = replace if engine.dialect.name == "sqlite" else empty
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text(statement))


def test_an_erased_document_cannot_be_brought_back(engine: Engine) -> None:
    order = make_order()
    copies = make_documents(order)
    record_order(engine, order, copies)
    record_outcome(engine, make_outcome(order, copies))
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("UPDATE documents SET sealed = :sealed"), {"sealed": copies[0].sealed})
