"""Deleting a post."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.queries.gate import get_post, lock_post
from lti_app.discussion.visibility.rules import status_of


def delete_post(session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, now: datetime) -> str:
    """Delete a post: its place stays, its text is hidden; returns its address. Raises what the gate raises."""
    post = lock_post(session, get_post(session, actor, discussion, post_id, need=PostPermission.DELETE))
    if not status_of(post).is_deleted:
        post.deleted_at, post.deleted_by_id = now, actor.person_id
    session.flush()
    return post.address
