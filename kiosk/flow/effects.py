"""What a visit asks of the world, as values; only the runner performs them, in the order given.

An effect with a ticket is answered by exactly one event with that ticket (which one is named below); StopWatching,
AbandonOrder and StopPayment name the ticket of an earlier effect and have no answer of their own. The runner journals
TAKE_MONEY, PRINT, REFUND and ISSUE before the act and concludes them before it posts the answer.
"""

from dataclasses import dataclass

from kiosk.domain.certificates import CertificateKind, Municipality, MunicipalityCode, Order, TransactionId
from kiosk.domain.registration import Purpose, ReceptionNumber, UseApplication
from kiosk.flow.screen_model import Text
from kiosk.flow.session import Ticket, VisitKey
from kiosk.flow.states import CaseNumber, Permit
from kiosk.ports.card import SignedApplication
from kiosk.ports.center import CounterTicket, Document, Issued, OrderOutcome
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
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class ClearPin:
    """Overwrite the PIN buffer."""


@dataclass(frozen=True, slots=True)
class InspectSignature:
    """Answer: SignatureInspected."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SignApplication:
    """Have the card sign an application within the open visit. Answer: ApplicationSigned.

    Takes the password buffer once. Each press of OK asks for this at most once; it is never asked for on a card whose
    password is blocked, nor on the last try without consent.
    """

    ticket: Ticket
    application: UseApplication


@dataclass(frozen=True, slots=True)
class ClearPassword:
    """Overwrite the password buffer."""


@dataclass(frozen=True, slots=True)
class SendApplication:
    """Hand a signed application in; the runner uses one idempotency key a visit. Answer: ApplicationAnswered."""

    ticket: Ticket
    application: UseApplication
    signed: SignedApplication


@dataclass(frozen=True, slots=True)
class InspectAttributes:
    """Find out whether the card of the open visit can be asked for its attributes. Answer: AttributesInspected."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class ReadAttributes:
    """Read the card's attributes and tell them to the center. Answer: AttributesAnswered.

    Takes the PIN buffer once. Each press of OK asks for this at most once; it is never asked for with fewer than two
    tries left.
    """

    ticket: Ticket


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
    """Ask printer, slip printer and payment device before anything irreversible. Answer: DevicesChecked."""

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
class PrintSet:
    """Give every paper of an order at a counter to the paper's lane, which rechecks, prints and drops them one by one.

    The visit may be over by then: the lane reports the order's outcome itself, and stops the machine on a mismatch.
    Answer: SetPrinted, after the center was told.
    """

    ticket: Ticket
    issued: Issued


@dataclass(frozen=True, slots=True)
class PrintCounterSlip:
    """Print the 受付票. Answer: SlipAnswered."""

    ticket: Ticket
    counter: CounterTicket
    municipality: Municipality
    kind: CertificateKind
    copies: int
    english: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the center what became of an order, durably and once; the runner repeats until the center has it."""

    outcome: OrderOutcome


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print the 領収書, where money was taken here; nothing of the person is on it. Answer: SlipAnswered."""

    ticket: Ticket
    transaction: TransactionId
    municipality: Municipality
    kind: CertificateKind
    copies: int
    fee_yen: int
    """Of one copy."""
    inserted_yen: int
    """What was put in, change included."""
    english: bool


@dataclass(frozen=True, slots=True)
class PrintCaseSlip:
    """Print the 未発行票. No answer: the number is on the screen, and the case is recorded without it."""

    case: CaseNumber
    code: str
    transaction: TransactionId
    kind: CertificateKind | None
    """None when nobody knows any more, as after a power cut."""
    amount_yen: int | None
    """What the machine still holds; None when that is what is unknown."""
    english: bool = False


@dataclass(frozen=True, slots=True)
class PrintReceptionSlip:
    """Print the number of an application. No answer: it is on the screen."""

    number: ReceptionNumber
    municipality: Municipality
    english: bool = False


@dataclass(frozen=True, slots=True)
class RaiseIncident:
    """Keep the evidence, call the operator and stop the machine durably until staff reopen it. No answer."""

    code: str
    transaction: TransactionId | None
    check: str
    """Which check failed, or who complained; a word without anything of the person."""


@dataclass(frozen=True, slots=True)
class NotePapersLeft:
    """Have staff look at the tray: papers and change may lie there, because nobody said that they were taken. No answer."""

    transaction: TransactionId


@dataclass(frozen=True, slots=True)
class Announce:
    """Speak a line within a page; the line of the page itself is in its ScreenModel."""

    line: Text
    level: int = 1
    """1 to 3: how urgently."""


@dataclass(frozen=True, slots=True)
class ForgetVisit:
    """The visit is over: close its channel, clear both buffers and drop everything kept under its key. Idempotent."""

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
    | InspectSignature
    | SignApplication
    | ClearPassword
    | SendApplication
    | InspectAttributes
    | ReadAttributes
    | PlaceOrder
    | AbandonOrder
    | CheckDevices
    | TakePayment
    | StopPayment
    | Refund
    | PrintDocument
    | PrintSet
    | PrintCounterSlip
    | Report
    | PrintReceipt
    | PrintCaseSlip
    | PrintReceptionSlip
    | RaiseIncident
    | NotePapersLeft
    | Announce
    | ForgetVisit
)
