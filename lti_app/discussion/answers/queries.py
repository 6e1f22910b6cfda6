"""Unanswered first posts, and who has reserved them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, literal, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.answers.models import AnswerClaim
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import is_gate_open
from lti_app.discussion.visibility.queries import author_name, in_front_of_class, visible

MOST_LISTED = 30
_REPLY = alias_of(Post)
_CLAIMANT = alias_of(Person)


@dataclass(frozen=True)
class UnansweredPost:
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
    rows = session.execute(_select(actor, discussion, first_id, now).limit(most))
    return tuple(UnansweredPost(*row) for row in rows)


def _select(
    actor: Actor, discussion: DiscussionView, first_id: int, now: datetime
) -> Select[int, str, str, str, str, datetime, str | None, datetime | None]:
    holds = (AnswerClaim.post_id == Post.id, AnswerClaim.until > now)
    others = (
        select(_claimant(actor, discussion))
        .select_from(AnswerClaim)
        .join(_CLAIMANT, _CLAIMANT.id == AnswerClaim.person_id)
        .where(*holds, AnswerClaim.person_id != actor.person_id)
        .order_by(AnswerClaim.until.desc(), AnswerClaim.id)
        .limit(1)
        .scalar_subquery()
    )
    own = select(AnswerClaim.until).where(*holds, AnswerClaim.person_id == actor.person_id).scalar_subquery()
    return (
        select(
            Post.id,
            Post.address,
            author_name(Post, actor, discussion),
            Post.title,
            Post.html,
            Post.created_at,
            others,
            own,
        )
        .join(Person, Person.id == Post.author_id)
        .where(is_gate_open(actor, discussion), visible(Post, actor, discussion))
        .where(asks_for_answer(), ~is_answered(), Post.author_id != actor.person_id)
        .order_by(Post.id != first_id, own.is_(None), others.is_not(None), Post.number)
    )


def _claimant(actor: Actor, discussion: DiscussionView) -> ColumnElement[str]:
    """The name of the person with a reservation; empty if names are hidden from the actor."""
    return literal("") if discussion.hides_names_from(actor) else name_in_course(_CLAIMANT, actor.course_id)
