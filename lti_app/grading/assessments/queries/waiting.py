"""What waits in a discussion for those who teach."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_app.core.db import Id
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.moderation.queries import select_review_count
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import DISCUSSION, not_deleted
from lti_app.grading.assessments.models import Assessment, SecondLook

_COURSE = bindparam("course_id", type_=Id)
_Discussion = ColumnElement[int] | InstrumentedAttribute[int]


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody who teaches."""

    to_review: int = 0
    """Posts that need review."""
    to_grade: int = 0
    """Active students who have posted and have no complete grade, and those who have requested a second look that
    nobody has answered. Excused students are not counted.
    """


def count_waiting(session: Session, actor: Actor, discussion: DiscussionView) -> Waiting:
    """What waits for the actor in one discussion (one statement); nothing, and no statement, for all but graders."""
    if not may(actor, DiscussionPermission.GRADE):
        return Waiting()
    counts = select(select_review_count(actor, discussion).scalar_subquery(), _to_grade().scalar_subquery())
    values = {"course_id": discussion.course_id, "discussion_id": discussion.id}
    return Waiting(*session.execute(counts, values).one())


def count_to_grade(session: Session, actor: Actor) -> dict[int, int]:
    """How many students are to be graded, as `Waiting` counts them, by discussion of the course (one statement).

    Discussions in which nobody waits are left out. Empty, and no statement, for all but graders.
    """
    if not may(actor, DiscussionPermission.GRADE):
        return {}
    rows = session.execute(_to_grade_by_discussion(), {"course_id": actor.course_id})
    return {row[0]: row[1] for row in rows}


@cache
def _to_grade() -> Select[int]:
    return select(func.count()).select_from(Enrollment).where(Enrollment.course_id == _COURSE, _waits(DISCUSSION))


@cache
def _to_grade_by_discussion() -> Select[int, int]:
    return (
        select(Discussion.id, func.count())
        .join(Enrollment, Enrollment.course_id == Discussion.course_id)
        .where(Discussion.course_id == _COURSE, Discussion.removed_at.is_(None), _waits(Discussion.id))
        .group_by(Discussion.id)
    )


def _of_own_assessment(
    discussion_id: _Discussion, value: ColumnElement[bool], *, otherwise: bool
) -> ColumnElement[bool]:
    """Something of an enrolled person's assessment there. Asked for by itself, since PostgreSQL might read all
    assessments there are for a join.
    """
    own = (Assessment.person_id == Enrollment.person_id, Assessment.discussion_id == discussion_id)
    return func.coalesce(select(value).where(*own).scalar_subquery(), otherwise)


def _waits(discussion_id: _Discussion) -> ColumnElement[bool]:
    """Whether an enrollment is that of a student who waits."""
    asks = exists().where(SecondLook.assessment_id == Assessment.id, SecondLook.answered_at.is_(None))
    has_posted = exists().where(
        Post.discussion_id == discussion_id, Post.author_id == Enrollment.person_id, not_deleted(Post)
    )
    is_unfinished = and_(Assessment.is_complete.is_(False), Assessment.excused_at.is_(None))
    is_open = _of_own_assessment(discussion_id, is_unfinished, otherwise=True)
    asks_again = _of_own_assessment(discussion_id, asks, otherwise=False)
    is_student = and_(Enrollment.role == Role.STUDENT, Enrollment.active)
    return and_(is_student, or_(and_(is_open, has_posted), asks_again))
