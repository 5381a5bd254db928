"""What states hold besides the session: permissions, places, and what became of a document.

Permission is a value that is handed over: choosing needs `Verified`, printing needs a `Permit`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NewType

from kiosk.domain.certificates import Municipality, SerialNumber
from kiosk.ports.center import DocumentFate, VisitOpened
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
