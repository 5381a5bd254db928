"""The step function of a visit: pure and total.

The same state, event and time always give the same step, and no event is an exception. What belongs to every step alike
(deadline, watch, PIN buffer, forgetting) is added here, once.
"""

from dataclasses import replace
from typing import assert_never

from kiosk.flow import apply, attributes, counter
from kiosk.flow import states as s
from kiosk.flow.aside import aside
from kiosk.flow.choose import (
    choosing_copies,
    choosing_items,
    choosing_kind,
    choosing_members,
    choosing_scope,
    choosing_year,
    confirming,
)
from kiosk.flow.codes import CASE
from kiosk.flow.custody import timed, with_custody
from kiosk.flow.effects import PrintCaseSlip, SettleBooks
from kiosk.flow.events import Event, Reopened, Settled, Started, Touched
from kiosk.flow.identify import choosing_municipality, consent, last_try, pin, place_card, service, verifying
from kiosk.flow.issue import checking_devices, paying, preparing
from kiosk.flow.paper import another, collect, printing, refunding
from kiosk.flow.screen_model import Button
from kiosk.flow.session import Session
from kiosk.flow.settings import FlowSettings
from kiosk.flow.step import Step, ignore, leave, rest
from kiosk.ports.clock import Instant


def begin() -> Step:
    """Give the first step of a process: settle the books before anybody is served."""
    return Step(s.Settling(), (SettleBooks(),))


def advance(state: s.State, event: Event, now: Instant, settings: FlowSettings) -> Step:
    """Give the step that an event makes of a state.

    An event that does not belong gives the same state, no effects and `ignored`.
    """
    step = aside(state, event, now, settings)
    if step is None:
        step = by_state(state, event, now, settings)
    if step.ignored:
        return step
    return Step(timed(state, step.state, event, now, settings), with_custody(state, event, step))


def by_state(state: s.State, event: Event, now: Instant, settings: FlowSettings) -> Step:
    """Hand the event to the function of the state."""
    match state:
        case s.Settling():
            return settling(state, event)
        case s.Idle():
            return idle(state, event, now, settings)
        case s.OutOfService():
            return out_of_service(state, event)
        case s.Service():
            return service(state, event, settings)
        case s.Consent():
            return consent(state, event, now)
        case s.ChoosingMunicipality():
            return choosing_municipality(state, event)
        case s.PlaceCard():
            return place_card(state, event)
        case s.LastTry():
            return last_try(state, event)
        case s.Pin():
            return pin(state, event, now)
        case s.Verifying():
            return verifying(state, event, now)
        case s.TakeCard() | s.ReturningCard() | s.Applied():
            return ignore(state)  # nothing but the card itself leads on: see the table of asides
        case s.ChoosingKind():
            return choosing_kind(state, event)
        case s.ChoosingScope():
            return choosing_scope(state, event)
        case s.ChoosingMembers():
            return choosing_members(state, event)
        case s.ChoosingYear():
            return choosing_year(state, event)
        case s.ChoosingItems():
            return choosing_items(state, event)
        case s.ChoosingCopies():
            return choosing_copies(state, event)
        case s.CardAgain():
            return attributes.card_again(state, event)
        case s.AttributesPin():
            return attributes.attributes_pin(state, event, now)
        case s.ReadingAttributes():
            return attributes.reading_attributes(state, event, now)
        case s.Unread():
            return attributes.saying_unread(state, event, now)
        case s.Confirming():
            return confirming(state, event, now, settings)
        case s.CheckingTrays():
            return counter.checking_trays(state, event, now, settings)
        case s.Preparing():
            return preparing(state, event, settings)
        case s.CheckingDevices():
            return checking_devices(state, event, now, settings)
        case s.Paying() | s.Cancelling():
            return paying(state, event)
        case s.Printing():
            return printing(state, event)
        case s.Refunding():
            return refunding(state, event)
        case s.Collect():
            return collect(state, event)
        case s.Another():
            return another(state, event, now)
        case s.Numbered():
            return counter.numbered(state, event, now)
        case s.SealCode():
            return counter.seal_code(state, event, now)
        case s.Message():
            return message(state, event, now)
        case s.CallingStaff():
            return calling_staff(state, event, now)
        case s.Writing():
            return apply.writing(state, event)
        case s.CheckingForm():
            return apply.checking_form(state, event)
        case s.InspectingSignature():
            return apply.inspecting_signature(state, event)
        case s.LastPassword():
            return apply.last_password(state, event)
        case s.Password():
            return apply.password(state, event, now)
        case s.Signing():
            return apply.signing(state, event)
        case s.Applying():
            return apply.applying(state, event, now)
        case s.Unsent():
            return apply.waiting_to_send(state, event, now)
        case s.Reception():
            return apply.reception(state, event, now)
        case s.Told():
            return apply.told(state, event, now)
        case _:
            assert_never(state)


def settling(state: s.Settling, event: Event) -> Step:
    """Open once the books are settled, unless an incident still stops the machine."""
    match event:
        case Settled(cases, stopped):
            step = rest(stopped, tuple(each.case for each in cases))
            slips = (PrintCaseSlip(each.case, CASE, each.transaction, None, each.amount_yen) for each in cases)
            return Step(step.state, (*slips, *step.effects))
        case _:
            return ignore(state)


def idle(state: s.Idle, event: Event, now: Instant, settings: FlowSettings) -> Step:
    """Begin a visit when the service is open."""
    match event:
        case Started(visit, language):
            if settings.hours_enforced and not settings.hours.is_open(now.wall):
                return ignore(state)
            known = language if language in settings.languages else settings.languages[0]
            return Step(s.Service(Session(visit, known)))
        case _:
            return ignore(state)


def out_of_service(state: s.OutOfService, event: Event) -> Step:
    """Staff reopen; failing devices still keep the machine closed."""
    match event:
        case Reopened() if state.stopped is not None:
            return Step(replace(state, stopped=None)) if state.faults else rest()
        case _:
            return ignore(state)


def message(state: s.Message, event: Event, now: Instant) -> Step:
    """Read and finish, or choose again where that is offered."""
    match event:
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case Touched(touch) if touch.button is Button.ANOTHER and state.resume is not None:
            return Step(s.ChoosingKind(state.session, state.resume))
        case _:
            return ignore(state)


def calling_staff(state: s.CallingStaff, event: Event, now: Instant) -> Step:
    """Note the number and finish; the case is recorded whatever the resident does."""
    match event:
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case _:
            return ignore(state)
