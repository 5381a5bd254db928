"""Ledger entries for tests: complete, plausible, and different at every call."""

from datetime import UTC, datetime, timedelta
from secrets import token_bytes, token_hex

from issuing_center.ledger.entries import (
    DocumentOutcome,
    DocumentState,
    MoneyFate,
    NewDocument,
    NewOrder,
    Outcome,
    Serial,
    TransactionId,
)

NOW = datetime(2026, 11, 20, 3, 4, 5, 678901, tzinfo=UTC)
KIOSK = "kiosk-0001"


def make_order(copies: int = 1, *, key: str | None = None, request: str | None = None) -> NewOrder:
    """Make an order; under the same key and request it repeats, with a transaction id of its own."""
    return NewOrder(
        txn=TransactionId(token_hex(16)),
        visit_id=token_hex(16),
        subject=token_hex(32),
        kiosk_id=KIOSK,
        channel="kiosk",
        municipality_code="990019",
        kind="juminhyo",
        scope="household",
        copies=copies,
        fee_yen=200,
        idempotency_key=key if key is not None else token_hex(16),
        request_sha256=request if request is not None else token_hex(32),
        created_at=NOW,
        erase_at=NOW + timedelta(minutes=10),
        as_of=NOW - timedelta(seconds=30),
        register_version=7,
        build_id="build-1",
        config_id="config-1",
    )


def make_documents(order: NewOrder, size: int = 200) -> tuple[NewDocument, ...]:
    """Make the sealed copies of an order, of `size` random bytes each."""
    return tuple(
        NewDocument(
            serial=Serial(token_hex(10).upper()),
            copy_no=number,
            pages=2,
            sha256=token_hex(32),
            sealed=token_bytes(size),
            binding=token_bytes(40),
            signature=token_bytes(64),
        )
        for number in range(1, order.copies + 1)
    )


def make_outcome(order: NewOrder, copies: tuple[NewDocument, ...]) -> Outcome:
    """Make the outcome of an order that ended as it should: paid and handed over."""
    return Outcome(
        txn=order.txn,
        kiosk_id=order.kiosk_id,
        payload=token_bytes(100),
        signature=token_bytes(64),
        reported_at=NOW + timedelta(minutes=3),
        money=MoneyFate.KEPT,
        received_yen=order.fee_yen * order.copies,
        documents=tuple(
            DocumentOutcome(document.serial, DocumentState.HANDED_OVER, document.pages) for document in copies
        ),
        case_no=None,
    )
