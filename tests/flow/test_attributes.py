"""The card's own attributes, where an office asks for them: once, after the choice, and always with a way past."""

from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.attributes import AGAIN
from kiosk.flow.screen_model import Button, Message, PinPad, ScreenId, ScreenModel, Touch
from kiosk.flow.screens import screen_for
from kiosk.flow.step import Step
from kiosk.ports.attributes import ReadyForAttributes, WrongAttributesPin
from kiosk.ports.card import ReaderUnavailable
from kiosk.ports.center import AttributesTold
from tests.flow import samples as m
from tests.flow.happenings import ATTRIBUTES_ANSWERS, ATTRIBUTES_INSPECTIONS, happenings

SAMPLES = m.states()


def after(label: str, event: ev.Event, seconds: float = 0.0) -> Step:
    return advance(SAMPLES[label], event, m.at(seconds), m.COUNTER)


def touched(label: str, button: Button) -> Step:
    return after(label, ev.Touched(Touch(button)))


def shown(state: s.State) -> ScreenModel:
    return screen_for(state, m.at(), m.COUNTER)


def answered(state: s.State) -> bool:
    assert isinstance(state, s.Confirming | s.TakeCard)
    return state.verified.card_answered


def test_the_card_is_asked_for_after_the_choice_and_before_the_confirmation() -> None:
    step = touched("ChoosingCopies (asks)", Button.NEXT)
    assert isinstance(step.state, s.CardAgain)
    assert step.effects == (fx.WatchCard(step.state.ticket),)
    plain = after("ChoosingKind (asks, plain)", ev.Touched(Touch(Button.KIND, "juminhyo")))
    assert isinstance(plain.state, s.CardAgain)


@pytest.mark.parametrize("label", ["ChoosingCopies", "ChoosingCopies (answered)"])
def test_an_office_that_does_not_ask_and_a_visit_that_has_answered_go_on_at_once(label: str) -> None:
    assert isinstance(touched(label, Button.NEXT).state, s.Confirming)


def test_a_try_is_spent_by_ok_with_four_digits_alone() -> None:
    step = after("AttributesPin (4 typed)", ev.Touched(Touch(Button.OK)))
    assert isinstance(step.state, s.ReadingAttributes)
    assert [type(effect) for effect in step.effects] == [fx.StopWatching, fx.ReadAttributes]
    assert touched("AttributesPin", Button.OK).ignored
    reading = [
        label
        for label, state in SAMPLES.items()
        for _, event, now in happenings(state)
        for effect in advance(state, event, now, m.COUNTER).effects
        if isinstance(effect, fx.ReadAttributes)
    ]
    assert reading == ["AttributesPin (4 typed)"]


def test_what_the_card_says_is_in_no_event_and_no_state() -> None:
    step = after("ReadingAttributes", ev.AttributesAnswered(m.ticket(), AttributesTold()))
    assert isinstance(step.state, s.TakeCard)
    assert (answered(step.state), step.state.draft) == (True, m.draft())
    taken = advance(step.state, ev.CardLifted(step.state.ticket), m.at(), m.COUNTER)
    assert taken.state == s.Confirming(taken.state.session, step.state.verified, m.draft())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("tries", "code"), [(0, "PIN-06"), (1, "PIN-05")], ids=["none is left", "the last one is kept for its holder"]
)
def test_with_fewer_than_two_tries_nothing_is_asked_of_the_card(tries: int, code: str) -> None:
    for label, event in (
        ("CardAgain (inspecting)", ev.AttributesInspected(m.ticket(), ReadyForAttributes(tries))),
        ("ReadingAttributes", ev.AttributesAnswered(m.ticket(), WrongAttributesPin(tries))),
    ):
        state = after(label, event).state
        assert isinstance(state, s.Unread)
        assert state.code == code


def test_a_wrong_pin_is_told_gently_with_what_is_left_and_may_be_left_at_that() -> None:
    state = after("ReadingAttributes", ev.AttributesAnswered(m.ticket(), WrongAttributesPin(2))).state
    assert isinstance(state, s.AttributesPin)
    screen = shown(state)
    assert isinstance(screen.body, PinPad)
    assert screen.body.note is not None
    assert (screen.body.tries_left, screen.body.note.key, screen.body.alarming) == (
        2,
        "screen.attributes_pin.wrong",
        True,
    )
    assert {action.touch.button for action in screen.actions} == {Button.SKIP, Button.OK, Button.CANCEL}


def test_the_pad_says_which_pin_is_meant() -> None:
    screen = shown(SAMPLES["AttributesPin"])
    assert isinstance(screen.body, PinPad)
    assert screen.body.note is not None
    assert (screen.title.key, screen.body.note.key) == ("screen.attributes_pin.title", "screen.attributes_pin.note")
    assert not screen.body.alarming


