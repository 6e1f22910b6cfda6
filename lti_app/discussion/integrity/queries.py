"""What the rules have found, side by side."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.integrity.models import Finding
from lti_app.discussion.integrity.rules.content import MatchPart, marked
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.models import Post

_OTHER = alias_of(Post)


@dataclass(frozen=True)
class SimilarPost:
    """Two similar posts, with the passages that they share marked in both.

    Of a post in an earlier copy of the course only the year is given: not its text, its author or its place.
    """

    post_id: int
    share: int
    """How much of the post stands in the other, in per cent."""
    discussion_id: int
    """Of the other, as all that follows."""
    discussion_title: str
    address: str
    own: tuple[MatchPart, ...]
    other: tuple[MatchPart, ...]
    year: int | None = None
    """When the other was written, where it is in an earlier copy of the course."""


def list_similar_posts(session: Session, actor: Actor, post_ids: Collection[int]) -> dict[int, SimilarPost]:
    """What these posts are similar to, by post (one statement); raises Forbidden for all but staff.

    No names are given: similarity does not say who copied from whom.
    """
    if not actor.is_staff:
        raise Forbidden
    rows = session.execute(
        select(Finding.post_id, Finding.share, Discussion, _OTHER.address, _OTHER.created_at, Post.html, _OTHER.html)
        .join(Post, Post.id == Finding.post_id)
        .join(_OTHER, _OTHER.id == Finding.like_id)
        .join(Discussion, Discussion.id == _OTHER.discussion_id)
        .where(
            Finding.post_id.in_(post_ids),
            Finding.reason == HeldReason.SIMILAR,
            Post.course_id == actor.course_id,
        )
    )
    return {
        post_id: SimilarPost(
            post_id,
            share or 0,
            discussion.id,
            discussion.title,
            address,
            own=tuple(marked(html, other)),
            other=tuple(marked(other, html)),
        )
        if discussion.course_id == actor.course_id
        else SimilarPost(
            post_id, share or 0, 0, "", "", own=tuple(marked(html, other)), other=(), year=at.year if at else None
        )
        for post_id, share, discussion, address, at, html, other in rows
    }
