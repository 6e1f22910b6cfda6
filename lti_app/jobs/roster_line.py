"""Who is next to have a class list fetched, and how many are fetched at the same time."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from lti_app.core.places import Places, Stay
from lti_app.jobs.sweeps import SLOW_SECONDS

ROSTERS_AT_ONCE = 4


@dataclass(frozen=True)
class _Waiting:
    course_id: int
    platform_ids: AbstractSet[int]
    is_awaited: bool
    number: int


@dataclass
class RosterLine:
    """Courses whose class lists are to be fetched, in one process. Safe in threads."""

    places: Places[int] = field(default_factory=lambda: Places(ROSTERS_AT_ONCE, SLOW_SECONDS))
    _waiting: dict[int, _Waiting] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def join(self, course_id: int, platform_ids: AbstractSet[int], *, is_awaited: bool) -> None:
        """Put a course into the line, `is_awaited` where a person has asked for its class list."""
        with self._lock:
            known = self._waiting.get(course_id)
            number = known.number if known else next(self._numbers)
            is_awaited = is_awaited or bool(known and known.is_awaited)
            self._waiting[course_id] = _Waiting(course_id, platform_ids, is_awaited, number)

    def next(self) -> tuple[int, Stay[int]] | None:
        """The course whose turn it is, and a place to fetch its class list in; None where nobody can have one now.

        First come those whose platforms did not hang the last times, and of these those that are awaited.
        """
        with self._lock:
            for each in sorted(self._waiting.values(), key=self._order):
                if stay := self.places.take(*each.platform_ids):
                    del self._waiting[each.course_id]
                    return each.course_id, stay
                if self.places.is_full():
                    break
        return None

    def _order(self, waiting: _Waiting) -> tuple[int, bool, int]:
        return self.places.times_hung(*waiting.platform_ids), not waiting.is_awaited, waiting.number
