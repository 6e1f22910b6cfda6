"""What a change of the rule would change for the students of a discussion, before anything is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
from lti_app.participation.progress.queries import ClassWork, collect_class_work, requirements_of
from lti_app.participation.versions.queries import class_terms
from lti_app.participation.versions.rules import is_same_rule, rule_to_stored
from lti_app.participation.what_if.rules import ClassComparison, StandingChange


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
    return compare_rules(work, discussion, changed, person_ids, now=now).changes


def compare_rules(
    work: ClassWork, discussion: DiscussionView, changed: DiscussionView, person_ids: Sequence[int], *, now: datetime
) -> ClassComparison:
    """What these students have done, judged by the discussion as it is and as `changed` is."""
    before_of, after_of = work.judged(discussion, now=now), work.judged(changed, now=now)
    return ClassComparison(
        {each: before_of(each) for each in person_ids},
        {each: after_of(each) for each in person_ids},
        {each: sum(not post.deleted for post in work.facts.get(each, ())) for each in person_ids},
    )
