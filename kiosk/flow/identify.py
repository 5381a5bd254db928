"""From the first touch to the opened visit: service, consent, municipality, card, PIN, verdict; for every errand alike.

A PIN try is spent only by a touch on OK with four digits typed, never on a blocked card, and on the last try only after
the resident said so.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import assert_never

from kiosk.domain.certificates import Municipality
from kiosk.domain.registration import Purpose
from kiosk.flow.apply import after_form, go_on_signing
from kiosk.flow.ask import ask_for_card, list_municipalities
from kiosk.flow.codes import PIN_BLOCKED, code_of
from kiosk.flow.effects import Authenticate, InspectCard, WatchRemoval
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
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    Aim,
    Apply,
    AskState,
    CardPlace,
    ChoosingMunicipality,
    Consent,
    Errand,
    LastTry,
    Pin,
    PlaceCard,
    Service,
    TakeCard,
    TakeCertificates,
    UseSealCard,
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

ERRANDS: Mapping[Button, Errand] = MappingProxyType(
    {
        Button.CERTIFICATES: TakeCertificates(Purpose.RESIDENCE),
        Button.HONSEKI: TakeCertificates(Purpose.HONSEKI),
        Button.APPLICATION: Apply(),
        Button.STATE: AskState(),
    }
)
"""What each tile of the first question stands for, in their order: the errand most people come for is first."""
AT_COUNTER: Mapping[Button, Errand] = MappingProxyType(
    {
        **{button: ERRANDS[button] for button in (Button.CERTIFICATES, Button.APPLICATION, Button.STATE)},
        Button.SEAL_CARD: UseSealCard(),
    }
)
"""The same where staff are at hand: a counter gives its own residents' certificates, and the center refuses others there."""


def errands(settings: FlowSettings) -> Mapping[Button, Errand]:
    """Give what people come for, here."""
    return ERRANDS if settings.hands_over_here else AT_COUNTER


def purpose_of(errand: Errand) -> Purpose:
    """Give what the center is told: 利用登録 is a matter of the 本籍地."""
    match errand:
        case TakeCertificates(purpose):
            return purpose
        case UseSealCard():
            return Purpose.SEAL_CARD
        case Apply() | AskState():
            return Purpose.HONSEKI
        case _:
            assert_never(errand)


def service(state: Service, event: Event, settings: FlowSettings) -> Step:
    """Choose what to do."""
    offered = errands(settings)
    match event:
        case Touched(touch) if touch.button in offered:
            return Step(Consent(state.session, offered[touch.button]))
        case _:
            return ignore(state)


def consent(state: Consent, event: Event, now: Instant) -> Step:
    """Agree, or leave."""
    match event:
        case Touched(touch) if touch.button is Button.AGREE:
            return list_municipalities(state.session, state.errand)
        case Touched(touch) if touch.button is Button.DISAGREE:
            return leave(state, now)
        case Touched(touch) if touch.button is Button.BACK:
            return Step(Service(state.session))
        case _:
            return ignore(state)


def choosing_municipality(state: ChoosingMunicipality, event: Event) -> Step:
    """Receive the list, then the choice."""
    match event:
        case MunicipalitiesListed(ticket, outcome) if ticket == state.ticket:
            if isinstance(outcome, CenterUnavailable):
                return tell(state.session, code_of(outcome))
            return Step(replace(state, ticket=None, municipalities=outcome))
        case Touched(touch) if touch.button is Button.MUNICIPALITY:
            for municipality in state.municipalities:
                if municipality.code == touch.argument and takes(municipality, state.errand):
                    if isinstance(state.errand, Apply):
                        return after_form(state.session, municipality, state.errand.form)
                    return ask_for_card(state.session, Aim(state.errand, municipality))
            return ignore(state)
        case Touched(touch) if touch.button is Button.BACK:
            return Step(Consent(state.session, state.errand))
        case _:
            return ignore(state)


def takes(municipality: Municipality, errand: Errand) -> bool:
    """Tell whether a municipality can be chosen for an errand now; applications have hours of their own."""
    return not isinstance(errand, Apply) or municipality.application_closed is None


def place_card(state: PlaceCard, event: Event) -> Step:
    """See the card and find out what it is, without spending a try."""
    match event:
        case CardSeen(ticket) if ticket == state.ticket and not state.inspecting:
            session, question = state.session.next_ticket()
            return Step(replace(state, session=session, ticket=question, inspecting=True), (InspectCard(question),))
        case CardInspected(ticket, outcome) if ticket == state.ticket and state.inspecting:
            match outcome:
                case ReadyForPin(token, tries_left):
                    return ask_for_pin(state.session, state.aim, token, tries_left)
                case CardRemoved():
                    return ask_for_card(state.session, state.aim, lifted=True)
                case ReaderUnavailable():
                    return tell(state.session, code_of(outcome), card=CardPlace.UNSEEN)
                case (
                    PinBlocked() | NoAuthenticationCertificate() | NotAMyNumberCard() | OldResidentCard() | CardFault()
                ):
                    return tell(state.session, code_of(outcome), card=CardPlace.LYING)
        case Touched(touch) if touch.button is Button.BACK and not state.inspecting:
            return before_card(state)
        case _:
            return ignore(state)


def before_card(state: PlaceCard) -> Step:
    """Go back to what was asked before the card: the summary of a form, else the municipality."""
    if isinstance(state.aim.errand, Apply):
        return after_form(state.session, state.aim.municipality, state.aim.errand.form)
    return list_municipalities(state.session, state.aim.errand)


def ask_for_pin(session: Session, aim: Aim, token: TokenKind, tries_left: int, *, wrong: bool = False) -> Step:
    """Show the pad, or the choice before the last try, or that the PIN is blocked: as the chip's counter says."""
    if tries_left <= 0:
        return tell(session, PIN_BLOCKED, card=CardPlace.LYING)
    session, watch = session.next_ticket()
    if tries_left == 1:
        return Step(LastTry(session, aim, token, watch, wrong), (WatchRemoval(watch),))
    return Step(Pin(session, aim, token, tries_left, watch, wrong=wrong), (WatchRemoval(watch),))


def last_try(state: LastTry, event: Event) -> Step:
    """Go on knowingly; stopping is the cancel button."""
    match event:
        case Touched(touch) if touch.button is Button.NEXT:
            return Step(
                Pin(
                    state.session,
                    state.aim,
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
            verifying = Verifying(session, state.aim, state.token, state.tries_left, state.last_try_accepted, ticket)
            return Step(verifying, (Authenticate(ticket, state.aim.municipality.code, purpose_of(state.aim.errand)),))
        case _:
            return ignore(state)


def opened(session: Session, aim: Aim, verified: Verified, now: Instant) -> Step:
    """Go on with the errand; the card stays only for an application that would be taken."""
    state = verified.opened.menu.registration
    if isinstance(aim.errand, Apply) and state is not None and state.may_apply:
        return go_on_signing(session, verified, aim.errand.form)
    session, watch = session.next_ticket()
    return Step(TakeCard(session, verified, aim.errand, watch, now.steady_s), (WatchRemoval(watch),))


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
            return opened(session, state.aim, Verified(state.aim.municipality, outcome), now)
        case WrongPin(tries_left):
            return ask_for_pin(session, state.aim, state.token, tries_left, wrong=True)
        case PinIncomplete():
            session, watch = session.next_ticket()
            again = Pin(session, state.aim, state.token, state.tries_left, watch, state.last_try_accepted)
            return Step(again, (WatchRemoval(watch),))
        case CardRemoved():
            return ask_for_card(session, state.aim, lifted=True)
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
