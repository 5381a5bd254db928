"""Every state has a screen, in every language, with every word there, and a way out that the flow takes."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from string import Formatter

import pytest

from kiosk.domain.certificates import CertificateKind, Item, ScopeKind
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.aside import ROWS, Cancel
from kiosk.flow.codes import TONES
from kiosk.flow.effects import Announce
from kiosk.flow.screen_model import (
    JAPANESE,
    Action,
    Button,
    Choice,
    Choices,
    Language,
    Message,
    PinPad,
    Role,
    ScreenId,
    ScreenModel,
    Stepper,
    Summary,
    Text,
    Touch,
)
from kiosk.flow.screens import screen_for
from kiosk.flow.screens_choose import CLOSED_REASONS, detail, year_text
from kiosk.flow.settings import FlowSettings
from kiosk.ports.center import RefusalReason
from tests.flow import samples as m
from tests.flow.happenings import NEW_YEAR, happenings
from tests.flow.words import read_words

MODES = {"kiosk": m.KIOSK, "counter": m.COUNTER, "kiosk with telephone": replace(m.KIOSK, telephone="000-000-0000")}
WORDS = {language: read_words(language) for language in (JAPANESE, m.ENGLISH)}
PRIVATE = [member.name for member in (*m.MEMBERS, *m.FAMILY)]


def everything(language: str) -> Iterator[tuple[str, s.State, FlowSettings, ScreenModel]]:
    tongue = m.ENGLISH if language == "en" else JAPANESE
    for mode, settings in MODES.items():
        samples = [*m.states(tongue).items(), *((f"{state}", state) for state in m.messages(tongue))]
        for label, state in samples:
            for seconds in (0, 70):
                now = m.at(seconds)
                yield f"{mode}: {label}", state, settings, screen_for(state, now, settings)
    yield "closed", s.Idle(), m.KIOSK, screen_for(s.Idle(), m.at(wall=NEW_YEAR), m.KIOSK)


def texts(part: object) -> Iterator[Text]:
    """Give every text of a screen."""
    if isinstance(part, Text):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from texts(inner)
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from texts(getattr(part, field.name))


def touches(screen: ScreenModel) -> set[Touch]:
    found = {action.touch for action in screen.actions if action.enabled}
    if isinstance(screen.body, Choices):
        found |= {choice.touch for choice in screen.body.choices if choice.enabled}
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_text_of_every_screen_is_in_the_strings_with_its_values(language: str) -> None:
    for label, _, _, screen in everything(language):
        for text in texts(screen):
            if text.key:
                sentence = WORDS[screen.language].get(text.key)
                assert sentence is not None, f"{label}: {text.key} is not in {screen.language}"
                wanted = {name for _, name, _, _ in Formatter().parse(sentence) if name}
                assert wanted <= {name for name, _ in text.values}, f"{label}: {text.key}"
            else:
                assert text.literal, f"{label}: an empty text"


def test_every_line_that_is_spoken_is_in_the_strings() -> None:
    for state in m.states().values():
        for _, event, now in happenings(state):
            for effect in advance(state, event, now, m.KIOSK).effects:
                if isinstance(effect, Announce):
                    assert effect.line.key in WORDS[JAPANESE]


@pytest.mark.parametrize("code", sorted(TONES))
def test_every_code_has_what_happened_and_what_to_do(code: str) -> None:
    for words in WORDS.values():
        assert words[f"code.{code}.happened"]
        assert words[f"code.{code}.to_do"]


def test_every_kind_scope_item_and_closed_reason_has_its_words() -> None:
    wanted = {f"kind.{kind.value}" for kind in CertificateKind}
    wanted |= {f"scope.{scope.value}{end}" for scope in ScopeKind for end in ("", "_detail")}
    wanted |= {f"item.{item.value}{end}" for item in Item for end in ("", "_detail")}
    wanted |= {f"closed.{reason}" for reason in (*CLOSED_REASONS, "other")}
    wanted |= {f"code.{reason.value}.{part}" for reason in RefusalReason for part in ("happened", "to_do")}
    assert wanted <= WORDS[JAPANESE].keys()


def test_every_screen_is_shown_by_some_state() -> None:
    assert {screen.screen for _, _, _, screen in everything("ja")} == set(ScreenId)


def test_every_attended_state_has_a_way_out() -> None:
    waiting = s.Verifying | s.Cancelling | s.Refunding | s.Printing | s.ReturningCard
    waiting |= s.InspectingSignature | s.Signing | s.Applying | s.Applied | s.ReadingAttributes
    for label, state, settings, screen in everything("ja"):
        if s.session_of(state) is not None and not isinstance(state, waiting):
            steps = [advance(state, ev.Touched(touch), m.at(), settings) for touch in touches(screen)]
            assert any(not step.ignored for step in steps), label


def test_every_enabled_button_and_tile_does_something() -> None:
    for label, state, settings, screen in everything("ja"):
        for touch in touches(screen):
            if not isinstance(state, s.Idle):
                assert not advance(state, ev.Touched(touch), m.at(), settings).ignored, f"{label}: {touch.button}"


def test_cancel_is_offered_exactly_where_the_table_says() -> None:
    for label, state, _, screen in everything("ja"):
        offered = any(action.touch.button is Button.CANCEL for action in screen.actions)
        assert offered == (ROWS[type(state)].cancel is not Cancel.ABSENT), label


def test_no_button_stands_twice_and_one_at_most_is_the_main_one() -> None:
    for label, _, _, screen in everything("ja"):
        buttons = [action.touch for action in screen.actions]
        assert len(buttons) == len(set(buttons)), label
        assert sum(action.role is Role.PRIMARY for action in screen.actions) <= 1, label


def test_stopping_is_the_main_button_before_the_last_try() -> None:
    screen = screen_for(m.states()["LastTry"], m.at(), m.KIOSK)
    main = [action.touch.button for action in screen.actions if action.role is Role.PRIMARY]
    assert main == [Button.CANCEL]


def test_the_tries_left_are_shown_before_the_pad_is_used_and_after_an_error() -> None:
    first = screen_for(m.states()["Pin"], m.at(), m.KIOSK).body
    wrong = screen_for(m.states()["Pin (phone, wrong)"], m.at(), m.KIOSK).body
    assert isinstance(first, PinPad)
    assert isinstance(wrong, PinPad)
    assert (first.tries_left, first.note) == (3, None)
    assert wrong.note == Text("screen.pin.wrong", (("tries_left", "2"),))


def test_fee_copies_total_and_no_refund_are_shown_before_the_first_coin() -> None:
    screen = screen_for(m.states()["Confirming"], m.at(), m.KIOSK)
    shown = {(text.key, text.values) for text in texts(screen)}
    assert ("screen.confirm.copies_value", (("copies", "2"), ("amount", "300"))) in shown
    assert ("screen.confirm.total", (("amount", "600"),)) in shown
    assert ("screen.confirm.no_refund", ()) in shown


def test_a_closed_certificate_is_greyed_with_its_reason() -> None:
    body = screen_for(m.states()["ChoosingKind (closed)"], m.at(), m.KIOSK).body
    assert isinstance(body, Choices)
    tile = Choice(Touch(Button.KIND, "juminhyo"), Text("kind.juminhyo"), Text("closed.maintenance"), enabled=False)
    assert body.choices == (tile,)


def details(label: str) -> list[str]:
    body = screen_for(m.states()[label], m.at(), m.KIOSK).body
    assert isinstance(body, Choices)
    return [choice.detail.key for choice in body.choices if choice.detail is not None]


def test_every_reason_that_closes_a_certificate_has_its_own_words_and_a_missing_record_those_of_its_kind() -> None:
    found = details("ChoosingKind (all closed)")
    reasons = CLOSED_REASONS - {"no_record"}
    assert set(found[:-3]) == {"closed.other", "closed.no_record_seal", *(f"closed.{reason}" for reason in reasons)}
    assert found[-3:] == ["closed.no_record_seal", "closed.no_record_tax", "closed.no_record"]


def test_a_certificate_without_a_fee_says_so_and_speaks_of_no_refund() -> None:
    assert details("ChoosingKind")[-1] == "screen.kind.free"
    keys = {text.key for text in texts(screen_for(m.states()["Confirming (free)"], m.at(), m.KIOSK))}
    assert {"screen.confirm.copies_free", "screen.confirm.free"} <= keys
    assert not keys & {"screen.confirm.no_refund", "screen.confirm.copies_value"}


@pytest.mark.parametrize(
    ("kind", "language", "label"),
    [
        (CertificateKind.KAZEI, "ja", "令和8年度（令和7年分）"),
        (CertificateKind.SHOTOKU, "en", "FY2026 (income of 2025)"),
        (CertificateKind.NOZEI, "ja", "令和8年度"),
        (CertificateKind.NOZEI, "en", "FY2026"),
    ],
)
def test_a_year_is_named_as_its_reader_counts(kind: CertificateKind, language: str, label: str) -> None:
    text = year_text(kind, 2026, Language(language))
    assert WORDS[Language(language)][text.key].format(**dict(text.values)) == label


def test_the_years_stand_newest_first_and_the_chosen_one_is_confirmed() -> None:
    body = screen_for(m.states()["ChoosingYear"], m.at(), m.KIOSK).body
    assert isinstance(body, Choices)
    assert [choice.touch.argument for choice in body.choices] == ["2026", "2025", "2024"]
    confirmed = screen_for(m.states()["Confirming (year)"], m.at(), m.KIOSK)
    assert year_text(CertificateKind.KAZEI, 2026, JAPANESE) in set(texts(confirmed))


def test_the_confirmation_has_a_row_for_what_the_kind_lets_choose_and_no_other() -> None:
    def rows(label: str) -> list[str]:
        body = screen_for(m.states()[label], m.at(), m.KIOSK).body
        assert isinstance(body, Summary)
        return [row.label.key.rpartition(".")[2] for row in body.rows]

    assert rows("Confirming") == ["municipality", "kind", "scope", "items", "copies"]
    assert rows("Confirming (year)") == ["municipality", "kind", "scope", "year", "copies"]
    assert rows("Confirming (koseki)") == ["municipality", "kind", "scope", "copies"]


def test_a_my_number_comes_with_a_warning_when_it_is_switched_on_and_when_it_is_confirmed() -> None:
    def keys(label: str) -> set[str]:
        return {text.key for text in texts(screen_for(m.states()[label], m.at(), m.KIOSK))}

    warnings = {"screen.items.my_number", "screen.confirm.no_refund_my_number"}
    assert keys("ChoosingItems (My Number)") & warnings == {"screen.items.my_number"}
    assert keys("Confirming (My Number)") & warnings == {"screen.confirm.no_refund_my_number"}
    assert not (keys("ChoosingItems") | keys("Confirming")) & warnings


def test_several_people_of_a_family_register_are_no_part_of_a_household() -> None:
    def labels(label: str) -> list[str]:
        body = screen_for(m.states()[label], m.at(), m.KIOSK).body
        assert isinstance(body, Choices)
        return [choice.label.key for choice in body.choices]

    assert labels("ChoosingScope (kojin)") == ["scope.self", "scope.one", "scope.several"]
    assert labels("ChoosingScope") == ["scope.self", "scope.household", "scope.some"]


def test_where_one_person_is_wanted_the_tiles_lead_on_and_there_is_no_next() -> None:
    screen = screen_for(m.states()["ChoosingMembers (one)"], m.at(), m.KIOSK)
    assert isinstance(screen.body, Choices)
    assert {choice.selected for choice in screen.body.choices} == {None}
    assert [action.touch.button for action in screen.actions] == [Button.BACK, Button.CANCEL]
    assert screen.title == Text("screen.members.title_one")


def test_the_copies_cannot_leave_their_limits() -> None:
    body = screen_for(m.states()["ChoosingCopies"], m.at(), m.KIOSK).body
    assert isinstance(body, Stepper)
    assert (body.minimum, body.value, body.maximum) == (1, 2, 3)


def test_collecting_offers_to_say_that_it_is_somebody_elses() -> None:
    screen = screen_for(m.states()["Collect"], m.at(), m.KIOSK)
    assert any(action.touch.button is Button.NOT_MINE for action in screen.actions)


def test_steps_count_up_along_a_visit_and_without_payment_there_is_one_less() -> None:
    order = ["Service", "ChoosingMunicipality (listed)", "PlaceCard", "Pin", "ChoosingKind", "ChoosingScope"]
    order += ["ChoosingItems", "ChoosingCopies", "Confirming", "Paying", "Printing (1 of 2)", "Collect"]
    steps = [screen_for(m.states()[label], m.at(), m.KIOSK).step for label in order]
    assert steps == [None, *((n, 10) for n in range(1, 11)), None]
    assert screen_for(m.states()["Numbered"], m.at(), m.COUNTER).step == (9, 9)


def test_a_greyed_offer_says_by_which_number_staff_find_the_reason() -> None:
    private = replace(m.INKAN, closed_reason="counter_only", reference="K7Q2ABCD")
    assert detail(private) == Text("closed.counter_only_reference", (("reference", "K7Q2ABCD"),))
    assert detail(replace(private, reference=None)) == Text("closed.counter_only")
    assert detail(replace(private, closed_reason="closed_hours")) == Text("closed.closed_hours")


def test_the_staff_reference_stands_beside_the_code_only() -> None:
    state = m.states()["Message (card)"]
    body = screen_for(state, m.at(), m.KIOSK).body
    assert isinstance(body, Message)
    assert body.code == "REFUSED-01 AB12CD"
    assert body.happened == Text("code.REFUSED-01.happened")


def test_private_reasons_share_one_screen() -> None:
    one = s.Message(m.session(), "REFUSED-01", s.CardPlace.AWAY, s.MoneyPlace.NONE_TAKEN, reference="AAAAAA")
    other = replace(one, reference="BBBBBB")
    first, second = screen_for(one, m.at(), m.KIOSK), screen_for(other, m.at(), m.KIOSK)
    assert isinstance(first.body, Message)
    assert replace(first, body=replace(first.body, code="REFUSED-01 BBBBBB")) == second


def test_the_warning_counts_down_in_the_last_seconds_only() -> None:
    state = m.states()["Service"]
    shown = [screen_for(state, m.at(seconds), m.KIOSK).warning_s for seconds in (0, 59.9, 60, 70.5, 79.9, 85)]
    assert shown == [None, None, 20, 10, 1, 1]


def test_outside_hours_the_first_screen_invites_nobody() -> None:
    closed = screen_for(s.Idle(), m.at(wall=NEW_YEAR), m.KIOSK)
    anyway = screen_for(s.Idle(), m.at(wall=NEW_YEAR), replace(m.KIOSK, hours_enforced=False))
    start = Action(Touch(Button.START), Text("screen.idle.start"), Role.PRIMARY)
    assert closed.actions == ()
    assert anyway.actions == (start,)


def test_only_the_choice_of_members_and_its_confirmation_name_people() -> None:
    naming = {
        type(state)
        for _, state, _, screen in everything("ja")
        if any(text.literal in PRIVATE for text in texts(screen))
    }
    assert naming == {s.ChoosingMembers, s.Confirming}


def test_no_name_is_in_the_representation_of_a_state_or_a_screen() -> None:
    for label, state, _, screen in everything("ja"):
        shown = repr(state) + repr(screen)
        assert not re.search("|".join(PRIVATE), shown), label
