"""Following and no longer following."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.posts.access import PostPermission, require
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.notices.following.models import Follow


def follow(session: Session, actor: Actor, discussion_id: int, post_id: int | None = None, *, now: datetime) -> None:
    """Follow a discussion or, by any of its posts, one of its threads; again changes nothing.

    Raises NotFound for what does not exist for the actor, Forbidden for observers. A discussion
    may be followed before its posts can be read; what is new in it is told once they can.
    """
    discussion = get_discussion(session, actor, discussion_id, now=now, bare=True)
    root_id = None
    if post_id is not None:
        post = get_post(session, actor, discussion, post_id, need=PostPermission.READ)
        root_id = post.root_id
    else:
        require(actor, PostPermission.START, circumstances_of(session, actor, discussion))
    row: dict[str, object] = {"course_id": actor.course_id, "discussion_id": discussion.id, "root_id": root_id}
    row |= {"person_id": actor.person_id, "at": now}
    session.execute(insert_into(session, Follow).values(row).on_conflict_do_nothing())
    session.flush()


def unfollow(session: Session, actor: Actor, discussion_id: int, root_id: int | None = None) -> None:
    """No longer follow a discussion or a thread; what one does not follow may be left too."""
    which = Follow.root_id == root_id if root_id is not None else Follow.root_id.is_(None)
    own = (Follow.person_id == actor.person_id, Follow.course_id == actor.course_id)
    session.execute(delete(Follow).where(*own, Follow.discussion_id == discussion_id, which))
    session.flush()
