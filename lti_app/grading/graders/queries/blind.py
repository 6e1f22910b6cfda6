"""Who is marked independently, for gates and lists: states, but no marks."""

from sqlalchemy import ColumnElement, Subquery, bindparam, exists, func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.models import BlindMarking, Marking, SecondMarking
from lti_app.grading.graders.rules.blind import BlindClass, BlindState, SecondMarkingMode, SecondMarkingPlan

_OF_ACTOR = Marking.grader_id == bindparam("actor_id")
_STATES = (
    select(
        SecondMarking.mode,
        BlindMarking.person_id,
        BlindMarking.purpose,
        BlindMarking.outcome,
        func.count(Marking.submitted_at),
        func.count().filter(_OF_ACTOR, Marking.submitted_at.is_not(None)),
        func.count().filter(_OF_ACTOR),
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


def blind_rows() -> Subquery:
    """What `BlindState` is made of, a row for each student who is or was marked independently, for statements on the
    students of a class that are run with `discussion_id` and `actor_id`.
    """
    return (
        select(
            BlindMarking.person_id,
            BlindMarking.purpose,
            BlindMarking.outcome,
            func.count(Marking.submitted_at).label("submitted"),
            func.count().filter(_OF_ACTOR, Marking.submitted_at.is_not(None)).label("by_actor"),
            func.count().filter(_OF_ACTOR).label("saved_by_actor"),
        )
        .outerjoin(Marking, Marking.blind_marking_id == BlindMarking.id)
        .where(BlindMarking.discussion_id == bindparam("discussion_id"))
        .group_by(BlindMarking.person_id, BlindMarking.purpose, BlindMarking.outcome)
        .subquery()
    )


def marks_everybody_twice() -> ColumnElement[bool]:
    """Whether latecomers too are marked by two graders, as a column of statements that are run with `discussion_id`."""
    return exists().where(
        SecondMarking.discussion_id == bindparam("discussion_id"), SecondMarking.mode == SecondMarkingMode.EVERYBODY
    )


def get_second_marking(session: Session, actor: Actor, discussion: DiscussionView) -> SecondMarkingPlan:
    """How a discussion is marked a second time (one statement). Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    row = session.get(SecondMarking, discussion.id, populate_existing=True)
    return SecondMarkingPlan(row.mode, row.percent, row.agreement, row.tolerance) if row else SecondMarkingPlan()


def list_submitted(session: Session, actor: Actor, discussion: DiscussionView) -> set[tuple[int, int]]:
    """Who has submitted independent marks of whom: pairs of grader and student (one statement).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Marking.grader_id, BlindMarking.person_id)
        .join(BlindMarking, BlindMarking.id == Marking.blind_marking_id)
        .where(BlindMarking.discussion_id == discussion.id, Marking.submitted_at.is_not(None))
    )
    return {(grader_id, person_id) for grader_id, person_id in rows}
