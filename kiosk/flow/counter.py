"""The counter's own part of a visit: trays before the order, the number and its slip, papers that come out elsewhere.

Whoever has the number may go: the papers are the lane's, which also tells the center what became of them. Only while
somebody still stands here can spoilt papers be ordered again, for they exist sealed to the visit and nowhere else.
"""

from dataclasses import replace

from kiosk.domain.certificates import Order
from kiosk.flow.codes import CLOSED, NO_SEAL, code_of
from kiosk.flow.effects import CheckDevices, Effect, PlaceOrder, PrintCounterSlip, PrintSet
from kiosk.flow.events import DevicesChecked, Event, SetPrinted, SlipAnswered, Touched
from kiosk.flow.screen_model import JAPANESE, Button
from kiosk.flow.session import Session
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    CheckingDevices,
    CheckingTrays,
    ChoosingKind,
    Numbered,
    Preparing,
    SealCode,
    TakeCard,
    Verified,
)
from kiosk.flow.step import Step, ignore, leave, tell
from kiosk.ports.center import CounterTicket, DocumentMismatch, DocumentRole, Issued
from kiosk.ports.clock import Instant
from kiosk.ports.printer import Printed, PrinterUnavailable, PrintFailed, PrintUnknown
from kiosk.ports.slips import SlipPrinted

OTHER_PAPERS = 2
"""申請書 and 領収書: at least one sheet each, beside the certificates."""
WRONG_TRAY = "PRINT-02"


def check_trays(session: Session, verified: Verified, order: Order, again: CounterTicket | None = None) -> Step:
    """Ask the printer behind the counter before anything is ordered: a number is not given for papers that cannot come."""
    session, ticket = session.next_ticket()
    sheets = order.copies + OTHER_PAPERS
    return Step(CheckingTrays(session, verified, order, ticket, again), (CheckDevices(ticket, 0, sheets),))


def checking_trays(state: CheckingTrays, event: Event, now: Instant, settings: FlowSettings) -> Step:
    """Order when there is paper in both trays and the office is still open."""
    match event:
        case DevicesChecked() if event.ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    if isinstance(event.printer, PrinterUnavailable):
        return refuse(state, code_of(event.printer))
    if settings.hours_enforced and not settings.hours.is_open(now.wall):
        return refuse(state, CLOSED)
    session, ticket = state.session.next_ticket()
    return Step(
        Preparing(session, state.verified, state.order, ticket, state.again), (PlaceOrder(ticket, state.order),)
    )


def refuse(
    state: CheckingTrays | Preparing | CheckingDevices,
    code: str,
    *,
    reference: str | None = None,
    effects: tuple[Effect, ...] = (),
) -> Step:
    """Say why nothing comes; who has a number already keeps it, for the clerk."""
    if state.again is None:
        return tell(state.session, code, reference=reference, effects=effects)
    numbered = Numbered(state.session, state.verified, state.order, state.again, None, repeated=True, trouble=code)
    return Step(numbered, effects)


def has_its_papers(issued: Issued, *, at_counter: bool) -> bool:
    """Tell whether an order came with a number and its two papers, first and last; elsewhere with none of them."""
    roles = [document.role for document in issued.documents]
    inner = roles[1:-1] if at_counter else roles
    if at_counter and (roles[:1], roles[-1:]) != ([DocumentRole.APPLICATION], [DocumentRole.RECEIPT]):
        return False
    return (issued.ticket is not None) is at_counter and all(role is DocumentRole.CERTIFICATE for role in inner)


def give_number(state: CheckingDevices, counter: CounterTicket) -> Step:
    """Show the number, print its slip, and hand the papers to the lane; the slip for a known number is out already."""
    session, papers = state.session.next_ticket()
    effects: tuple[Effect, ...] = (PrintSet(papers, state.issued),)
    slip = None
    if state.again is None or state.again.code != counter.code:
        session, slip = session.next_ticket()
        english = session.language != JAPANESE
        municipality = state.verified.municipality
        order = state.order
        effects = (PrintCounterSlip(slip, counter, municipality, order.kind, order.copies, english), *effects)
    repeated = state.again is not None
    return Step(Numbered(session, state.verified, state.order, counter, papers, slip, repeated=repeated), effects)


def names_the_trays(counter: CounterTicket, settings: FlowSettings) -> bool:
    """Tell whether the office means the trays that this terminal knows; a certificate comes from no other."""
    return settings.trays is None or settings.trays == (counter.security_tray, counter.plain_tray)


def numbered(state: Numbered, event: Event, now: Instant) -> Step:
    """Hear of slip and papers; go on or finish at any moment."""
    match event:
        case SlipAnswered() if event.ticket == state.slip:
            return Step(replace(state, slip=None, unslipped=not isinstance(event.outcome, SlipPrinted)))
        case SetPrinted() if event.ticket == state.papers:
            return printed(state, event)
        case Touched(touch) if touch.button is Button.ANOTHER and state.trouble is None:
            return Step(ChoosingKind(state.session, state.verified))
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case _:
            return ignore(state)


def printed(state: Numbered, event: SetPrinted) -> Step:
    """Order spoilt papers once more; where that is a guess, or was tried, the clerk is told."""
    match event.outcome:
        case Printed():
            return Step(replace(state, papers=None))
        case PrintFailed() if not state.repeated:
            return check_trays(state.session, state.verified, state.order, state.counter)
        case PrintFailed() | PrintUnknown():
            return Step(replace(state, papers=None, trouble=code_of(event.outcome)))
        case DocumentMismatch():
            # The lane has stopped the machine and kept the evidence: it may find this when nobody is here any more.
            return tell(state.session, code_of(event.outcome), stops=True)


def show_seal_code(state: TakeCard) -> Step:
    """Show what the resident tells the clerk."""
    code = state.verified.opened.menu.seal_code
    return tell(state.session, NO_SEAL) if code is None else Step(SealCode(state.session, code))


def seal_code(state: SealCode, event: Event, now: Instant) -> Step:
    """Read it and finish."""
    match event:
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case _:
            return ignore(state)
