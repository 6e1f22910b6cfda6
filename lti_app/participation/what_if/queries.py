"""What a change of the rule would change for the students of a discussion, before anything is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import (
    AssignedReading,
    Calendar,
    StanceQuestion,
    StoredRequirements,
    Structure,
)
from lti_app.participation.progress.queries import collect_class_work, requirements_of
from lti_app.participation.progress.rules import WorkStanding, standing_of
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.participation.versions.queries import class_terms
from lti_app.participation.versions.rules import is_same_rule, rule_to_stored

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
class RuleChange:
    """The settings of a discussion that decide how participation is counted."""

    requirements: StoredRequirements
    calendar: Calendar
    """The dates of the class."""
    readings: tuple[AssignedReading, ...] = ()
    stance: StanceQuestion | None = None
    structure: Structure = Structure.WHOLE_CLASS

    def applied_to(self, discussion: DiscussionView) -> DiscussionView:
        """The discussion as it would be with these settings, by the dates of the class."""
        return replace(
            discussion,
            requirements=self.requirements,
            calendar=self.calendar,
            class_calendar=self.calendar,
            readings=self.readings,
            stance=self.stance,
            structure=self.structure,
        )

    def changes(self, discussion: DiscussionView) -> bool:
        """Whether participation would be counted otherwise than now."""
        changed = self.applied_to(discussion)
        before = rule_to_stored(discussion.requirements, class_terms(discussion))
        return not is_same_rule(before, rule_to_stored(changed.requirements, class_terms(changed)))


@dataclass(frozen=True)
class StandingChange:
    """What a change of the rule would change for one student."""

    person_id: int
    before: WorkStanding
    after: WorkStanding
    points: tuple[Decimal, Decimal]
    """The points for participation before and after."""
    lost: tuple[Verdict, ...]
    """What would not be done on time any more, or would be missing, as it would then be."""
    won: tuple[Verdict, ...]
    """What would be done on time, or would not be missing any more, as it would then be."""

    @property
    def is_loss(self) -> bool:
        """Whether the student would be worse off."""
        if self.before is not self.after:
            return _BETTER.index(self.after) < _BETTER.index(self.before)
        if self.points[0] != self.points[1]:
            return self.points[1] < self.points[0]
        return bool(self.lost)


def list_standing_changes(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    change: RuleChange,
    person_ids: Sequence[int],
    *,
    now: datetime,
) -> list[StandingChange]:
    """The students among these whose standing the change would change, in their order (the statements of
    `collect_class_verdicts`).

    Nobody is named in it. Raises Forbidden for all but graders.
    """
    changed = change.applied_to(discussion)
    work = collect_class_work(session, actor, discussion, others=[requirements_of(changed)])
    before_of, after_of = work.judged(discussion, now=now), work.judged(changed, now=now)
    found = []
    for person_id in person_ids:
        posts = sum(not post.deleted for post in work.facts.get(person_id, ()))
        if told := _compared(person_id, before_of(person_id), after_of(person_id), posts):
            found.append(told)
    return found


def digest_of(changes: Sequence[StandingChange]) -> str:
    """Stands for what an instructor was shown of changes, so that only this is confirmed."""
    shown = [(each.person_id, each.before, each.after, each.points) for each in changes]
    return sha256(repr(shown).encode()).hexdigest()[:32]


def _compared(person_id: int, before: Verdicts, after: Verdicts, posts: int) -> StandingChange | None:
    old = {_key(verdict): verdict for verdict in before.requirements}
    lost = tuple(each for each in after.required if _rank(each) < _rank_in(old, each))
    won = tuple(each for each in after.required if _rank(each) > _rank_in(old, each))
    standings = standing_of(before, posts=posts), standing_of(after, posts=posts)
    points = before.points, after.points
    if standings[0] is standings[1] and points[0] == points[1] and not (lost or won):
        return None
    return StandingChange(person_id, *standings, points, lost, won)


def _key(verdict: Verdict) -> tuple[str, int]:
    return verdict.kind, verdict.reading.id if verdict.reading else 0


def _rank(verdict: Verdict) -> int:
    """0 for what is missing, 1 for what was late, 2 for what is not due yet, done on time or excused."""
    if verdict.is_pending or verdict.is_excused or (verdict.is_met and not verdict.late):
        return 2
    return 1 if verdict.is_met else 0


def _rank_in(old: dict[tuple[str, int], Verdict], verdict: Verdict) -> int:
    """The rank of the same requirement before; nothing is wrong with one that was not there."""
    return _rank(old[_key(verdict)]) if _key(verdict) in old else 2
