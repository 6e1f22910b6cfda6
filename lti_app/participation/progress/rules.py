"""How far a student's work in a discussion is, in one word."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts

Told = TypeVar("Told")


class WorkStanding(StrEnum):
    """How far the work of one student is."""

    NOTHING = "nothing"
    """No posts, and nothing was due yet."""
    ABSENT = "absent"
    """No posts, and all dates have passed."""
    STARTED = "started"
    """Something is not done, and all of that can still be done on time."""
    MISSING = "missing"
    """Something is not done whose date has passed, whatever else can still be done on time."""
    COMPLETE = "complete"
    LATE = "late"
    """Complete, some of it after its date."""


def standing_of(verdicts: Verdicts, *, posts: int) -> WorkStanding:
    """The standing of a student with so many posts. Without requirements, whoever has posted is done."""
    if verdicts.any_missed:
        return WorkStanding.MISSING if posts or verdicts.any_pending else WorkStanding.ABSENT
    if not posts:
        return WorkStanding.NOTHING
    if verdicts.any_pending:
        return WorkStanding.STARTED
    return WorkStanding.LATE if verdicts.any_late else WorkStanding.COMPLETE


@dataclass(frozen=True)
class ResultsOfPeople(Generic[Told]):
    """What is told of everybody in a discussion."""

    of_nothing: Told
    """Of whoever has done nothing and has no extension."""
    of_people: Mapping[int, Told]
    """Of all others, by person id."""
    digests: Mapping[int, bytes] = field(default_factory=dict, compare=False)
    """Of all from which that of a person follows, besides what is the same for the class; where it is known."""

    def of(self, person_id: int) -> Told:
        """What is told of one person."""
        return self.of_people.get(person_id, self.of_nothing)

    def of_same(self, person_id: int, digest: bytes) -> Told | None:
        """What is told of one person, if it follows from the same; else None."""
        return self.of_people[person_id] if self.digests.get(person_id) == digest else None


@dataclass(frozen=True)
class ClassVerdicts(ResultsOfPeople[Verdicts]):
    """The results of a class in a discussion."""

    def as_of(self, now: datetime) -> "ClassVerdicts":
        """The same results at a moment at which nothing else is decided, with what they say of the moment itself."""
        waiting = self._waiting
        if not waiting:
            return self
        return ClassVerdicts(
            self.of_nothing, {**self.of_people, **{each: self.of(each).as_of(now) for each in waiting}}
        )

    @cached_property
    def _waiting(self) -> frozenset[int]:
        """Those whose result says how few had posted at the moment of the evaluation."""
        return frozenset(each for each, verdicts in self.of_people.items() if verdicts.is_waiting)


def size_of(verdicts: ClassVerdicts) -> int:
    """How many results of people there are."""
    return len(verdicts.of_people) + 1


def keyed(verdicts: Sequence[Verdict]) -> list[tuple[str, Verdict]]:
    """A key for each verdict, the same in every evaluation: its kind, and the id of the reading or a number if the
    kind has several.
    """
    seen: Counter[str] = Counter()
    keyed = []
    for verdict in verdicts:
        kind = f"{verdict.kind}-{verdict.reading.id}" if verdict.reading else verdict.kind
        seen[kind] += 1
        keyed.append((kind if seen[kind] == 1 else f"{kind}.{seen[kind]}", verdict))
    return keyed
