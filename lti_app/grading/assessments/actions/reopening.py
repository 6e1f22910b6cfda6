"""Taking back a released grade, and second looks that students ask for."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.core.prose import clean_text
from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import locked_assessments
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.errors import AlreadyAsked, CommentTooLong, WordsMissing
from lti_app.grading.assessments.models import Assessment, SecondLook
from lti_app.grading.assessments.rules import MAX_REASON, GradeEventKind
from lti_app.grading.passbacks.actions.queueing import withdraw_unsent
from lti_app.grading.points.actions import withdraw_first_points


def take_back(session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, now: datetime) -> bool:
    """Hide a released grade from its student again, and send neither it nor the points for participation if the LMS has
    not accepted them yet; returns whether there was one.

    The marks stay as a draft. A score that the LMS has accepted stays in its gradebook until a newer grade is
    released: LTI knows no way to remove it. Raises NotFound, Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    return take_back_all(session, actor, discussion, [person_id], now=now) > 0


def take_back_all(
    session: Session, actor: Actor, discussion: DiscussionView, person_ids: Collection[int], *, now: datetime
) -> int:
    """The same for several students; returns how many had a released grade. Raises Forbidden."""
    require(actor, DiscussionPermission.GRADE)
    wanted = locked_assessments(discussion).where(Assessment.person_id.in_(person_ids))
    taken = session.scalars(wanted.where(Assessment.released_version.is_not(None))).all()
    for assessment in taken:
        assessment.released_version = assessment.released_given = assessment.released_at = None
        assessment.version += 1  # releasing the same marks again is another release
        withdraw_unsent(session, discussion_id=discussion.id, person_id=assessment.person_id)
    withdraw_first_points(session, discussion, [assessment.person_id for assessment in taken])
    record(session, actor, GradeEventKind.TAKEN_BACK, taken, words="", now=now)
    return len(taken)


def ask_second_look(session: Session, actor: Actor, discussion: DiscussionView, *, reason: str, now: datetime) -> None:
    """Ask for a second look at the actor's own released grade.

    Raises NotFound without a released grade, AlreadyAsked while an earlier request waits for an answer,
    WordsMissing, CommentTooLong.
    """
    reason = _limited(reason)
    assessment = session.scalar(locked_assessments(discussion).where(Assessment.person_id == actor.person_id))
    if assessment is None or assessment.released_version is None:
        raise NotFound
    if session.scalar(select(exists(_open(assessment.id)))):
        raise AlreadyAsked
    session.add(SecondLook(assessment_id=assessment.id, reason=reason, asked_at=now, answer=""))
    session.flush()


def answer_second_look(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, answer: str, now: datetime
) -> None:
    """Answer what a student asks. The student reads the answer at once; a changed grade is released as always.

    Raises NotFound if nothing waits for an answer, WordsMissing, CommentTooLong, Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    assessment = session.scalar(locked_assessments(discussion).where(Assessment.person_id == person_id))
    asked = assessment and session.scalar(_open(assessment.id))
    if not asked:
        raise NotFound
    asked.answer, asked.answered_at, asked.answered_by_id = _limited(answer), now, actor.person_id
    session.flush()


def _open(assessment_id: int) -> Select[SecondLook]:
    return select(SecondLook).where(SecondLook.assessment_id == assessment_id, SecondLook.answered_at.is_(None))


def _limited(text: str) -> str:
    text = clean_text(text)
    if not text:
        raise WordsMissing
    if len(text) > MAX_REASON:
        raise CommentTooLong(limit=MAX_REASON, length=len(text))
    return text
