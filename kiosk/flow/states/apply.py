"""States of the application for 利用登録, and of asking where one stands.

What was written is in `Form` and lives here alone; characters of the password are in no state.
"""

from dataclasses import dataclass
from enum import Enum

from kiosk.domain.certificates import Municipality
from kiosk.domain.registration import ReceptionNumber, RegistrationState, UseApplication
from kiosk.flow.session import Session, Ticket
from kiosk.flow.states.matter import Form, Verified
from kiosk.ports.card import SignedApplication


class Line(Enum):
    """What the applicant writes, one page each; values are arguments of touches."""

    HONSEKI = "honseki"
    HITTOSHA = "hittosha"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True)
class Writing:
    """Writing one line of the form."""

    session: Session
    municipality: Municipality
    form: Form
    line: Line
    before: Form | None = None
    """What the summary showed, when this corrects it: going back gives it again."""


@dataclass(frozen=True, slots=True)
class CheckingForm:
    """Reading everything that was written, with a way to correct each line."""

    session: Session
    municipality: Municipality
    form: Form


@dataclass(frozen=True, slots=True)
class InspectingSignature:
    """The visit is open; finding out whether the card can sign, without spending a try."""

    session: Session
    verified: Verified
    form: Form
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class LastPassword:
    """One try of the password is left: the choice to stop has the focus."""

    session: Session
    verified: Verified
    form: Form
    watch: Ticket
    wrong: bool = False
    """A wrong password led here."""


@dataclass(frozen=True, slots=True)
class Password:
    """Typing the password of the signature certificate; only the number of characters is known."""

    session: Session
    verified: Verified
    form: Form
    tries_left: int
    """As the chip said, 1 to 5."""
    watch: Ticket
    last_try_accepted: bool = False
    """The resident chose to go on with one try left; without it `SignApplication` is never asked for then."""
    wrong: bool = False
    """The characters before were refused."""
    typed: int = 0
    typed_at_s: float | None = None
    """Steady seconds of the latest change of the characters; None when none is typed."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The chip checks the password and signs."""

    session: Session
    verified: Verified
    form: Form
    tries_left: int
    last_try_accepted: bool
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Applying:
    """The signed application is on its way to the center."""

    session: Session
    verified: Verified
    application: UseApplication
    signed: SignedApplication
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Unsent:
    """Nobody knows whether the application arrived; sending the very same once more does no harm."""

    session: Session
    verified: Verified
    application: UseApplication
    signed: SignedApplication
    code: str
    watch: Ticket | None
    """The watch for the card's removal; None once it is gone, or the reader is."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The application was received; the number is shown once the card is gone."""

    session: Session
    municipality: Municipality
    number: ReceptionNumber
    ticket: Ticket
    since_s: float
    """Steady seconds at which the asking for the card began."""
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class Reception:
    """Showing the reception number, and what happens next."""

    session: Session
    municipality: Municipality
    number: ReceptionNumber


@dataclass(frozen=True, slots=True)
class Told:
    """Telling where a 利用登録 stands."""

    session: Session
    municipality: Municipality
    registration: RegistrationState | None
    """None when the resident needs none: certificates of this municipality can be had at once."""
