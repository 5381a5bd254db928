"""What the ledger takes and gives: orders, documents, outcomes, and the answers to each."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NewType

TransactionId = NewType("TransactionId", str)
"""128 random bits, 32 hexadecimal digits."""

Serial = NewType("Serial", str)
"""発行番号 of one drawn document."""


class OrderState(Enum):
    """How far an order is."""

    ISSUED = "issued"
    """Documents were made; the kiosk has not said yet what became of them."""
    REPORTED = "reported"
    EXPIRED = "expired"
    """The time limit passed without a word; the sealed documents are erased."""


class DocumentState(Enum):
    """What became of one document."""

    ISSUED = "issued"
    HANDED_OVER = "handed_over"
    VOIDED = "voided"
    UNKNOWN = "unknown"


class MoneyFate(Enum):
    """What became of the fee."""

    NONE = "none"
    KEPT = "kept"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order at the moment its documents exist."""

    txn: TransactionId
    visit_id: str
    subject: str = field(repr=False)
    """Keyed hash of the resident, 64 hexadecimal digits."""
    kiosk_id: str
    channel: str
    municipality_code: str
    kind: str
    scope: str
    copies: int
    fee_yen: int
    """Fee of one copy as it was shown."""
    idempotency_key: str
    """Unique within the kiosk."""
    request_sha256: str
    """SHA-256 over visit and request, 64 hexadecimal digits: what must be the same under the same key."""
    created_at: datetime
    erase_at: datetime
    """Instant from which the sealed documents must be gone even without an outcome."""
    as_of: datetime
    """Age of the register's data the documents were drawn from (INV-11)."""
    register_version: int
    """The one committed version of the register they were drawn from (INV-5)."""
    build_id: str
    config_id: str
    operator: str = ""
    """Who runs the kiosk, and is paid for it; empty where the municipality does itself."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """One copy, sealed to the visit."""

    serial: Serial
    copy_no: int
    """From 1 to the order's copies."""
    pages: int
    sha256: str
    """Of the opened document, 64 hexadecimal digits."""
    sealed: bytes = field(repr=False)
    binding: bytes = field(repr=False)
    """HPKE `info`: canonical bytes of transaction, subject, kind, scope, pages and digest."""
    signature: bytes = field(repr=False)
    """The center's signature over binding and sealed form."""


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order of the ledger."""

    order: NewOrder
    state: OrderState


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document of the ledger."""

    serial: Serial
    copy_no: int
    pages: int
    sha256: str
    sealed: bytes | None = field(repr=False)
    """None: erased at the outcome or at the time limit."""
    binding: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    state: DocumentState
    sheets: int | None
    """Sheets that came out; None before the outcome."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The order is new and durable, with all its documents."""


@dataclass(frozen=True, slots=True)
class Existing:
    """The same request under the same key is in the ledger already; what was just drawn must be thrown away."""

    stored: StoredOrder


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something else is in the ledger under this key, or another outcome for this order. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """What became of one copy, as the kiosk reports it."""

    serial: Serial
    state: DocumentState
    """HANDED_OVER, VOIDED or UNKNOWN."""
    sheets: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: the kiosk's signed bytes, and what they say."""

    txn: TransactionId
    kiosk_id: str
    """The kiosk that reports, by its device certificate; only its own orders are open to it."""
    payload: bytes = field(repr=False)
    """The report, byte for byte as the kiosk signed it."""
    signature: bytes = field(repr=False)
    reported_at: datetime
    money: MoneyFate
    received_yen: int
    documents: tuple[DocumentOutcome, ...]
    case_no: str | None
    """Number of the case for staff; None when the order ended in order."""


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """The outcome is durable and the sealed documents are erased."""


@dataclass(frozen=True, slots=True)
class OutcomeRepeated:
    """The very same outcome was recorded before; nothing was changed."""


@dataclass(frozen=True, slots=True)
class UnknownOrder:
    """This kiosk has no such order."""


@dataclass(frozen=True, slots=True)
class OutcomeMismatch:
    """The outcome names other documents than the order has: an incident, never a correction (INV-6, INV-7)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A private reason, for staff alone."""

    reference: str
    """Random; printed or shown to the resident, who shows it at the counter."""
    kiosk_id: str
    visit_id: str | None
    reason: str
    """Code of the reason."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger."""

    at: datetime
    txn: TransactionId | None
    """The order it belongs to; None for what concerns no single order."""
    event: str
    detail: str


class RepeatedIdentifierError(Exception):
    """A transaction id or a serial number exists already.

    Both are random, so this is a broken generator or a replay. Nothing was written (INV-9); the caller stops.
    """
