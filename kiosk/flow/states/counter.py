"""States at a counter, where staff take the fee and hand over: a number is given here, the papers come out elsewhere.

None of them holds a document: what is to be printed went to the paper's lane, which outlives the visit.
"""

from dataclasses import dataclass, field

from kiosk.domain.certificates import Order
from kiosk.flow.session import Session, Ticket
from kiosk.flow.states.matter import Verified
from kiosk.ports.center import CounterTicket


@dataclass(frozen=True, slots=True)
class CheckingTrays:
    """Before the order: the printer behind the counter is asked for paper in both trays."""

    session: Session
    verified: Verified
    order: Order
    ticket: Ticket
    again: CounterTicket | None = None
    """The number under which the same order was printed and spoilt; None the first time."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number is given. The papers come out behind the counter, whether anybody waits here or not."""

    session: Session
    verified: Verified
    order: Order
    counter: CounterTicket
    papers: Ticket | None
    """The question for the papers; None once they are out, or nothing more will come."""
    slip: Ticket | None = None
    """The question for the 受付票; None once it is answered."""
    unslipped: bool = False
    """No slip came out, as far as the machine can tell: the resident has to note the number."""
    repeated: bool = False
    """The order was placed a second time already, and is not placed a third time."""
    trouble: str | None = None
    """Code of what keeps the papers from coming out; staff must be told."""


@dataclass(frozen=True, slots=True)
class SealCode:
    """The card stands in for the 印鑑登録証: showing the code that the resident tells the clerk."""

    session: Session
    code: str = field(repr=False)
