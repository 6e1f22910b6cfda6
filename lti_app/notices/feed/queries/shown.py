"""Which notices somebody may see now, as conditions of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, or_, select

from lti_app.core.db import Id, alias_of
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission, may
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import with_own_post
from lti_app.discussion.visibility.queries import READER, not_deleted, opens_gate, readable_in
from lti_app.grading.assessments.models import Assessment
from lti_app.notices.feed.models import Notice
from lti_app.notices.feed.rules.kinds import ABOUT_OTHERS, ABOUT_OWN, FOR_STAFF, NoticeKind

COURSE: BindParameter[int] = bindparam("course_id", type_=Id)
_OWN = alias_of(Post)


def anybody_like(actor: Actor) -> Actor:
    """For statements that are made once for all actors of this one's role, and run with `actor_values`."""
    return replace(actor, person_id=cast(Any, READER), course_id=cast(Any, COURSE))


def actor_values(actor: Actor) -> dict[str, int]:
    """The values of READER and COURSE."""
    return {"reader_id": actor.person_id, "course_id": actor.course_id}


def unread_count(shown: ColumnElement[bool]) -> Select[int]:
    """How many of the notices that somebody may see, by `shown_to`, are unread."""
    counted = select(func.count()).select_from(Notice).outerjoin(Post, Post.id == Notice.post_id)
    return counted.where(shown, Notice.read_at.is_(None))


def shown_to(actor: Actor, views: Sequence[DiscussionView]) -> ColumnElement[bool]:
    """Which of the actor's notices they may see, for a statement that joins Post where there is one.

    `views` are the discussions of the course as the actor gets them. What a notice is about may have been hidden, held,
    deleted or moved away since it was written, and the actor's role may have changed.
    """
    kinds = [
        and_(Notice.kind.in_(ABOUT_OTHERS), _readable(actor, views)),
        and_(Notice.kind.in_(ABOUT_OWN), Post.author_id == actor.person_id, not_deleted(Post)),
        and_(Notice.kind == NoticeKind.GRADED, _is_released(actor)),
        Notice.kind.in_((NoticeKind.DUE_SOON, NoticeKind.MESSAGE)),
    ]
    if actor.is_staff:
        kinds.append(Notice.kind.in_(FOR_STAFF))
    existing = [view.id for view in views]
    return and_(
        Notice.person_id == actor.person_id,
        Notice.course_id == actor.course_id,
        or_(Notice.discussion_id.is_(None), Notice.discussion_id.in_(existing)),
        or_(*kinds),
    )


def _readable(actor: Actor, views: Iterable[DiscussionView]) -> ColumnElement[bool]:
    """Which posts the actor may read: where the gate is open, or opened by a first post of their own."""
    always, gated = [], []
    for view in views:
        if may(actor, PostPermission.READ, with_own_post(view, has_posted=False)):
            always.append(view)
        elif may(actor, PostPermission.READ, with_own_post(view, has_posted=True)):
            gated.append(view)
    opened = select(_OWN.id).where(_OWN.discussion_id == Post.discussion_id, opens_gate(_OWN, actor.person_id)).exists()
    return or_(readable_in(Post, actor, always), and_(readable_in(Post, actor, gated), opened))


def _is_released(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Assessment.discussion_id == Notice.discussion_id,
        Assessment.person_id == actor.person_id,
        Assessment.released_version.is_not(None),
    )
