"""What belongs to every step alike: the deadline, the card watch, the pad's buffer, and forgetting.

Kept in one place, so that no path through the phases can leave one of them out.
"""

from dataclasses import replace
from typing import assert_never

from kiosk.flow import states as s
from kiosk.flow.effects import ClearPassword, ClearPin, Effect, ForgetVisit, StopWatching
from kiosk.flow.events import CardLifted, CardSeen, Event, MoneyInserted, PasswordTyped, PinTyped, ReaderLost, Touched
from kiosk.flow.session import Session, Ticket
from kiosk.flow.settings import FlowSettings
from kiosk.flow.step import Step
from kiosk.ports.clock import Instant


def with_session(state: s.Attended, session: Session) -> s.Attended:
    """Give the same state with another session."""
    return replace(state, session=session)


def holds_visit(state: s.State) -> bool:
    """Tell whether the state may still need the visit's channel to the center; when not, the runner closes it."""
    match state:
        case (
            s.Settling()
            | s.Idle()
            | s.OutOfService()
            | s.ReturningCard()
            | s.CallingStaff()
            | s.Refunding()
            | s.Applied()
            | s.Reception()
            | s.SealCode()
        ):
            return False
        case s.Message():
            return state.resume is not None
        case s.Numbered():
            return state.trouble is None
        case (
            s.Service()
            | s.Consent()
            | s.ChoosingMunicipality()
            | s.PlaceCard()
            | s.LastTry()
            | s.Pin()
            | s.Verifying()
            | s.TakeCard()
            | s.ChoosingKind()
            | s.ChoosingScope()
            | s.ChoosingMembers()
            | s.ChoosingYear()
            | s.ChoosingItems()
            | s.ChoosingCopies()
            | s.CardAgain()
            | s.AttributesPin()
            | s.ReadingAttributes()
            | s.Unread()
            | s.Confirming()
            | s.CheckingTrays()
            | s.Preparing()
            | s.CheckingDevices()
            | s.Paying()
            | s.Cancelling()
            | s.Printing()
            | s.Collect()
            | s.Another()
            | s.Writing()
            | s.CheckingForm()
            | s.InspectingSignature()
            | s.LastPassword()
            | s.Password()
            | s.Signing()
            | s.Applying()
            | s.Unsent()
            | s.Told()
        ):
            return True
        case _:
            assert_never(state)


def watch_of(state: s.State) -> Ticket | None:
    """Give the ticket of the card watch that runs in a state; None when the reader is free."""
    match state:
        case s.PlaceCard() | s.CardAgain():
            return None if state.inspecting else state.ticket
        case s.AttributesPin() | s.Unread():
            return state.watch
        case s.LastTry() | s.Pin() | s.Message() | s.LastPassword() | s.Password() | s.Unsent():
            return state.watch
        case s.TakeCard() | s.ReturningCard() | s.Applied():
            return state.ticket
        case _:
            return None


def timed(old: s.State, new: s.State, event: Event, now: Instant, settings: FlowSettings) -> s.State:
    """Give a state its deadline: a new one on entry and at every sign of life, the old one otherwise.

    News of devices that nobody may have caused restore nothing, so that a visit without a resident always ends; and
    where the machine waits for an answer, no touch puts the backstop off. A state whose limit changes begins anew.
    """
    match new:
        case s.Settling() | s.Idle() | s.OutOfService():
            return new
        case _:
            pass
    limit = settings.deadlines.of(new)
    attended = limit is not None and limit.warning_s > 0
    alive = isinstance(event, MoneyInserted) or (attended and isinstance(event, Touched | PinTyped | PasswordTyped))
    if type(old) is type(new) and not alive and settings.deadlines.of(old) == limit:
        return new
    deadline_s = None if limit is None else now.steady_s + limit.total_s
    return with_session(new, replace(new.session, deadline_s=deadline_s, warned=False))


def with_custody(old: s.State, event: Event, step: Step) -> tuple[Effect, ...]:
    """Add what must never be forgotten: end the watch, clear the pad's buffer, drop the visit."""
    before: list[Effect] = []
    after: list[Effect] = []
    new = step.state
    watch = watch_of(old)
    answered = isinstance(event, CardSeen | CardLifted | ReaderLost) and event.ticket == watch
    if watch is not None and watch != watch_of(new) and not answered:
        before.append(StopWatching(watch))
    at_chip = isinstance(new, s.Verifying | s.ReadingAttributes)
    typing = isinstance(old, s.Pin | s.Verifying | s.AttributesPin | s.ReadingAttributes)
    if typing and not at_chip and type(old) is not type(new):
        before.append(ClearPin())
    if isinstance(old, s.Password | s.Signing) and not isinstance(new, s.Signing) and type(old) is not type(new):
        before.append(ClearPassword())
    session, ahead = s.session_of(old), s.session_of(new)
    if session is not None and (ahead is None or (holds_visit(old) and not holds_visit(new))):
        after.append(ForgetVisit(session.visit))
    return (*before, *step.effects, *after)
