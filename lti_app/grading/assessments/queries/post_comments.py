"""Comments on sentences of posts, for graders and for the student whose posts they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_app.core.statements import fetch_rows
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.rules import status_of
from lti_app.grading.assessments.models import Assessment, PostComment
from lti_app.grading.comments.rules.anchors import Anchor

_COMMENTS = (
    select(
        *(PostComment.post_id, PostComment.post_version, PostComment.exact, PostComment.prefix, PostComment.suffix),
        *(PostComment.text, PostComment.id, Person.name),
    )
    .join(Assessment, Assessment.id == PostComment.assessment_id)
    .join(Person, Person.id == PostComment.by_id)
    .where(
        Assessment.discussion_id == bindparam("discussion_id"),
        Assessment.person_id == bindparam("person_id"),
    )
    .order_by(PostComment.id)
)
_STORED = ("post_id", "post_version", "exact", "prefix", "suffix", "text")


@dataclass(frozen=True)
class PostCommentView:
    """A comment on words of a post."""

    post_id: int
    post_version: int
    """The version of the post that the grader saw."""
    anchor: Anchor
    text: str
    id: int = 0
    """0 in a released grade, which has a copy."""
    by: str = ""
    """Who wrote it, for graders."""


@dataclass(frozen=True)
class CommentedPost:
    """A post of the actor that has comments in their released grade."""

    id: int
    address: str
    title: str
    html: str
    """Empty if the post is deleted."""
    version: int
    is_deleted: bool
    created_at: datetime | None
    is_reply: bool
    comments: tuple[PostCommentView, ...]


def list_post_comments(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int
) -> list[PostCommentView]:
    """The comments on a student's posts, the oldest first (one statement). Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    rows = fetch_rows(session, _COMMENTS, {"discussion_id": discussion.id, "person_id": person_id})
    return [
        PostCommentView(
            row.post_id, row.post_version, Anchor(row.exact, row.prefix, row.suffix), row.text, row.id, row.name
        )
        for row in rows
    ]


def collect_post_comments(session: Session, assessment_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The comments on posts as a release stores them, by assessment id (one statement).

    Called with assessments that a lock has answered with.
    """
    found: dict[int, list[dict[str, Any]]] = {}
    rows = select(PostComment).where(PostComment.assessment_id.in_(assessment_ids)).order_by(PostComment.id)
    for row in session.scalars(rows):
        found.setdefault(row.assessment_id, []).append({name: getattr(row, name) for name in _STORED})
    return found


def released_comments(stored: Sequence[dict[str, Any]] | None) -> tuple[PostCommentView, ...]:
    """The comments on posts of a released grade."""
    return tuple(
        PostCommentView(each["post_id"], each["post_version"], _anchor(each), each["text"]) for each in stored or ()
    )


def list_commented_posts(
    session: Session, actor: Actor, discussion: DiscussionView, comments: Sequence[PostCommentView]
) -> list[CommentedPost]:
    """The actor's own posts with these comments of their released grade, the oldest first (one statement)."""
    rows = session.scalars(
        select(Post)
        .where(Post.discussion_id == discussion.id, Post.author_id == actor.person_id)
        .where(Post.id.in_({each.post_id for each in comments}))
        .order_by(Post.id)
    )
    return [
        CommentedPost(
            id=post.id,
            address=post.address,
            title=post.title,
            html="" if (is_deleted := status_of(post).is_deleted) else post.html,
            version=post.version,
            is_deleted=is_deleted,
            created_at=post.created_at,
            is_reply=post.answered_id is not None,
            comments=tuple(each for each in comments if each.post_id == post.id),
        )
        for post in rows
    ]


def _anchor(stored: Any) -> Anchor:
    return Anchor(stored["exact"], stored["prefix"], stored["suffix"])
