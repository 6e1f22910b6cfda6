"""How far a student's work in a discussion is, in one word, and how a change of the rule would change it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import (
    AssignedReading,
    Calendar,
    StanceQuestion,
    StoredRequirements,
    Structure,
)
from lti_app.participation.requirements.evaluation import Verdicts


class WorkStanding(StrEnum):
    """How far the work of one student is."""

    NOTHING = "nothing"
    """No posts, while something can still be done on time or nothing has a date."""
    ABSENT = "absent"
    """No posts, and all dates have passed."""
    STARTED = "started"
    """Something is not done, and can still be done on time."""
    MISSING = "missing"
    """Something is not done, and its date has passed."""
    COMPLETE = "complete"
    LATE = "late"
    """Complete, some of it after its date."""


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


def standing_of(verdicts: Verdicts, *, posts: int) -> WorkStanding:
    """The standing of a student with so many posts. Without requirements, whoever has posted is done."""
    if not posts:
        is_over = bool(verdicts.requirements) and not (verdicts.any_pending or verdicts.all_met)
        return WorkStanding.ABSENT if is_over else WorkStanding.NOTHING
    if verdicts.all_met:
        return WorkStanding.LATE if verdicts.any_late else WorkStanding.COMPLETE
    return WorkStanding.STARTED if verdicts.any_pending else WorkStanding.MISSING
