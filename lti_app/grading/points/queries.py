"""The points that were sent to the gradebook."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.passbacks.models import PointsPassback
from lti_app.grading.passbacks.queries import report_of, reported_of
from lti_app.grading.points.rules import SentPoints


def collect_sent_points(session: Session, actor: Actor, discussion: DiscussionView) -> dict[int, SentPoints]:
    """The points of everybody in a discussion that were released to the gradebook, by person id (one statement).

    Nobody is named in it. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    return {row.person_id: _sent(row) for row in session.execute(_sent_in(discussion))}


def get_sent_points(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int | None = None
) -> SentPoints | None:
    """The same of one student, for the student and for graders (one statement): the actor's own unless another is
    named. None before the first time. Raises Forbidden for everybody else.
    """
    whose = actor.person_id if person_id is None else person_id
    if whose != actor.person_id and not actor.is_staff:
        raise Forbidden
    row = session.execute(_sent_in(discussion).where(PointsPassback.person_id == whose)).one_or_none()
    return _sent(row) if row is not None else None


def count_sent_points(session: Session, discussion: DiscussionView) -> int:
    """How many scores of points were released to the gradebook (one statement). Whose they are is not told."""
    wanted = select(func.count()).where(PointsPassback.discussion_id == discussion.id)
    return session.scalar(wanted) or 0


def _sent_in(discussion: DiscussionView) -> Select[Any]:
    table = PointsPassback
    told: tuple[Any, ...] = (table.person_id, table.earned, table.countable, table.rule_version, *reported_of(table))
    return select(*told).where(table.discussion_id == discussion.id)


def _sent(row: Any) -> SentPoints:
    return SentPoints(report_of(row), row.earned, row.countable, row.rule_version)
