"""What a visit asks of the world, as values; only the runner performs them, in the order given.

An effect with a ticket is answered by exactly one event with that ticket (which one is named below); StopWatching,
AbandonOrder and StopPayment name the ticket of an earlier effect and have no answer of their own. The runner journals
TAKE_MONEY, PRINT, REFUND and ISSUE before the act and concludes them before it posts the answer.
"""

from dataclasses import dataclass
from enum import Enum

from kiosk.domain.certificates import CertificateKind, MunicipalityCode, Order, TransactionId
from kiosk.flow.screen_model import Text
from kiosk.flow.session import Ticket, VisitKey
from kiosk.flow.states import CaseNumber, Permit
from kiosk.ports.center import Document, OrderOutcome
from kiosk.ports.payment import Paid


@dataclass(frozen=True, slots=True)
class SettleBooks:
    """Settle what the journal has open. Answer: Settled."""


@dataclass(frozen=True, slots=True)
class CheckHealth:
    """`Idle` was entered. Answer: one DeviceFailed for each code that is unwell now, else nothing."""


@dataclass(frozen=True, slots=True)
class FetchMunicipalities:
    """Answer: MunicipalitiesListed."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class WatchCard:
    """Wait until a card lies there. Answer: CardSeen or ReaderLost, unless stopped."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class WatchRemoval:
    """Wait until the card is gone. Answer: CardLifted or ReaderLost, unless stopped."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class StopWatching:
    """End the watch of this ticket; always precedes the next use of the reader. A watch that has ended is no error."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class InspectCard:
    """Answer: CardInspected."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Open the visit: nonce and key from the center, PIN and signature by the card, proof. Answer: Authenticated.

    Takes the PIN buffer once. Each press of OK asks for this at most once; it is never asked for on a blocked card,
    nor on the last try without consent.
    """

    ticket: Ticket
    municipality: MunicipalityCode


@dataclass(frozen=True, slots=True)
class ClearPin:
    """Overwrite the PIN buffer."""


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Order with a fresh idempotency key. Answer: OrderAnswered."""

    ticket: Ticket
    order: Order


@dataclass(frozen=True, slots=True)
class AbandonOrder:
    """Nothing of the order placed under this ticket will be used, whether its answer has come or not.

    The runner voids what came or may still come, reports it (money none) and closes its books.
    """

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class CheckDevices:
    """Ask printer and payment device before anything irreversible. Answer: DevicesChecked."""

    ticket: Ticket
    total_yen: int
    """0 when no money is taken here: the payment device is not asked."""
    sheets: int


@dataclass(frozen=True, slots=True)
class TakePayment:
    """Take the money under the transaction as key. News: MoneyInserted; answer: PaymentAnswered."""

    ticket: Ticket
    transaction: TransactionId
    due_yen: int


@dataclass(frozen=True, slots=True)
class StopPayment:
    """Cancel the payment of this ticket if it is not complete; its one answer still comes."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Refund:
    """Give back what was taken under the transaction. Answer: RefundAnswered."""

    ticket: Ticket
    transaction: TransactionId
    paid: Paid


@dataclass(frozen=True, slots=True)
class PrintDocument:
    """Recheck, then print one document, once. News: SheetOut; answer: DocumentPrinted."""

    ticket: Ticket
    document: Document
    permit: Permit
    number: int
    """1 to `count`."""
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the center what became of an order, durably and once; the runner repeats until the center has it."""

    outcome: OrderOutcome


class SlipKind(Enum):
    """Slips on the receipt printer."""

    RECEIPT = "receipt"
    """領収書 at the end, where money was taken here."""
    RECEPTION = "reception"
    """受付票 at once, where staff hand over."""


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print a slip without anything of the person, if there is a printer for it. No answer."""

    slip: SlipKind
    transaction: TransactionId
    kind: CertificateKind
    copies: int
    total_yen: int


@dataclass(frozen=True, slots=True)
class PrintCaseSlip:
    """Print the 未発行票 with the case number, if there is a printer for it. No answer."""

    case: CaseNumber
    code: str
    transaction: TransactionId


@dataclass(frozen=True, slots=True)
class RaiseIncident:
    """Keep the evidence, call the operator and stop the machine durably until staff reopen it. No answer."""

    code: str
    transaction: TransactionId | None
    check: str
    """Which check failed, or who complained; a word without anything of the person."""


@dataclass(frozen=True, slots=True)
class Announce:
    """Speak a line within a page; the line of the page itself is in its ScreenModel."""

    line: Text
    level: int = 1
    """1 to 3: how urgently."""


@dataclass(frozen=True, slots=True)
class ForgetVisit:
    """The visit is over: close its channel, clear the PIN buffer and drop everything kept under its key. Idempotent."""

    visit: VisitKey


Effect = (
    SettleBooks
    | CheckHealth
    | FetchMunicipalities
    | WatchCard
    | WatchRemoval
    | StopWatching
    | InspectCard
    | Authenticate
    | ClearPin
    | PlaceOrder
    | AbandonOrder
    | CheckDevices
    | TakePayment
    | StopPayment
    | Refund
    | PrintDocument
    | Report
    | PrintSlip
    | PrintCaseSlip
    | RaiseIncident
    | Announce
    | ForgetVisit
)
