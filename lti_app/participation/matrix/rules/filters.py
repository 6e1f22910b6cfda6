"""Which students a table shows, and in which order."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

MAX_FIND = 80
REVERSED = "-"
WORK = "work"
"""Sorts by the state of the whole work."""
POINTS = "points"
"""Sorts by the points for participation."""


class NamedLine(Protocol):
    """A line of a table, as far as sorting and narrowing need it."""

    @property
    def person_id(self) -> int:
        """Whose line it is."""

    @property
    def name(self) -> str:
        """How the student is called here."""


Line = TypeVar("Line", bound=NamedLine)


@dataclass(frozen=True)
class MatrixFilter:
    """What a reader of a table has chosen. Empty texts choose nothing."""

    find: str = ""
    """A part of the name."""
    group: str = ""
    """The id of a section or group."""
    state: str = ""
    """A state of `states`."""
    column: str = ""
    """The key of the column that the state is about; else it is about the whole line."""
    sort: str = ""
    """The key of a column or WORK, after REVERSED from the last to the first; else in the order of class lists."""

    @property
    def chosen_group(self) -> int | None:
        """The group that it is narrowed to."""
        return int(self.group) if self.group else None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.find or self.group or self.state)

    def apply(
        self,
        lines: Sequence[Line],
        *,
        members: Collection[int] | None,
        has_state: Callable[[Line, str, str], bool],
        rank: Callable[[Line, str], tuple[int, ...]],
    ) -> list[Line]:
        """The lines that are left, in the chosen order.

        `members` are the people of the chosen group. `has_state` tells whether a line has a state in a column, and
        `rank` where it sorts by a column. Equal lines keep the order of class lists.
        """
        part = self.find.casefold().strip()
        found = [
            line
            for line in lines
            if (not part or part in line.name.casefold())
            and (members is None or line.person_id in members)
            and (not self.state or has_state(line, self.column, self.state))
        ]
        key = self.sort.removeprefix(REVERSED)
        if key == "name":
            return found[::-1]
        if key:
            found.sort(key=lambda line: rank(line, key), reverse=self.sort.startswith(REVERSED))
        return found
