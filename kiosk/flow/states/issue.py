"""States from the order to the end, messages and calls for staff included."""

from dataclasses import dataclass
from enum import Enum

from kiosk.domain.certificates import CertificateKind, Order, TransactionId
from kiosk.flow.session import Session, Ticket
from kiosk.flow.states.matter import CardPlace, CaseNumber, DocumentEnd, MoneyPlace, Permit, Verified
from kiosk.ports.center import CounterTicket, Issued, OrderOutcome
from kiosk.ports.payment import Paid


@dataclass(frozen=True, slots=True)
class Preparing:
    """The order is with the center."""

    session: Session
    verified: Verified
    order: Order
    ticket: Ticket
    again: CounterTicket | None = None
    """At a counter: the number under which the same order was spoilt; None the first time, and elsewhere."""


@dataclass(frozen=True, slots=True)
class CheckingDevices:
    """The documents are in the machine; paper and money devices are asked before any money."""

    session: Session
    verified: Verified
    order: Order
    issued: Issued
    ticket: Ticket
    again: CounterTicket | None = None
    """As in `Preparing`."""


@dataclass(frozen=True, slots=True)
class Paying:
    """Taking the money."""

    session: Session
    verified: Verified
    issued: Issued
    ticket: Ticket
    inserted_yen: int = 0
    exact_only: bool = False
    """There is little change: only money that needs none is taken."""


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Payment was told to stop; its one answer is awaited, it may still be `Paid`."""

    session: Session
    verified: Verified
    issued: Issued
    ticket: Ticket
    """The ticket of the payment: stopping is no question of its own."""
    inserted_yen: int


@dataclass(frozen=True, slots=True)
class Printing:
    """One document after the other; the current one is `issued.documents[len(done)]`."""

    session: Session
    verified: Verified
    issued: Issued
    permit: Permit
    ticket: Ticket
    done: tuple[DocumentEnd, ...] = ()
    sheets_out: int = 0
    """Sheets of the current document that are out."""
    inserted_yen: int = 0
    """What was put in; what is more than the fee has come out again as change."""


@dataclass(frozen=True, slots=True)
class Refunding:
    """Nothing usable came out; the whole amount goes back."""

    session: Session
    transaction: TransactionId
    paid: Paid
    due_yen: int
    ends: tuple[DocumentEnd, ...]
    code: str
    """Why: shown with the message that follows."""
    stops: bool
    """The machine stops afterwards."""
    ticket: Ticket
    kind: CertificateKind | None = None


class ReceiptPlace(Enum):
    """Where the receipt is."""

    NONE = "none"
    """No money was taken here."""
    COMING = "coming"
    OUT = "out"
    MISSING = "missing"
    """It did not come out, or not for sure; the fee is paid all the same."""


@dataclass(frozen=True, slots=True)
class Collect:
    """Everything is printed; the resident takes it and checks the name."""

    session: Session
    verified: Verified
    outcome: OrderOutcome
    """To be reported when the resident has it, or has said that it is somebody else's."""
    receipt: ReceiptPlace = ReceiptPlace.NONE
    slip: Ticket | None = None
    """Of the receipt, while it is being printed."""
    change_yen: int = 0
    """Change that lies in the tray unless the resident took it while the sheets came."""
    alarms: int = 0
    """How often the resident was reminded to take it all."""
    kind: CertificateKind | None = None
    """Of the certificate, for the slip of a case."""


@dataclass(frozen=True, slots=True)
class Another:
    """Another certificate, or the end."""

    session: Session
    verified: Verified


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, what to do, where card and money are."""

    session: Session
    code: str
    card: CardPlace
    money: MoneyPlace
    watch: Ticket | None = None
    """The watch for the card's removal while it lies there."""
    reference: str | None = None
    """The center's reference, for staff."""
    resume: Verified | None = None
    """Permission to choose again, where that makes sense."""
    stops: bool = False
    """The machine stops afterwards, with this code."""


@dataclass(frozen=True, slots=True)
class CallingStaff:
    """Something is left that only staff can put right."""

    session: Session
    case: CaseNumber
    code: str
    stops: bool = False
