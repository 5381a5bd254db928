"""The whole table of (state, event) -> (state, effects), and what holds for every cell of it."""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from kiosk.flow import states as s
from kiosk.flow.advance import advance, begin
from kiosk.flow.aside import ROWS, Cancel
from kiosk.flow.effects import ClearPin, Effect
from kiosk.flow.events import Event, Touched
from kiosk.flow.screen_model import Button, Touch
from kiosk.flow.session import Ticket, VisitKey
from kiosk.flow.step import Step
from tests.flow import samples as m
from tests.flow.happenings import answers, happenings

GOLDEN = Path(__file__).resolve().parents[2] / "kiosk" / "flow" / "transitions.md"
SAMPLES = m.states()


def name(state: s.State) -> str:
    return type(state).__name__


@cache
def cells() -> tuple[tuple[str, str, Step], ...]:
    """Take every step once; it takes seconds."""
    return tuple(
        (label, what, advance(state, event, now, m.settings_of(label)))
        for label, state in SAMPLES.items()
        for what, event, now in happenings(state)
    )


def table() -> str:
    """Write the table; cells whose event is ignored are left out."""
    edges = sorted({(name(SAMPLES[label]), name(step.state)) for label, _, step in cells() if not step.ignored})
    lines = [
        "# Steps of a visit",
        "",
        "Written by `tests/flow/test_transitions.py`; change the flow, then regenerate. Every event that has no line here is",
        "ignored in that state: the state stays as it is and nothing is done. Settings are those of a kiosk, and of a counter",
        "for what only a counter has.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> Settling",
        *(f"    {old} --> {new}" for old, new in edges if old != new),
        "```",
        "",
        "| state | event | next state | effects |",
        "| --- | --- | --- | --- |",
    ]
    for label, what, step in cells():
        if not step.ignored:
            effects = ", ".join(type(effect).__name__ for effect in step.effects)
            lines.append(f"| {label} | {what} | {described(step.state)} | {effects} |")
    return "\n".join(lines) + "\n"


def described(state: s.State) -> str:
    match state:
        case s.Message() | s.CallingStaff():
            return f"{name(state)} {state.code}{' (stops)' if state.stops else ''}"
        case s.OutOfService():
            return f"{name(state)} {state.code}"
        case _:
            return name(state)


def test_the_table_of_steps_is_the_written_one(regenerate: bool) -> None:
    now = table()
    if regenerate:
        GOLDEN.write_text(now, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == now


def test_the_samples_hold_every_state() -> None:
    assert {type(state) for state in SAMPLES.values()} == set(m.STATE_TYPES)


def test_every_kind_of_event_happens_to_some_state() -> None:
    found = {type(event) for state in SAMPLES.values() for _, event, _ in happenings(state)}
    assert found == set(get_args(Event))


def test_every_kind_of_effect_comes_from_some_step() -> None:
    found = {type(effect) for _, _, step in cells() for effect in step.effects} | {type(e) for e in begin().effects}
    assert found == set(get_args(Effect))


def test_the_same_event_always_gives_the_same_step() -> None:
    for label, state in SAMPLES.items():
        for what, event, now in happenings(state):
            assert advance(state, event, now, m.KIOSK) == advance(state, event, now, m.KIOSK), f"{label}: {what}"


def test_an_ignored_event_changes_nothing_and_does_nothing() -> None:
    ignored = [(label, what, step) for label, what, step in cells() if step.ignored]
    assert [(label, what) for label, what, step in ignored if step.effects] == []
    assert [(label, what) for label, what, step in ignored if step.state is not SAMPLES[label]] == []


@pytest.mark.parametrize(
    "stale",
    [Ticket(m.VISIT, 6), Ticket(m.VISIT, 8), Ticket(VisitKey("c3" * 16), 7)],
    ids=["earlier question", "question not asked yet", "earlier visit"],
)
def test_an_answer_under_another_ticket_is_ignored_by_every_state(stale: Ticket) -> None:
    for label, state in SAMPLES.items():
        serial = state.issued.documents[0].serial if isinstance(state, s.Printing) else m.document(1).serial
        for what, event in answers(stale, serial):
            assert advance(state, event, m.at(), m.KIOSK).ignored, f"{label}: {what}"


def test_every_state_has_a_row_for_what_may_happen_anywhere() -> None:
    assert set(ROWS) == set(m.STATE_TYPES)


def test_a_state_without_cancel_says_why() -> None:
    assert [kind.__name__ for kind, row in ROWS.items() if (row.cancel is Cancel.ABSENT) != bool(row.because)] == []


def test_cancel_does_what_the_table_says() -> None:
    for label, state in SAMPLES.items():
        step = advance(state, Touched(Touch(Button.CANCEL)), m.at(), m.KIOSK)
        assert step.ignored == (ROWS[type(state)].cancel is Cancel.ABSENT), label


def test_an_answer_that_names_another_serial_stops_the_machine() -> None:
    found = [step for label, what, step in cells() if label == "Printing (1 of 2)" and what.endswith("other serial")]
    assert isinstance(found[0].state, s.Refunding)
    assert found[0].state.stops


def test_a_digit_that_reaches_the_flow_by_mistake_is_ignored_everywhere() -> None:
    for label, state in SAMPLES.items():
        assert advance(state, Touched(Touch(Button.DIGIT, "7")), m.at(), m.KIOSK).ignored, label


def test_no_state_event_or_effect_has_a_place_for_digits() -> None:
    kinds: list[type[Any]] = [kind for union in (s.State, Event, Effect) for kind in get_args(union)]
    names = {field.name for kind in kinds for field in fields(kind)}
    assert {found for found in names if "digit" in found or "pin" in found} == set()


def test_leaving_the_pad_clears_its_buffer() -> None:
    for label, state in SAMPLES.items():
        if not isinstance(state, s.Pin | s.Verifying):
            continue
        for what, event, now in happenings(state):
            step = advance(state, event, now, m.KIOSK)
            if not isinstance(step.state, s.Pin | s.Verifying):
                assert ClearPin() in step.effects, f"{label}: {what}"
