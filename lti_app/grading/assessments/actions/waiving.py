"""Waiving what lateness takes off grades."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.bulk import switched
from lti_app.grading.assessments.actions.grading import limited
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.rules import MAX_REASON, GradeEventKind


def waive_late(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    is_waived: bool,
    reason: str = "",
    now: datetime,
) -> int:
    """Let lateness take nothing off the grades of these students, or have it count again; returns how many it changed.

    A released grade stays as it is until it is released again. Raises CommentTooLong for a long reason, Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    reason = limited(reason, MAX_REASON)
    changed = switched(session, actor, discussion, person_ids, "late_waived_at", is_on=is_waived, now=now)
    for assessment in changed:
        touch(assessment, now)
    kind = GradeEventKind.LATE_WAIVED if is_waived else GradeEventKind.LATE_APPLIED
    record(session, actor, kind, changed, words=reason, now=now)
    return len(changed)


def touch(assessment: Assessment, now: datetime) -> None:
    """Count a change of a grade that leaves its marks: one that is released is a draft again; one without marks has
    none yet.
    """
    assessment.adjusted_at = now
    if assessment.version:
        assessment.version += 1
