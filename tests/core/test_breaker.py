"""A service that does not answer is left alone."""

import threading

import pytest

from lti_app.core.breaker import REST_SECONDS, SLOW_SECONDS, Breaker, ServiceUnavailable
from lti_app.core.places import Places, Stay

PATIENCE = 30.0


class Hung(Exception):
    """A request that brought nothing."""


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def breaker(watch: Stopwatch) -> Breaker:
    return Breaker(Places(2, monotonic=watch))


def fail(breaker: Breaker, watch: Stopwatch, *, after: float, service: str = "lms") -> None:
    def hang() -> None:
        with breaker.guard(service):
            watch.seconds += after
            raise Hung

    with pytest.raises(Hung):
        hang()


def ask(breaker: Breaker, service: str = "lms") -> None:
    with breaker.guard(service):
        pass


def test_a_service_that_hung_is_not_asked_for_a_while(breaker: Breaker, watch: Stopwatch):
    fail(breaker, watch, after=SLOW_SECONDS + 0.1)
    with pytest.raises(ServiceUnavailable, match="a moment ago"):
        ask(breaker)
    ask(breaker, "another")
    watch.seconds += REST_SECONDS
    ask(breaker)


def test_it_rests_again_when_it_hangs_again(breaker: Breaker, watch: Stopwatch):
    fail(breaker, watch, after=SLOW_SECONDS + 0.1)
    watch.seconds += REST_SECONDS
    fail(breaker, watch, after=SLOW_SECONDS + 0.1)
    with pytest.raises(ServiceUnavailable):
        ask(breaker)


def test_a_quick_failure_and_a_slow_answer_may_be_repeated(breaker: Breaker, watch: Stopwatch):
    fail(breaker, watch, after=SLOW_SECONDS / 2)
    with breaker.guard("lms"):
        watch.seconds += SLOW_SECONDS * 5
    ask(breaker)


@pytest.fixture
def taken(breaker: Breaker) -> list[Stay[str]]:
    """Places that others have."""
    return [stay for service in ("one", "two") if (stay := breaker.places.take(service))]


def test_a_service_that_hung_has_nobody_wait_for_a_place(breaker: Breaker, watch: Stopwatch):
    fail(breaker, watch, after=SLOW_SECONDS + 0.1)
    watch.seconds += REST_SECONDS
    others = [breaker.places.take(service) for service in ("one", "two")]
    assert all(others)
    with pytest.raises(ServiceUnavailable, match="too many"):
        ask(breaker)


def test_a_place_that_becomes_free_is_waited_for(breaker: Breaker, taken: list[Stay[str]]):
    asked = threading.Event()

    def wait_and_ask() -> None:
        ask(breaker)
        asked.set()

    waiting = threading.Thread(target=wait_and_ask)
    waiting.start()
    assert not asked.is_set()
    breaker.places.leave(taken[0])
    assert asked.wait(PATIENCE)
    waiting.join()


def test_one_caller_at_a_time_waits_for_a_place(breaker: Breaker, taken: list[Stay[str]]):
    """The others are told at once: threads that wait serve nobody."""
    waiting = threading.Thread(target=ask, args=(breaker, "three"))
    waiting.start()
    while not breaker.places._waiting:
        pass
    with pytest.raises(ServiceUnavailable, match="too many"):
        ask(breaker, "four")
    breaker.places.leave(taken[0])
    waiting.join()


def test_work_that_has_a_place_asks_in_it(breaker: Breaker, watch: Stopwatch, taken: list[Stay[str]]):
    work = Places[str](2, monotonic=watch)
    stays = [work.take(name) for name in ("a", "b")]
    for stay in stays:
        assert stay is not None
    watch.seconds += SLOW_SECONDS + 0.1
    assert [stay.may_go_on() for stay in stays if stay] == [True, False]
    for stay, may in zip(stays, (True, False), strict=True):
        assert stay is not None
        with stay.held():
            if may:
                ask(breaker)
            else:
                with pytest.raises(ServiceUnavailable, match="too long"):
                    ask(breaker)
    assert work.times_hung("a") == 0
    assert work.times_hung("b") == 1
    assert len(taken) == 2
