"""The table of states: complete, without a way out of an end, and with a way to an end from everywhere."""

import pytest

from issuing_center.counter.states import (
    CANCEL_LABELS,
    LABELS,
    SPOIL_LABELS,
    TRANSITIONS,
    Act,
    CancelReason,
    CounterState,
    SpoilReason,
    after,
    possible,
)

S = CounterState


@pytest.mark.parametrize("state", [S.HANDED_OVER, S.CANCELLED])
def test_nothing_happens_to_a_number_that_has_ended(state: CounterState) -> None:
    assert state.is_final
    assert all(after(state, act) is None for act in Act)


def test_from_every_state_there_is_a_way_to_an_end() -> None:
    ends = {state for state in S if state.is_final}
    while more := {state for (state, _), then in TRANSITIONS.items() if then in ends} - ends:
        ends |= more
    assert ends == set(S)


def test_a_certificate_is_handed_over_only_when_it_was_printed_and_paid() -> None:
    assert [state for (state, act) in TRANSITIONS if act is Act.HAND_OVER] == [S.PAID]
    assert [state for (state, act) in TRANSITIONS if act is Act.TAKE_FEE] == [S.PRINTED]


def test_every_state_and_reason_has_its_words() -> None:
    assert set(LABELS) == set(S)
    assert set(SPOIL_LABELS) == set(SpoilReason)
    assert set(CANCEL_LABELS) == set(CancelReason)


def test_clerks_are_offered_their_own_acts_alone() -> None:
    assert possible(S.REQUESTED) == ()
    assert possible(S.PAID) == (Act.CALL, Act.HAND_OVER, Act.CANCEL, Act.SPOIL)
