"""The replies to a post."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.visibility.queries import visible


def count_replies(session: Session, actor: Actor, discussion: DiscussionView, post: PostView) -> int:
    """How many replies to a post exist for the actor, tombstones included (one statement)."""
    replies = (visible(Post, actor, discussion), Post.parent_id == post.id)
    return session.scalars(select(func.count()).select_from(Post).where(*replies)).one()
