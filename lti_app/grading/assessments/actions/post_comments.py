"""Comments on sentences of a student's posts. The student sees them from the next release on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.grading.assessments.actions.grading import for_student, locked_or_new, refuse_while_blind
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.errors import SentenceMissing, TooManyComments, WordsMissing
from lti_app.grading.assessments.models import Assessment, PostComment
from lti_app.grading.assessments.rules import MAX_CRITERION_COMMENT, GradeEventKind
from lti_app.grading.comments.rules.anchors import MAX_POST_COMMENTS, Anchor, anchored, post_text


def add_post_comment(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    post_id: int,
    anchor: Anchor,
    text: str,
    now: datetime,
) -> int:
    """Comment on words of a post of a student, or on the post as a whole; returns the version of the grade after it.

    The same comment on the same words again changes nothing. Raises SentenceMissing if the post does not have the
    words; MarkedIndependently while graders mark the student independently; WordsMissing, CommentTooLong,
    PlaceholderLeft, TooManyComments; NotFound for a post that is not of this student in this discussion; Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    text = _valid(text)
    post = session.scalar(
        select(Post).where(Post.id == post_id, Post.discussion_id == discussion.id, Post.author_id == person_id)
    )
    if post is None:
        raise NotFound
    place = anchored(post_text(post.html), anchor) if anchor.exact.strip() else Anchor()
    if place is None:
        raise SentenceMissing
    (assessment,) = locked_or_new(session, actor, discussion, [person_id], now)
    refuse_while_blind(session, actor, discussion, person_id)
    rows = session.scalars(select(PostComment).where(PostComment.assessment_id == assessment.id)).all()
    if any(
        (row.post_id, row.exact, row.prefix, row.text) == (post.id, place.exact, place.prefix, text) for row in rows
    ):
        return assessment.version
    if len(rows) >= MAX_POST_COMMENTS:
        raise TooManyComments
    session.add(
        PostComment(
            assessment_id=assessment.id,
            post_id=post.id,
            post_version=post.version,
            **vars(place),
            text=text,
            by_id=actor.person_id,
            written_at=now,
        )
    )
    return _changed(session, actor, assessment, text, now)


def change_post_comment(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    comment_id: int,
    text: str,
    now: datetime,
) -> int:
    """Change the text of a comment on a post, or delete it if there is none; returns the version of the grade after it.

    Raises MarkedIndependently, CommentTooLong, PlaceholderLeft, NotFound, Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    (assessment,) = locked_or_new(session, actor, discussion, [person_id], now)
    refuse_while_blind(session, actor, discussion, person_id)
    row = session.scalar(
        select(PostComment).where(PostComment.id == comment_id, PostComment.assessment_id == assessment.id)
    )
    if row is None:
        raise NotFound
    text = for_student(text, MAX_CRITERION_COMMENT)
    if text == row.text:
        return assessment.version
    if text:
        row.text, row.by_id = text, actor.person_id
    else:
        session.delete(row)
    return _changed(session, actor, assessment, text, now)


def _changed(session: Session, actor: Actor, assessment: Assessment, text: str, now: datetime) -> int:
    assessment.version += 1
    assessment.assessed_by_id = actor.person_id
    record(session, actor, GradeEventKind.COMMENTED, [assessment], words=text, now=now)
    return assessment.version


def _valid(text: str) -> str:
    text = for_student(text, MAX_CRITERION_COMMENT)
    if not text:
        raise WordsMissing
    return text
