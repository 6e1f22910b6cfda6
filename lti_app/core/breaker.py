"""Keeps a service that does not answer from holding up the rest of a process (circuit breaker and bulkhead)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition

SLOW_SECONDS = 1.0
"""A failure that took longer than this has held a thread; quicker ones may be repeated as often as one likes."""
WAIT_SECONDS = 1.0
"""How long a caller waits for a place."""
REST_SECONDS = 15.0
"""How long a service is not asked again after it has held a thread for nothing."""
MOST_RESTING = 10_000


class ServiceUnavailable(Exception):
    """The service is not asked now: it failed a moment ago, or too many requests are waiting for answers."""


@dataclass
class Breaker:
    """Limits for the requests of one process to any number of services. Safe in threads."""

    at_once: int
    """So many threads may wait for answers; this must be less than the threads that serve others."""
    rest_seconds: float = REST_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    _running: list[float] = field(default_factory=list)
    """When each running request began."""
    _resting: dict[str, float] = field(default_factory=dict)
    _changed: Condition = field(default_factory=Condition)

    @contextmanager
    def guard(self, service: str) -> Iterator[None]:
        """Ask a service within the limits; raises ServiceUnavailable at once, or after WAIT_SECONDS at most."""
        began = self._enter(service)
        failed = True
        try:
            yield
            failed = False
        finally:
            self._leave(service, began, failed=failed)

    def _enter(self, service: str) -> float:
        with self._changed:
            self._raise_if_resting(service)
            if not self._changed.wait_for(self._has_room, timeout=self._patience()):
                raise ServiceUnavailable("too many requests are waiting for answers")
            self._raise_if_resting(service)
            began = self.monotonic()
            self._running.append(began)
            return began

    def _leave(self, service: str, began: float, *, failed: bool) -> None:
        now = self.monotonic()
        with self._changed:
            self._running.remove(began)
            if not failed:
                self._resting.pop(service, None)
            elif now - began > SLOW_SECONDS:
                self._rest(service, now)
            self._changed.notify_all()

    def _rest(self, service: str, now: float) -> None:
        if len(self._resting) >= MOST_RESTING:
            self._resting.clear()
        self._resting[service] = now + self.rest_seconds

    def _raise_if_resting(self, service: str) -> None:
        if self._resting.get(service, 0.0) > self.monotonic():
            raise ServiceUnavailable("it did not answer a moment ago")

    def _has_room(self) -> bool:
        return len(self._running) < self.at_once

    def _patience(self) -> float:
        """Seconds to wait for a place: none where those who have one have had it so long that they seem to hang."""
        return max(0.0, max(self._running) + WAIT_SECONDS - self.monotonic()) if self._running else 0.0
