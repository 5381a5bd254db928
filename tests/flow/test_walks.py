"""Random walks over the machine with a world around it; the same walks must find every planted defect."""

from collections.abc import Sequence
from random import Random
from typing import ClassVar, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.events import Event
from kiosk.flow.settings import FlowSettings
from kiosk.flow.step import Step
from kiosk.ports.clock import Instant
from tests.flow import samples as m
from tests.flow import walk
from tests.flow.defects import DEFECTS
from tests.flow.world import Advance, World

T = TypeVar("T")


class Walk(RuleBasedStateMachine):
    """Hypothesis chooses; the world fails at the first broken invariant, and at the end there is a way home."""

    machine: ClassVar[tuple[Advance]] = (advance,)
    world: World

    @initialize(counter=st.booleans(), depth=st.integers(0, 40), data=st.data())
    def open_the_doors(self, counter: bool, depth: int, data: st.DataObject) -> None:
        self.world = World(m.COUNTER if counter else m.KIOSK, self.machine[0])
        for _ in range(depth):
            walk.forward(self.world, chooser(data))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        choose = chooser(data)
        choose(walk.MOVES)(self.world, choose)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.come_home()


def chooser(data: st.DataObject) -> walk.Choose:
    def choose(several: Sequence[T], /) -> T:
        return data.draw(st.sampled_from(several))

    return choose


def test_no_walk_breaks_an_invariant() -> None:
    run_state_machine_as_test(Walk, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


def random_walk(seed: int, step: Advance, moves: int = 60) -> World:
    """Walk by a seeded generator: the same moves without hypothesis, for numbers."""
    generator = Random(seed)
    world = World(m.COUNTER if seed % 4 == 0 else m.KIOSK, step)
    for _ in range(generator.randrange(40)):
        walk.forward(world, generator.choice)
    for _ in range(moves):
        generator.choice(walk.MOVES)(world, generator.choice)
    world.come_home()
    return world


def test_a_thousand_seeded_walks_reach_every_state_and_break_nothing() -> None:
    seen: set[type[s.State]] = set()

    def watched(state: s.State, event: Event, now: Instant, settings: FlowSettings) -> Step:
        seen.add(type(state))
        return advance(state, event, now, settings)

    for seed in range(1000):
        random_walk(seed, watched)
    assert seen == set(m.STATE_TYPES)


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_seeded_walks_break_nothing() -> None:
    for seed in range(100_000):
        random_walk(seed, advance)


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_planted_defect_is_found_by_a_seeded_walk(defect: str) -> None:
    def walk_all() -> None:
        for seed in range(2000):
            random_walk(seed, DEFECTS[defect])

    with pytest.raises(AssertionError):
        walk_all()


def test_a_planted_defect_is_found_by_hypothesis() -> None:
    class Broken(Walk):
        machine = (DEFECTS["prints twice"],)

    quiet = settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate], print_blob=False)
    with pytest.raises(AssertionError, match="one serial sent twice"):
        run_state_machine_as_test(Broken, settings=quiet)
