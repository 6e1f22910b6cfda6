"""What changes who appreciates which post."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import Permission
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.reactions.models import Appreciation


def appreciate(
    session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, wanted: bool, now: datetime
) -> str:
    """Like a post, or remove the like; returns the post's address. Repeating it changes nothing.

    One statement reads and changes the count. Raises what the gate raises: Forbidden for one's own post.
    """
    post = get_post(session, actor, discussion, post_id, need=Permission.APPRECIATE)
    if wanted:
        row = {"post_id": post_id, "person_id": actor.person_id, "at": now}
        changed = session.scalar(
            insert_into(session, Appreciation)
            .values(**row)
            .on_conflict_do_nothing(index_elements=["post_id", "person_id"])
            .returning(Appreciation.id)
        )
    else:
        own = (Appreciation.post_id == post_id, Appreciation.person_id == actor.person_id)
        changed = session.scalar(delete(Appreciation).where(*own).returning(Appreciation.id))
    if changed is not None:
        step = 1 if wanted else -1
        session.execute(update(Post).where(Post.id == post_id).values(appreciations=Post.appreciations + step))
    return post.address
