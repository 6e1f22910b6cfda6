"""New posts in a discussion while a person has it open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, case, cast, func, null, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id
from lti_app.core.errors import NotFound
from lti_app.core.statements import fetch_row
from lti_app.course.courses.models import Visit
from lti_app.course.courses.queries import actor_of, visitor_values, with_visitor
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import IN_COURSE, DiscussionView
from lti_app.discussion.discussions.queries.state import state_columns, state_of
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.posts.access import Circumstances, PostPermission, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of, has_posted_as
from lti_app.discussion.read_state.models import ReadState
from lti_app.discussion.read_state.rules import PostNumbers
from lti_app.discussion.visibility.queries import ViewerKind, not_deleted, says_something, visible, visible_as


@dataclass(frozen=True)
class NewPosts:
    """What others have posted since a page was rendered."""

    count: int
    address: str
    """Of the first of these posts; empty if there are none."""


def ask_for_news(
    session: Session, *, token: str, course_id: int, discussion_id: int, since: int, now: datetime
) -> tuple[Actor, NewPosts] | None:
    """Who asks, and the posts with greater numbers than `since` that exist for them and are not their own.

    One statement, visit and gate included, since every page that somebody has open asks now and then. None without a
    visit; raises NotFound where the course has no such discussion, or what the READ permission raises.
    """
    values = visitor_values(course_id=course_id, token=token, now=now)
    row = fetch_row(session, _NEWS, {**values, "discussion_id": discussion_id, "since": since})
    if row is None:
        return None
    actor = actor_of(row, now)
    if row.here is None:
        raise NotFound
    state = state_of(row, now, is_staff=actor.is_staff)
    require(actor, PostPermission.READ, Circumstances(state, row.post_first, has_posted=bool(row.has_posted)))
    found = [spot.split(":") for spot in (row.found or "").split()]
    first = min(found, key=lambda spot: int(spot[0]), default=("", ""))
    return actor, NewPosts(len(found), first[1])


def _news() -> Select[Any]:
    """A visit, its discussion, and what is new there as "number:address …"."""
    reader, here = Visit.person_id.expression, Discussion.id.expression
    spot = cast(Post.number, String) + ":" + Post.address

    def found(kind: ViewerKind) -> ColumnElement[str]:
        new = (Post.number > bindparam("since", type_=Integer), Post.author_id != reader, says_something(Post))
        spots = select(func.aggregate_strings(spot, " ")).where(visible_as(Post, kind, reader, here), *new)
        return spots.scalar_subquery()

    # Only one of these is looked for, and none where nobody has written.
    arrived = case(
        (Discussion.post_count <= bindparam("since", type_=Integer), null()),
        (or_(*(Visit.role == role for role in Role if role.is_staff)), found(ViewerKind.of(is_staff=True))),
        (Discussion.structure == Structure.GROUPS, found(ViewerKind.of(in_groups=True))),
        else_=found(ViewerKind.of()),
    )
    asked_for = (here == bindparam("discussion_id", type_=Id), IN_COURSE)
    columns = (here.label("here"), Discussion.post_first, has_posted_as(reader, here), arrived.label("found"))
    return with_visitor(*columns, *state_columns(reader)).outerjoin(Discussion, and_(*asked_for))


_NEWS = _news()
"""Made once."""


def find_next_unread(session: Session, actor: Actor, discussion: DiscussionView, after: str) -> str | None:
    """The address of the next new post below the sort key `after` in thread order, else of the first of all."""
    _require_reading(session, actor, discussion)
    own = (ReadState.person_id == actor.person_id, ReadState.discussion_id == discussion.id)
    row = session.execute(select(ReadState.numbers, ReadState.all_to).where(*own)).one_or_none()
    read, all_to = (PostNumbers.from_bytes(row.numbers), row.all_to) if row else (PostNumbers(), 0)
    candidates = session.execute(
        select(Post.number, Post.address)
        .where(visible(Post, actor, discussion), Post.number > all_to, Post.author_id != actor.person_id)
        .where(says_something(Post))
        .order_by(case((Post.path > after, 0), else_=1), Post.path)
    )
    return next((address for number, address in candidates if number not in read), None)


def find_next_own(session: Session, actor: Actor, discussion: DiscussionView, after: str) -> str | None:
    """The address of the actor's next own post after this one."""
    _require_reading(session, actor, discussion)
    return session.scalar(
        select(Post.address)
        .where(visible(Post, actor, discussion), Post.author_id == actor.person_id, not_deleted(Post))
        .order_by(case((Post.path > after, 0), else_=1), Post.path)
        .limit(1)
    )


def _require_reading(session: Session, actor: Actor, discussion: DiscussionView) -> None:
    require(actor, PostPermission.READ, circumstances_of(session, actor, discussion))
