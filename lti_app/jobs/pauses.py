"""Platforms that are left alone for a while: they are down, or have asked us to wait."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from lti_app.core.clock import Clock
from lti_app.grading.passbacks.rules.retries import wait_before_retry
from lti_app.jobs.sweeps import SWEPT_EVERY

MOST_SPREAD = timedelta(seconds=5)
SPREAD = 0.1
"""A pause is longer by up to this part, so that the processes that were told to wait do not all come back at once."""


@dataclass
class Pauses:
    """The pauses of platforms, by id, in one process: for all of its lanes, of sending and reading. Safe in threads."""

    clock: Clock
    _known: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    """When a platform's pause ends or has ended, and how many there were in succession."""
    _lock: Lock = field(default_factory=Lock)

    def begin(self, platform_id: int, *, retry_after: float | None) -> datetime:
        """Leave a platform alone, longer each time; at least as long as it asks for (`retry_after`, in seconds), up to
        an hour. Where it does not say, for a minute at most. Returns when the pause ends.

        Failures of requests that were under way when the pause began are not counted.
        """
        now, fraction = self.clock(), secrets.randbelow(1000) / 1000
        with self._lock:
            ends, times = self._known.get(platform_id, (now, 0))
            times += ends <= now
            wait = wait_before_retry(times, fraction=fraction, retry_after=retry_after)
            wait = wait if retry_after else min(wait, SWEPT_EVERY)
            ends = max(ends, now + wait + min(wait * SPREAD, MOST_SPREAD) * fraction)
            self._known[platform_id] = (ends, times)
        return ends

    def note_answer(self, platform_id: int) -> None:
        """A platform has answered as it should. That ends no pause: the request may have been under way before."""
        with self._lock:
            ends, _times = self._known.get(platform_id, (None, 0))
            if ends is not None and ends <= self.clock():
                del self._known[platform_id]

    def until(self, platform_id: int) -> datetime | None:
        """When a platform's pause ends; None where there is none."""
        return self.now().get(platform_id)

    def now(self) -> Mapping[int, datetime]:
        """The platforms that are left alone now, and until when."""
        now = self.clock()
        with self._lock:
            return {platform_id: ends for platform_id, (ends, _times) in self._known.items() if ends > now}
