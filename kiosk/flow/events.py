"""What can happen to a visit: touches, time, devices and answers.

An answer carries the ticket of its question and the outcome as the port gave it; the runner adds nothing of its own.
No event carries a character that was typed, except of what the applicant
writes in a form.
"""

from dataclasses import dataclass, field

from kiosk.domain.certificates import Municipality, SerialNumber, TransactionId
from kiosk.flow.screen_model import Language, Touch
from kiosk.flow.session import Ticket, VisitKey
from kiosk.flow.states import CaseNumber
from kiosk.ports.attributes import AnotherCard, AttributesBlocked, NoAttributes, WrongAttributesPin
from kiosk.ports.card import (
    ApplicationSignature,
    AttributesInspection,
    CardFault,
    CardRemoved,
    Inspection,
    NoAuthenticationCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PinBlocked,
    ReaderUnavailable,
    SignatureInspection,
    WrongPin,
)
from kiosk.ports.center import (
    ApplicationReceived,
    AttributesTold,
    CenterUnavailable,
    DocumentMismatch,
    Issued,
    Refused,
    VisitOpened,
)
from kiosk.ports.payment import ChangeAdvice, PaymentOutcome, PaymentUnavailable, RefundOutcome
from kiosk.ports.printer import PrinterReady, PrinterUnavailable, PrintOutcome
from kiosk.ports.slips import SlipOutcome, SlipPrinterUnavailable


@dataclass(frozen=True, slots=True)
class PinIncomplete:
    """The buffer held fewer than four digits when it was to be taken; no try was spent."""


AuthenticationOutcome = (
    VisitOpened
    | WrongPin
    | PinBlocked
    | NoAuthenticationCertificate
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
    | PinIncomplete
    | Refused
    | CenterUnavailable
)
"""Of nonce, key, card signature and proof together: the first that fails, or the opened visit."""


@dataclass(frozen=True, slots=True)
class PasswordIncomplete:
    """The buffer held fewer than six characters when it was to be taken; no try was spent."""


@dataclass(frozen=True, slots=True)
class VisitGone:
    """The visit whose application was to be signed is not open any more; no try was spent."""


SigningOutcome = ApplicationSignature | PasswordIncomplete | VisitGone

AttributesOutcome = (
    AttributesTold
    | WrongAttributesPin
    | AttributesBlocked
    | NoAttributes
    | AnotherCard
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
    | PinIncomplete
    | VisitGone
    | Refused
    | CenterUnavailable
)
"""Of card and center together: the first that fails, or that the center has it. What the card said is in none of them."""

OrderAnswer = Issued | Refused | DocumentMismatch | CenterUnavailable


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody touched the first screen; made by the runner from Touch(START) or Touch(LANGUAGE) in `Idle`."""

    visit: VisitKey
    """Random, never used before."""
    language: Language


@dataclass(frozen=True, slots=True)
class Touched:
    """A button was touched."""

    touch: Touch


@dataclass(frozen=True, slots=True)
class PinTyped:
    """The number of digits in the PIN buffer changed."""

    count: int


@dataclass(frozen=True, slots=True)
class PasswordTyped:
    """The number of characters in the password buffer changed."""

    count: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed; about once a second, early and late ticks do no harm."""


@dataclass(frozen=True, slots=True)
class MunicipalitiesListed:
    """Answer to FetchMunicipalities."""

    ticket: Ticket
    outcome: tuple[Municipality, ...] | CenterUnavailable


@dataclass(frozen=True, slots=True)
class CardSeen:
    """Answer to WatchCard: something lies in the field."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class CardLifted:
    """Answer to WatchRemoval: the field is empty."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """Answer to WatchCard or WatchRemoval: the reader is away."""

    ticket: Ticket
    outcome: ReaderUnavailable


@dataclass(frozen=True, slots=True)
class CardInspected:
    """Answer to InspectCard."""

    ticket: Ticket
    outcome: Inspection


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Answer to Authenticate."""

    ticket: Ticket
    outcome: AuthenticationOutcome


@dataclass(frozen=True, slots=True)
class SignatureInspected:
    """Answer to InspectSignature."""

    ticket: Ticket
    outcome: SignatureInspection


