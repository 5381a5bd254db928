"""The states of one visit, each a frozen value that holds what it needs and no more.

Permission is a field: a state of choice needs `Verified`, paying needs `Issued`, printing needs `Issued` and a
`Permit`; so the wrong order of acts does not type-check. PIN digits are in no state.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

from kiosk.domain.certificates import (
    Item,
    MemberRef,
    Municipality,
    Offer,
    Order,
    ScopeKind,
    SerialNumber,
    TransactionId,
)
from kiosk.flow.session import Session, Ticket
from kiosk.ports.card import TokenKind
from kiosk.ports.center import DocumentFate, Issued, OrderOutcome, VisitOpened
from kiosk.ports.payment import Paid

CaseNumber = NewType("CaseNumber", str)
"""What the resident tells staff; see `kiosk.flow.codes.case_number`."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Permission to choose and to order: PIN verified by the chip, verdict of the center good."""

    municipality: Municipality
    opened: VisitOpened


@dataclass(frozen=True, slots=True)
class NoPaymentHere:
    """Permission to print without money in this machine: staff collect the fee, or the certificate is free."""


Permit = Paid | NoPaymentHere
"""The half of the permission to print that concerns money."""


class CardPlace(Enum):
    """Where the resident's card is, as far as the machine can tell."""

    LYING = "lying"
    AWAY = "away"
    UNSEEN = "unseen"
    """The reader is away and cannot tell; the resident is asked to look."""


class MoneyPlace(Enum):
    """Where the resident's money is, as a message tells it."""

    NONE_TAKEN = "none_taken"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class DocumentEnd:
    """What became of one document in the printer."""

    serial: SerialNumber
    fate: DocumentFate
    sheets: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Choices made so far; going back keeps them."""

    offer: Offer
    scope: ScopeKind
    members: tuple[MemberRef, ...] = field(default=(), repr=False)
    items: frozenset[Item] = frozenset()
    copies: int = 1

    def order(self) -> Order:
        """Make the order that these choices mean; members count only with the scope SOME."""
        members = self.members if self.scope is ScopeKind.SOME else ()
        return Order(self.offer.kind, self.scope, members, self.items, self.copies, self.offer.fee_yen)


# --- resting states: nothing of anybody ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settling:
    """Start-up: open orders of the journal are settled before anybody is served."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is here. Has no fields, so coming back forgets everything."""


@dataclass(frozen=True, slots=True)
class OutOfService:
    """Not serving: devices fail, or the machine was stopped."""

    faults: frozenset[str]
    """Codes of what fails now; the machine returns by itself when none is left and it is not stopped."""
    stopped: str | None = None
    """Code of the incident that stopped it until staff reopen; None when only devices fail."""

    @property
    def code(self) -> str:
        """The code to show: the incident, else the first fault in order."""
        return self.stopped if self.stopped is not None else min(self.faults, default="OTHER-01")


# --- identification -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Service:
    """Choosing what to do."""

    session: Session


@dataclass(frozen=True, slots=True)
class Consent:
    """Reading how personal data are used."""

    session: Session


@dataclass(frozen=True, slots=True)
class ChoosingMunicipality:
    """Waiting for the list, then choosing from it."""

    session: Session
    ticket: Ticket | None
    """The question for the list; None once it is here."""
    municipalities: tuple[Municipality, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """Waiting for the card, then finding out what it is."""

    session: Session
    municipality: Municipality
    ticket: Ticket
    """The watch, or the inspection."""
    inspecting: bool = False
    lifted: bool = False
    """The card was lifted too early before: the screen asks to put it back."""


@dataclass(frozen=True, slots=True)
class LastTry:
    """One try is left: the choice to stop has the focus."""

    session: Session
    municipality: Municipality
    token: TokenKind
    watch: Ticket
    wrong: bool = False
    """A wrong PIN led here."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Typing the PIN; only the number of digits is known."""

    session: Session
    municipality: Municipality
    token: TokenKind
    tries_left: int
    """As the chip said, 1 to 3."""
    watch: Ticket
    last_try_accepted: bool = False
    """The resident chose to go on with one try left; without it `Authenticate` is never asked for then."""
    wrong: bool = False
    """The digits before were refused."""
    typed: int = 0
    typed_at_s: float | None = None
    """Steady seconds of the latest change of the digits; None when none is typed."""


@dataclass(frozen=True, slots=True)
class Verifying:
    """The chip checks the PIN and signs, the center judges."""

    session: Session
    municipality: Municipality
    token: TokenKind
    tries_left: int
    last_try_accepted: bool
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class TakeCard:
    """Verified; no further step until the card is gone."""

    session: Session
    verified: Verified
    ticket: Ticket
    since_s: float
    """Steady seconds at which the asking began; alarms count from here."""
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class ReturningCard:
    """The visit is over; only the card still lies there."""

    session: Session
    ticket: Ticket
    since_s: float
    alarms: int = 0


# --- choice -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChoosingKind:
    """Which certificate."""

    session: Session
    verified: Verified


@dataclass(frozen=True, slots=True)
class ChoosingScope:
    """Whose entries."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class ChoosingMembers:
    """Which members of the household; at least one."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class ChoosingItems:
    """Which entries beyond the usual ones."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class ChoosingCopies:
    """How many."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class Confirming:
    """Everything chosen, with fee, total and the rule about refunds."""

    session: Session
    verified: Verified
    draft: Draft


# --- issue --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preparing:
    """The order is with the center."""

    session: Session
    verified: Verified
    order: Order
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class CheckingDevices:
    """The documents are in the machine; paper and money devices are asked before any money."""

    session: Session
    verified: Verified
    order: Order
    issued: Issued
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Paying:
    """Taking the money."""

    session: Session
    verified: Verified
    issued: Issued
    ticket: Ticket
    inserted_yen: int = 0


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


@dataclass(frozen=True, slots=True)
class Collect:
    """Everything is printed; the resident takes it and checks the name."""

    session: Session
    verified: Verified
    outcome: OrderOutcome
    """To be reported when the resident has it, or has said that it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Another:
    """Another certificate, or the end."""

    session: Session
    verified: Verified


# --- asides -------------------------------------------------------------------------------------------------------


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


Resting = Settling | Idle | OutOfService
Attended = (
    Service
    | Consent
    | ChoosingMunicipality
    | PlaceCard
    | LastTry
    | Pin
    | Verifying
    | TakeCard
    | ReturningCard
    | ChoosingKind
    | ChoosingScope
    | ChoosingMembers
    | ChoosingItems
    | ChoosingCopies
    | Confirming
    | Preparing
    | CheckingDevices
    | Paying
    | Cancelling
    | Printing
    | Refunding
    | Collect
    | Another
    | Message
    | CallingStaff
)
State = Resting | Attended


def session_of(state: State) -> Session | None:
    """Give the session of a state; None for a resting one."""
    match state:
        case Settling() | Idle() | OutOfService():
            return None
        case _:
            return state.session
