"""The states of one visit, each a frozen value that holds what it needs and no more.

Permission is a field: a state of choice needs `Verified`, paying needs `Issued`, printing needs `Issued` and a
`Permit`; so the wrong order of acts does not type-check. PIN digits are in no state.
"""

from kiosk.flow.session import Session
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
    Refunding,
)
from kiosk.flow.states.matter import CardPlace, CaseNumber, DocumentEnd, MoneyPlace, NoPaymentHere, Permit, Verified

__all__ = [
    "Another",
    "Attended",
    "CallingStaff",
    "Cancelling",
    "CardPlace",
    "CaseNumber",
    "CheckingDevices",
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
    "Idle",
    "LastTry",
    "Message",
    "MoneyPlace",
    "NoPaymentHere",
    "OutOfService",
    "Paying",
    "Permit",
    "Pin",
    "PlaceCard",
    "Preparing",
    "Printing",
    "Refunding",
    "Resting",
    "ReturningCard",
    "Service",
    "Settling",
    "State",
    "TakeCard",
    "Verified",
    "Verifying",
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