@dataclass(frozen=True, slots=True)
class ApplicationSigned:
    """Answer to SignApplication."""

    ticket: Ticket
    outcome: SigningOutcome = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApplicationAnswered:
    """Answer to SendApplication."""

    ticket: Ticket
    outcome: ApplicationReceived | Refused | CenterUnavailable


@dataclass(frozen=True, slots=True)
class AttributesInspected:
    """Answer to InspectAttributes."""

    ticket: Ticket
    outcome: AttributesInspection | VisitGone


@dataclass(frozen=True, slots=True)
class AttributesAnswered:
    """Answer to ReadAttributes."""

    ticket: Ticket
    outcome: AttributesOutcome


@dataclass(frozen=True, slots=True)
class OrderAnswered:
    """Answer to PlaceOrder."""

    ticket: Ticket
    outcome: OrderAnswer = field(repr=False)


@dataclass(frozen=True, slots=True)
class DevicesChecked:
    """Answer to CheckDevices."""

    ticket: Ticket
    printer: PrinterReady | PrinterUnavailable
    payment: PaymentUnavailable | None
    """None when the amount can be taken, and in a mode without payment."""
    slips: SlipPrinterUnavailable | None = None
    """None when a slip can be printed."""
    change: ChangeAdvice = ChangeAdvice.ANY


@dataclass(frozen=True, slots=True)
class MoneyInserted:
    """News of TakePayment: the running sum."""

    ticket: Ticket
    inserted_yen: int


@dataclass(frozen=True, slots=True)
class PaymentAnswered:
    """The one answer to TakePayment, whether or not it was told to stop."""

    ticket: Ticket
    outcome: PaymentOutcome


@dataclass(frozen=True, slots=True)
class SheetOut:
    """News of PrintDocument: sheets of this document that are out."""

    ticket: Ticket
    sheets_out: int


@dataclass(frozen=True, slots=True)
class DocumentPrinted:
    """Answer to PrintDocument; DocumentMismatch when the check before the first sheet failed."""

    ticket: Ticket
    serial: SerialNumber
    outcome: PrintOutcome | DocumentMismatch


@dataclass(frozen=True, slots=True)
class SetPrinted:
    """Answer to PrintSet: what became of the papers of an order together; whatever was not `Printed` is void."""

    ticket: Ticket
    outcome: PrintOutcome | DocumentMismatch


@dataclass(frozen=True, slots=True)
class SlipAnswered:
    """Answer to PrintCounterSlip and PrintReceipt."""

    ticket: Ticket
    outcome: SlipOutcome


@dataclass(frozen=True, slots=True)
class RefundAnswered:
    """Answer to Refund."""

    ticket: Ticket
    outcome: RefundOutcome


@dataclass(frozen=True, slots=True)
class DeviceFailed:
    """Something the machine cannot serve without is unwell; repeated as answer to CheckHealth while it lasts."""

    code: str


@dataclass(frozen=True, slots=True)
class DeviceRecovered:
    """It is well again."""

    code: str


@dataclass(frozen=True, slots=True)
class Reopened:
    """Staff closed the incident and reopened the machine."""


@dataclass(frozen=True, slots=True)
class SettledCase:
    """An order that start-up could not bring to its end by itself."""

    transaction: TransactionId
    case: CaseNumber
    amount_yen: int | None
    """As in `PrintCaseSlip`."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Answer to SettleBooks: every order is reported or a numbered case."""

    cases: tuple[SettledCase, ...] = ()
    """Whose 未発行票 is still to be printed."""
    stopped: str | None = None
    """Code of an incident that staff have not closed; the machine stays stopped."""


Event = (
    Started
    | Touched
    | PinTyped
    | PasswordTyped
    | Tick
    | MunicipalitiesListed
    | CardSeen
    | CardLifted
    | ReaderLost
    | CardInspected
    | Authenticated
    | SignatureInspected
    | ApplicationSigned
    | ApplicationAnswered
    | AttributesInspected
    | AttributesAnswered
    | OrderAnswered
    | DevicesChecked
    | MoneyInserted
    | PaymentAnswered
    | SheetOut
    | DocumentPrinted
    | SetPrinted
    | SlipAnswered
    | RefundAnswered
    | DeviceFailed
    | DeviceRecovered
    | Reopened
    | Settled
)
