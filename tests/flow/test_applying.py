"""The application for 利用登録: written, corrected, signed, sent, and every way in which it does not come about."""

from dataclasses import replace

import pytest

from kiosk.domain.registration import Purpose, RegistrationState, UseApplication
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.kana import keys_for
from kiosk.flow.lines import is_complete
from kiosk.flow.screen_model import Button, Choices, Message, Number, PasswordPad, ScreenId, Text, TextPad, Touch
from kiosk.flow.screens import screen_for
from kiosk.flow.step import Step
from kiosk.ports.card import TokenKind
from tests.flow import samples as m
from tests.flow.happenings import happenings

SAMPLES = m.states()
UNREGISTERED = m.registration(RegistrationState.NONE)


def touch(state: s.State, button: Button, argument: str = "") -> Step:
    return advance(state, ev.Touched(Touch(button, argument)), m.at(), m.KIOSK)


def happen(label: str, what: str) -> Step:
    event, now = next((event, now) for word, event, now in happenings(SAMPLES[label]) if word == what)
    return advance(SAMPLES[label], event, now, m.KIOSK)


def write(state: s.State, text: str) -> s.State:
    for key in keys_for(text):
        state = touch(state, Button.CHARACTER, key).state
    return state


def pad(state: s.State) -> TextPad:
    body = screen_for(state, m.at(), m.KIOSK).body
    assert isinstance(body, TextPad)
    return body


def test_the_three_lines_are_asked_one_after_the_other_and_then_shown_together() -> None:
    state = touch(SAMPLES["ChoosingMunicipality (apply)"], Button.MUNICIPALITY, m.SHIOMINO.code).state
    for text in (m.FORM.honseki, m.FORM.hittosha, m.FORM.telephone):
        assert touch(state, Button.NEXT).ignored, "an empty line"
        state = touch(write(state, text), Button.NEXT).state
    assert isinstance(state, s.CheckingForm)
    assert state.form == m.FORM
    step = touch(state, Button.NEXT)
    assert isinstance(step.state, s.PlaceCard)
    assert step.state.aim == m.APPLYING


def test_correcting_a_line_comes_back_to_the_summary_and_going_back_restores_it() -> None:
    state = touch(SAMPLES["CheckingForm"], Button.CORRECT, "hittosha").state
    changed = touch(state, Button.ERASE).state
    assert pad(changed).written == m.FORM.hittosha[:-1]
    kept = touch(changed, Button.NEXT).state
    assert isinstance(kept, s.CheckingForm)
    assert kept.form == replace(m.FORM, hittosha=m.FORM.hittosha[:-1])
    restored = touch(changed, Button.BACK).state
    assert isinstance(restored, s.CheckingForm)
    assert restored.form == m.FORM


def test_another_municipality_keeps_what_was_written() -> None:
    listing = touch(SAMPLES["CheckingForm"], Button.CORRECT, "municipality").state
    assert isinstance(listing, s.ChoosingMunicipality)
    chosen = touch(SAMPLES["ChoosingMunicipality (corrected)"], Button.MUNICIPALITY, m.SHIOMINO.code).state
    assert isinstance(chosen, s.CheckingForm)
    assert (listing.errand, chosen.form) == (m.APPLY, m.FORM)


def test_clearing_empties_the_line_and_the_hint_comes_back() -> None:
    state = touch(SAMPLES["Writing (honseki written)"], Button.CLEAR).state
    assert (pad(state).written, pad(state).hint) == ("", Text("screen.honseki.hint"))


@pytest.mark.parametrize(
    ("telephone", "right"),
    [
        *(("0312345678", True), ("03-1234-5678", True), ("090-1234-5678", True), ("09012345678", True)),
        *(("031234567", False), ("090123456789", False), ("1312345678", False), ("", False), ("-", False)),
        *(("0312345678-", False), ("03--12345678", False)),
    ],
)
def test_a_telephone_number_has_ten_or_eleven_digits_and_opens_with_a_nought(telephone: str, right: bool) -> None:
    assert is_complete(s.Form(telephone=telephone), s.Line.TELEPHONE) is right


def test_a_letter_does_not_get_into_a_telephone_number_nor_an_unknown_key_anywhere() -> None:
    assert touch(SAMPLES["Writing (telephone)"], Button.CHARACTER, "あ").ignored
    assert touch(SAMPLES["Writing"], Button.CHARACTER, "漢").ignored


