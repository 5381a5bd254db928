"""Events that matter anywhere: cancel, language, deadline, card taken away, device failed.

One table has one row for every state; what a row says is done here, so a new state cannot forget any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from kiosk.flow import states as s
from kiosk.flow.apply import unsent
from kiosk.flow.ask import ask_for_card
from kiosk.flow.attributes import ask, timed_out, unread
from kiosk.flow.codes import TIMED_OUT, code_of
from kiosk.flow.counter import show_seal_code
from kiosk.flow.custody import watch_of, with_session
from kiosk.flow.effects import (
    AbandonOrder,
    Announce,
    ClearPassword,
    ClearPin,
    Effect,
    NotePapersLeft,
    Report,
    StopPayment,
)
from kiosk.flow.events import CardLifted, DeviceFailed, DeviceRecovered, Event, ReaderLost, Tick, Touched
from kiosk.flow.issue import nothing_charged, payment_unknown
from kiosk.flow.paper import refund_failed
from kiosk.flow.screen_model import Button, Language, Text
from kiosk.flow.settings import FlowSettings
from kiosk.flow.step import Step, card_lies, ignore, leave, rest, tell
from kiosk.ports.center import MoneyFate
from kiosk.ports.clock import Instant


class Cancel(Enum):
    """What the cancel button does."""

    LEAVE = "leave"
    """Nothing is owed: the visit ends, a card is returned first."""
    ABANDON = "abandon order"
    """The order is given up before any money."""
    STOP_PAYMENT = "stop payment"
    """Money that is not complete comes back."""
    ABSENT = "absent"


class Expiry(Enum):
    """What the deadline does."""

    NEVER = "never"
    LEAVE = "leave"
    TIMED_OUT = "timed out"
    """A message; a late answer finds its ticket void (INV-2)."""
    ABANDON = "abandon order"
    STOP_PAYMENT = "stop payment"
    CASE = "case"
    """Money may be on its way: staff."""
    NOT_TAKEN = "nobody said that it was taken"
    WITHOUT = "go on without"
    UNSENT = "unsent"
    """Nobody knows whether an application arrived: said so, and offered to be sent again."""


class Lifted(Enum):
    """What taking the card away does."""

    UNWATCHED = "unwatched"
    PUT_BACK = "put back"
    """Too early: the card is asked for again, the PIN is forgotten."""
    GO_ON = "go on"
    END = "end"
    NOTED = "noted"


class Fault(Enum):
    """What the failure of a device does; an answer that is awaited tells its own failures."""

    STOP = "stop"
    TELL = "tell"
    """Nobody should go on in vain: a message, then out of service by CheckHealth."""
    LATER = "later"
    """Found before payment by CheckDevices, or when `Idle` asks for health."""


class Tongue(Enum):
    """What another language does besides changing the words."""

    SWITCH = "switch"
    CLEAR_PIN = "switch and clear the PIN"
    CLEAR_PASSWORD = "switch and clear the password"  # noqa: S105 - a word about one
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Row:
    """One state's answers to what may happen anywhere."""

    cancel: Cancel
    expiry: Expiry
    lifted: Lifted = Lifted.UNWATCHED
    fault: Fault = Fault.LATER
    tongue: Tongue = Tongue.SWITCH
    because: str = ""
    """Why there is no cancel button, where there is none (U22)."""


CHOICE = Row(Cancel.LEAVE, Expiry.LEAVE)
EARLY = Row(Cancel.LEAVE, Expiry.LEAVE, fault=Fault.TELL)

