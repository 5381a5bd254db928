"""What states hold besides the session: permissions, places, and what became of a document.

Permission is a value that is handed over: choosing needs `Verified`, printing needs a `Permit`.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

from kiosk.domain.certificates import Municipality, SerialNumber
from kiosk.domain.registration import Purpose, UseApplication
from kiosk.ports.center import DocumentFate, VisitOpened
from kiosk.ports.payment import Paid

CaseNumber = NewType("CaseNumber", str)
"""What the resident tells staff; see `kiosk.flow.codes.case_number`."""


@dataclass(frozen=True, slots=True)
class TakeCertificates:
    """Somebody came for certificates, of where they live or of their 本籍地."""

    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Form:
    """What the applicant for 利用登録 has written so far, in kana; going back keeps it."""

    honseki: str = field(default="", repr=False)
    hittosha: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)

    def application(self) -> UseApplication:
        """Make the application that these words mean."""
        return UseApplication(self.honseki, self.hittosha.strip(), self.telephone)


@dataclass(frozen=True, slots=True)
class Apply:
    """Somebody came to apply for 利用登録."""

    form: Form = Form()


@dataclass(frozen=True, slots=True)
class AskState:
    """Somebody came to ask where their application stands."""


@dataclass(frozen=True, slots=True)
class UseSealCard:
    """Somebody came to a counter without the 印鑑登録証; the card stands in for it."""


Errand = TakeCertificates | Apply | AskState | UseSealCard


@dataclass(frozen=True, slots=True)
class Aim:
    """An errand and the municipality it is about."""

    errand: Errand
    municipality: Municipality


@dataclass(frozen=True, slots=True)
class Verified:
    """Permission to choose and to order: PIN verified by the chip, verdict of the center good."""

    municipality: Municipality
    opened: VisitOpened
    card_answered: bool = False
    """The question for the card's own attributes was answered or left out; it is asked once a visit, where it is asked."""


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
