"""Reading the card's own attributes for the 申請書 of an office that asks for them: after the choice, before the confirmation.

It can be left out at every step, and nothing that goes wrong in it ends the visit. A try of the PIN is spent only by a touch
on OK with four digits typed, and the last one never: a blocked PIN costs a way to the town hall, a 申請書 without it nothing.
"""

from dataclasses import replace

from kiosk.domain.registration import Purpose
from kiosk.flow.codes import ATTRIBUTES_BLOCKED, KEEP_LAST_TRY, TIMED_OUT, code_of
from kiosk.flow.effects import InspectAttributes, ReadAttributes, WatchCard, WatchRemoval
from kiosk.flow.events import (
    AttributesAnswered,
    AttributesInspected,
    CardSeen,
    Event,
    PinIncomplete,
    PinTyped,
    Touched,
    VisitGone,
)
from kiosk.flow.screen_model import Button
from kiosk.flow.session import Session
from kiosk.flow.states import (
    AttributesPin,
    CardAgain,
    CardPlace,
    Confirming,
    Draft,
    ReadingAttributes,
    TakeCard,
    TakeCertificates,
    Unread,
    Verified,
)
from kiosk.flow.step import Step, ignore
from kiosk.ports.attributes import (
    AnotherCard,
    AttributesBlocked,
    NoAttributes,
    ReadyForAttributes,
    WrongAttributesPin,
)
from kiosk.ports.card import PIN_LENGTH, CardFault, CardRemoved, NotAMyNumberCard, OldResidentCard, ReaderUnavailable
from kiosk.ports.center import AttributesTold, CenterUnavailable, Refused
from kiosk.ports.clock import Instant

FEWEST_TRIES = 2
"""With fewer left nothing is asked of the card."""
AGAIN = frozenset({"CARD-04", "CARD-05", "CARD-08", "CARD-10"})
"""Codes after which laying the right card down, or once more, may help."""


def is_due(verified: Verified) -> bool:
    """Tell whether this office asks and this visit has not answered yet."""
    return verified.opened.menu.asks_attributes and not verified.card_answered


def ask(session: Session, verified: Verified, draft: Draft, *, lifted: bool = False) -> Step:
    """Wait for the card; `lifted` asks to put it back."""
    session, ticket = session.next_ticket()
    return Step(CardAgain(session, verified, draft, ticket, lifted=lifted), (WatchCard(ticket),))


def card_again(state: CardAgain, event: Event) -> Step:
    """See the card and find out whether it can be asked, without spending a try; or go on without."""
    match event:
        case CardSeen(ticket) if ticket == state.ticket and not state.inspecting:
            session, question = state.session.next_ticket()
            inspecting = replace(state, session=session, ticket=question, inspecting=True)
            return Step(inspecting, (InspectAttributes(question),))
        case AttributesInspected(ticket, outcome) if ticket == state.ticket and state.inspecting:
            match outcome:
                case ReadyForAttributes(tries_left):
                    return ask_for_pin(state, tries_left)
                case VisitGone():
                    return unread(state, code_of(outcome))
                case _:
                    return not_read(state, outcome)
        case Touched(touch) if touch.button is Button.SKIP and not state.inspecting:
            return Step(Confirming(state.session, answered(state.verified), state.draft))
        case _:
            return ignore(state)


def ask_for_pin(state: CardAgain | ReadingAttributes, tries_left: int, *, wrong: bool = False) -> Step:
    """Show the pad while a wrong entry would not be the last."""
    if tries_left <= 0:
        return unread(state, ATTRIBUTES_BLOCKED)
    if tries_left < FEWEST_TRIES:
        return unread(state, KEEP_LAST_TRY)
    session, watch = state.session.next_ticket()
    pad = AttributesPin(session, state.verified, state.draft, tries_left, watch, wrong)
    return Step(pad, (WatchRemoval(watch),))


def attributes_pin(state: AttributesPin, event: Event, now: Instant) -> Step:
    """Count digits; OK with four of them spends one try; or go on without."""
    match event:
        case PinTyped(count) if 0 <= count <= PIN_LENGTH:
            return Step(replace(state, typed=count, typed_at_s=now.steady_s if count else None))
        case Touched(touch) if touch.button is Button.OK and state.typed == PIN_LENGTH:
            session, ticket = state.session.next_ticket()
            reading = ReadingAttributes(session, state.verified, state.draft, state.tries_left, ticket)
            return Step(reading, (ReadAttributes(ticket),))
        case Touched(touch) if touch.button is Button.SKIP:
            return give_back(state, now)
        case _:
            return ignore(state)


def reading_attributes(state: ReadingAttributes, event: Event, now: Instant) -> Step:
    """Go on once the center has what the card said; ask again for digits that the chip refused."""
    match event:
        case AttributesAnswered(ticket, outcome) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    match outcome:
        case AttributesTold():
            return give_back(state, now)
        case WrongAttributesPin(tries_left):
            return ask_for_pin(state, tries_left, wrong=True)
        case PinIncomplete():
            return ask_for_pin(state, state.tries_left)
        case Refused() | CenterUnavailable() | VisitGone():
            return unread(state, code_of(outcome))
        case _:
            return not_read(state, outcome)


NotRead = (
    AttributesBlocked
    | NoAttributes
    | AnotherCard
    | NotAMyNumberCard
    | OldResidentCard
    | CardFault
    | CardRemoved
    | ReaderUnavailable
)


def not_read(state: CardAgain | ReadingAttributes, outcome: NotRead) -> Step:
    """Say why the card was not read; one that was lifted may be put back."""
    match outcome:
        case CardRemoved():
            return ask(state.session, state.verified, state.draft, lifted=True)
        case ReaderUnavailable():
            return unread(state, code_of(outcome), CardPlace.UNSEEN)
        case _:
            return unread(state, code_of(outcome))


def unread(
    state: CardAgain | AttributesPin | ReadingAttributes | TakeCard, code: str, card: CardPlace = CardPlace.LYING
) -> Step:
    """Say that nothing was read; while the card lies there its removal is watched."""
    draft = state.draft
    assert draft is not None  # of a TakeCard: only one that gives the card back after a reading comes here
    if card is not CardPlace.LYING:
        return Step(Unread(state.session, state.verified, draft, code, card, None))
    session, watch = state.session.next_ticket()
    return Step(Unread(session, state.verified, draft, code, card, watch), (WatchRemoval(watch),))


def timed_out(state: ReadingAttributes) -> Step:
    """Nobody answered: go on without."""
    return unread(state, TIMED_OUT)


def saying_unread(state: Unread, event: Event, now: Instant) -> Step:
    """Go on without, or try once more where that may help."""
    match event:
        case Touched(touch) if touch.button is Button.NEXT and state.card is CardPlace.LYING:
            return give_back(state, now)
        case Touched(touch) if touch.button is Button.NEXT:
            return Step(Confirming(state.session, answered(state.verified), state.draft))
        case Touched(touch) if touch.button is Button.RETRY and state.code in AGAIN:
            return ask(state.session, state.verified, state.draft)
        case _:
            return ignore(state)


def give_back(state: AttributesPin | ReadingAttributes | Unread, now: Instant) -> Step:
    """Have the card taken; the confirmation comes once it is gone."""
    session, watch = state.session.next_ticket()
    errand = TakeCertificates(Purpose.RESIDENCE)
    taking = TakeCard(session, answered(state.verified), errand, watch, now.steady_s, draft=state.draft)
    return Step(taking, (WatchRemoval(watch),))


def answered(verified: Verified) -> Verified:
    """Ask no more in this visit, whatever the answer was."""
    return replace(verified, card_answered=True)
