"""The application for 利用登録: written in kana, checked, signed by the card, sent; and what is told of one.

A password try is spent only by a touch on OK with enough typed, never on a blocked card, and on the last try only after
the resident said so. An answer that did not come leaves the choice to send the very same once more.
"""

from dataclasses import replace

from kiosk.domain.certificates import Municipality
from kiosk.domain.registration import RegistrationState, UseApplication
from kiosk.flow import kana
from kiosk.flow.ask import ask_for_card, list_municipalities
from kiosk.flow.codes import SIGN_BLOCKED, code_of
from kiosk.flow.effects import (
    InspectSignature,
    PrintReceptionSlip,
    SendApplication,
    SignApplication,
    WatchRemoval,
)
from kiosk.flow.events import (
    ApplicationAnswered,
    ApplicationSigned,
    Event,
    PasswordIncomplete,
    PasswordTyped,
    SignatureInspected,
    Touched,
    VisitGone,
)
from kiosk.flow.lines import MOST, is_complete, may_write, missing, previous, rewrite, written
from kiosk.flow.screen_model import JAPANESE, Button
from kiosk.flow.session import Session
from kiosk.flow.states import (
    Aim,
    Applied,
    Apply,
    Applying,
    CardPlace,
    CheckingForm,
    Form,
    InspectingSignature,
    LastPassword,
    Line,
    Password,
    Reception,
    Signing,
    Told,
    Unsent,
    Verified,
    Writing,
)
from kiosk.flow.step import Step, ignore, leave, tell
from kiosk.ports.card import (
    CardFault,
    CardRemoved,
    NoSignatureCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PasswordBlocked,
    ReaderUnavailable,
    ReadyForPassword,
    SignedApplication,
    WrongPassword,
)
from kiosk.ports.center import ApplicationReceived, CenterUnavailable, Refused
from kiosk.ports.clock import Instant
from kiosk.ports.password import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH

MUNICIPALITY = "municipality"
"""Argument of the touch that corrects the municipality; the others are values of Line."""


def after_form(session: Session, municipality: Municipality, form: Form) -> Step:
    """Ask for the first line that is missing; with all of them there, show everything."""
    line = missing(form)
    if line is None:
        return Step(CheckingForm(session, municipality, form))
    return Step(Writing(session, municipality, form, line))


def writing(state: Writing, event: Event) -> Step:
    """Write one line key by key; go on when it can be right."""
    text, most = written(state.form, state.line), MOST[state.line]
    match event:
        case Touched(touch) if touch.button is Button.CHARACTER and may_write(state.line, touch.argument):
            return rewritten(state, kana.typed(text, touch.argument, most))
        case Touched(touch) if touch.button is Button.ERASE:
            return rewritten(state, text[:-1])
        case Touched(touch) if touch.button is Button.CLEAR:
            return rewritten(state, "")
        case Touched(touch) if touch.button is Button.NEXT and is_complete(state.form, state.line):
            return after_form(state.session, state.municipality, state.form)
        case Touched(touch) if touch.button is Button.BACK:
            return before_line(state)
        case _:
            return ignore(state)


def rewritten(state: Writing, text: str) -> Step:
    """Put another text into the line."""
    return Step(replace(state, form=rewrite(state.form, state.line, text)))


def before_line(state: Writing) -> Step:
    """Go back: from a correction to the summary as it was, else to the line before or the municipality."""
    if state.before is not None:
        return Step(CheckingForm(state.session, state.municipality, state.before))
    line = previous(state.line)
    if line is None:
        return list_municipalities(state.session, Apply(state.form))
    return Step(replace(state, line=line))


def checking_form(state: CheckingForm, event: Event) -> Step:
    """Correct a line, or go on to the card."""
    match event:
        case Touched(touch) if touch.button is Button.CORRECT and touch.argument == MUNICIPALITY:
            return list_municipalities(state.session, Apply(state.form))
        case Touched(touch) if touch.button is Button.CORRECT:
            for line in Line:
                if line.value == touch.argument:
                    return Step(Writing(state.session, state.municipality, state.form, line, before=state.form))
            return ignore(state)
        case Touched(touch) if touch.button is Button.NEXT:
            return ask_for_card(state.session, Aim(Apply(state.form), state.municipality))
        case Touched(touch) if touch.button is Button.BACK:
            return Step(Writing(state.session, state.municipality, state.form, Line.TELEPHONE))
        case _:
            return ignore(state)


def go_on_signing(session: Session, verified: Verified, form: Form) -> Step:
    """The visit is open and the card lies there: find out whether it can sign."""
    session, ticket = session.next_ticket()
    return Step(InspectingSignature(session, verified, form, ticket), (InspectSignature(ticket),))


def inspecting_signature(state: InspectingSignature, event: Event) -> Step:
    """Ask for the password of a card that can sign."""
    match event:
        case SignatureInspected(ticket, outcome) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    match outcome:
        case ReadyForPassword(tries_left):
            return ask_for_password(state.session, state.verified, state.form, tries_left)
        case _:
            return not_signed(state, outcome)


def ask_for_password(session: Session, verified: Verified, form: Form, tries_left: int, *, wrong: bool = False) -> Step:
    """Show the keys, or the choice before the last try, or that the password is blocked: as the chip's counter says."""
    if tries_left <= 0:
        return tell(session, SIGN_BLOCKED, card=CardPlace.LYING)
    session, watch = session.next_ticket()
    if tries_left == 1:
        return Step(LastPassword(session, verified, form, watch, wrong), (WatchRemoval(watch),))
    return Step(Password(session, verified, form, tries_left, watch, wrong=wrong), (WatchRemoval(watch),))


