"""Time: every attended state ends, warns before, is restored by one touch, and never loses paid money."""

from dataclasses import replace
from datetime import datetime

import pytest

from kiosk.domain.hours import JST
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.aside import ROWS, Expiry
from kiosk.flow.screen_model import Button, Text, Touch
from kiosk.flow.settings import Deadlines
from tests.flow import samples as m
from tests.flow.happenings import happenings

SAMPLES = m.states()
WAITING = (
    *(s.Verifying, s.CheckingTrays, s.Preparing, s.CheckingDevices, s.Cancelling, s.Refunding),
    *(s.InspectingSignature, s.Signing, s.Applying, s.ReadingAttributes),
)
ENDLESS = (s.Settling, s.Idle, s.OutOfService, s.ReturningCard, s.Printing)


def test_every_attended_state_lasts_at_least_a_minute_and_warns_for_twenty_seconds() -> None:
    for label, state in SAMPLES.items():
        limit = Deadlines().of(state)
        if isinstance(state, ENDLESS):
            assert limit is None, label
            continue
        assert limit is not None, label
        if isinstance(state, WAITING):
            assert limit.total_s >= 60, label
        else:
            assert limit.total_s - limit.warning_s >= 60, label
            assert 20 <= limit.warning_s <= 45, label


def test_the_table_ends_exactly_the_states_that_have_a_limit() -> None:
    for label, state in SAMPLES.items():
        assert (Deadlines().of(state) is None) == (ROWS[type(state)].expiry is Expiry.NEVER), label


def test_every_entry_into_a_state_sets_its_deadline() -> None:
    for label, state in SAMPLES.items():
        for what, event, now in happenings(state):
            step = advance(state, event, now, m.KIOSK)
            session = s.session_of(step.state)
            if session is None or type(step.state) is type(state):
                continue
            limit = m.KIOSK.deadlines.of(step.state)
            expected = None if limit is None else now.steady_s + limit.total_s
            assert session.deadline_s == expected, f"{label}: {what}"


def test_no_state_outlives_its_deadline() -> None:
    for label, state in SAMPLES.items():
        if Deadlines().of(state) is not None:
            step = advance(state, ev.Tick(), m.at(80), m.KIOSK)
            assert type(step.state) is not type(state), label


def test_a_late_tick_ends_a_state_like_a_punctual_one() -> None:
    for label, state in SAMPLES.items():
        if Deadlines().of(state) is not None:
            late = advance(state, ev.Tick(), m.at(5000), m.KIOSK)
            assert type(late.state) is type(advance(state, ev.Tick(), m.at(80), m.KIOSK).state), label


def test_one_touch_restores_the_whole_time_as_often_as_wanted() -> None:
    state: s.State = SAMPLES["ChoosingItems"]
    for turn in range(1, 13):
        state = advance(state, ev.Touched(Touch(Button.STAY)), m.at(75 * turn), m.KIOSK).state
        session = s.session_of(state)
        assert session is not None
        assert session.deadline_s == m.START_S + 75 * turn + 80
    assert isinstance(state, s.ChoosingItems)


def test_the_warning_is_spoken_once_and_again_after_the_time_was_restored() -> None:
    state: s.State = SAMPLES["Service"]
    spoken = []
    for second in range(75):
        step = advance(state, ev.Tick(), m.at(second), m.KIOSK)
        spoken += [(second, effect) for effect in step.effects]
        state = step.state
    assert spoken == [(60, fx.Announce(Text("voice.still_there")))]
    state = advance(state, ev.Touched(Touch(Button.STAY)), m.at(75), m.KIOSK).state
    assert advance(state, ev.Tick(), m.at(140), m.KIOSK).effects == (fx.Announce(Text("voice.still_there")),)


def test_a_touch_does_not_put_off_the_backstop_of_a_wait() -> None:
    for label, state in SAMPLES.items():
        if isinstance(state, WAITING):
            step = advance(state, ev.Touched(Touch(Button.LANGUAGE, "en")), m.at(79), m.KIOSK)
            session = s.session_of(step.state)
            assert session is not None
            assert session.deadline_s == m.START_S + 80, label


def test_thirty_seconds_without_a_digit_clear_the_pad() -> None:
    state = advance(SAMPLES["Pin"], ev.PinTyped(2), m.at(5), m.KIOSK).state
    assert advance(state, ev.Tick(), m.at(34.9), m.KIOSK).ignored
    step = advance(state, ev.Tick(), m.at(35), m.KIOSK)
    assert step.effects == (fx.ClearPin(),)
    assert isinstance(step.state, s.Pin)
    assert (step.state.typed, step.state.typed_at_s) == (0, None)


def test_each_digit_gives_thirty_seconds_again() -> None:
    state = advance(SAMPLES["Pin"], ev.PinTyped(2), m.at(5), m.KIOSK).state
    state = advance(state, ev.PinTyped(3), m.at(30), m.KIOSK).state
    assert advance(state, ev.Tick(), m.at(59), m.KIOSK).ignored


def test_another_language_clears_the_pad_and_keeps_everything_else() -> None:
    state = SAMPLES["Pin (4 typed)"]
    step = advance(state, ev.Touched(Touch(Button.LANGUAGE, "en")), m.at(), m.KIOSK)
    assert step.effects == (fx.ClearPin(),)
    assert isinstance(state, s.Pin)
    session = replace(m.session(m.ENGLISH), deadline_s=m.START_S + 80)
    assert step.state == replace(state, session=session, typed=0, typed_at_s=None)