@pytest.mark.parametrize(("line", "most"), [("Writing", 40), ("Writing (hittosha)", 24), ("Writing (telephone)", 13)])
def test_a_full_line_takes_no_more(line: str, most: int) -> None:
    assert len(pad(write(SAMPLES[line], "1" * 50)).written) == most


@pytest.mark.parametrize(
    ("tile", "purpose"),
    [
        (Button.CERTIFICATES, Purpose.RESIDENCE),
        (Button.HONSEKI, Purpose.HONSEKI),
        (Button.APPLICATION, Purpose.HONSEKI),
        (Button.STATE, Purpose.HONSEKI),
    ],
)
def test_the_center_hears_what_the_visit_is_for(tile: Button, purpose: Purpose) -> None:
    consent = touch(SAMPLES["Service"], tile).state
    assert isinstance(consent, s.Consent)
    aim = s.Aim(consent.errand, m.SHIOMINO)
    pin = s.Pin(m.session(), aim, TokenKind.CARD, 3, m.ticket(), typed=4)
    (effect,) = (each for each in touch(pin, Button.OK).effects if isinstance(each, fx.Authenticate))
    assert effect.purpose is purpose


def test_the_main_errand_is_first_and_stands_out_and_takes_no_touch_more() -> None:
    body = screen_for(SAMPLES["Service"], m.at(), m.KIOSK).body
    assert isinstance(body, Choices)
    assert body.choices[0].touch.button is Button.CERTIFICATES
    assert [choice.main for choice in body.choices] == [True, False, False, False]
    assert isinstance(touch(SAMPLES["Service"], Button.CERTIFICATES).state, s.Consent)


@pytest.mark.parametrize("state", [None, *RegistrationState])
def test_who_may_apply_is_asked_to_sign_and_who_may_not_is_told_why(state: RegistrationState | None) -> None:
    opened = m.registration(state).opened
    step = advance(SAMPLES["Verifying (apply)"], ev.Authenticated(m.ticket(), opened), m.at(), m.KIOSK)
    if state is not None and state.may_apply:
        assert isinstance(step.state, s.InspectingSignature)
        return
    assert isinstance(step.state, s.TakeCard)
    told = advance(step.state, ev.CardLifted(step.state.ticket), m.at(), m.KIOSK).state
    assert isinstance(told, s.Told)
    assert (told.municipality, told.registration) == (m.SHIOMINO, state)
    body = screen_for(told, m.at(), m.KIOSK).body
    assert isinstance(body, Message)
    assert body.happened.key == f"registration.{'not_needed' if state is None else state.value}"


@pytest.mark.parametrize("label", ["ChoosingKind (not registered)", "ChoosingKind (rejected)", "Told (none)"])
def test_an_application_is_offered_where_it_would_be_taken(label: str) -> None:
    screen = screen_for(SAMPLES[label], m.at(), m.KIOSK)
    assert Button.APPLICATION in [action.touch.button for action in screen.actions]
    step = touch(SAMPLES[label], Button.APPLICATION)
    assert isinstance(step.state, s.Writing)
    assert (step.state.form, step.state.municipality) == (s.Form(), m.SHIOMINO)


@pytest.mark.parametrize("label", ["ChoosingKind (pending)", "ChoosingKind", "Told (reviewing)", "Told (registered)"])
def test_nowhere_else_is_one_offered(label: str) -> None:
    screen = screen_for(SAMPLES[label], m.at(), m.KIOSK)
    assert Button.APPLICATION not in [action.touch.button for action in screen.actions]
    assert touch(SAMPLES[label], Button.APPLICATION).ignored


def test_what_is_signed_is_what_was_written_and_what_is_sent_is_what_was_signed() -> None:
    application = UseApplication(m.FORM.honseki, m.FORM.hittosha, m.FORM.telephone)
    step = touch(SAMPLES["Password (6 typed)"], Button.OK)
    assert [each.application for each in step.effects if isinstance(each, fx.SignApplication)] == [application]
    sent = happen("Signing", "ApplicationSigned: signed")
    (effect,) = (each for each in sent.effects if isinstance(each, fx.SendApplication))
    assert (effect.application, effect.signed) == (application, m.SIGNED)
    assert fx.ClearPassword() in sent.effects


