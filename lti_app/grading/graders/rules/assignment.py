"""Who grades whom, and how students are distributed over graders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Assigned:
    """A grader who takes some students, as it is stored."""

    id: int
    grader_id: int
    is_second: bool
    in_discussion: bool
    """Whether it is for one discussion; else for every discussion of the course."""
    group: int | None
    """The id of the section or group; empty for a single student."""
    person_id: int | None


@dataclass(frozen=True)
class GradersOf:
    """The graders of one student."""

    first: tuple[int, ...] = ()
    second: tuple[int, ...] = ()

    @cached_property
    def everybody(self) -> tuple[int, ...]:
        """Graders and second markers."""
        return (*self.first, *(each for each in self.second if each not in self.first))


NO_GRADERS = GradersOf()


def graders_of_class(
    people: Iterable[int], assigned: Collection[Assigned], members: Mapping[int, Collection[int]]
) -> dict[int, GradersOf]:
    """The graders of each student; `members` are the people of each group.

    What is said about a student goes before what is said about a section or group, and what is said for one discussion
    before what is said for the course.
    """
    first = [each for each in assigned if not each.is_second]
    second = [each for each in assigned if each.is_second]
    return {key: GradersOf(_closest(key, first, members), _closest(key, second, members)) for key in people}


def _closest(person_id: int, assigned: Iterable[Assigned], members: Mapping[int, Collection[int]]) -> tuple[int, ...]:
    found: dict[tuple[bool, bool], list[int]] = {}
    for each in assigned:
        is_single = each.person_id is not None
        if each.person_id == person_id if is_single else person_id in members.get(each.group or 0, ()):
            found.setdefault((each.in_discussion, is_single), []).append(each.grader_id)
    closest = found[max(found)] if found else []
    return tuple(dict.fromkeys(closest))


def distributed(
    people: Sequence[int],
    graders: Sequence[int],
    *,
    load: Mapping[int, int],
    taken: Mapping[int, Collection[int]],
) -> dict[int, int]:
    """A grader for each of these people, so that all graders have as equally many as can be.

    `load` is how many each has already; `taken` are graders that a person cannot have, since a second marker is
    somebody else. People whom nobody can take are left out.
    """
    having = {grader: load.get(grader, 0) for grader in graders}
    chosen: dict[int, int] = {}
    for person_id in people:
        free = [grader for grader in graders if grader not in taken.get(person_id, ())]
        if free:
            grader = min(free, key=lambda each: having[each])
            chosen[person_id] = grader
            having[grader] += 1
    return chosen
