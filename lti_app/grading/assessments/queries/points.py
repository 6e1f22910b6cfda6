"""The points of a class for participation, now and as the gradebook was sent them."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.points.queries import collect_sent_points, get_sent_points
from lti_app.grading.points.rules import PointsLine, counted_points
from lti_app.participation.progress.queries import collect_class_verdicts, requirements_of
from lti_app.participation.requirements.evaluation import Verdicts


def points_lines(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    excused: Collection[int],
    verdicts_of: Callable[[int], Verdicts] | None = None,
    now: datetime,
) -> list[PointsLine]:
    """The points of these people, in their order (one statement, and those of `collect_class_verdicts` unless
    `verdicts_of` answers).

    `excused` are the ids of those who need not be graded here. Nobody is named in it. Raises Forbidden for all but
    graders.
    """
    sent = collect_sent_points(session, actor, discussion)
    possible = requirements_of(discussion, discussion.class_calendar).points
    judged = verdicts_of or collect_class_verdicts(session, actor, discussion, now=now)
    return [
        PointsLine(each, counted_points(judged(each), possible), sent.get(each), is_excused=each in excused)
        for each in person_ids
    ]


def points_line(
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
    return PointsLine(person_id, counted_points(verdicts, requirements.points), sent)
