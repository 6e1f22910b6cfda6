"""The posts from which the participation of one student was counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.posts.models import Post
from lti_app.participation.requirements.evaluation import Verdicts


@dataclass(frozen=True)
class CountedPost:
    """A post that counted for a requirement."""

    id: int
    address: str
    html: str
    text: str
    words: int
    placed_at: datetime | None
    edited_at: datetime | None


def collect_counted_posts(
    session: Session, actor: Actor, person_id: int, verdicts: Mapping[int, Verdicts]
) -> dict[int, list[CountedPost]]:
    """The student's posts that these verdicts were counted from, by discussion id, oldest first (one statement).

    No deleted, hidden, held or private post is among them, since none counts. Raises Forbidden for all but the student
    and graders.
    """
    if person_id != actor.person_id:
        require(actor, DiscussionPermission.GRADE)
    counted = {
        key: {address for verdict in result.requirements for address in verdict.addresses}
        for key, result in verdicts.items()
    }
    rows = session.execute(
        select(
            Post.discussion_id,
            Post.id,
            Post.address,
            Post.html,
            Post.text,
            Post.words,
            Post.placed_at,
            Post.edited_at,
        )
        .where(Post.course_id == actor.course_id, Post.author_id == person_id, Post.byline.is_(None))
        .where(Post.discussion_id.in_(counted))
        .order_by(Post.id)
    )
    found: dict[int, list[CountedPost]] = {}
    for row in rows:
        told: tuple[Any, ...] = tuple(row)
        discussion_id, *post = told
        counted_post = CountedPost(*post)
        if counted_post.address in counted[discussion_id]:
            found.setdefault(discussion_id, []).append(counted_post)
    return found