def last_password(state: LastPassword, event: Event) -> Step:
    """Go on knowingly; stopping is the cancel button."""
    match event:
        case Touched(touch) if touch.button is Button.NEXT:
            keys = Password(state.session, state.verified, state.form, 1, state.watch, True, state.wrong)
            return Step(keys)
        case _:
            return ignore(state)


def password(state: Password, event: Event, now: Instant) -> Step:
    """Count characters; OK with enough of them spends one try."""
    match event:
        case PasswordTyped(count) if 0 <= count <= MAX_PASSWORD_LENGTH:
            return Step(replace(state, typed=count, typed_at_s=now.steady_s if count else None))
        case Touched(touch) if touch.button is Button.OK and state.typed >= MIN_PASSWORD_LENGTH:
            if state.tries_left < 1 or (state.tries_left == 1 and not state.last_try_accepted):
                return ignore(state)
            session, ticket = state.session.next_ticket()
            signing = Signing(session, state.verified, state.form, state.tries_left, state.last_try_accepted, ticket)
            return Step(signing, (SignApplication(ticket, state.form.application()),))
        case _:
            return ignore(state)


def signing(state: Signing, event: Event) -> Step:
    """Send what the chip signed; ask again for a password that it refused."""
    match event:
        case ApplicationSigned(ticket, outcome) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    match outcome:
        case SignedApplication():
            return send(state.session, state.verified, state.form.application(), outcome)
        case WrongPassword(tries_left):
            return ask_for_password(state.session, state.verified, state.form, tries_left, wrong=True)
        case PasswordIncomplete():
            session, watch = state.session.next_ticket()
            again = Password(session, state.verified, state.form, state.tries_left, watch, state.last_try_accepted)
            return Step(again, (WatchRemoval(watch),))
        case VisitGone():
            return tell(state.session, code_of(outcome), card=CardPlace.LYING)
        case _:
            return not_signed(state, outcome)


NotSigned = (
    PasswordBlocked
    | NoSignatureCertificate
    | NotAMyNumberCard
    | OldResidentCard
    | CardFault
    | CardRemoved
    | ReaderUnavailable
)


def not_signed(state: InspectingSignature | Signing, outcome: NotSigned) -> Step:
    """Say why the card did not sign; one that was lifted may be put back, and shows the PIN once more."""
    match outcome:
        case CardRemoved():
            return ask_for_card(state.session, Aim(Apply(state.form), state.verified.municipality), lifted=True)
        case ReaderUnavailable():
            return tell(state.session, code_of(outcome), card=CardPlace.UNSEEN)
        case PasswordBlocked() | NoSignatureCertificate() | NotAMyNumberCard() | OldResidentCard() | CardFault():
            return tell(state.session, code_of(outcome), card=CardPlace.LYING)


def send(session: Session, verified: Verified, application: UseApplication, signed: SignedApplication) -> Step:
    """Hand the signed application in."""
    session, ticket = session.next_ticket()
    effect = SendApplication(ticket, application, signed)
    return Step(Applying(session, verified, application, signed, ticket), (effect,))


def applying(state: Applying, event: Event, now: Instant) -> Step:
    """Take the answer; where none came, nobody knows whether the application arrived."""
    match event:
        case ApplicationAnswered(ticket, outcome) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    match outcome:
        case ApplicationReceived(number):
            session, watch = state.session.next_ticket()
            municipality = state.verified.municipality
            slip = PrintReceptionSlip(number, municipality, state.session.language != JAPANESE)
            effects = (slip, WatchRemoval(watch))
            return Step(Applied(session, municipality, number, watch, now.steady_s), effects)
        case Refused():
            return tell(state.session, code_of(outcome), card=CardPlace.LYING, reference=outcome.reference)
        case CenterUnavailable():
            return unsent(state, code_of(outcome))


def unsent(state: Applying, code: str) -> Step:
    """Say so, and offer to send the same again: the center counts it once."""
    session, watch = state.session.next_ticket()
    waiting = Unsent(session, state.verified, state.application, state.signed, code, watch)
    return Step(waiting, (WatchRemoval(watch),))


def waiting_to_send(state: Unsent, event: Event, now: Instant) -> Step:
    """Send again, or finish."""
    match event:
        case Touched(touch) if touch.button is Button.RETRY:
            return send(state.session, state.verified, state.application, state.signed)
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case _:
            return ignore(state)


def reception(state: Reception, event: Event, now: Instant) -> Step:
    """Note the number and finish."""
    match event:
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case _:
            return ignore(state)


def told(state: Told, event: Event, now: Instant) -> Step:
    """Read and finish, or apply where that would be taken."""
    match event:
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case Touched(touch) if touch.button is Button.APPLICATION and can_apply(state.registration, state.municipality):
            return after_form(state.session, state.municipality, Form())
        case _:
            return ignore(state)


def can_apply(registration: RegistrationState | None, municipality: Municipality) -> bool:
    """Tell whether an application is offered: there, now, and in this state; None is somebody who needs none."""
    return registration is not None and registration.may_apply and municipality.application_closed is None