def test_another_language_clears_a_half_typed_password_too() -> None:
    state = SAMPLES["Password (6 typed)"]
    step = advance(state, ev.Touched(Touch(Button.LANGUAGE, "en")), m.at(), m.KIOSK)
    assert step.effects == (fx.ClearPassword(),)
    assert isinstance(step.state, s.Password)
    assert (step.state.typed, step.state.typed_at_s, step.state.form) == (0, None, m.FORM)


def test_a_minute_without_a_character_clears_a_half_typed_password() -> None:
    state = advance(SAMPLES["Password"], ev.PasswordTyped(4), m.at(5), m.KIOSK).state
    assert advance(state, ev.Tick(), m.at(64), m.KIOSK).ignored
    step = advance(state, ev.Tick(), m.at(65), m.KIOSK)
    assert step.effects == (fx.ClearPassword(),)
    assert isinstance(step.state, s.Password)
    assert (step.state.typed, step.state.typed_at_s) == (0, None)


def test_whoever_writes_has_four_minutes_and_every_key_gives_them_again() -> None:
    state = advance(SAMPLES["CheckingForm"], ev.Touched(Touch(Button.CORRECT, "hittosha")), m.at(), m.KIOSK).state
    assert advance(state, ev.Tick(), m.at(239), m.KIOSK).ignored
    state = advance(state, ev.Touched(Touch(Button.CHARACTER, "か")), m.at(255), m.KIOSK).state
    assert isinstance(advance(state, ev.Tick(), m.at(500), m.KIOSK).state, s.Writing)
    assert isinstance(advance(state, ev.Tick(), m.at(515), m.KIOSK).state, s.Idle)


def test_an_application_without_an_answer_in_time_may_be_sent_again_and_a_late_answer_finds_nobody() -> None:
    waiting = SAMPLES["Applying"]
    step = advance(waiting, ev.Tick(), m.at(80), m.KIOSK)
    assert isinstance(step.state, s.Unsent)
    assert step.state.code == "CENTER-02"
    late = next(event for what, event, _ in happenings(waiting) if what == "ApplicationAnswered: received")
    assert advance(step.state, late, m.at(81), m.KIOSK).ignored


def test_another_language_keeps_what_was_chosen() -> None:
    for label, state in SAMPLES.items():
        step = advance(state, ev.Touched(Touch(Button.LANGUAGE, "en")), m.at(), m.KIOSK)
        if not step.ignored and not isinstance(state, s.Pin | s.AttributesPin | s.Password):
            assert step.effects == (), label
            expected = m.states(m.ENGLISH)[label]
            seen, wanted = s.session_of(step.state), s.session_of(expected)
            assert seen is not None
            assert wanted is not None
            assert replace(wanted, deadline_s=seen.deadline_s) == seen, label


def test_a_forgotten_card_is_spoken_of_ever_more_urgently_up_to_the_third_time() -> None:
    state: s.State = SAMPLES["ReturningCard"]
    levels = []
    for second in range(61):
        step = advance(state, ev.Tick(), m.at(second), m.KIOSK)
        levels += [(second, effect.level) for effect in step.effects if isinstance(effect, fx.Announce)]
        state = step.state
    assert levels == [(10, 1), (20, 2), (30, 3), (40, 3), (50, 3), (60, 3)]


def test_a_forgotten_card_is_never_passed_by() -> None:
    step = advance(SAMPLES["ReturningCard"], ev.Tick(), m.at(100_000), m.KIOSK)
    assert isinstance(step.state, s.ReturningCard)


@pytest.mark.parametrize("label", ["Paying", "Cancelling", "Refunding", "Printing (1 of 2)", "Collect"])
def test_a_deadline_never_loses_paid_money(label: str) -> None:
    step = advance(SAMPLES[label], ev.Tick(), m.at(10_000), m.KIOSK)
    if step.ignored:
        assert label.startswith("Printing")
        return
    reports = [effect.outcome for effect in step.effects if isinstance(effect, fx.Report)]
    stops = [effect for effect in step.effects if isinstance(effect, fx.StopPayment)]
    assert len(reports) + len(stops) == 1
    assert all(outcome.case is not None or label == "Collect" for outcome in reports)


@pytest.mark.parametrize(
    ("wall", "goes_on"),
    [
        (datetime(2026, 11, 20, 22, 59, 59, tzinfo=JST), True),
        (datetime(2026, 11, 20, 23, 0, 0, tzinfo=JST), False),
        (datetime(2026, 11, 21, 6, 29, 59, tzinfo=JST), False),
        (datetime(2026, 11, 21, 6, 30, 0, tzinfo=JST), True),
        (datetime(2026, 12, 29, 12, 0, 0, tzinfo=JST), False),
    ],
)
def test_a_visit_that_straddles_closing_ends_before_payment(wall: datetime, goes_on: bool) -> None:
    order = advance(SAMPLES["Confirming"], ev.Touched(Touch(Button.NEXT)), m.at(wall=wall), m.KIOSK)
    assert isinstance(order.state, s.Preparing if goes_on else s.Message)
    ready = next(event for what, event, _ in happenings(SAMPLES["CheckingDevices"]) if what == "DevicesChecked: ready")
    pay = advance(SAMPLES["CheckingDevices"], ready, m.at(wall=wall), m.KIOSK)
    assert isinstance(pay.state, s.Paying if goes_on else s.Message)
    assert any(isinstance(effect, fx.TakePayment) for effect in pay.effects) == goes_on


def test_where_hours_are_not_enforced_nothing_closes() -> None:
    night = m.at(wall=datetime(2026, 12, 31, 3, 0, tzinfo=JST))
    free = replace(m.KIOSK, hours_enforced=False)
    order = advance(SAMPLES["Confirming"], ev.Touched(Touch(Button.NEXT)), night, free)
    assert isinstance(order.state, s.Preparing)
