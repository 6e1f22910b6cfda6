"""Values that one process keeps for a while."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class RecentlyUsed(Generic[Key, Value]):
    """The values that were used last, as many as fit; threads share them."""

    def __init__(self, room: int) -> None:
        """`room` is the size of all of them together."""
        self._room = room
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._taken = 0
        self._lock = Lock()

    @property
    def taken(self) -> int:
        """The size of all values together."""
        return self._taken

    def get(self, key: Key) -> Value | None:
        """The value, which counts as used now; None if there is none, or no more."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep a value in the place of an earlier one, and let those go that were not used for longest; one that is
        larger than the room is not kept.
        """
        with self._lock:
            self._drop(key)
            if size > self._room:
                return
            self._values[key] = (value, size)
            self._taken += size
            while self._taken > self._room:
                self._drop(next(iter(self._values)))

    def clear(self) -> None:
        """Let all of them go."""
        with self._lock:
            self._values.clear()
            self._taken = 0

    def _drop(self, key: Key) -> None:
        _value, size = self._values.pop(key, (None, 0))
        self._taken -= size
