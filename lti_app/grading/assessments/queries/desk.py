"""The students of the grading desk."""

from typing import Any

from sqlalchemy import Subquery, exists, func, select
from sqlalchemy.orm import Bundle, Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import not_deleted
from lti_app.grading.assessments.models import Assessment, SecondLook
from lti_app.grading.assessments.rules import PostEventKind, StudentLine, grading_status
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.queries import REPORTED, report_of

MOMENTS = {
    PostEventKind.WRITTEN: Post.placed_at,
    PostEventKind.EDITED: Post.edited_at,
    PostEventKind.DELETED: Post.deleted_at,
    PostEventKind.HIDDEN: Post.hidden_at,
    PostEventKind.SPLIT: Post.split_at,
}


_WAITING = (
    exists().where(SecondLook.assessment_id == Assessment.id, SecondLook.answered_at.is_(None)).correlate(Assessment)
)


_MARKED: Bundle[Any] = Bundle(
    "assessment",
    *(Assessment.version, Assessment.released_version, Assessment.is_complete, Assessment.excused_at),
    *(Assessment.total, Assessment.released_given, Assessment.rubric_id, Assessment.assessed_at),
)


def list_desk(session: Session, actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """All active students with their posts and grading status, in the order of class lists (one statement).

    In blind grading, students have pseudonyms as names and are sorted by them; the name is empty for students without
    one. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    blind = discussion.hides_names_from(actor)
    counts = _counts(discussion)
    rows = session.execute(
        select(
            Person.id,
            func.coalesce(Pseudonym.name, "") if blind else member_name(),
            Pseudonym.id if blind else Person.id,
            func.coalesce(counts.c.posts, 0),
            _MARKED,
            REPORTED,
            _WAITING,
            *(counts.c[kind] for kind in MOMENTS),
        )
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(counts, counts.c.author_id == Person.id)
        .outerjoin(Assessment, (Assessment.person_id == Person.id) & (Assessment.discussion_id == discussion.id))
        .outerjoin(Passback, (Passback.person_id == Person.id) & (Passback.discussion_id == discussion.id))
        .outerjoin(Pseudonym, (Pseudonym.person_id == Person.id) & (Pseudonym.discussion_id == discussion.id))
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(*(Pseudonym.name, Pseudonym.id) if blind else IN_CLASS_ORDER)
    )
    return [_student_line(row, blind=blind) for row in rows]


def _counts(discussion: DiscussionView) -> Subquery:
    """By author: how many posts are not deleted, and when a post was last edited, deleted, hidden and moved."""
    return (
        select(
            Post.author_id,
            func.count().filter(not_deleted(Post)).label("posts"),
            *(func.max(moment).label(kind) for kind, moment in MOMENTS.items()),
        )
        .where(Post.discussion_id == discussion.id)
        .group_by(Post.author_id)
        .subquery()
    )


def _student_line(row: Any, *, blind: bool) -> StudentLine:
    person_id, name, key, posts, assessment, passback, asks_again, *moments = row
    version, released, is_complete = assessment.version, assessment.released_version, assessment.is_complete
    return StudentLine(
        person_id=person_id,
        name=name,
        key=f"b{key or 0}" if blind else f"{person_id}",
        posts=posts,
        status=grading_status(
            is_complete=is_complete,
            version=version,
            released_version=released,
            is_excused=assessment.excused_at is not None,
        ),
        total=assessment.total,
        released_given=assessment.released_given,
        is_ready=bool(is_complete) and version != released and not assessment.excused_at,
        passback=report_of(passback) if passback.state is not None else None,
        rubric_id=assessment.rubric_id,
        asks_again=asks_again,
        is_changed=bool(version) and any(moment > assessment.assessed_at for moment in moments if moment),
    )


def find_by_pseudonym(session: Session, actor: Actor, discussion: DiscussionView, pseudonym_id: int) -> int:
    """The id of the person behind a pseudonym (one statement). Raises NotFound, and Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    found = session.scalar(
        select(Pseudonym.person_id).where(Pseudonym.discussion_id == discussion.id, Pseudonym.id == pseudonym_id)
    )
    if found is None:
        raise NotFound
    return found
