"""What one visit carries from state to state, and the tickets that tie answers to questions.

Refuses to know what the visit is about: the matter lies in the states.
"""

from dataclasses import dataclass, replace
from typing import NewType

from kiosk.flow.screen_model import Language

VisitKey = NewType("VisitKey", str)
"""128 random bits, 32 hexadecimal digits, made by the runner: an answer to an earlier visit can never match (INV-2)."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Names one question of one visit; its answer carries the same ticket, any other answer is dropped (INV-2)."""

    visit: VisitKey
    number: int


@dataclass(frozen=True, slots=True)
class Session:
    """The part of a visit that every state but the resting ones has."""

    visit: VisitKey
    language: Language
    tickets: int = 0
    """Number of the ticket given out last."""
    deadline_s: float | None = None
    """Steady seconds at which the present state ends by itself; None when it has no deadline. Set by `advance` only."""
    warned: bool = False
    """The spoken warning before the deadline was given; a touch that restores the time resets it."""

    def next_ticket(self) -> tuple["Session", Ticket]:
        """Give out the next ticket and the session that remembers it."""
        number = self.tickets + 1
        return replace(self, tickets=number), Ticket(self.visit, number)
