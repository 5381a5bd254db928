"""States in which nobody is served, and those up to the card's return."""

from dataclasses import dataclass

from kiosk.domain.certificates import Municipality
from kiosk.flow.session import Session, Ticket
from kiosk.flow.states.choose import Draft
from kiosk.flow.states.matter import Aim, CaseNumber, Errand, Verified
from kiosk.ports.card import TokenKind


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
    cases: tuple[CaseNumber, ...] = ()
    """Orders that became cases with the stop, shown to staff."""

    @property
    def code(self) -> str:
        """The code to show: the incident, else the first fault in order."""
        return self.stopped if self.stopped is not None else min(self.faults, default="OTHER-01")


@dataclass(frozen=True, slots=True)
class Service:
    """Choosing what to do."""

    session: Session


@dataclass(frozen=True, slots=True)
class Consent:
    """Reading how personal data are used."""

    session: Session
    errand: Errand


@dataclass(frozen=True, slots=True)
class ChoosingMunicipality:
    """Waiting for the list, then choosing from it."""

    session: Session
    errand: Errand
    ticket: Ticket | None
    """The question for the list; None once it is here."""
    municipalities: tuple[Municipality, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """Waiting for the card, then finding out what it is."""

    session: Session
    aim: Aim
    ticket: Ticket
    """The watch, or the inspection."""
    inspecting: bool = False
    lifted: bool = False
    """The card was lifted too early before: the screen asks to put it back."""


@dataclass(frozen=True, slots=True)
class LastTry:
    """One try is left: the choice to stop has the focus."""

    session: Session
    aim: Aim
    token: TokenKind
    watch: Ticket
    wrong: bool = False
    """A wrong PIN led here."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Typing the PIN; only the number of digits is known."""

    session: Session
    aim: Aim
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
    aim: Aim
    token: TokenKind
    tries_left: int
    last_try_accepted: bool
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class TakeCard:
    """Verified; no further step until the card is gone."""

    session: Session
    verified: Verified
    errand: Errand
    ticket: Ticket
    since_s: float
    """Steady seconds at which the asking began; alarms count from here."""
    alarms: int = 0
    draft: Draft | None = None
    """What was chosen before the card was laid down once more for its attributes; None the first time."""


@dataclass(frozen=True, slots=True)
class ReturningCard:
    """The visit is over; only the card still lies there."""

    session: Session
    ticket: Ticket
    since_s: float
    alarms: int = 0
