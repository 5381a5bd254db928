"""Writing and reading the ledger.

The database decides uniqueness; there is no lock and no order of its own here, so any number of workers may write
(INV-3). Knows no person, no register, no HTTP.

Every function takes an Engine, and is durable at its return, or a Connection, and then joins its transaction.
"""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from issuing_center.database import insert_unless_taken, is_repeated, reading, writing
from issuing_center.ledger.entries import (
    Conflict,
    DocumentState,
    Event,
    Existing,
    NewDocument,
    NewOrder,
    OrderState,
    Outcome,
    OutcomeMismatch,
    OutcomeRecorded,
    OutcomeRepeated,
    Recorded,
    Refusal,
    RepeatedIdentifierError,
    Serial,
    StoredDocument,
    StoredOrder,
    TransactionId,
    UnknownOrder,
)
from issuing_center.ledger.tables import documents, events, orders, outcomes, refusals


def record_order(
    bind: Engine | Connection, order: NewOrder, copies: Sequence[NewDocument]
) -> Recorded | Existing | Conflict:
    """Write an order with all its documents, or nothing.

    Of any number of concurrent orders under one key exactly one is Recorded; the others wait for it and get Existing
    when they asked for the same, else Conflict. Raises RepeatedIdentifierError for a known transaction id or serial
    number, and ValueError when the documents are not exactly the copies 1 to n.
    """
    if [document.copy_no for document in copies] != list(range(1, order.copies + 1)):
        raise ValueError("an order has one document for each copy, in their order")
    with writing(bind) as connection:
        try:
            new = insert_unless_taken(
                connection,
                orders,
                {**asdict(order), "state": OrderState.ISSUED.value},
                key=("kiosk_id", "idempotency_key"),
            )
            if not new:
                stored = _by_key(connection, order.kiosk_id, order.idempotency_key)
                if stored is not None and stored.order.request_sha256 == order.request_sha256:
                    return Existing(stored)
                return Conflict()
            connection.execute(
                insert(documents),
                [
                    {**asdict(document), "txn": order.txn, "state": DocumentState.ISSUED.value, "sheets": None}
                    for document in copies
                ],
            )
        except IntegrityError as error:
            if is_repeated(error):
                raise RepeatedIdentifierError from error
            raise
        # One line for the order and one for each document, beside the tables and never changed: by these
        # reconciliation names a record that was dropped, doubled or swapped.
        connection.execute(
            insert(events),
            [
                {"at": order.created_at, "txn": order.txn, "event": "order-issued", "detail": order.request_sha256},
                *(
                    {"at": order.created_at, "txn": order.txn, "event": "document-issued", "detail": document.serial}
                    for document in copies
                ),
            ],
        )
        return Recorded()


def find_by_key(bind: Engine | Connection, kiosk_id: str, idempotency_key: str) -> StoredOrder | None:
    """Find what a kiosk ordered under a key; None when it ordered nothing under it."""
    with reading(bind) as connection:
        return _by_key(connection, kiosk_id, idempotency_key)


def find_order(bind: Engine | Connection, kiosk_id: str, txn: TransactionId) -> StoredOrder | None:
    """Find an order of this kiosk; None when there is none, also when it is another kiosk's."""
    with reading(bind) as connection:
        row = connection.execute(select(orders).where(orders.c.txn == txn, orders.c.kiosk_id == kiosk_id)).one_or_none()
    return None if row is None else _stored_order(row)


def order_state(bind: Engine | Connection, kiosk_id: str, txn: TransactionId) -> OrderState | None:
    """Tell how far an order of this kiosk is; None when this kiosk has no such order."""
    stored = find_order(bind, kiosk_id, txn)
    return None if stored is None else stored.state


def load_documents(bind: Engine | Connection, txn: TransactionId) -> tuple[StoredDocument, ...]:
    """Give the documents of one order, by copy; empty when there is no such order."""
    with reading(bind) as connection:
        rows = connection.execute(select(documents).where(documents.c.txn == txn).order_by(documents.c.copy_no)).all()
    return tuple(
        StoredDocument(
            serial=Serial(row.serial),
            copy_no=row.copy_no,
            pages=row.pages,
            sha256=row.sha256,
            sealed=row.sealed,
            binding=row.binding,
            signature=row.signature,
            state=DocumentState(row.state),
            sheets=row.sheets,
        )
        for row in rows
    )