ROWS: Mapping[type[s.State], Row] = MappingProxyType(
    {
        s.Settling: Row(Cancel.ABSENT, Expiry.NEVER, tongue=Tongue.ABSENT, because="nobody is served yet"),
        s.Idle: Row(Cancel.ABSENT, Expiry.NEVER, fault=Fault.STOP, tongue=Tongue.ABSENT, because="nothing has begun"),
        s.OutOfService: Row(
            Cancel.ABSENT, Expiry.NEVER, fault=Fault.STOP, tongue=Tongue.ABSENT, because="nobody is served"
        ),
        s.Service: EARLY,
        s.Consent: EARLY,
        s.ChoosingMunicipality: EARLY,
        s.PlaceCard: EARLY,
        s.LastTry: Row(Cancel.LEAVE, Expiry.LEAVE, Lifted.PUT_BACK, Fault.TELL),
        s.Pin: Row(Cancel.LEAVE, Expiry.LEAVE, Lifted.PUT_BACK, Fault.TELL, Tongue.CLEAR_PIN),
        s.Verifying: Row(Cancel.ABSENT, Expiry.TIMED_OUT, because="the chip is at work with the PIN"),
        s.TakeCard: Row(Cancel.LEAVE, Expiry.LEAVE, Lifted.GO_ON),
        s.ReturningCard: Row(Cancel.ABSENT, Expiry.NEVER, Lifted.END, because="the visit is over already"),
        s.ChoosingKind: CHOICE,
        s.ChoosingScope: CHOICE,
        s.ChoosingMembers: CHOICE,
        s.ChoosingYear: CHOICE,
        s.ChoosingItems: CHOICE,
        s.ChoosingCopies: CHOICE,
        s.CardAgain: CHOICE,
        s.AttributesPin: Row(Cancel.LEAVE, Expiry.LEAVE, Lifted.PUT_BACK, tongue=Tongue.CLEAR_PIN),
        s.ReadingAttributes: Row(Cancel.ABSENT, Expiry.WITHOUT, because="the chip is at work with the PIN"),
        s.Unread: Row(Cancel.LEAVE, Expiry.LEAVE, Lifted.NOTED),
        s.Confirming: CHOICE,
        s.CheckingTrays: Row(Cancel.LEAVE, Expiry.TIMED_OUT),
        s.Preparing: Row(Cancel.ABANDON, Expiry.ABANDON),
        s.CheckingDevices: Row(Cancel.ABANDON, Expiry.ABANDON),
        s.Paying: Row(Cancel.STOP_PAYMENT, Expiry.STOP_PAYMENT),
        s.Cancelling: Row(Cancel.ABSENT, Expiry.CASE, because="money is on its way back"),
        s.Printing: Row(Cancel.ABSENT, Expiry.NEVER, because="it is paid, and paper moves"),
        s.Refunding: Row(Cancel.ABSENT, Expiry.CASE, because="money is on its way back"),
        s.Collect: Row(Cancel.ABSENT, Expiry.NOT_TAKEN, because="everything is done; going on is the way out"),
        s.Another: Row(Cancel.ABSENT, Expiry.LEAVE, because="finishing is the way out"),
        s.Numbered: Row(Cancel.ABSENT, Expiry.LEAVE, because="the number is given; finishing is the way out"),
        s.SealCode: Row(Cancel.ABSENT, Expiry.LEAVE, because="finishing is the way out"),
        s.Message: Row(Cancel.ABSENT, Expiry.LEAVE, Lifted.NOTED, because="finishing is the way out"),
        s.CallingStaff: Row(Cancel.ABSENT, Expiry.LEAVE, because="finishing is the way out"),
        s.Writing: EARLY,
        s.CheckingForm: EARLY,
        s.InspectingSignature: Row(Cancel.ABSENT, Expiry.TIMED_OUT, because="the card is being read"),
        s.LastPassword: Row(Cancel.LEAVE, Expiry.LEAVE, Lifted.PUT_BACK, Fault.TELL),
        s.Password: Row(Cancel.LEAVE, Expiry.LEAVE, Lifted.PUT_BACK, Fault.TELL, Tongue.CLEAR_PASSWORD),
        s.Signing: Row(Cancel.ABSENT, Expiry.TIMED_OUT, because="the chip is at work with the password"),
        s.Applying: Row(Cancel.ABSENT, Expiry.UNSENT, because="the application is on its way"),
        s.Unsent: Row(Cancel.ABSENT, Expiry.LEAVE, Lifted.NOTED, because="finishing is the way out"),
        s.Applied: Row(Cancel.ABSENT, Expiry.LEAVE, Lifted.GO_ON, because="the number comes once the card is gone"),
        s.Reception: Row(Cancel.ABSENT, Expiry.LEAVE, because="finishing is the way out"),
        s.Told: Row(Cancel.ABSENT, Expiry.LEAVE, because="finishing is the way out"),
    }
)


