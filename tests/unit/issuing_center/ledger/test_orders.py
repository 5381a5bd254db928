"""Orders and documents: once, whole, and never over another (INV-9)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from issuing_center.database import reading, writing
from issuing_center.ledger.entries import (
    Conflict,
    DocumentState,
    Existing,
    NewDocument,
    NewOrder,
    OrderState,
    Recorded,
    RepeatedIdentifierError,
    TransactionId,
)
from issuing_center.ledger.store import (
    erase_expired,
    find_by_key,
    find_order,
    load_documents,
    order_state,
    record_order,
)
from issuing_center.ledger.tables import documents, events, orders
from tests.support.ledger_entries import KIOSK, NOW, make_documents, make_order

Record = Callable[[Engine, NewOrder, tuple[NewDocument, ...]], Recorded | Existing | Conflict]


def count(engine: Engine) -> tuple[int, int, int]:
    """Give the numbers of orders, documents and events."""
    with reading(engine) as connection:
        found = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (orders, documents, events)
        ]
    return found[0], found[1], found[2]


def test_a_recorded_order_comes_back_as_it_was_from_another_worker(workers: tuple[Engine, Engine]) -> None:
    order = make_order(copies=3)
    copies = make_documents(order)
    assert record_order(workers[0], order, copies) == Recorded()
    stored = find_by_key(workers[1], KIOSK, order.idempotency_key)
    assert stored is not None
    assert stored.order == order
    assert stored.state is OrderState.ISSUED
    assert find_order(workers[1], KIOSK, order.txn) == stored
    loaded = load_documents(workers[1], order.txn)
    assert [(d.serial, d.copy_no, d.pages, d.sha256, d.sealed, d.binding, d.signature) for d in loaded] == [
        (d.serial, d.copy_no, d.pages, d.sha256, d.sealed, d.binding, d.signature) for d in copies
    ]
    assert {(d.state, d.sheets) for d in loaded} == {(DocumentState.ISSUED, None)}


def test_the_same_request_under_the_same_key_gives_the_first_order(engine: Engine) -> None:
    order = make_order()
    record_order(engine, order, make_documents(order))
    again = make_order(key=order.idempotency_key, request=order.request_sha256)
    answer = record_order(engine, again, make_documents(again))
    assert isinstance(answer, Existing)
    assert answer.stored.order == order
    assert count(engine) == (1, 1, 2)


def test_the_very_same_order_again_is_existing_and_not_a_repeated_id(engine: Engine) -> None:
    order = make_order()
    copies = make_documents(order)
    record_order(engine, order, copies)
    assert isinstance(record_order(engine, order, copies), Existing)


def test_another_request_under_the_same_key_is_a_conflict(engine: Engine) -> None:
    order = make_order()
    record_order(engine, order, make_documents(order))
    other = make_order(key=order.idempotency_key)
    assert record_order(engine, other, make_documents(other)) == Conflict()
    assert count(engine) == (1, 1, 2)


def test_two_kiosks_may_use_the_same_key(engine: Engine) -> None:
    order = make_order()
    other = replace(make_order(key=order.idempotency_key), kiosk_id="kiosk-0002")
    assert record_order(engine, order, make_documents(order)) == Recorded()
    assert record_order(engine, other, make_documents(other)) == Recorded()
    assert find_order(engine, KIOSK, other.txn) is None
    assert order_state(engine, KIOSK, other.txn) is None


def test_a_repeated_transaction_id_is_an_error_and_leaves_the_first_as_it_was(engine: Engine) -> None:
    order = make_order()
    copies = make_documents(order)
    record_order(engine, order, copies)
    other = replace(make_order(), txn=order.txn)
    with pytest.raises(RepeatedIdentifierError):
        record_order(engine, other, make_documents(other))
    assert [document.sealed for document in load_documents(engine, order.txn)] == [copies[0].sealed]
    assert count(engine) == (1, 1, 2)


def test_a_repeated_serial_number_is_an_error_and_nothing_of_the_order_is_written(engine: Engine) -> None:
    order = make_order()
    copies = make_documents(order)
    record_order(engine, order, copies)
    other = make_order(copies=2)
    fresh = make_documents(other)
    with pytest.raises(RepeatedIdentifierError):
        record_order(engine, other, (fresh[0], replace(fresh[1], serial=copies[0].serial)))
    assert find_order(engine, KIOSK, other.txn) is None
    assert load_documents(engine, other.txn) == ()
    assert count(engine) == (1, 1, 2)


def test_what_the_schema_forbids_otherwise_is_not_called_a_repeated_id(engine: Engine) -> None:
    order = replace(make_order(), fee_yen=-1)
    with pytest.raises(IntegrityError):
        record_order(engine, order, make_documents(order))


@pytest.mark.parametrize("numbers", [(), (1,), (2, 1), (1, 1), (1, 2, 3)])
def test_an_order_without_exactly_its_copies_is_refused(engine: Engine, numbers: tuple[int, ...]) -> None:
    order = make_order(copies=2)
    copies = tuple(replace(make_documents(make_order())[0], copy_no=number) for number in numbers)
    with pytest.raises(ValueError, match="one document for each copy"):
        record_order(engine, order, copies)
    assert count(engine) == (0, 0, 0)


def test_inside_a_callers_transaction_the_order_shares_its_fate(engine: Engine) -> None:
    order = make_order()

    class ChangedMindError(Exception):
        pass

    def fail(connection: Connection) -> None:
        record_order(connection, order, make_documents(order))
        raise ChangedMindError

    with pytest.raises(ChangedMindError), writing(engine) as connection:
        fail(connection)
    assert count(engine) == (0, 0, 0)


def test_the_time_limit_erases_the_sealed_documents_and_only_then(engine: Engine) -> None:
    order = make_order(copies=2)
    record_order(engine, order, make_documents(order))
    assert erase_expired(engine, order.erase_at - timedelta(microseconds=1)) == 0
    assert all(document.sealed is not None for document in load_documents(engine, order.txn))
    assert erase_expired(engine, order.erase_at) == 1
    assert all(document.sealed is None for document in load_documents(engine, order.txn))
    assert order_state(engine, KIOSK, order.txn) is OrderState.EXPIRED
    assert erase_expired(engine, order.erase_at) == 0


def test_an_unknown_order_has_no_documents_and_no_state(engine: Engine) -> None:
    unknown = TransactionId(token_hex(16))
    assert load_documents(engine, unknown) == ()
    assert order_state(engine, KIOSK, unknown) is None
    assert find_by_key(engine, KIOSK, token_hex(16)) is None


def race(workers: tuple[Engine, Engine], record: Record, runs: int = 16) -> tuple[int, int, int, tuple[int, int, int]]:
    """Order the same at the same instant on two workers; gives new, existing, failed, and what the ledger then holds."""
    key, request = token_hex(16), token_hex(32)
    start = Barrier(runs)

    def one(number: int) -> Recorded | Existing | Conflict | Exception:
        order = make_order(key=key, request=request)
        copies = make_documents(order)
        start.wait(timeout=30)
        try:
            return record(workers[number % 2], order, copies)
        except (IntegrityError, RepeatedIdentifierError) as error:
            return error

    with ThreadPoolExecutor(runs) as pool:
        answers = list(pool.map(one, range(runs), timeout=60))
    return (
        sum(isinstance(answer, Recorded) for answer in answers),
        sum(isinstance(answer, Existing) for answer in answers),
        sum(isinstance(answer, Exception | Conflict) for answer in answers),
        count(workers[0]),
    )


def test_sixteen_orders_at_once_under_one_key_on_two_workers_are_one_order(workers: tuple[Engine, Engine]) -> None:
    assert race(workers, record_order) == (1, 15, 0, (1, 1, 2))


def test_the_race_catches_a_ledger_that_looks_first_and_writes_later(workers: tuple[Engine, Engine]) -> None:
    meeting = Barrier(16)

    def look_then_write(
        engine: Engine, order: NewOrder, copies: tuple[NewDocument, ...]
    ) -> Recorded | Existing | Conflict:
        known = find_by_key(engine, order.kiosk_id, order.idempotency_key)
        meeting.wait(timeout=30)
        if known is not None:
            return Existing(known)
        with writing(engine) as connection:
            # As a ledger without the unique key would have it: the second order stands beside the first.
            values = {name: getattr(order, name) for name in NewOrder.__slots__}
            values["idempotency_key"] = token_hex(16)
            connection.execute(insert(orders).values(**values, state="issued"))
        assert len(copies) == order.copies
        return Recorded()

    new, existing, failed, found = race((workers[0], workers[1]), look_then_write)
    assert (new, existing, failed) == (16, 0, 0)
    assert found[0] == 16


def test_orders_of_many_residents_at_once_stay_apart(workers: tuple[Engine, Engine]) -> None:
    start = Barrier(16)

    def one(number: int) -> bool:
        order = make_order(copies=2)
        copies = make_documents(order)
        start.wait(timeout=30)
        recorded = record_order(workers[number % 2], order, copies)
        loaded = load_documents(workers[(number + 1) % 2], order.txn)
        found = find_by_key(workers[(number + 1) % 2], KIOSK, order.idempotency_key)
        return (
            recorded == Recorded()
            and [document.sealed for document in loaded] == [document.sealed for document in copies]
            and found is not None
            and found.order == order
        )

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(one, range(16), timeout=60))
    assert count(workers[0]) == (16, 32, 48)


def test_a_transaction_id_that_the_generator_repeats_is_taken_once(workers: tuple[Engine, Engine]) -> None:
    txn = TransactionId(token_hex(16))
    start = Barrier(8)

    def one(number: int) -> bool:
        order = replace(make_order(), txn=txn)
        copies = make_documents(order)
        start.wait(timeout=30)
        try:
            return record_order(workers[number % 2], order, copies) == Recorded()
        except RepeatedIdentifierError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8), timeout=60)) == 1
    assert count(workers[0]) == (1, 1, 2)


def test_a_repr_shows_neither_the_person_nor_the_document() -> None:
    order = make_order()
    document = make_documents(order)[0]
    assert order.subject not in repr(order)
    assert repr(document.sealed) not in repr(document)
    assert order.created_at == NOW
