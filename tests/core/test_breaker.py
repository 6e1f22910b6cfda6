"""A service that does not answer is left alone, and never holds more than its share of the threads."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from lti_app.core.breaker import REST_SECONDS, SLOW_SECONDS, WAIT_SECONDS, Breaker, ServiceUnavailable

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
    return Breaker(at_once=2, monotonic=watch)


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


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


def test_where_all_places_hang_nobody_waits(breaker: Breaker, watch: Stopwatch, held: ExitStack):
    for service in ("one", "two"):
        held.enter_context(breaker.guard(service))
    watch.seconds += WAIT_SECONDS
    with pytest.raises(ServiceUnavailable, match="too many"):
        ask(breaker)
    held.close()
    ask(breaker)


def test_a_place_that_becomes_free_is_waited_for(breaker: Breaker, held: ExitStack):
    for service in ("one", "two"):
        held.enter_context(breaker.guard(service))
    asked = threading.Event()

    def wait_and_ask() -> None:
        ask(breaker)
        asked.set()

    waiting = threading.Thread(target=wait_and_ask)
    waiting.start()
    assert not asked.is_set()
    held.close()
    assert asked.wait(PATIENCE)
    waiting.join()