def aside(state: s.State, event: Event, now: Instant, settings: FlowSettings) -> Step | None:
    """Do what the state's row says of an event; None when the event is not one of these."""
    row = ROWS[type(state)]
    match event:
        case Touched(touch) if touch.button is Button.CANCEL:
            return cancel(state, row.cancel, now)
        case Touched(touch) if touch.button is Button.LANGUAGE:
            return switch_language(state, row.tongue, Language(touch.argument), settings)
        case Touched(touch) if touch.button is Button.STAY:
            limit = settings.deadlines.of(state)
            return Step(state) if limit is not None and limit.warning_s else ignore(state)
        case Tick():
            return tick(state, row.expiry, now, settings)
        case CardLifted(ticket):
            return lifted(state, row.lifted) if ticket == watch_of(state) else ignore(state)
        case ReaderLost(ticket):
            return reader_lost(state, event) if ticket == watch_of(state) else ignore(state)
        case DeviceFailed(code):
            return device_failed(state, row.fault, code)
        case DeviceRecovered(code):
            return device_recovered(state, code)
        case _:
            return None


def cancel(state: s.State, what: Cancel, now: Instant) -> Step:
    """Do what the cancel button does here."""
    match state:
        case s.Settling() | s.Idle() | s.OutOfService():
            return ignore(state)
        case s.Paying() if what is Cancel.STOP_PAYMENT:
            return stop_payment(state)
        case s.Preparing() | s.CheckingDevices() if what is Cancel.ABANDON:
            step = leave(state, now)
            return Step(step.state, (abandon(state), *step.effects))
        case _ if what is Cancel.LEAVE:
            return leave(state, now)
        case _:
            return ignore(state)


def abandon(state: s.Preparing | s.CheckingDevices) -> Effect:
    """Give up an order before any money: by its question while that is open, else by the documents that came."""
    return AbandonOrder(state.ticket) if isinstance(state, s.Preparing) else nothing_charged(state.issued)


def stop_payment(state: s.Paying) -> Step:
    """Tell the payment to stop and go on waiting for its one answer."""
    cancelling = s.Cancelling(state.session, state.verified, state.issued, state.ticket, state.inserted_yen)
    return Step(cancelling, (StopPayment(state.ticket),))


def switch_language(state: s.State, tongue: Tongue, language: Language, settings: FlowSettings) -> Step:
    """Change the words and keep what was entered, except PIN and password (U12, U19)."""
    match state:
        case s.Settling() | s.Idle() | s.OutOfService():
            return ignore(state)
        case _ if tongue is Tongue.ABSENT or language not in settings.languages:
            return ignore(state)
        case s.Pin() | s.AttributesPin() if tongue is Tongue.CLEAR_PIN:
            session = replace(state.session, language=language)
            return Step(replace(state, session=session, typed=0, typed_at_s=None), (ClearPin(),))
        case s.Password() if tongue is Tongue.CLEAR_PASSWORD:
            session = replace(state.session, language=language)
            return Step(replace(state, session=session, typed=0, typed_at_s=None), (ClearPassword(),))
        case _:
            return Step(with_session(state, replace(state.session, language=language)))


