"""Keeps a service that does not answer from holding up the rest of a process (circuit breaker)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from lti_app.core.places import Places, Stay, current_stay

SLOW_SECONDS = 1.0
"""A failure that took longer than this has held a thread; quicker ones may be repeated as often as one likes."""
REST_SECONDS = 15.0
"""How long a service is not asked again after it has held a thread for nothing."""
MOST_RESTING = 10_000


class ServiceUnavailable(Exception):
    """The service is not asked now: it failed a moment ago, or too many requests are waiting for answers."""


@dataclass
class Breaker:
    """Limits for the requests of one process to any number of services. Safe in threads."""

    places: Places[str]
    """For requests of threads whose work has no place yet."""
    rest_seconds: float = REST_SECONDS
    _resting: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def guard(self, service: str) -> Iterator[Stay[Any]]:
        """Ask a service within the limits; raises ServiceUnavailable at once, or after a short wait."""
        self._raise_if_resting(service)
        stay = current_stay()
        if stay is not None:
            with self._watched(service, stay):
                yield stay
            return
        stay = self.places.await_place(service)
        if stay is None:
            raise ServiceUnavailable("too many requests are waiting for answers")
        with stay.held(), self._watched(service, stay):
            yield stay

    @contextmanager
    def _watched(self, service: str, stay: Stay[Any]) -> Iterator[None]:
        """Let a service rest that fails after it was waited for long."""
        self._raise_if_resting(service)
        if not stay.may_go_on():
            raise ServiceUnavailable("the work took too long while others were waiting")
        began = self.places.monotonic()
        try:
            yield
        except BaseException:
            if self.places.monotonic() - began > SLOW_SECONDS:
                stay.has_hung = True
                self._rest(service)
            raise
        with self._lock:
            self._resting.pop(service, None)

    def _rest(self, service: str) -> None:
        with self._lock:
            if len(self._resting) >= MOST_RESTING:
                self._resting.clear()
            self._resting[service] = self.places.monotonic() + self.rest_seconds

    def _raise_if_resting(self, service: str) -> None:
        with self._lock:
            ends = self._resting.get(service, 0.0)
        if ends > self.places.monotonic():
            raise ServiceUnavailable("it did not answer a moment ago")
