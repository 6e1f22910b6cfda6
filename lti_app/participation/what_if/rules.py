"""What a change of a rule would change for students: two evaluations of the same work, compared."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from lti_app.participation.progress.rules import WorkStanding, keyed, standing_of
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts

_BETTER = (
    WorkStanding.ABSENT,
    WorkStanding.MISSING,
    WorkStanding.NOTHING,
    WorkStanding.STARTED,
    WorkStanding.LATE,
    WorkStanding.COMPLETE,
)
"""The standings, from the worst to the best."""


@dataclass(frozen=True)
class StandingChange:
    """What a change of the rule would change for one student."""

    person_id: int
    before: WorkStanding
    after: WorkStanding
    points: tuple[Decimal, Decimal]
    """The points for participation before and after."""
    lost: tuple[Verdict, ...]
    """What would no longer be done or done on time, or would be missing, as it would then be."""
    won: tuple[Verdict, ...]
    """What would be done or done on time, or would no longer be missing, as it would then be."""

    @property
    def is_loss(self) -> bool:
        """Whether the student would be worse off."""
        if self.before is not self.after:
            return _BETTER.index(self.after) < _BETTER.index(self.before)
        if self.points[0] != self.points[1]:
            return self.points[1] < self.points[0]
        return bool(self.lost)


class RequirementOutcome(StrEnum):
    """What has become of one requirement for one student."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    OPEN = "open"
    """It can still be done on time."""
    EXCUSED = "excused"


@dataclass(frozen=True)
class OutcomeTally:
    """How many students a requirement has each outcome for, before and after a change."""

    title: str
    """Marked for translation."""
    about: str
    """The reading that it is about, if each reading counts by itself."""
    counts: Mapping[RequirementOutcome, tuple[int, int]]

    @property
    def is_changed(self) -> bool:
        """Whether any number would be another."""
        return any(before != after for before, after in self.counts.values())


@dataclass(frozen=True)
class ClassComparison:
    """Two evaluations of the work of a class."""

    before: Mapping[int, Verdicts]
    after: Mapping[int, Verdicts]
    """By person id: the same people, and the results of the same posts."""
    posts: Mapping[int, int]
    """How many of each one's posts are not deleted."""

    @property
    def changes(self) -> list[StandingChange]:
        """The students for whom it makes a difference."""
        return compare_standings(self.before, self.after, self.posts)

    @property
    def tallies(self) -> tuple[OutcomeTally, ...]:
        """The requirements for which any number of students would be another."""
        verdicts: dict[Hashable, Verdict] = {}
        counts: dict[Hashable, tuple[Counter[RequirementOutcome], Counter[RequirementOutcome]]] = {}
        for nth, side in enumerate((self.after, self.before)):
            for of_student in side.values():
                for key, verdict in keyed(of_student.requirements):
                    verdicts.setdefault(key, verdict)
                    counts.setdefault(key, (Counter(), Counter()))[nth][_outcome(verdict)] += 1
        tallies = (_tally(verdicts[key], before, after) for key, (after, before) in counts.items())
        return tuple(each for each in tallies if each.is_changed)


def compare_standings(
    before: Mapping[int, Verdicts], after: Mapping[int, Verdicts], posts: Mapping[int, int]
) -> list[StandingChange]:
    """The students, by id, whose standing, points or any requirement would be another, in their order.

    Both have the same people, and the results of the same posts under two rules; `posts` has how many of a student's
    posts are not deleted. A requirement that is new makes a difference where it is missing or late.
    """
    told = (_compared(each, before[each], after[each], posts[each]) for each in before)
    return [change for change in told if change is not None]


def digest_of(changes: Sequence[StandingChange]) -> str:
    """Stands for what an instructor was shown of changes, so that only this is confirmed."""
    shown = [(each.person_id, each.before, each.after, each.points) for each in changes]
    return sha256(repr(shown).encode()).hexdigest()[:32]


def _compared(person_id: int, before: Verdicts, after: Verdicts, posts: int) -> StandingChange | None:
    old = dict(keyed(before.requirements))
    ranked = [
        (each, _rank(each), _rank_before(old.get(key), each))
        for key, each in keyed(after.requirements)
        if not each.is_optional
    ]
    lost = tuple(each for each, now, then in ranked if now < then)
    won = tuple(each for each, now, then in ranked if now > then)
    standings = standing_of(before, posts=posts), standing_of(after, posts=posts)
    points = before.points, after.points
    if standings[0] is standings[1] and points[0] == points[1] and not (lost or won):
        return None
    return StandingChange(person_id, *standings, points, lost, won)


def _tally(verdict: Verdict, before: Counter[RequirementOutcome], after: Counter[RequirementOutcome]) -> OutcomeTally:
    about = verdict.reading.label if verdict.reading else ""
    return OutcomeTally(
        verdict.requirement.title, about, {each: (before[each], after[each]) for each in RequirementOutcome}
    )


def _outcome(verdict: Verdict) -> RequirementOutcome:
    if verdict.is_met:
        return RequirementOutcome.LATE if verdict.late else RequirementOutcome.ON_TIME
    if verdict.is_excused:
        return RequirementOutcome.EXCUSED
    return RequirementOutcome.OPEN if verdict.is_pending else RequirementOutcome.MISSING


def _rank(verdict: Verdict) -> int:
    """0 for what is missing, 1 for what was done late, 2 for what is not due yet, 3 for what is done or excused."""
    if verdict.is_excused or (verdict.is_met and not verdict.late):
        return 3
    if verdict.is_pending:
        return 2
    return 1 if verdict.is_met else 0


def _rank_before(old: Verdict | None, new: Verdict) -> int:
    """The rank of the same requirement before. One that was not there is no gain, and a loss where it is missing."""
    return max(_rank(new), 2) if old is None else _rank(old)