def tick(state: s.State, expiry: Expiry, now: Instant, settings: FlowSettings) -> Step:
    """Let time pass: end what is over, warn before, clear a half-typed PIN, remind of a forgotten card."""
    match state:
        case s.Settling() | s.Idle() | s.OutOfService():
            return ignore(state)
        case _:
            pass
    deadline_s = state.session.deadline_s
    if deadline_s is not None and now.steady_s >= deadline_s:
        return expire(state, expiry, now)
    if isinstance(state, s.Pin | s.AttributesPin) and is_stale(state, now, settings.deadlines.pin_gap_s):
        return Step(replace(state, typed=0, typed_at_s=None), (ClearPin(),))
    if isinstance(state, s.Password) and is_stale(state, now, settings.deadlines.password_gap_s):
        return Step(replace(state, typed=0, typed_at_s=None), (ClearPassword(),))
    if isinstance(state, s.TakeCard | s.ReturningCard | s.Applied):
        return remind_of_card(state, now, settings)
    if isinstance(state, s.Collect):
        step = remind_of_papers(state, now, settings)
        if not step.ignored:
            return step
    return warn(state, now, settings)


def is_stale(state: s.Pin | s.AttributesPin | s.Password, now: Instant, gap_s: float) -> bool:
    """Tell whether what was typed has been left alone for too long."""
    return state.typed_at_s is not None and now.steady_s >= state.typed_at_s + gap_s


def warn(state: s.Attended, now: Instant, settings: FlowSettings) -> Step:
    """Speak the warning once; the screen shows it by itself."""
    limit = settings.deadlines.of(state)
    deadline_s = state.session.deadline_s
    if limit is None or deadline_s is None or state.session.warned or not limit.warning_s:
        return ignore(state)
    if now.steady_s < deadline_s - limit.warning_s:
        return ignore(state)
    return Step(with_session(state, replace(state.session, warned=True)), (Announce(Text("voice.still_there")),))


