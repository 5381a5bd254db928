"""The states of one visit, each a frozen value that holds what it needs and no more.

Permission is a field: a state of choice needs `Verified`, paying needs `Issued`, printing needs `Issued` and a
`Permit`; so the wrong order of acts does not type-check. PIN digits are in no state.
"""

from kiosk.flow.session import Session
from kiosk.flow.states.apply import (
    Applied,
    Applying,
    CheckingForm,
    InspectingSignature,
    LastPassword,
    Line,
    Password,
    Reception,
    Signing,
    Told,
    Unsent,
    Writing,
)
from kiosk.flow.states.attributes import AttributesPin, CardAgain, ReadingAttributes, Unread
from kiosk.flow.states.choose import (
    ChoosingCopies,
    ChoosingItems,
    ChoosingKind,
    ChoosingMembers,
    ChoosingScope,
    ChoosingYear,
    Confirming,
    Draft,
)
from kiosk.flow.states.counter import CheckingTrays, Numbered, SealCode
from kiosk.flow.states.identify import (
    ChoosingMunicipality,
    Consent,
    Idle,
    LastTry,
    OutOfService,
    Pin,
    PlaceCard,
    ReturningCard,
    Service,
    Settling,
    TakeCard,
    Verifying,
)
from kiosk.flow.states.issue import (
    Another,
    CallingStaff,
    Cancelling,
    CheckingDevices,
    Collect,
    Message,
    Paying,
    Preparing,
    Printing,
    ReceiptPlace,
    Refunding,
)
from kiosk.flow.states.matter import (
    Aim,
    Apply,
    AskState,
    CardPlace,
    CaseNumber,
    DocumentEnd,
    Errand,
    Form,
    MoneyPlace,
    NoPaymentHere,
    Permit,
    TakeCertificates,
    UseSealCard,
    Verified,
)

__all__ = [
    "Aim",
    "Another",
    "Applied",
    "Apply",
    "Applying",
    "AskState",
    "Attended",
    "AttributesPin",
    "CallingStaff",
    "Cancelling",
    "CardAgain",
    "CardPlace",
    "CaseNumber",
    "CheckingDevices",
    "CheckingForm",
    "CheckingTrays",
    "ChoosingCopies",
    "ChoosingItems",
    "ChoosingKind",
    "ChoosingMembers",
    "ChoosingMunicipality",
    "ChoosingScope",
    "ChoosingYear",
    "Collect",
    "Confirming",
    "Consent",
    "DocumentEnd",
    "Draft",
    "Errand",
    "Form",
    "Idle",
    "InspectingSignature",
    "LastPassword",
    "LastTry",
    "Line",
    "Message",
    "MoneyPlace",
    "NoPaymentHere",
    "Numbered",
    "OutOfService",
    "Password",
    "Paying",
    "Permit",
    "Pin",
    "PlaceCard",
    "Preparing",
    "Printing",
    "ReadingAttributes",
    "ReceiptPlace",
    "Reception",
    "Refunding",
    "Resting",
    "ReturningCard",
    "SealCode",
    "Service",
    "Settling",
    "Signing",
    "State",
    "TakeCard",
    "TakeCertificates",
    "Told",
    "Unread",
    "Unsent",
    "UseSealCard",
    "Verified",
    "Verifying",
    "Writing",
    "session_of",
]

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
    | ChoosingYear
    | ChoosingItems
    | ChoosingCopies
    | CardAgain
    | AttributesPin
    | ReadingAttributes
    | Unread
    | Confirming
    | CheckingTrays
    | Preparing
    | CheckingDevices
    | Paying
    | Cancelling
    | Printing
    | Refunding
    | Collect
    | Another
    | Numbered
    | SealCode
    | Message
    | CallingStaff
    | Writing
    | CheckingForm
    | InspectingSignature
    | LastPassword
    | Password
    | Signing
    | Applying
    | Unsent
    | Applied
    | Reception
    | Told
)
State = Resting | Attended


def session_of(state: State) -> Session | None:
    """Give the session of a state; None for a resting one."""
    match state:
        case Settling() | Idle() | OutOfService():
            return None
        case _:
            return state.session
