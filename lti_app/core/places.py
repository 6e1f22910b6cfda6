"""Places for work that waits for other systems: slow systems never keep more than half of them (a bulkhead).

Work may keep a place for SLOW_SECONDS. What takes longer must become one of the slow, for which there is half of the
places; where those are taken, it has to end. So of the other half each place becomes free within SLOW_SECONDS, however
many systems hang. Work for a system at which the last work hung is slow from the beginning.
"""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Generic, TypeVar

SLOW_SECONDS = 1.0
WAIT_SECONDS = 1.5
"""How long a caller waits for a place: a little longer than work that hangs keeps one."""
MOST_REMEMBERED = 10_000

System = TypeVar("System", bound=Hashable)


@dataclass(eq=False)
class Stay(Generic[System]):
    """Work that has a place, for the systems `whose`."""

    whose: frozenset[System]
    is_slow: bool
    began: float
    """When the present step began."""
    _places: "Places[System]"
    has_hung: bool = False
    """Whether it had to end, or a request failed after it had been waited for long."""

    def may_go_on(self) -> bool:
        """Whether the work may keep its place; once this was False, it must end."""
        return self._places.let_go_on(self)

    def begin_step(self) -> None:
        """Begin a further step, which may take as long as the first: what came before was not held up."""
        self.began = self._places.monotonic()

    @contextmanager
    def held(self) -> Iterator["Stay[System]"]:
        """Do the work of this thread in the place, which is left at the end. Its requests ask for no other place."""
        token = _current.set(self)
        try:
            yield self
        finally:
            _current.reset(token)
            self._places.leave(self)


_current: ContextVar[Stay[Any] | None] = ContextVar("current", default=None)


def current_stay() -> Stay[Any] | None:
    """The place that the work of this thread has."""
    return _current.get()


@dataclass
class Places(Generic[System]):
    """The places of one kind of work in one process. Safe in threads."""

    at_once: int
    slow_seconds: float = SLOW_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    _stays: set[Stay[System]] = field(default_factory=set)
    _hung: dict[System, int] = field(default_factory=dict)
    """How many times in succession the work for a system hung."""
    _waiting: int = 0
    _changed: Condition = field(default_factory=Condition)

    @property
    def for_slow(self) -> int:
        """So many places the slow may have."""
        return self.at_once // 2

    def take(self, *whose: System) -> Stay[System] | None:
        """A place for work with these systems; None where there is none now."""
        with self._changed:
            is_slow = self.times_hung(*whose) > 0
            if not self._has_room(is_slow=is_slow):
                return None
            stay = Stay(frozenset(whose), is_slow, self.monotonic(), self)
            self._stays.add(stay)
            return stay

    def await_place(self, *whose: System) -> Stay[System] | None:
        """A place for work that has a person waiting: one caller at a time waits up to WAIT_SECONDS for it, and none
        for a system that hung the last time.
        """
        with self._changed:
            if not self._has_room(is_slow=False) and not self._waiting and not self.times_hung(*whose):
                self._waiting += 1
                self._changed.wait_for(lambda: self._has_room(is_slow=False), timeout=WAIT_SECONDS)
                self._waiting -= 1
            return self.take(*whose)

    def times_hung(self, *whose: System) -> int:
        """How many times in succession the work for the worst of these systems hung."""
        return max((self._hung.get(each, 0) for each in whose), default=0)

    def refused(self) -> set[System]:
        """The systems for which no work can begin now: slow ones, while others have the places of the slow."""
        with self._changed:
            return set() if self._has_room(is_slow=True) else set(self._hung)

    def is_full(self) -> bool:
        """Whether no work at all can begin now."""
        with self._changed:
            return not self._has_room(is_slow=False)

    def let_go_on(self, stay: Stay[System]) -> bool:
        """Whether work that has a place may keep it, from SLOW_SECONDS on as one of the slow."""
        with self._changed:
            if not stay.is_slow and self.monotonic() - stay.began > self.slow_seconds:
                stay.has_hung = stay.has_hung or self._count_slow() >= self.for_slow
                stay.is_slow = not stay.has_hung
            return not stay.has_hung

    def leave(self, stay: Stay[System]) -> None:
        """Give the place back, and remember whether the work hung."""
        with self._changed:
            self._stays.discard(stay)
            if len(self._hung) > MOST_REMEMBERED:
                self._hung.clear()
            for each in stay.whose:
                if stay.has_hung:
                    self._hung[each] = self._hung.get(each, 0) + 1
                else:
                    self._hung.pop(each, None)
            self._changed.notify_all()

    def _has_room(self, *, is_slow: bool) -> bool:
        return len(self._stays) < self.at_once and not (is_slow and self._count_slow() >= self.for_slow)

    def _count_slow(self) -> int:
        return sum(stay.is_slow for stay in self._stays)