def remind_of_card(state: s.TakeCard | s.ReturningCard | s.Applied, now: Instant, settings: FlowSettings) -> Step:
    """Speak of the forgotten card again and again, more urgently up to the third time."""
    waited_s = now.steady_s - state.since_s - settings.deadlines.first_alarm_s
    due = 0 if waited_s < 0 else 1 + int(waited_s // settings.deadlines.next_alarm_s)
    if due <= state.alarms:
        return ignore(state)
    return Step(replace(state, alarms=due), (Announce(Text("voice.take_card_alarm"), min(due, 3)),))


def remind_of_papers(state: s.Collect, now: Instant, settings: FlowSettings) -> Step:
    """Speak of certificate, receipt and change that may still lie there, more urgently up to the third time."""
    limit, deadline_s = settings.deadlines.of(state), state.session.deadline_s
    if limit is None or deadline_s is None:
        return ignore(state)
    waited_s = now.steady_s - (deadline_s - limit.total_s) - settings.deadlines.papers_alarm_s
    due = 0 if waited_s < 0 else 1 + int(waited_s // settings.deadlines.papers_alarm_s)
    if due <= state.alarms:
        return ignore(state)
    return Step(replace(state, alarms=due), (Announce(Text("voice.take_papers_alarm"), min(due, 3)),))


def expire(state: s.Attended, expiry: Expiry, now: Instant) -> Step:
    """End a state whose time is over; no paid money is lost by it (U8)."""
    match state:
        case s.Paying() if expiry is Expiry.STOP_PAYMENT:
            return stop_payment(state)
        case s.Preparing() | s.CheckingDevices() if expiry is Expiry.ABANDON:
            return tell(state.session, TIMED_OUT, effects=(abandon(state),))
        case s.Cancelling() if expiry is Expiry.CASE:
            return payment_unknown(state, state.inserted_yen)
        case s.Refunding() if expiry is Expiry.CASE:
            return refund_failed(state, MoneyFate.UNKNOWN)
        case s.Collect() if expiry is Expiry.NOT_TAKEN:
            # Everything came out, so the order is handed over; that nobody said so is a look at the tray for staff.
            step = leave(state, now)
            return Step(step.state, (Report(state.outcome), NotePapersLeft(state.outcome.transaction), *step.effects))
        case s.ReadingAttributes() if expiry is Expiry.WITHOUT:
            return timed_out(state)
        case s.Applying() if expiry is Expiry.UNSENT:
            return unsent(state, TIMED_OUT)
        case _ if expiry is Expiry.TIMED_OUT:
            place = s.CardPlace.LYING if card_lies(state) else s.CardPlace.AWAY
            return tell(state.session, TIMED_OUT, card=place)
        case _ if expiry is Expiry.LEAVE:
            return leave(state, now)
        case _:
            return ignore(state)


def lifted(state: s.State, what: Lifted) -> Step:
    """Do what taking the card away does here."""
    match state:
        case s.TakeCard() if what is Lifted.GO_ON:
            return after_card(state)
        case s.Applied() if what is Lifted.GO_ON:
            return Step(s.Reception(state.session, state.municipality, state.number))
        case s.Pin() | s.LastTry() if what is Lifted.PUT_BACK:
            return ask_for_card(state.session, state.aim, lifted=True)
        case s.Password() | s.LastPassword() if what is Lifted.PUT_BACK:
            aim = s.Aim(s.Apply(state.form), state.verified.municipality)
            return ask_for_card(state.session, aim, lifted=True)
        case s.Unsent() if what is Lifted.NOTED:
            return Step(replace(state, watch=None))
        case s.AttributesPin() if what is Lifted.PUT_BACK:
            return ask(state.session, state.verified, state.draft, lifted=True)
        case s.Message() | s.Unread() if what is Lifted.NOTED:
            return Step(replace(state, card=s.CardPlace.AWAY, watch=None))
        case s.ReturningCard() if what is Lifted.END:
            return rest()
        case _:
            return ignore(state)


def after_card(state: s.TakeCard) -> Step:
    """Choose a certificate, get the code for the clerk, or hear where the 利用登録 stands; after a second reading, confirm."""
    if state.draft is not None:
        return Step(s.Confirming(state.session, state.verified, state.draft))
    match state.errand:
        case s.TakeCertificates():
            return Step(s.ChoosingKind(state.session, state.verified))
        case s.UseSealCard():
            return show_seal_code(state)
        case s.Apply() | s.AskState():
            pass
    registration = state.verified.opened.menu.registration
    return Step(s.Told(state.session, state.verified.municipality, registration))


def reader_lost(state: s.State, event: ReaderLost) -> Step:
    """Nobody can tell any more where the card is: say so and end."""
    match state:
        case s.ReturningCard():
            return rest()
        case s.Message() | s.Unread():
            return Step(replace(state, card=s.CardPlace.UNSEEN, watch=None))
        case s.CardAgain() | s.AttributesPin():
            return unread(state, code_of(event.outcome), s.CardPlace.UNSEEN)
        case s.TakeCard() if state.draft is not None:
            return unread(state, code_of(event.outcome), s.CardPlace.UNSEEN)
        case s.Unsent():
            return Step(replace(state, watch=None))
        case s.Applied():
            return Step(s.Reception(state.session, state.municipality, state.number))
        case s.PlaceCard() | s.LastTry() | s.Pin() | s.TakeCard() | s.LastPassword() | s.Password():
            return tell(state.session, code_of(event.outcome), card=s.CardPlace.UNSEEN)
        case _:
            return ignore(state)


def device_failed(state: s.State, fault: Fault, code: str) -> Step:
    """Stop serving, or tell who has only begun; later states learn it from the answers they wait for."""
    match state:
        case s.OutOfService() if fault is Fault.STOP and code not in state.faults:
            return Step(replace(state, faults=state.faults | {code}))
        case s.Idle() if fault is Fault.STOP:
            return Step(s.OutOfService(frozenset({code})))
        case s.Settling() | s.Idle() | s.OutOfService():
            return ignore(state)
        case _ if fault is Fault.TELL:
            return tell(state.session, code, card=s.CardPlace.LYING if card_lies(state) else s.CardPlace.AWAY)
        case _:
            return ignore(state)


def device_recovered(state: s.State, code: str) -> Step:
    """Serve again when nothing fails any more and no incident stopped the machine."""
    if not isinstance(state, s.OutOfService) or code not in state.faults:
        return ignore(state)
    faults = state.faults - {code}
    if not faults and state.stopped is None:
        return rest()
    return Step(replace(state, faults=faults))
