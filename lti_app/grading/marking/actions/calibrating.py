"""A calibration set: students whom every grader marks first, to compare how graders read the rubric."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from lti_app.course.courses.queries import list_students
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.graders.models import BlindMarking, Marking
from lti_app.grading.graders.rules.blind import BlindOutcome, BlindPurpose
from lti_app.grading.marking.actions.settings import begin_all
from lti_app.grading.marking.errors import SampleSizeWrong
from lti_app.grading.marking.rules.calibration import MOST_SAMPLES
from lti_app.grading.rubrics.actions.store import lock_rubric


def choose_calibration(
    session: Session, actor: Actor, discussion: DiscussionView, person_ids: Collection[int], *, now: datetime
) -> int:
    """Have every grader mark these students independently; returns how many are in the set now.

    Students who were chosen before and whom nobody has marked leave the set. People who are not students here, who have
    seen a grade, are excused, or whom two graders mark already are passed over. Raises SampleSizeWrong for more than
    MOST_SAMPLES, Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    if len(person_ids) > MOST_SAMPLES:
        raise SampleSizeWrong
    lock_rubric(session, discussion, to_change=True)
    seen = session.scalars(
        select(Assessment.person_id).where(
            Assessment.discussion_id == discussion.id,
            Assessment.released_version.is_not(None) | Assessment.excused_at.is_not(None),
        )
    ).all()
    chosen = [each.person_id for each in list_students(session, actor) if each.person_id in person_ids]
    unmarked = (
        select(BlindMarking.id)
        .outerjoin(Marking, Marking.blind_marking_id == BlindMarking.id)
        .where(BlindMarking.discussion_id == discussion.id, BlindMarking.outcome.is_(None), Marking.id.is_(None))
        .where(BlindMarking.person_id.in_(chosen) | (BlindMarking.purpose == BlindPurpose.CALIBRATION))
    )
    session.execute(delete(BlindMarking).where(BlindMarking.id.in_(session.scalars(unmarked).all())))
    free = [each for each in chosen if each not in seen]
    begin_all(session, actor, discussion, free, BlindPurpose.CALIBRATION, now=now)
    return len(session.scalars(_open(discussion)).all())


def end_calibration(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> int:
    """End the calibration: all graders see the results, nobody marks any more, and the students whose grade was not
    decided are graded as always; returns how many these are. Raises Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    lock_rubric(session, discussion, to_change=True)
    rows = session.scalars(_open(discussion).with_for_update()).all()
    for row in rows:
        row.outcome, row.settled_at, row.settled_by_id = BlindOutcome.NONE, now, actor.person_id
    session.flush()
    return len(rows)


def _open(discussion: DiscussionView) -> Select[BlindMarking]:
    return (
        select(BlindMarking)
        .where(BlindMarking.discussion_id == discussion.id, BlindMarking.purpose == BlindPurpose.CALIBRATION)
        .where(BlindMarking.outcome.is_(None))
        .order_by(BlindMarking.id)
    )
