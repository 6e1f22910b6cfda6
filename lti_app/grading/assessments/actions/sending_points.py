"""Sending points for participation to the gradebook column that they have."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.bulk import locked_students
from lti_app.grading.assessments.actions.releasing_points import record_points
from lti_app.grading.assessments.queries.points import collect_points
from lti_app.grading.passbacks.actions.queueing import send_over
from lti_app.grading.passbacks.rules.states import ScoreKind
from lti_app.grading.points.actions import queue_points
from lti_app.grading.points.errors import NoPointsColumn, PointsWait
from lti_app.participation.progress.queries import requirements_of


@dataclass(frozen=True)
class Sending:
    """What became of points that a grader wanted to send."""

    queued: int
    outdated: int
    """Students whose points, or what the gradebook shows of them, have changed since the page was opened."""


def send_points(
    session: Session, actor: Actor, discussion: DiscussionView, *, ticked: Mapping[int, str], now: datetime
) -> Sending:
    """Queue the points of the ticked students as they are now, in place of what was sent before and of what the
    gradebook shows.

    `ticked` holds the fingerprint of the line that the grader saw, by person id: what is no longer the same is left
    alone, and so are students who are excused or not active here. Ring the bell afterwards. Raises NoPointsColumn,
    PointsWait while names are hidden from the grader, Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    requirements = requirements_of(discussion, discussion.class_calendar)
    if not (requirements.use.column and requirements.points):
        raise NoPointsColumn
    if discussion.hides_names_from(actor):
        raise PointsWait
    locked = {each.person_id: each for each in locked_students(session, actor, discussion, ticked.keys(), now)}
    points_of = collect_points(session, actor, discussion, now=now)
    lines = {key: replace(points_of(key), is_excused=each.excused_at is not None) for key, each in locked.items()}
    seen = {key: line for key, line in lines.items() if line.fingerprint == ticked[key] and line.can_be_sent}
    points = {key: line.now for key, line in seen.items() if line.now}
    queue_points(session, discussion, points, now=now)
    over = [key for key, line in seen.items() if line.sent and line.sent.report.can_be_sent_over]
    if over:  # a newer score waits until it is chosen, which has just been done
        send_over(session, actor, discussion_id=discussion.id, person_ids=over, kind=ScoreKind.POINTS, now=now)
    record_points(session, actor, locked.values(), points, name=requirements.use.column, now=now)
    return Sending(len(points), len(ticked) - len(points))
