"""Queueing points for the gradebook."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.passbacks.actions.queueing import ReleasedPoints, queue_passbacks
from lti_app.grading.passbacks.models import PointsPassback
from lti_app.grading.passbacks.rules.parts import POINTS_PART, GradePart
from lti_app.grading.passbacks.rules.states import ScoreKind
from lti_app.grading.points.rules import CountedPoints, counted_points
from lti_app.participation.progress.queries import requirements_of
from lti_app.participation.requirements.evaluation import Verdicts


def queue_points(
    session: Session, discussion: DiscussionView, points: Mapping[int, CountedPoints], *, now: datetime
) -> None:
    """Queue the points of these people, by id, for the column that the settings name (two statements, however many).
    Called with people whose rows are locked. Ring the bell after the commit.
    """
    name = requirements_of(discussion).use.column
    scores = [
        ReleasedPoints(
            person_id=person_id,
            given=each.given,
            possible=each.possible,
            comment="",
            submitted_at=None,
            parts=(GradePart(POINTS_PART, name, each.given, each.possible),),
            earned=each.earned,
            countable=each.countable,
            rule_version=each.rule_version,
        )
        for person_id, each in points.items()
    ]
    queue_passbacks(
        session,
        scores,
        course_id=discussion.course_id,
        discussion_id=discussion.id,
        kind=ScoreKind.POINTS,
        now=now,
    )


def queue_first_points(
    session: Session,
    discussion: DiscussionView,
    verdicts_of: Callable[[int], Verdicts],
    person_ids: Collection[int],
    *,
    now: datetime,
) -> dict[int, CountedPoints]:
    """Queue the points of those of these people whose points were never sent, beside the release of their grades;
    answers which (three statements; none where points have no column).
    """
    requirements = requirements_of(discussion, discussion.class_calendar)
    if not (requirements.use.column and requirements.points and person_ids):
        return {}
    known = set(
        session.scalars(
            select(PointsPassback.person_id).where(
                PointsPassback.discussion_id == discussion.id, PointsPassback.person_id.in_(person_ids)
            )
        )
    )
    counted = {each: counted_points(verdicts_of(each), requirements.points) for each in person_ids if each not in known}
    points = {person_id: each for person_id, each in counted.items() if each is not None}
    queue_points(session, discussion, points, now=now)
    return points


def withdraw_first_points(session: Session, discussion: DiscussionView, person_ids: Collection[int]) -> None:
    """Send no points of these people that the LMS has never accepted any of: they were to go with a grade that is taken
    back. Points that it has accepted stay, and so does a newer score for it, which a grader has chosen (two
    statements).

    A worker that is sending them at this moment records nothing of it.
    """
    unsent = (
        select(PointsPassback.id)
        .where(PointsPassback.discussion_id == discussion.id, PointsPassback.person_id.in_(person_ids))
        .where(PointsPassback.sent_version == 0)
        .order_by(PointsPassback.id)
    )
    ids = session.scalars(unsent.with_for_update()).all()
    session.execute(delete(PointsPassback).where(PointsPassback.id.in_(ids)))
