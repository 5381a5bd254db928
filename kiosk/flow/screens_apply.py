"""Screens of the application for 利用登録, and of asking where one stands."""

from typing import assert_never

from kiosk.domain.registration import RegistrationState
from kiosk.flow import states as s
from kiosk.flow.apply import MUNICIPALITY, can_apply
from kiosk.flow.codes import TONES, sentence_code
from kiosk.flow.lines import is_complete, written
from kiosk.flow.screen_model import (
    Busy,
    Button,
    Choice,
    Choices,
    Keys,
    Message,
    Number,
    PasswordPad,
    Reading,
    Role,
    ScreenId,
    ScreenModel,
    Text,
    TextPad,
    Tone,
    Touch,
)
from kiosk.flow.screen_parts import BACK, button, frame, go_on, literal, place_name
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant
from kiosk.ports.password import MIN_PASSWORD_LENGTH

SCREENS = {
    s.Line.HONSEKI: ScreenId.HONSEKI,
    s.Line.HITTOSHA: ScreenId.HITTOSHA,
    s.Line.TELEPHONE: ScreenId.TELEPHONE,
}
WHAT_NEXT = 3
"""Sentences below a reception number."""


def writing(state: s.Writing, now: Instant, settings: FlowSettings) -> ScreenModel:
    """One line and its keys."""
    keys = Keys.NUMBERS if state.line is s.Line.TELEPHONE else Keys.KANA
    screen = SCREENS[state.line]
    text = written(state.form, state.line)
    pad = TextPad(text, keys, None if text else Text(f"screen.{screen.value}.hint"))
    forward = go_on(enabled=is_complete(state.form, state.line))
    return frame(state, screen, pad, now, settings, BACK, forward)


def checking_form(state: s.CheckingForm, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Everything that was written; a touch on a line corrects it."""
    place = literal(place_name(state.municipality, state.session.language))
    lines = [(MUNICIPALITY, place), *((line.value, literal(written(state.form, line))) for line in s.Line)]
    tiles = tuple(Choice(Touch(Button.CORRECT, name), text, Text(f"screen.form.{name}")) for name, text in lines)
    return frame(
        state,
        ScreenId.FORM,
        Choices(tiles, Text("screen.form.note")),
        now,
        settings,
        BACK,
        go_on(Button.NEXT, "screen.form.right"),
    )


def last_password(state: s.LastPassword, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The choice before the last try: stopping has the focus, going on is possible (U11)."""
    before = (Text("screen.last_password.wrong"),) if state.wrong else ()
    paragraphs = (*before, Text("screen.last_password.warning"), Text("screen.last_password.advice"))
    return frame(
        state,
        ScreenId.LAST_PASSWORD,
        Reading(paragraphs),
        now,
        settings,
        button(Button.NEXT, "screen.last_password.go_on", Role.SECONDARY),
        go_on(Button.CANCEL, "screen.last_password.stop"),
        voice="voice.last_password_wrong" if state.wrong else "",
    )


def password(state: s.Password, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The keys, with what is left and what was refused."""
    note, voice = Text("screen.password.note"), ""
    if state.tries_left == 1:
        note, voice = Text("screen.password.last"), "voice.password_last"
    elif state.wrong:
        note, voice = Text("screen.password.wrong"), "voice.password_wrong"
    pad = PasswordPad(state.typed, state.tries_left, note, alarming=bool(voice))
    forward = go_on(Button.OK, "common.ok", enabled=state.typed >= MIN_PASSWORD_LENGTH)
    return frame(state, ScreenId.PASSWORD, pad, now, settings, forward, voice=voice)


def signing(state: s.Signing | s.Applying, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The card signs, then the application goes its way."""
    at_card = isinstance(state, s.Signing)
    body = Busy(Text("screen.signing.signing" if at_card else "screen.signing.sending"), 1 if at_card else 2, 2)
    return frame(state, ScreenId.SIGNING, body, now, settings)


def unsent(state: s.Unsent, now: Instant, settings: FlowSettings) -> ScreenModel:
    """That nobody knows whether it arrived, and that sending it again cannot count twice."""
    body = Message(
        TONES[sentence_code(state.code)],
        Text("screen.unsent.happened"),
        Text("screen.unsent.to_do"),
        state.code,
        Text("screen.unsent.card" if state.watch is not None else "screen.unsent.later"),
    )
    finish = button(Button.FINISH, "common.finish", Role.SECONDARY)
    again = go_on(Button.RETRY, "screen.unsent.again")
    return frame(state, ScreenId.UNSENT, body, now, settings, finish, again)


def reception(state: s.Reception, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The number, large, and what happens next."""
    place = place_name(state.municipality, state.session.language)
    paragraphs = tuple(
        Text(f"screen.reception.next_{number}", (("municipality", place),)) for number in range(1, WHAT_NEXT + 1)
    )
    body = Number(Text("screen.reception.number"), state.number, paragraphs)
    return frame(state, ScreenId.RECEPTION, body, now, settings, go_on(Button.FINISH, "common.finish"))


def told(state: s.Told, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Where the 利用登録 stands, in plain words; where an application would be taken, the way to it."""
    word = word_of(state.registration)
    values = (("municipality", place_name(state.municipality, state.session.language)),)
    may_apply = can_apply(state.registration, state.municipality)
    tone = Tone.CAUTION if may_apply else Tone.INFORM
    body = Message(tone, Text(f"registration.{word}", values), Text(f"registration.{word}_to_do"), "")
    actions = [go_on(Button.FINISH, "common.finish")]
    if may_apply:
        actions.insert(0, button(Button.APPLICATION, "registration.apply", Role.SECONDARY))
    return frame(state, ScreenId.REGISTRATION, body, now, settings, *actions)


def word_of(registration: RegistrationState | None) -> str:
    """Give the key of a state's sentences; None is somebody who needs no 利用登録."""
    match registration:
        case None:
            return "not_needed"
        case (
            RegistrationState.NONE
            | RegistrationState.RECEIVED
            | RegistrationState.REVIEWING
            | RegistrationState.REGISTERED
            | RegistrationState.REJECTED
        ):
            return registration.value
        case _:
            assert_never(registration)