def record_outcome(
    bind: Engine | Connection, outcome: Outcome
) -> OutcomeRecorded | OutcomeRepeated | OutcomeMismatch | Conflict | UnknownOrder:
    """Write what became of an order, once, and erase its sealed documents in the same transaction.

    The same bytes again are OutcomeRepeated, other bytes Conflict. An outcome may come after the time limit: what the
    kiosk knows is worth having however late. Raises ValueError for a document that is reported as merely issued.
    """
    if any(document.state is DocumentState.ISSUED for document in outcome.documents):
        raise ValueError("an outcome says what became of every document")
    with writing(bind) as connection:
        state = connection.execute(
            # The lock makes two reports of one order wait for each other; SQLite's writers do so anyway.
            select(orders.c.state)
            .where(orders.c.txn == outcome.txn, orders.c.kiosk_id == outcome.kiosk_id)
            .with_for_update()
        ).scalar_one_or_none()
        if state is None:
            return UnknownOrder()
        known = connection.execute(select(outcomes.c.payload).where(outcomes.c.txn == outcome.txn)).scalar_one_or_none()
        if known is not None:
            return OutcomeRepeated() if known == outcome.payload else Conflict()
        serials = connection.execute(select(documents.c.serial).where(documents.c.txn == outcome.txn)).scalars().all()
        if sorted(serials) != sorted(document.serial for document in outcome.documents):
            return OutcomeMismatch()
        connection.execute(
            insert(outcomes).values(
                txn=outcome.txn,
                payload=outcome.payload,
                signature=outcome.signature,
                reported_at=outcome.reported_at,
                money=outcome.money.value,
                received_yen=outcome.received_yen,
                case_no=outcome.case_no,
            )
        )
        for document in outcome.documents:
            connection.execute(
                update(documents)
                .where(documents.c.serial == document.serial, documents.c.txn == outcome.txn)
                .values(state=document.state.value, sheets=document.sheets, sealed=None)
            )
        connection.execute(update(orders).where(orders.c.txn == outcome.txn).values(state=OrderState.REPORTED.value))
        connection.execute(
            insert(events),
            [
                {
                    "at": outcome.reported_at,
                    "txn": outcome.txn,
                    "event": "outcome-recorded",
                    "detail": f"{outcome.money.value} {outcome.received_yen}",
                },
                *(
                    {
                        "at": outcome.reported_at,
                        "txn": outcome.txn,
                        "event": f"document-{document.state.value.replace('_', '-')}",
                        "detail": document.serial,
                    }
                    for document in outcome.documents
                ),
            ],
        )
        return OutcomeRecorded()


def void_spoilt(bind: Engine | Connection, txn: TransactionId, serials: Sequence[str], at: datetime) -> None:
    """Void documents that staff threw away after the terminal had reported on them; one that is voided stays so."""
    with writing(bind) as connection:
        for serial in serials:
            voided = connection.execute(
                update(documents)
                .where(
                    documents.c.serial == serial,
                    documents.c.txn == txn,
                    documents.c.state.in_((DocumentState.HANDED_OVER.value, DocumentState.UNKNOWN.value)),
                )
                .values(state=DocumentState.VOIDED.value)
            )
            if voided.rowcount == 1:
                connection.execute(insert(events).values(at=at, txn=txn, event="document-spoilt", detail=serial))


def has_voided(bind: Engine | Connection, txn: TransactionId) -> bool:
    """Tell whether any document of an order is void."""
    voided = documents.c.txn == txn, documents.c.state == DocumentState.VOIDED.value
    with reading(bind) as connection:
        return connection.execute(select(documents.c.serial).where(*voided).limit(1)).first() is not None


def erase_expired(bind: Engine | Connection, now: datetime) -> int:
    """Erase the sealed documents of every order past its time limit; gives the number of orders that expired."""
    with writing(bind) as connection:
        overdue = connection.execute(
            update(orders)
            .where(orders.c.state == OrderState.ISSUED.value, orders.c.erase_at <= now)
            .values(state=OrderState.EXPIRED.value)
            .returning(orders.c.txn)
        ).scalars()
        expired = list(overdue)
        for txn in expired:
            connection.execute(update(documents).where(documents.c.txn == txn).values(sealed=None))
            connection.execute(insert(events).values(at=now, txn=txn, event="order-expired", detail=""))
        return len(expired)


def record_refusal(bind: Engine | Connection, refusal: Refusal) -> None:
    """Keep a private reason under its random reference. Raises RepeatedIdentifierError for a known reference."""
    with writing(bind) as connection:
        try:
            connection.execute(insert(refusals).values(asdict(refusal)))
        except IntegrityError as error:
            if is_repeated(error):
                raise RepeatedIdentifierError from error
            raise


def find_refusal(bind: Engine | Connection, reference: str) -> Refusal | None:
    """Decode a reference for staff; None when it was never given out."""
    with reading(bind) as connection:
        row = connection.execute(select(refusals).where(refusals.c.reference == reference)).one_or_none()
    return None if row is None else Refusal(**row._asdict())


def record_event(
    bind: Engine | Connection, at: datetime, event: str, detail: str = "", txn: TransactionId | None = None
) -> None:
    """Add one line to the ledger: a static name, codes and counts as detail, nothing of a person."""
    with writing(bind) as connection:
        connection.execute(insert(events).values(at=at, txn=txn, event=event, detail=detail))


def load_events(bind: Engine | Connection, txn: TransactionId) -> tuple[Event, ...]:
    """Give an order's lines for staff, oldest first; lines of one instant in no promised order."""
    with reading(bind) as connection:
        rows = connection.execute(select(events).where(events.c.txn == txn).order_by(events.c.at, events.c.id)).all()
    return tuple(Event(at=row.at, txn=row.txn, event=row.event, detail=row.detail) for row in rows)


def _by_key(connection: Connection, kiosk_id: str, idempotency_key: str) -> StoredOrder | None:
    row = connection.execute(
        select(orders).where(orders.c.kiosk_id == kiosk_id, orders.c.idempotency_key == idempotency_key)
    ).one_or_none()
    return None if row is None else _stored_order(row)


def _stored_order(row: Row[Any]) -> StoredOrder:
    values = row._asdict()
    return StoredOrder(
        order=NewOrder(**{field.name: values[field.name] for field in fields(NewOrder)}),
        state=OrderState(values["state"]),
    )
