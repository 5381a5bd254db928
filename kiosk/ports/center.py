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
from kiosk.domain.registration import Purpose, ReceptionNumber, UseApplication
from kiosk.ports.attributes import CardAttributes


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
    ALREADY_APPLIED = "REFUSED-09"
    """A 利用登録 of this card is applied for or done already."""


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
class ApplicationReceived:
    """The 本籍地 has the application for 利用登録 durably."""

    reception_number: ReceptionNumber


@dataclass(frozen=True, slots=True)
class AttributesTold:
    """The center has what the card says of its holder; it is compared with the register when something is ordered."""


@dataclass(frozen=True, slots=True)
class DocumentMismatch:
    """A document is not of this visit, this order or this content. The machine stops and keeps evidence (INV-1)."""

    check: str
    """Which check failed: signature, opening, transaction, subject, order, digest."""
    transaction: TransactionId | None


class DocumentRole(Enum):
    """What a document is; the last two come at a counter only. Values are the words on the wire."""

    CERTIFICATE = "certificate"
    APPLICATION = "application"
    """申請書, kept by the office; plain paper."""
    RECEIPT = "receipt"
    """領収書, handed over with the certificate; plain paper."""


@dataclass(frozen=True, slots=True)
class CounterTicket:
    """What the 受付票 of a counter order shows, and where its sheets belong."""

    number: int
    """Waiting number, 1 to 9999; begins anew every day at every office."""
    check: str
    """Four letters and digits without look-alikes."""
    code: str = field(repr=False)
    """128 random bits, 32 hexadecimal digits, for the QR; good for one handing over."""
    office: str
    waiting_place: str
    """Where to wait, in the office's own words."""
    due_yen: int
    """Still to be paid: the total, or 0 where a sheet is printed again for a number that was paid."""
    security_tray: str
    """IPP `media-source` keyword of the tray with security paper: for certificates, and for nothing else."""
    plain_tray: str
    """IPP `media-source` keyword of the tray for 申請書 and 領収書."""


@dataclass(frozen=True, slots=True)
class Document:
    """One opened certificate, ready for paper; exists only in the memory of the visit it was sealed to.

    At a counter also the papers around it. `OrderOutcome.documents` names those of role CERTIFICATE and no others.
    """

    transaction: TransactionId
    serial: SerialNumber
    kind: CertificateKind
    pages: int
    sha256: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    role: DocumentRole = DocumentRole.CERTIFICATE
    two_sided: bool = False
    """True: every second page is the back of the one before."""

    @property
    def sheets(self) -> int:
        """Sheets of paper it takes."""
        return (self.pages + 1) // 2 if self.two_sided else self.pages


@dataclass(frozen=True, slots=True)
class Issued:
    """Permission to take money and to print: every document of the order is in the machine, checked."""

    transaction: TransactionId
    documents: tuple[Document, ...] = field(repr=False)
    """One a copy, each with its own serial number; at a counter the 申請書 before them and the 領収書 after them."""
    total_yen: int
    ticket: CounterTicket | None = None
    """None but at a counter, where there is always one."""

    @property
    def certificates(self) -> tuple[Document, ...]:
        """The documents that were ordered, without the papers around them."""
        return tuple(document for document in self.documents if document.role is DocumentRole.CERTIFICATE)

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
    """What had come in under it, whether or not it went back."""
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

    def application_digest(self, application: UseApplication) -> bytes:
        """SHA-256 of the application's statement that the card is to sign with its signature key, 32 bytes.

        Bound to this visit, its nonce and its municipality; only after `prove` opened the visit, else ValueError.
        """
        ...

    def apply(
        self, application: UseApplication, certificate_der: bytes, signature: bytes, key: IdempotencyKey
    ) -> ApplicationReceived | Refused | CenterUnavailable:
        """Hand in an application for 利用登録. Safe to repeat with the same key and application."""
        ...

    @property
    def certificate_sha256(self) -> bytes:
        """SHA-256 of the certificate that opened the visit, to know its card again; ValueError before `prove` opened it."""
        ...

    def tell_attributes(self, attributes: CardAttributes) -> AttributesTold | Refused | CenterUnavailable:
        """Tell what the card says of its holder, sealed to the center; safe to repeat. Refused where it is not asked for."""
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


class PrinterCondition(Enum):
    """How a printer of a counter terminal is, for the clerks' console; values are the words on the wire."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    """No paper, or not the paper that is needed, in the tray that it must come from."""
    FAULT = "fault"
    UNREACHABLE = "unreachable"


class CounterDesk(Protocol):
    """The clerks behind the counter, as far as a terminal speaks to them."""

    def tell_status(
        self, municipality: MunicipalityCode, printer: PrinterCondition, slips: PrinterCondition
    ) -> Reported | ReportRejected | CenterUnavailable:
        """Tell how the printer behind the counter and the slip printer are; at every change, safe to repeat."""
        ...


class IssuingCenter(CounterDesk, Protocol):
    """The center beyond a single visit."""

    def municipalities(self) -> tuple[Municipality, ...] | CenterUnavailable:
        """List the municipalities that issue here, in the order of their readings."""
        ...

    def begin_visit(
        self, municipality: MunicipalityCode, purpose: Purpose = Purpose.RESIDENCE
    ) -> VisitChannel | Refused | CenterUnavailable:
        """Get a nonce and make this visit's key."""
        ...

    def report(self, outcome: OrderOutcome) -> Reported | ReportRejected | CenterUnavailable:
        """Report what became of an order, signed by this kiosk; safe to repeat."""
        ...

    def order_state(self, transaction: TransactionId) -> OrderState | CenterUnavailable:
        """Ask for an order's state; used when a start-up settles what a power cut left open."""
        ...
