"""From the first touch to the opened visit: service, consent, municipality, card, PIN, verdict.

A PIN try is spent only by a touch on OK with four digits typed, never on a blocked card, and on the last try only after
the resident said so.
"""

from dataclasses import replace

from kiosk.domain.certificates import Municipality
from kiosk.flow.codes import PIN_BLOCKED, code_of
from kiosk.flow.effects import Authenticate, FetchMunicipalities, InspectCard, WatchCard, WatchRemoval
from kiosk.flow.events import (
    Authenticated,
    CardInspected,
    CardSeen,
    Event,
    MunicipalitiesListed,
    PinIncomplete,
    PinTyped,
    Touched,
)
from kiosk.flow.screen_model import Button
from kiosk.flow.session import Session
from kiosk.flow.states import (
    CardPlace,
    ChoosingMunicipality,
    Consent,
    LastTry,
    Pin,
    PlaceCard,
    Service,
    TakeCard,
    Verified,
    Verifying,
)
from kiosk.flow.step import Step, ignore, leave, tell
from kiosk.ports.card import (
    PIN_LENGTH,
    CardFault,
    CardRemoved,
    NoAuthenticationCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PinBlocked,
    ReaderUnavailable,
    ReadyForPin,
    TokenKind,
    WrongPin,
)
from kiosk.ports.center import CenterUnavailable, Refused, VisitOpened
from kiosk.ports.clock import Instant


def service(state: Service, event: Event) -> Step:
    """Choose what to do."""
    match event:
        case Touched(touch) if touch.button is Button.CERTIFICATES:
            return Step(Consent(state.session))
        case _:
            return ignore(state)


def consent(state: Consent, event: Event, now: Instant) -> Step:
    """Agree, or leave."""
    match event:
        case Touched(touch) if touch.button is Button.AGREE:
            return list_municipalities(state.session)
        case Touched(touch) if touch.button is Button.DISAGREE:
            return leave(state, now)
        case Touched(touch) if touch.button is Button.BACK:
            return Step(Service(state.session))
        case _:
            return ignore(state)


def list_municipalities(session: Session) -> Step:
    """Ask for the list that the resident chooses from."""
    session, ticket = session.next_ticket()
    return Step(ChoosingMunicipality(session, ticket), (FetchMunicipalities(ticket),))


def choosing_municipality(state: ChoosingMunicipality, event: Event) -> Step:
    """Receive the list, then the choice."""
    match event:
        case MunicipalitiesListed(ticket, outcome) if ticket == state.ticket:
            if isinstance(outcome, CenterUnavailable):
                return tell(state.session, code_of(outcome))
            return Step(replace(state, ticket=None, municipalities=outcome))
        case Touched(touch) if touch.button is Button.MUNICIPALITY:
            for municipality in state.municipalities:
                if municipality.code == touch.argument:
                    return ask_for_card(state.session, municipality)
            return ignore(state)
        case Touched(touch) if touch.button is Button.BACK:
            return Step(Consent(state.session))
        case _:
            return ignore(state)


def ask_for_card(session: Session, municipality: Municipality, *, lifted: bool = False) -> Step:
    """Wait for a card; `lifted` asks to put it back."""
    session, ticket = session.next_ticket()
    return Step(PlaceCard(session, municipality, ticket, lifted=lifted), (WatchCard(ticket),))


def place_card(state: PlaceCard, event: Event) -> Step:
    """See the card and find out what it is, without spending a try."""
    match event:
        case CardSeen(ticket) if ticket == state.ticket and not state.inspecting:
            session, question = state.session.next_ticket()
            return Step(replace(state, session=session, ticket=question, inspecting=True), (InspectCard(question),))
        case CardInspected(ticket, outcome) if ticket == state.ticket and state.inspecting:
            match outcome:
                case ReadyForPin(token, tries_left):
                    return ask_for_pin(state.session, state.municipality, token, tries_left)
                case CardRemoved():
                    return ask_for_card(state.session, state.municipality, lifted=True)
                case ReaderUnavailable():
                    return tell(state.session, code_of(outcome), card=CardPlace.UNSEEN)
                case (
                    PinBlocked() | NoAuthenticationCertificate() | NotAMyNumberCard() | OldResidentCard() | CardFault()
                ):
                    return tell(state.session, code_of(outcome), card=CardPlace.LYING)
        case Touched(touch) if touch.button is Button.BACK and not state.inspecting:
            return list_municipalities(state.session)
        case _:
            return ignore(state)


def ask_for_pin(
    session: Session, municipality: Municipality, token: TokenKind, tries_left: int, *, wrong: bool = False
) -> Step:
    """Show the pad, or the choice before the last try, or that the PIN is blocked: as the chip's counter says."""
    if tries_left <= 0:
        return tell(session, PIN_BLOCKED, card=CardPlace.LYING)
    session, watch = session.next_ticket()
    if tries_left == 1:
        return Step(LastTry(session, municipality, token, watch, wrong), (WatchRemoval(watch),))
    return Step(Pin(session, municipality, token, tries_left, watch, wrong=wrong), (WatchRemoval(watch),))


def last_try(state: LastTry, event: Event) -> Step:
    """Go on knowingly; stopping is the cancel button."""
    match event:
        case Touched(touch) if touch.button is Button.NEXT:
            return Step(
                Pin(
                    state.session,
                    state.municipality,
                    state.token,
                    tries_left=1,
                    watch=state.watch,
                    last_try_accepted=True,
                    wrong=state.wrong,
                )
            )
        case _:
            return ignore(state)


def pin(state: Pin, event: Event, now: Instant) -> Step:
    """Count digits; OK with four of them spends one try."""
    match event:
        case PinTyped(count) if 0 <= count <= PIN_LENGTH:
            return Step(replace(state, typed=count, typed_at_s=now.steady_s if count else None))
        case Touched(touch) if touch.button is Button.OK and state.typed == PIN_LENGTH:
            if state.tries_left < 1 or (state.tries_left == 1 and not state.last_try_accepted):
                return ignore(state)
            session, ticket = state.session.next_ticket()
            verifying = Verifying(
                session, state.municipality, state.token, state.tries_left, state.last_try_accepted, ticket
            )
            return Step(verifying, (Authenticate(ticket, state.municipality.code),))
        case _:
            return ignore(state)


def verifying(state: Verifying, event: Event, now: Instant) -> Step:
    """Take the verdict; only the one good answer opens the visit."""
    match event:
        case Authenticated(ticket, outcome) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    session = state.session
    match outcome:
        case VisitOpened():
            session, watch = session.next_ticket()
            verified = Verified(state.municipality, outcome)
            return Step(TakeCard(session, verified, watch, now.steady_s), (WatchRemoval(watch),))
        case WrongPin(tries_left):
            return ask_for_pin(session, state.municipality, state.token, tries_left, wrong=True)
        case PinIncomplete():
            session, watch = session.next_ticket()
            again = Pin(session, state.municipality, state.token, state.tries_left, watch, state.last_try_accepted)
            return Step(again, (WatchRemoval(watch),))
        case CardRemoved():
            return ask_for_card(session, state.municipality, lifted=True)
        case ReaderUnavailable():
            return tell(session, code_of(outcome), card=CardPlace.UNSEEN)
        case Refused():
            return tell(session, code_of(outcome), card=CardPlace.LYING, reference=outcome.reference)
        case (
            PinBlocked()
            | NoAuthenticationCertificate()
            | NotAMyNumberCard()
            | OldResidentCard()
            | CardFault()
            | CenterUnavailable()
        ):
            return tell(session, code_of(outcome), card=CardPlace.LYING)