def test_five_characters_are_no_password() -> None:
    state = advance(SAMPLES["Password"], ev.PasswordTyped(5), m.at(), m.KIOSK).state
    assert touch(state, Button.OK).ignored


def test_before_the_last_try_there_is_a_choice_to_stop_and_it_has_the_focus() -> None:
    step = happen("InspectingSignature", "SignatureInspected: 1 try")
    assert isinstance(step.state, s.LastPassword)
    main = [a.touch.button for a in screen_for(step.state, m.at(), m.KIOSK).actions if a.role.value == "primary"]
    assert main == [Button.CANCEL]
    keys = touch(step.state, Button.NEXT).state
    assert isinstance(keys, s.Password)
    assert (keys.tries_left, keys.last_try_accepted) == (1, True)
    unasked = replace(keys, typed=6, last_try_accepted=False)
    assert touch(unasked, Button.OK).ignored


def test_a_wrong_password_says_so_with_what_is_left_and_another_ok_is_another_try() -> None:
    step = happen("Signing", "ApplicationSigned: wrong, 4 left")
    body = screen_for(step.state, m.at(), m.KIOSK).body
    assert isinstance(body, PasswordPad)
    assert (body.tries_left, body.note, body.alarming) == (4, Text("screen.password.wrong"), True)
    assert not [each for each in step.effects if isinstance(each, fx.SignApplication)]


@pytest.mark.parametrize(
    ("label", "what", "code"),
    [
        ("InspectingSignature", "SignatureInspected: blocked", "PIN-04"),
        ("InspectingSignature", "SignatureInspected: 0 tries", "PIN-04"),
        ("InspectingSignature", "SignatureInspected: no certificate", "CARD-09"),
        ("InspectingSignature", "Tick: deadline", "CENTER-02"),
        ("Signing", "ApplicationSigned: wrong, 0 left", "PIN-04"),
        ("Signing", "ApplicationSigned: blocked", "PIN-04"),
        ("Signing", "ApplicationSigned: fault", "CARD-08"),
        ("Signing", "ApplicationSigned: visit gone", "VISIT-02"),
        ("Signing", "Tick: deadline", "CENTER-02"),
        ("Applying", "ApplicationAnswered: refused", "REFUSED-09"),
        ("Password", "DeviceFailed", "PRINT-01"),
    ],
)
def test_what_cannot_be_is_told_while_the_card_is_asked_back(label: str, what: str, code: str) -> None:
    step = happen(label, what)
    assert isinstance(step.state, s.Message)
    assert (step.state.code, step.state.card) == (code, s.CardPlace.LYING)
    assert fx.ForgetVisit(m.VISIT) in step.effects


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ("InspectingSignature", "SignatureInspected: removed"),
        ("Password (6 typed)", "CardLifted"),
        ("LastPassword", "CardLifted"),
        ("Signing", "ApplicationSigned: removed"),
    ],
)
def test_a_card_that_is_lifted_may_be_put_back_and_nothing_has_to_be_written_again(label: str, what: str) -> None:
    step = happen(label, what)
    assert isinstance(step.state, s.PlaceCard)
    assert (step.state.aim, step.state.lifted) == (m.APPLYING, True)
    assert not [each for each in step.effects if isinstance(each, fx.ForgetVisit)]


@pytest.mark.parametrize("label", ["Writing (telephone)", "CheckingForm"])
def test_cancelling_before_the_card_forgets_everything_at_once(label: str) -> None:
    step = touch(SAMPLES[label], Button.CANCEL)
    assert step.state == s.Idle()
    assert fx.ForgetVisit(m.VISIT) in step.effects


@pytest.mark.parametrize("label", ["LastPassword", "Password (6 typed)"])
def test_cancelling_at_the_password_returns_the_card_first(label: str) -> None:
    step = touch(SAMPLES[label], Button.CANCEL)
    assert isinstance(step.state, s.ReturningCard)
    assert fx.ForgetVisit(m.VISIT) in step.effects


@pytest.mark.parametrize("what", ["ApplicationAnswered: center away", "Tick: deadline"])
def test_without_an_answer_nobody_claims_anything_and_the_very_same_may_be_sent_again(what: str) -> None:
    step = happen("Applying", what)
    assert isinstance(step.state, s.Unsent)
    screen = screen_for(step.state, m.at(), m.KIOSK)
    assert isinstance(screen.body, Message)
    assert screen.body.happened == Text("screen.unsent.happened")
    again = touch(step.state, Button.RETRY)
    first, second = SAMPLES["Applying"], again.state
    assert isinstance(first, s.Applying)
    assert isinstance(second, s.Applying)
    assert (second.application, second.signed) == (first.application, first.signed)
    assert second.ticket != first.ticket


