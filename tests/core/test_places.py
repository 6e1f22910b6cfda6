"""Slow systems never keep more than half of the places, and all others find one soon, whatever the slow ones do."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.places import Places, Stay, current_stay

AT_ONCE = 8
SLOW = 2.0
HEALTHY = -1
"""A system that answers within SLOW."""


@dataclass
class World:
    """Places at which the time is what the test says, and work that hangs for as long as it may."""

    seconds: float = 0.0
    hanging: list[Stay[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = Places[int](AT_ONCE, SLOW, monotonic=lambda: self.seconds)

    def come(self, system: int) -> None:
        """Work for a system that hangs."""
        if stay := self.places.take(system):
            self.hanging.append(stay)

    def wait(self, seconds: float) -> None:
        """Let time pass; work that must end does."""
        self.seconds += seconds
        for stay in list(self.hanging):
            if not stay.may_go_on():
                self.leave(stay)

    def leave(self, stay: Stay[int]) -> None:
        stay.has_hung = True
        self.hanging.remove(stay)
        self.places.leave(stay)

    def count_old(self) -> int:
        """How many have had a place for longer than SLOW."""
        return sum(self.seconds - stay.began > SLOW for stay in self.hanging)


@pytest.fixture
def world() -> World:
    return World()


STEPS = st.one_of(
    st.tuples(st.just("come"), st.integers(0, 30)),
    st.tuples(st.just("wait"), st.floats(0, 3)),
    st.tuples(st.just("leave"), st.integers(0, AT_ONCE)),
)


@given(st.lists(STEPS, max_size=60))
def test_whatever_happens_half_is_not_kept_for_long(steps: list[tuple[str, float]]):
    world = World()
    for kind, value in steps:
        if kind == "come":
            world.come(int(value))
        elif kind == "wait":
            world.wait(value)
        elif value < len(world.hanging):
            world.leave(world.hanging[int(value)])
        assert len(world.hanging) <= AT_ONCE
        assert world.count_old() <= AT_ONCE // 2
        assert sum(stay.is_slow for stay in world.hanging) <= AT_ONCE // 2
    world.wait(SLOW + 0.1)
    assert world.places.take(HEALTHY)


def test_any_number_of_systems_that_hung_once_leave_half_of_the_places_free(world: World):
    while not all(world.places.times_hung(system) for system in range(50)):
        for system in range(50):
            world.come(system)
        world.wait(SLOW + 0.1)
        for stay in list(world.hanging):
            world.leave(stay)
    for _ in range(100):
        for system in range(50):
            world.come(system)
        assert len(world.hanging) == AT_ONCE // 2
        assert world.places.refused() == set(range(50))
        stay = world.places.take(HEALTHY)
        assert stay
        world.wait(SLOW / 2)
        assert stay.may_go_on()
        world.places.leave(stay)


def test_what_takes_long_while_nothing_else_does_may_go_on(world: World):
    stay = world.places.take(HEALTHY)
    assert stay
    world.seconds += 100 * SLOW
    assert stay.may_go_on()
    world.places.leave(stay)
    assert world.places.times_hung(HEALTHY) == 0


def test_each_step_of_work_may_take_as_long(world: World):
    for system in range(AT_ONCE // 2):
        world.come(system)
    world.wait(SLOW + 0.1)
    stay = world.places.take(HEALTHY)
    assert stay
    for _ in range(5):
        stay.begin_step()
        world.seconds += SLOW * 0.9
        assert stay.may_go_on()
    world.seconds += SLOW * 0.9
    assert not stay.may_go_on()


def test_a_system_is_trusted_again_when_it_answers(world: World):
    world.come(1)
    world.leave(world.hanging[0])
    assert world.places.times_hung(1) == 1
    stay = world.places.take(1)
    assert stay
    assert stay.is_slow
    world.places.leave(stay)
    again = world.places.take(1)
    assert again
    assert not again.is_slow


def test_the_work_of_a_thread_has_one_place(world: World):
    stay = world.places.take(HEALTHY)
    assert stay
    with stay.held():
        assert current_stay() is stay
    assert current_stay() is None
    assert all(world.places.take(system) for system in range(AT_ONCE))
    assert world.places.is_full()
    assert world.places.take(HEALTHY) is None
