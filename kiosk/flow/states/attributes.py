"""States at a counter whose office wants the card's own attributes too: the card once more, another PIN, and a way past each.

None of them holds what the card said; digits are in no state.
"""

from dataclasses import dataclass

from kiosk.flow.session import Session, Ticket
from kiosk.flow.states.choose import Draft
from kiosk.flow.states.matter import CardPlace, Verified


@dataclass(frozen=True, slots=True)
class CardAgain:
    """Everything is chosen; waiting for the card, then finding out whether it is the same one and can be asked."""

    session: Session
    verified: Verified
    draft: Draft
    ticket: Ticket
    """The watch, or the inspection."""
    inspecting: bool = False
    lifted: bool = False
    """The card was lifted too early before: the screen asks to put it back."""


@dataclass(frozen=True, slots=True)
class AttributesPin:
    """Typing the PIN of 券面事項入力補助; only the number of digits is known."""

    session: Session
    verified: Verified
    draft: Draft
    tries_left: int
    """As the chip said, 2 or 3: the last one is never spent on something that may be left out."""
    watch: Ticket
    wrong: bool = False
    """The digits before were refused."""
    typed: int = 0
    typed_at_s: float | None = None
    """Steady seconds of the latest change of the digits; None when none is typed."""


@dataclass(frozen=True, slots=True)
class ReadingAttributes:
    """The chip checks that PIN and is read; what it says goes to the center."""

    session: Session
    verified: Verified
    draft: Draft
    tries_left: int
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Unread:
    """Saying why nothing was read, and that the visit goes on without."""

    session: Session
    verified: Verified
    draft: Draft
    code: str
    card: CardPlace
    watch: Ticket | None
    """The watch for the card's removal; None once it is gone, or the reader is."""