def test_the_number_is_shown_once_the_card_is_gone_and_a_slip_is_asked_for() -> None:
    step = happen("Applying", "ApplicationAnswered: received")
    assert fx.PrintReceptionSlip(m.NUMBER, m.SHIOMINO) in step.effects
    assert fx.ForgetVisit(m.VISIT) in step.effects
    assert isinstance(step.state, s.Applied)
    assert screen_for(step.state, m.at(), m.KIOSK).screen is ScreenId.TAKE_CARD
    shown = screen_for(advance(step.state, ev.CardLifted(step.state.ticket), m.at(), m.KIOSK).state, m.at(), m.KIOSK)
    assert isinstance(shown.body, Number)
    assert shown.body.number == m.NUMBER


def test_leaving_the_keys_of_the_password_clears_its_buffer() -> None:
    for label, state in SAMPLES.items():
        if not isinstance(state, s.Password | s.Signing):
            continue
        for what, event, now in happenings(state):
            step = advance(state, event, now, m.KIOSK)
            if not isinstance(step.state, s.Password | s.Signing):
                assert fx.ClearPassword() in step.effects, f"{label}: {what}"


def test_nothing_that_was_written_is_in_a_representation() -> None:
    for label, state in SAMPLES.items():
        shown = repr(state) + repr(screen_for(state, m.at(), m.KIOSK))
        for text in (m.FORM.honseki, m.FORM.hittosha, m.FORM.telephone):
            assert text not in shown, label
    for effect in touch(SAMPLES["Password (6 typed)"], Button.OK).effects:
        assert m.FORM.telephone not in repr(effect)


def test_the_steps_of_an_application_and_of_a_question_count_up() -> None:
    labels = ["ChoosingMunicipality (apply)", "Writing", "Writing (hittosha)", "Writing (telephone)", "CheckingForm"]
    labels += ["PlaceCard (apply)", "Verifying (apply)", "Password", "Signing"]
    assert [screen_for(SAMPLES[each], m.at(), m.KIOSK).step for each in labels] == [(n, 9) for n in range(1, 10)]
    assert screen_for(SAMPLES["TakeCard (state)"], m.at(), m.KIOSK).step == (3, 3)


@pytest.mark.parametrize("reason", ["closed_hours", "maintenance"])
def test_a_municipality_that_takes_no_application_now_is_greyed_before_the_card(reason: str) -> None:
    resting = replace(m.SHIOMINO, application_closed=reason)
    asked = SAMPLES["ChoosingMunicipality (apply)"]
    assert isinstance(asked, s.ChoosingMunicipality)
    state = replace(asked, municipalities=(resting,))
    body = screen_for(state, m.at(), m.KIOSK).body
    assert isinstance(body, Choices)
    assert [(tile.enabled, tile.detail) for tile in body.choices] == [(False, Text(f"closed.{reason}"))]
    assert touch(state, Button.MUNICIPALITY, resting.code).ignored
    # What is not an application has nothing to do with its hours.
    for errand in (s.TakeCertificates(Purpose.HONSEKI), s.AskState()):
        assert not touch(replace(state, errand=errand), Button.MUNICIPALITY, resting.code).ignored


def test_no_way_to_an_application_is_shown_where_none_is_taken_now() -> None:
    resting = replace(m.SHIOMINO, application_closed="closed_hours")
    told, choosing = SAMPLES["Told (none)"], SAMPLES["ChoosingKind (not registered)"]
    assert isinstance(told, s.Told)
    assert isinstance(choosing, s.ChoosingKind)
    verified = replace(choosing.verified, municipality=resting)
    shut: tuple[tuple[s.State, s.State], ...] = (
        (told, replace(told, municipality=resting)),
        (choosing, replace(choosing, verified=verified)),
    )
    for opened, closed in shut:
        for state, offers in ((opened, True), (closed, False)):
            actions = [action.touch.button for action in screen_for(state, m.at(), m.KIOSK).actions]
            assert (Button.APPLICATION in actions) is offers
            assert touch(state, Button.APPLICATION).ignored is not offers
