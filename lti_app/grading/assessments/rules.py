"""Grading as values: which level the facts suggest, what a student's line on the desk says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from lti_app.grading.passbacks.rules import PassbackState
from lti_app.grading.rubrics.rules import CriterionView, Evidence, LevelView
from lti_app.participation.requirements.evaluation import Verdicts

MAX_COMMENT = 4000
"""Characters; Moodle was seen to keep 5000."""


class GradingStatus(StrEnum):
    """How far the grading of one student is."""

    UNGRADED = "ungraded"
    PARTLY = "partly"
    """Some criteria have a level."""
    DRAFT = "draft"
    """Complete, not released."""
    CHANGED = "changed"
    """Released, and changed since: the student sees the older grade."""
    RELEASED = "released"


class PostEventKind(StrEnum):
    """What can happen to a post that was or was not there when its author was graded."""

    WRITTEN = "written"
    EDITED = "edited"
    DELETED = "deleted"
    HIDDEN = "hidden"
    SPLIT = "split"
    """Made a thread of its own."""


@dataclass(frozen=True)
class PostEvent:
    """What happened to a post, and when."""

    address: str
    kind: PostEventKind
    at: datetime


@dataclass(frozen=True)
class StudentLine:
    """One student in the desk's list."""

    person_id: int
    name: str
    key: str
    """Stands for the student in addresses: where grading is blind it is another in each discussion."""
    posts: int
    status: GradingStatus
    total: Decimal | None
    """Points of the rubric so far."""
    released_given: Decimal | None
    is_ready: bool
    """Whether a release would tell the student something new."""
    passback: PassbackState | None
    passback_error: str | None
    is_changed: bool = False
    """Whether anything happened to the student's posts after the marks were saved."""

    @property
    def needs_grading(self) -> bool:
        """Whether there is anything left to do for this student."""
        return self.status is not GradingStatus.RELEASED


def grading_status(*, is_complete: bool | None, version: int | None, released_version: int | None) -> GradingStatus:
    """How far grading is; all None, or version 0, where nothing was saved yet."""
    if not version:
        return GradingStatus.UNGRADED
    if released_version is not None:
        return GradingStatus.RELEASED if version == released_version else GradingStatus.CHANGED
    return GradingStatus.DRAFT if is_complete else GradingStatus.PARTLY


def suggested_level(criterion: CriterionView, verdicts: Verdicts) -> LevelView | None:
    """The level that follows from counted facts alone; None for criteria that need judgment.

    Only timeliness is decided by facts: the top level if everything required came in time, the middle level if it came
    late, the bottom level if something is missing after its due date. While something can still come in time, no level
    is suggested. The grader decides.
    """
    if criterion.evidence is not Evidence.TIMELINESS or not criterion.levels or not verdicts.requirements:
        return None
    best_first = sorted(criterion.levels, key=lambda level: level.points, reverse=True)
    if verdicts.any_pending:
        return None
    if not verdicts.all_met:
        return best_first[-1]
    return best_first[len(best_first) // 2] if verdicts.any_late else best_first[0]


def events_after(assessed_at: datetime | None, events: Iterable[PostEvent]) -> list[PostEvent]:
    """What happened to the student's posts after the marks were saved, oldest first."""
    if assessed_at is None:
        return []
    return sorted((event for event in events if event.at > assessed_at), key=lambda event: event.at)
