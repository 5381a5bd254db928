"""One step of the machine, and the ways in which a visit ends or turns aside.

These are shared by all phases so that every ending closes the same books in the same order.
"""

from dataclasses import dataclass

from kiosk.domain.certificates import CertificateKind, TransactionId
from kiosk.flow.codes import case_number
from kiosk.flow.effects import CheckHealth, Effect, PrintCaseSlip, Report, WatchRemoval
from kiosk.flow.screen_model import JAPANESE
from kiosk.flow.session import Session
from kiosk.flow.states import (
    Applied,
    Applying,
    Attended,
    AttributesPin,
    CallingStaff,
    CardAgain,
    CardPlace,
    CaseNumber,
    DocumentEnd,
    Idle,
    InspectingSignature,
    LastPassword,
    LastTry,
    Message,
    MoneyPlace,
    OutOfService,
    Password,
    Pin,
    PlaceCard,
    ReadingAttributes,
    ReturningCard,
    Signing,
    State,
    TakeCard,
    Unread,
    Unsent,
    Verified,
    Verifying,
)
from kiosk.ports.center import DocumentFate, Issued, MoneyFate, OrderOutcome
from kiosk.ports.clock import Instant


@dataclass(frozen=True, slots=True)
class Step:
    """What an event made of a state."""

    state: State
    effects: tuple[Effect, ...] = ()
    ignored: bool = False
    """The event does not belong here: the state is the same value and nothing is to be done."""


def ignore(state: State) -> Step:
    """Leave the state as it is and say so."""
    return Step(state, (), ignored=True)


def rest(stopped: str | None = None, cases: tuple[CaseNumber, ...] = ()) -> Step:
    """End a visit: back to `Idle`, or out of service when an incident stopped the machine; staff see whose cases."""
    if stopped is not None:
        return Step(OutOfService(frozenset(), stopped, cases))
    return Step(Idle(), (CheckHealth(),))


def card_lies(state: State) -> bool:
    """Tell whether the resident's card may lie in the reader's field."""
    match state:
        case PlaceCard() | CardAgain():
            return state.inspecting
        case AttributesPin() | ReadingAttributes():
            return True
        case LastTry() | Pin() | Verifying() | TakeCard() | ReturningCard():
            return True
        case InspectingSignature() | LastPassword() | Password() | Signing() | Applying() | Applied():
            return True
        case Unsent():
            return state.watch is not None
        case Message() | Unread():
            return state.card is CardPlace.LYING
        case _:
            return False


def leave(state: Attended, now: Instant) -> Step:
    """End a visit in which nothing is owed; a card that lies there is returned first, `Idle` comes after."""
    stopped = state.code if isinstance(state, Message | CallingStaff) and state.stops else None
    if card_lies(state):
        session, ticket = state.session.next_ticket()
        return Step(ReturningCard(session, ticket, now.steady_s), (WatchRemoval(ticket),))
    return rest(stopped, (state.case,) if isinstance(state, CallingStaff) else ())


def tell(
    session: Session,
    code: str,
    *,
    card: CardPlace = CardPlace.AWAY,
    money: MoneyPlace = MoneyPlace.NONE_TAKEN,
    reference: str | None = None,
    resume: Verified | None = None,
    stops: bool = False,
    effects: tuple[Effect, ...] = (),
) -> Step:
    """Show a message with a code; while the card lies there its removal is watched."""
    if card is not CardPlace.LYING:
        return Step(Message(session, code, card, money, None, reference, resume, stops), effects)
    session, watch = session.next_ticket()
    message = Message(session, code, card, money, watch, reference, resume, stops)
    return Step(message, (*effects, WatchRemoval(watch)))


def voided(issued: Issued, done: tuple[DocumentEnd, ...] = ()) -> tuple[DocumentEnd, ...]:
    """Complete the fates of an order's certificates: whatever was not begun is void."""
    rest_of_them = issued.certificates[len(done) :]
    return done + tuple(DocumentEnd(document.serial, DocumentFate.VOIDED, 0) for document in rest_of_them)


def outcome_of(
    transaction: TransactionId, money: MoneyFate, received_yen: int, ends: tuple[DocumentEnd, ...]
) -> OrderOutcome:
    """Make the outcome to report of an order, without a case."""
    documents = tuple((end.serial, end.fate, end.sheets) for end in ends)
    return OrderOutcome(transaction, money, received_yen, documents, None)


def call_staff(
    session: Session,
    code: str,
    outcome: OrderOutcome,
    kind: CertificateKind | None,
    *,
    stops: bool = False,
    effects: tuple[Effect, ...] = (),
) -> Step:
    """Turn an order into a numbered case: reported as such, slip printed, number shown."""
    case = case_number(outcome.transaction)
    reported = OrderOutcome(outcome.transaction, outcome.money, outcome.received_yen, outcome.documents, case)
    english = session.language != JAPANESE
    slip = PrintCaseSlip(case, code, outcome.transaction, kind, held_yen(outcome), english)
    return Step(CallingStaff(session, case, code, stops), (*effects, Report(reported), slip))


def held_yen(outcome: OrderOutcome) -> int | None:
    """Give what the machine still holds of the resident's money; None when that is what nobody knows."""
    match outcome.money:
        case MoneyFate.KEPT:
            return outcome.received_yen
        case MoneyFate.NONE | MoneyFate.REFUNDED:
            return 0
        case MoneyFate.UNKNOWN:
            return None
