"""Liking posts."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.reactions.models import Like


def set_like(
    session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, wanted: bool, now: datetime
) -> str:
    """Like a post, or remove the like; returns the post's address. Repeating it changes nothing.

    One statement reads and changes the count. Raises what the gate raises: Forbidden for one's own post.
    """
    post = get_post(session, actor, discussion, post_id, need=PostPermission.LIKE)
    if wanted:
        row = {"post_id": post_id, "person_id": actor.person_id, "at": now}
        changed = session.scalar(
            insert_into(session, Like)
            .values(**row)
            .on_conflict_do_nothing(index_elements=["post_id", "person_id"])
            .returning(Like.id)
        )
    else:
        own = (Like.post_id == post_id, Like.person_id == actor.person_id)
        changed = session.scalar(delete(Like).where(*own).returning(Like.id))
    if changed is not None:
        step = 1 if wanted else -1
        session.execute(update(Post).where(Post.id == post_id).values(likes=Post.likes + step))
    return post.address