@pytest.mark.parametrize("label", ["CardAgain", "CardAgain (lifted)"])
def test_it_can_be_left_out_before_the_card_lies_there(label: str) -> None:
    step = touched(label, Button.SKIP)
    assert isinstance(step.state, s.Confirming)
    assert answered(step.state)
    assert [type(effect) for effect in step.effects] == [fx.StopWatching]


def test_left_out_at_the_pad_the_digits_are_forgotten_and_the_card_is_given_back_first() -> None:
    step = touched("AttributesPin (4 typed)", Button.SKIP)
    assert isinstance(step.state, s.TakeCard)
    assert answered(step.state)
    assert [type(effect) for effect in step.effects] == [fx.StopWatching, fx.ClearPin, fx.WatchRemoval]


def test_no_outcome_of_card_or_center_ends_the_visit() -> None:
    on_the_way = s.CardAgain | s.AttributesPin | s.Unread | s.TakeCard
    for what, seen in ATTRIBUTES_INSPECTIONS.items():
        assert isinstance(
            after("CardAgain (inspecting)", ev.AttributesInspected(m.ticket(), seen)).state, on_the_way
        ), what
    for what, said in ATTRIBUTES_ANSWERS.items():
        assert isinstance(after("ReadingAttributes", ev.AttributesAnswered(m.ticket(), said)).state, on_the_way), what
    lost = ReaderUnavailable("CARD-02")
    for label in ("CardAgain", "AttributesPin", "Unread", "TakeCard (attributes)"):
        state = after(label, ev.ReaderLost(m.ticket(), lost)).state
        assert isinstance(state, s.Unread), label
        assert state.card is s.CardPlace.UNSEEN
    late = after("ReadingAttributes", ev.Tick(), 90).state
    assert isinstance(late, s.Unread)
    assert late.code == "CENTER-02"
    for label in ("Unread", "Unread (another card)", "Unread (no card)", "Unread (reader away)"):
        assert isinstance(touched(label, Button.NEXT).state, s.TakeCard | s.Confirming), label


def test_a_late_answer_after_the_time_is_over_changes_nothing() -> None:
    over = after("ReadingAttributes", ev.Tick(), 90).state
    for said in ATTRIBUTES_ANSWERS.values():
        assert advance(over, ev.AttributesAnswered(m.ticket(), said), m.at(91), m.COUNTER).ignored


@pytest.mark.parametrize("label", ["CardAgain", "AttributesPin", "Unread"])
def test_a_resident_who_left_ends_it_as_at_any_other_pad(label: str) -> None:
    step = after(label, ev.Tick(), 300)
    assert isinstance(step.state, s.Idle | s.ReturningCard)
    assert fx.ForgetVisit(m.VISIT) in step.effects


def test_half_a_pin_is_forgotten_after_half_a_minute_and_with_another_language() -> None:
    for event, seconds in ((ev.Tick(), 30.0), (ev.Touched(Touch(Button.LANGUAGE, "en")), 0.0)):
        step = after("AttributesPin (4 typed)", event, seconds)
        assert isinstance(step.state, s.AttributesPin)
        assert (step.state.typed, step.effects) == (0, (fx.ClearPin(),))


def test_a_card_lifted_at_the_pad_is_asked_for_again() -> None:
    step = after("AttributesPin (4 typed)", ev.CardLifted(m.ticket()))
    assert isinstance(step.state, s.CardAgain)
    assert step.state.lifted
    assert [type(effect) for effect in step.effects] == [fx.ClearPin, fx.WatchCard]


def test_only_where_it_may_help_the_card_can_be_laid_down_once_more() -> None:
    for label in ("Unread", "Unread (another card)"):
        state = SAMPLES[label]
        assert isinstance(state, s.Unread)
        offered = any(action.touch.button is Button.RETRY for action in shown(state).actions)
        assert offered is (state.code in AGAIN)
        step = touched(label, Button.RETRY)
        assert step.ignored is not offered
        assert isinstance(step.state, s.CardAgain if offered else s.Unread)


def test_the_page_that_says_so_shows_the_reason_its_code_and_that_nothing_is_lost() -> None:
    state = SAMPLES["Unread"]
    assert isinstance(state, s.Unread)
    for code, known in (("CARD-16", "CARD-16"), ("NEW-99", "OTHER-01")):
        screen = shown(replace(state, code=code))
        assert isinstance(screen.body, Message)
        assert (screen.screen, screen.body.happened.key) == (ScreenId.UNREAD, f"code.{known}.happened")
        assert (screen.body.to_do.key, screen.body.code) == ("screen.unread.to_do", code)
