"""Unanswered first posts, and who has reserved them."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, literal, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, UtcDateTime, alias_of
from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.answers.models import AnswerClaim
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import has_posted, may_read
from lti_app.discussion.visibility.queries import (
    READER,
    ViewerKind,
    author_name_for,
    in_front_of_class,
    viewer_kind,
    viewer_values,
    visible_to,
)

MOST_LISTED = 30
_REPLY = alias_of(Post)
_CLAIMANT = alias_of(Person)


class UnansweredPost(NamedTuple):
    """A first post that no other student has answered."""

    id: int
    address: str
    author: str
    title: str
    html: str
    created_at: datetime | None
    reserved_by: str | None
    """Another person who has reserved it; an empty name where the reader may not know who."""
    reserved_until: datetime | None
    """When the reader's own reservation expires, if they have one."""


def asks_for_answer() -> ColumnElement[bool]:
    """Which posts are first posts that a classmate should answer."""
    return and_(
        Post.parent_id.is_(None),
        Post.by_staff.is_(False),
        Post.byline.is_(None),
        Post.announcement.is_(False),
        in_front_of_class(Post),
    )


def is_answered() -> ColumnElement[bool]:
    """Which posts have an answer by another student."""
    return (
        select(_REPLY.id)
        .where(
            _REPLY.parent_id == Post.id,
            _REPLY.author_id != Post.author_id,
            _REPLY.by_staff.is_(False),
            in_front_of_class(_REPLY),
        )
        .exists()
    )


def list_unanswered(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    now: datetime,
    most: int = MOST_LISTED,
    first_id: int = 0,
) -> tuple[UnansweredPost, ...]:
    """The unanswered first posts of others: those that nobody else has reserved first, then the oldest (one statement).

    The one with `first_id`, if it is unanswered, comes before all others. Empty for those who may not read the
    discussion's posts.
    """
    before, after = may_read(actor, discussion)
    if not (before or after):
        return ()
    statement = _listed(viewer_kind(actor, discussion), needs_own_post=not before)
    here = {"course_id": actor.course_id, "first_id": first_id, "now": now, "most": most}
    return tuple(
        map(UnansweredPost._make, fetch_tuples(session, statement, {**viewer_values(actor, discussion), **here}))
    )


@cache
def _listed(kind: ViewerKind, *, needs_own_post: bool) -> Select[Any]:
    """For viewers of this kind; whether they may read the posts of others only when they have begun a thread."""
    holds = (AnswerClaim.post_id == Post.id, AnswerClaim.until > bindparam("now", type_=UtcDateTime))
    others = (
        select(_claimant(kind))
        .select_from(AnswerClaim)
        .join(_CLAIMANT, _CLAIMANT.id == AnswerClaim.person_id)
        .where(*holds, AnswerClaim.person_id != READER)
        .order_by(AnswerClaim.until.desc(), AnswerClaim.id)
        .limit(1)
        .scalar_subquery()
    )
    own = select(AnswerClaim.until).where(*holds, AnswerClaim.person_id == READER).scalar_subquery()
    columns: tuple[Any, ...] = (
        *(Post.id, Post.address, author_name_for(Post, kind).label("author"), Post.title, Post.html, Post.created_at),
        *(others.label("reserved_by"), own.label("reserved_until")),
    )
    return (
        select(*columns)
        .join(Person, Person.id == Post.author_id)
        .where(*[has_posted(kind)] if needs_own_post else [], visible_to(Post, kind))
        .where(asks_for_answer(), ~is_answered(), Post.author_id != READER)
        .order_by(Post.id != bindparam("first_id", type_=Id), own.is_(None), others.is_not(None), Post.number)
        .limit(bindparam("most", type_=Integer))
    )


def _claimant(kind: ViewerKind) -> ColumnElement[str]:
    """The name of the person with a reservation; empty if names are hidden from the viewer."""
    return literal("") if kind.hides_names else name_in_course(_CLAIMANT, bindparam("course_id", type_=Id))
