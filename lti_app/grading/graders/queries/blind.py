"""Who is marked independently, for gates and lists: states, but no marks."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.models import BlindMarking, Marking, SecondMarking
from lti_app.grading.graders.rules.blind import BlindClass, BlindState, SecondMarkingMode, SecondMarkingPlan

_STATES = (
    select(
        SecondMarking.mode,
        BlindMarking.person_id,
        BlindMarking.purpose,
        BlindMarking.outcome,
        func.count(Marking.submitted_at),
        func.count().filter(Marking.grader_id == bindparam("actor_id"), Marking.submitted_at.is_not(None)),
        func.count().filter(Marking.grader_id == bindparam("actor_id")),
    )
    .select_from(Discussion)
    .outerjoin(SecondMarking, SecondMarking.discussion_id == Discussion.id)
    .outerjoin(BlindMarking, BlindMarking.discussion_id == Discussion.id)
    .outerjoin(Marking, Marking.blind_marking_id == BlindMarking.id)
    .where(Discussion.id == bindparam("discussion_id"))
    .group_by(SecondMarking.mode, BlindMarking.person_id, BlindMarking.purpose, BlindMarking.outcome)
)


def list_blind(session: Session, actor: Actor, discussion: DiscussionView) -> BlindClass:
    """How far the independent markings of a discussion are (one statement). Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(_STATES, {"discussion_id": discussion.id, "actor_id": actor.person_id}).all()
    states = {
        person_id: BlindState(purpose, outcome, submitted, bool(by_actor), bool(saved))
        for _, person_id, purpose, outcome, submitted, by_actor, saved in rows
        if person_id is not None
    }
    return BlindClass(bool(rows) and rows[0][0] is SecondMarkingMode.EVERYBODY, states)


def get_second_marking(session: Session, actor: Actor, discussion: DiscussionView) -> SecondMarkingPlan:
    """How a discussion is marked a second time (one statement). Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    row = session.get(SecondMarking, discussion.id, populate_existing=True)
    return SecondMarkingPlan(row.mode, row.percent, row.agreement, row.tolerance) if row else SecondMarkingPlan()
