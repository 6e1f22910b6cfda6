"""What a post has said over time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.models import (
    Post,
    Revision,
)
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.posts.queries.views import PostView


@dataclass(frozen=True)
class PostVersion:
    """What a post said from one moment on."""

    number: int
    title: str
    text: str
    """Its words, of rich text as one would have typed them."""
    words: int
    written_at: datetime


def read_history(
    session: Session, actor: Actor, discussion: DiscussionView, post_id: int
) -> tuple[PostView, tuple[PostVersion, ...]]:
    """A post and all that it has said, the newest first. For its author and staff; for others there is nothing."""
    post = get_post(session, actor, discussion, post_id, need=PostPermission.READ)
    if not actor.is_staff and not post.is_own:
        raise NotFound
    written_at = func.coalesce(Post.edited_at, Post.created_at)
    now = select(Post.version, Post.title, Post.text, Post.words, written_at).where(Post.id == post.id)
    before = select(Revision.version, Revision.title, Revision.text, Revision.words, Revision.written_at)
    rows = [*session.execute(now), *session.execute(before.where(Revision.post_id == post.id))]
    return post, tuple(sorted((PostVersion(*row) for row in rows), key=lambda version: -version.number))
