"""The points of a class for participation, now and as the gradebook was sent them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.queries.given import VerdictsOf
from lti_app.grading.points.queries import collect_sent_points, get_sent_points
from lti_app.grading.points.rules import PointsLine, counted_points
from lti_app.participation.progress.queries import collect_class_verdicts, requirements_of
from lti_app.participation.requirements.evaluation import Verdicts


def collect_points(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    verdicts_of: VerdictsOf | None = None,
    now: datetime,
) -> Callable[[int], PointsLine]:
    """The points of anybody in the class by person id (one statement, and those of `collect_class_verdicts` unless
    `verdicts_of` answers).

    Nobody is named in it, and nothing says who is excused. Raises Forbidden for all but graders.
    """
    sent = collect_sent_points(session, actor, discussion)
    possible = requirements_of(discussion, discussion.class_calendar).points
    judged = verdicts_of or collect_class_verdicts(session, actor, discussion, now=now)
    return lambda person_id: PointsLine(counted_points(judged(person_id), possible), sent.get(person_id))


def get_points(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, verdicts: Verdicts
) -> PointsLine | None:
    """The points of one student, for the student and for graders; None where nothing has points (one statement; none
    unless points have a column). Raises Forbidden for everybody else.
    """
    requirements = requirements_of(discussion, discussion.class_calendar)
    if not requirements.points:
        return None
    has_column = bool(requirements.use.column)
    sent = get_sent_points(session, actor, discussion, person_id) if has_column else None
    return PointsLine(counted_points(verdicts, requirements.points), sent)
