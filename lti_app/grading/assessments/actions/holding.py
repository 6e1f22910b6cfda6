"""Holding grades back from releases of several, and taking released ones back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.bulk import switched
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.rules import GradeEventKind


def hold_back(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    is_held: bool,
    now: datetime,
) -> int:
    """Leave the grades of these students out of every release of several grades, or have them take part again;
    returns how many it changed.

    A grade that a student sees already stays what it is, and releasing one grade alone still releases it. Raises
    Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    changed = switched(session, actor, discussion, person_ids, "withheld_at", is_on=is_held, now=now)
    kind = GradeEventKind.HELD_BACK if is_held else GradeEventKind.LET_GO
    record(session, actor, kind, changed, words="", now=now)
    return len(changed)
