"""What is made of the rows of a statement, made again only of those that are others than before."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from lti_app.core.recent import RecentlyUsed
from lti_app.core.statements import StoredRows

Key = TypeVar("Key")
Made = TypeVar("Made")


class KnownRows(Generic[Key, Made]):
    """What one process has made of the rows of a list, by the key of the list; threads share it.

    The database is asked each time. Only a row that is the same as before, in every column, stands for what was made of
    it, so that nothing has to be forgotten when something is written.
    """

    def __init__(self, room: int, make: Callable[[Any], Made]) -> None:
        """`room` is the number of rows of all lists together, `make` depends on nothing but the row."""
        self._kept: RecentlyUsed[Key, Mapping[tuple[Any, ...], Made]] = RecentlyUsed(room)
        self._make = make

    @property
    def taken(self) -> int:
        """The number of rows of all lists together."""
        return self._kept.taken

    def made_of(self, key: Key, stored: StoredRows) -> list[Made]:
        """What is made of each of these rows, in their order."""
        known = self._kept.get(key) or {}
        made = {row: self._make(stored.read(row)) for row in stored.raw if row not in known}
        if made or len(known) != len(stored.raw):
            known = {row: made[row] if row in made else known[row] for row in stored.raw}
            self._kept.put(key, known, len(known))
        return [known[row] for row in stored.raw]
