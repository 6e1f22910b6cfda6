"""What is made once of the same things."""

from collections.abc import Callable
from typing import Generic, TypeVar

from lti_app.core.recent import RecentlyUsed

Key = TypeVar("Key")
Made = TypeVar("Made")


class MadeOnce(Generic[Key, Made]):
    """What one process has made last, by key; threads share it.

    It is used for as long as all that it was made of is equal, so that nothing has to be forgotten when something is
    written. Things that are the same object are equal at no cost.
    """

    def __init__(self, room: int) -> None:
        """`room` is the size of all that is kept."""
        self._kept: RecentlyUsed[Key, tuple[tuple[object, ...], Made]] = RecentlyUsed(room)

    @property
    def taken(self) -> int:
        """The size of all that is kept."""
        return self._kept.taken

    def of(self, key: Key, basis: tuple[object, ...], make: Callable[[], Made], *, size: int) -> Made:
        """What was made for this key of an equal basis, else what is made now. `basis` has all that it depends on and
        that the key has not; nobody changes any of it, nor what is made.
        """
        known = self._kept.get(key)
        if known is not None and known[0] == basis:
            return known[1]
        made = make()
        self._kept.put(key, (basis, made), size)
        return made

    def clear(self) -> None:
        """Let all of it go."""
        self._kept.clear()
