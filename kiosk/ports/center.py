"""The issuing center as a visit sees it.

A `VisitChannel` is one visit's conversation and the only holder of that visit's private key: when it is closed, what was
sealed to the visit can be opened by nobody any more.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from kiosk.domain.certificates import (
    CertificateKind,
    IdempotencyKey,
    Menu,
    Municipality,
    MunicipalityCode,
    Order,
    SerialNumber,
    TransactionId,
)


@dataclass(frozen=True, slots=True)
class CenterUnavailable:
    """The center did not answer, or not in the agreed form."""

    code: str
    """CENTER-01 unreachable, CENTER-02 timed out, CENTER-03 malformed answer, CENTER-04 refuses this kiosk,
    CENTER-05 overloaded or out of service."""


class RefusalReason(Enum):
    """Why the center says no; each has one sentence for residents. Values are the stable codes."""

    CERTIFICATE_EXPIRED = "CERT-01"
    CERTIFICATE_REVOKED = "CERT-02"
    CERTIFICATE_ON_HOLD = "CERT-03"
    CERTIFICATE_NOT_ACCEPTED = "CERT-04"
    CERTIFICATE_UNDETERMINED = "CERT-05"
    NOT_LINKED = "VISIT-01"
    VISIT_EXPIRED = "VISIT-02"
    PROOF_REFUSED = "VISIT-03"
    CLOSED = "HOURS-01"
    COUNTER_ONLY = "REFUSED-01"
    """The one neutral answer for every private reason."""
    NOT_OFFERED = "REFUSED-02"
    GLYPH_MISSING = "REFUSED-03"
    FEE_CHANGED = "REFUSED-04"
    STOPPED = "REFUSED-05"
    NO_SEAL = "REFUSED-06"
    """No seal is registered, or no longer."""
    NO_TAX_DATA = "REFUSED-07"
    """Nothing declared for this 年度."""
    NOT_REGISTERED = "REFUSED-08"
    """The 本籍地 has no 利用登録 of this card, or has not decided on it yet."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The center decided, and the answer is no. Always before payment."""

    reason: RefusalReason
    reference: str | None = None
    """Random reference under which staff find the private reason; None where there is none."""


@dataclass(frozen=True, slots=True)
class VisitOpened:
    """The verified visit: permission to order."""

    menu: Menu = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentMismatch:
    """A document is not of this visit, this order or this content. The machine stops and keeps evidence (INV-1)."""

    check: str
    """Which check failed: signature, opening, transaction, subject, order, digest."""
    transaction: TransactionId | None


@dataclass(frozen=True, slots=True)
class Document:
    """One opened certificate, ready for paper; exists only in the memory of the visit it was sealed to."""

    transaction: TransactionId
    serial: SerialNumber
    kind: CertificateKind
    pages: int
    sha256: bytes = field(repr=False)
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issued:
    """Permission to take money and to print: every document of the order is in the machine, checked."""

    transaction: TransactionId
    documents: tuple[Document, ...] = field(repr=False)
    """One a copy, each with its own serial number."""
    total_yen: int

    @property
    def pages(self) -> int:
        """Pages of all documents together."""
        return sum(document.pages for document in self.documents)


class DocumentFate(Enum):
    """What became of one document on paper."""

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
class OrderOutcome:
    """What the kiosk reports of one order, once; the center erases the sealed documents on it."""

    transaction: TransactionId
    money: MoneyFate
    received_yen: int
    documents: tuple[tuple[SerialNumber, DocumentFate, int], ...]
    """Serial, fate, sheets that came out."""
    case: str | None
    """Number of the case for staff, None when the order ended in order."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The center has the outcome durably."""


@dataclass(frozen=True, slots=True)
class ReportRejected:
    """The center has another outcome for this order; both sides' books must be looked at by staff."""


class VisitChannel(Protocol):
    """One visit's conversation with the center."""

    @property
    def statement_digest(self) -> bytes:
        """SHA-256 of the statement that the card is to sign, 32 bytes."""
        ...

    def prove(self, certificate_der: bytes, signature: bytes) -> VisitOpened | Refused | CenterUnavailable:
        """Show the card's certificate and signature; opens the visit when the verdict is good."""
        ...

    def order(self, order: Order, key: IdempotencyKey) -> Issued | Refused | DocumentMismatch | CenterUnavailable:
        """Order, receive, open and check every document. Safe to repeat with the same key and order."""
        ...

    def recheck(self, document: Document) -> DocumentMismatch | None:
        """Check a document against visit, order and digest once more, immediately before its first sheet (INV-1)."""
        ...

    def forget(self) -> None:
        """Drop the visit's key and everything of the order, at once and without the network."""
        ...

    def close(self) -> None:
        """Forget, and tell the center that the visit is over; may take as long as a request."""
        ...


class OrderState(Enum):
    """What the center knows of an order."""

    UNKNOWN = "unknown"
    ISSUED = "issued"
    REPORTED = "reported"
    EXPIRED = "expired"


class IssuingCenter(Protocol):
    """The center beyond a single visit."""

    def municipalities(self) -> tuple[Municipality, ...] | CenterUnavailable:
        """List the municipalities that issue here, in the order of their readings."""
        ...

    def begin_visit(self, municipality: MunicipalityCode) -> VisitChannel | Refused | CenterUnavailable:
        """Get a nonce and make this visit's key."""
        ...

    def report(self, outcome: OrderOutcome) -> Reported | ReportRejected | CenterUnavailable:
        """Report what became of an order, signed by this kiosk; safe to repeat."""
        ...

    def order_state(self, transaction: TransactionId) -> OrderState | CenterUnavailable:
        """Ask for an order's state; used when a start-up settles what a power cut left open."""
        ...
