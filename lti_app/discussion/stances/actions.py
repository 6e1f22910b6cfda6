"""What changes stances."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission, may
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.stances.access import require_answer
from lti_app.discussion.stances.errors import NoSuchPost, OffTheScale
from lti_app.discussion.stances.models import Stance
from lti_app.discussion.stances.rules import SCALE
from lti_app.discussion.visibility.queries import says_something, visible


def answer_stance(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    value: int,
    *,
    again: bool,
    moved_by: str = "",
    now: datetime,
) -> None:
    """Say where one stands. The first answer stays; `again` it is a later one, with the post (by address) that moved.

    Sending the first answer twice changes nothing. Raises OffTheScale, NoSuchPost, NotFound, Forbidden.
    """
    require_answer(actor, discussion)
    if value not in SCALE:
        raise OffTheScale
    post_id = _find_moving(session, actor, discussion, moved_by) if again and moved_by else None
    first = {"discussion_id": discussion.id, "person_id": actor.person_id, "before": value, "before_at": now}
    made = session.scalar(insert_into(session, Stance).values(first).on_conflict_do_nothing().returning(Stance.id))
    if again and made is None:
        session.execute(
            update(Stance)
            .where(Stance.discussion_id == discussion.id, Stance.person_id == actor.person_id)
            .values(after=value, after_at=now, moved_by_id=post_id)
        )


def _find_moving(session: Session, actor: Actor, discussion: DiscussionView, address: str) -> int:
    """A post by another person that the actor may read."""
    found = None
    if may(actor, PostPermission.READ, circumstances_of(session, actor, discussion)):
        found = session.scalar(
            select(Post.id).where(
                visible(Post, actor, discussion),
                Post.address == address,
                Post.author_id != actor.person_id,
                says_something(Post),
            )
        )
    if found is None:
        raise NoSuchPost
    return found
