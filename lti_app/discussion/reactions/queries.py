"""Which posts a person likes."""

from collections.abc import Collection

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Session

from lti_app.core.db import is_listed
from lti_app.course.courses.rules import Actor
from lti_app.discussion.reactions.models import Like

_LIKED = select(Like.post_id).where(
    Like.person_id == bindparam("person_id"),
    is_listed(Like.post_id, bindparam("post_ids", type_=String)),
)


def liked_posts(session: Session, actor: Actor, post_ids: Collection[int]) -> frozenset[int]:
    """Which of these posts the actor likes (one statement; none if there are no posts)."""
    if not post_ids:
        return frozenset()
    values = {"person_id": actor.person_id, "post_ids": ",".join(map(str, post_ids))}
    return frozenset(session.scalars(_LIKED, values))
