"""The outline of a discussion for a viewer, kept until a post changes, and how far the viewer has read."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, false, func, literal, null, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of, sees_one_moment
from lti_app.core.recent import RecentlyUsed
from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.answers.queries import asks_for_answer, is_answered
from lti_app.discussion.changes.queries import marks_of
from lti_app.discussion.changes.rules import Source
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.outlines.rules import Outline, PlacedPost
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import has_posted
from lti_app.discussion.read_state.models import ReadState
from lti_app.discussion.read_state.rules import PostNumbers, Sort
from lti_app.discussion.visibility.queries import (
    DISCUSSION,
    NOBODY,
    READER,
    ViewerKind,
    author_name_for,
    groups_of_reader,
    says_something,
    sees_more_than_others,
    viewer_kind,
    viewer_values,
    visible_to,
)

MOST_POSTS = 20_000
"""In the outlines that one process keeps. About 6 MB."""
_LAST = alias_of(Post)
"""Made once: an alias for each request would cost more than its statement."""


@dataclass(frozen=True)
class ReaderOutline:
    """What a reader has in front of them, and how far they have come."""

    outline: Outline
    last_author: str
    """Of the last post, as the reader sees it."""
    last_at: datetime | None
    read: PostNumbers
    sort: Sort | None
    """The order that the reader has chosen."""
    has_opened: bool
    """Whether it is recorded that the reader has opened the discussion."""
    has_begun: bool
    """Whether the reader has begun a thread. Not asked for staff."""


@dataclass(frozen=True)
class _Kept:
    basis: object
    outline: Outline


_OUTLINES: RecentlyUsed[object, _Kept] = RecentlyUsed(MOST_POSTS)


def get_outline(session: Session, actor: Actor, discussion: DiscussionView) -> ReaderOutline:
    """How a discussion stands for the actor, the gate before its posts aside (one statement; one more where a post has
    changed since an outline was kept).

    An outline is kept for all who see the same posts, and used for as long as no post has changed. It is kept only from
    a session that sees one moment, so that it is never newer than the marks with which it is kept.
    """
    kind, values = viewer_kind(actor, discussion), viewer_values(actor, discussion)
    [(marks, groups, is_own, *others)] = fetch_tuples(session, _of_reader(kind), values)
    reader_id = actor.person_id if is_own else NOBODY
    key = (discussion.id, discussion.shown_group_id, kind, reader_id)
    basis = (frozenset((marks or "").split()), frozenset((groups or "").split()))
    kept = _OUTLINES.get(key)
    if kept is None or kept.basis != basis:
        rows = fetch_tuples(session, _placed(kind), {**values, "reader_id": reader_id})
        kept = _Kept(basis, Outline(list(map(PlacedPost._make, rows))))
        if sees_one_moment(session):
            _OUTLINES.put(key, kept, kept.outline.size + 1)
    last_author, last_at, numbers, sort, has_opened, has_begun = others
    read = PostNumbers.from_bytes(numbers or b"")
    return ReaderOutline(kept.outline, last_author or "", last_at, read, sort, bool(has_opened), bool(has_begun))


@cache
def _of_reader(kind: ViewerKind) -> Select[Any]:
    stands = and_(visible_to(Post, kind), says_something(Post))
    # What was brought in says when it was written, perhaps years ago: it is the last only where nobody wrote here.
    newest = func.coalesce(_newest(stands, Post.byline.is_(None)), _newest(stands))
    of_last = (_LAST.discussion_id == DISCUSSION, _LAST.number == newest, Person.id == _LAST.author_id)
    own = (ReadState.person_id == READER, ReadState.discussion_id == DISCUSSION)
    return select(
        marks_of(DISCUSSION, Source.POSTS).label("marks"),
        groups_of_reader(kind).label("groups"),
        sees_more_than_others(Post, kind).label("is_own"),
        select(author_name_for(_LAST, kind)).where(*of_last).scalar_subquery(),
        select(_LAST.created_at).where(*of_last[:2]).scalar_subquery(),
        select(ReadState.numbers).where(*own).scalar_subquery(),
        select(ReadState.sort).where(*own).scalar_subquery(),
        select(literal(1)).where(*own).scalar_subquery(),
        has_posted(kind),
    )


def _newest(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """The number of the newest post for which all this holds: found from the end, without going through all."""
    return select(Post.number).where(*conditions).order_by(Post.number.desc()).limit(1).scalar_subquery()


@cache
def _placed(kind: ViewerKind) -> Select[Any]:
    """The posts that exist for a viewer of this kind, in thread order."""
    is_first, says = Post.parent_id.is_(None), says_something(Post)
    # SQLite goes through all parts of a conjunction, of a CASE through no more than it needs.
    columns: tuple[Any, ...] = (
        Post.id,
        func.coalesce(Post.root_id, Post.id),
        Post.path,
        Post.address,
        Post.number,
        Post.author_id,
        Post.byline,
        Post.created_at,
        says,
        Post.move,
        case((is_first, asks_for_answer()), else_=false()),
        case((asks_for_answer(), is_answered()), else_=false()),
        case((is_first, or_(Post.pinned_at.is_not(None), Post.announcement)), else_=false()),
        case((is_first, Post.latest_at), else_=null()),
        case((is_first, Post.latest_number), else_=null()),
        case((is_first, Post.descendants), else_=null()),
    )
    return select(*columns).where(visible_to(Post, kind)).order_by(Post.path)
