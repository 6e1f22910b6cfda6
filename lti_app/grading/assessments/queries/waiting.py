"""What waits in a discussion for those who teach."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.moderation.queries import select_review_count
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import DISCUSSION, not_deleted
from lti_app.grading.assessments.models import Assessment, SecondLook


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


@cache
def _to_grade() -> Select[int]:
    asks_again = exists().where(SecondLook.assessment_id == Assessment.id, SecondLook.answered_at.is_(None))
    has_posted = exists().where(
        Post.discussion_id == DISCUSSION, Post.author_id == Enrollment.person_id, not_deleted(Post)
    )
    is_open = or_(Assessment.id.is_(None), and_(Assessment.is_complete.is_(False), Assessment.excused_at.is_(None)))
    own = and_(Assessment.person_id == Enrollment.person_id, Assessment.discussion_id == DISCUSSION)
    return (
        select(func.count())
        .select_from(Enrollment)
        .outerjoin(Assessment, own)
        .where(Enrollment.course_id == bindparam("course_id", type_=Id))
        .where(Enrollment.role == Role.STUDENT, Enrollment.active)
        .where(or_(and_(is_open, has_posted), asks_again))
    )
