"""What the actor follows."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.models import Post
from lti_app.notices.following.models import Follow


@dataclass(frozen=True)
class FollowedThread:
    """A discussion, or with an address one of its threads, that the actor follows."""

    discussion_id: int
    discussion_title: str
    root_id: int | None
    address: str
    """Of the thread; empty for the whole discussion."""


def list_followed(session: Session, actor: Actor) -> list[FollowedThread]:
    """What the actor follows in their course, by discussion (one statement)."""
    rows = session.execute(
        select(Follow.discussion_id, Discussion.title, Follow.root_id, Post.address)
        .join(Discussion, Discussion.id == Follow.discussion_id)
        .outerjoin(Post, Post.id == Follow.root_id)
        .where(Follow.person_id == actor.person_id, Follow.course_id == actor.course_id)
        .where(Discussion.removed_at.is_(None))
        .order_by(Discussion.title, Follow.discussion_id, Post.path)
    )
    return [FollowedThread(key, title, root_id, address or "") for key, title, root_id, address in rows]
