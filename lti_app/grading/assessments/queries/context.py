"""A student's posts in their conversations, for the grading desk."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, bindparam, select, union_all
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.statements import fetch_rows
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post, Revision
from lti_app.discussion.posts.rules.attached import shown_files
from lti_app.discussion.visibility.queries import (
    DISCUSSION,
    ViewerKind,
    author_name_for,
    viewer_kind,
    viewer_values,
)
from lti_app.discussion.visibility.rules import status_of
from lti_app.grading.assessments.queries.desk import MOMENTS
from lti_app.grading.assessments.rules import PostEvent


@dataclass(frozen=True)
class RelatedPost:
    """A post that the student replied to, or a reply to the student."""

    address: str
    author: str
    html: str
    """In full, also where it is deleted or hidden: graders see what the student replied to."""
    created_at: datetime | None
    is_deleted: bool
    is_hidden: bool
    is_held: bool
    is_private: bool


@dataclass(frozen=True)
class PostInContext:
    """One of the student's posts, with the post it replies to and the replies it received."""

    id: int
    address: str
    title: str
    """Of a first post where students begin topics; else empty."""
    html: str
    words: int
    quotes: tuple[dict[str, Any], ...]
    """What became of each longer quotation when it was looked for in the texts of the readings."""
    created_at: datetime | None
    edited_at: datetime | None
    is_deleted: bool
    is_hidden: bool
    is_held: bool
    is_private: bool
    parent: RelatedPost | None
    replies: tuple[RelatedPost, ...]
    events: tuple[PostEvent, ...]
    """Everything that happened to it, its creation included."""
    attachments: tuple[dict[str, Any], ...]
    """Its files as the grader may see them; none of a deleted post, whose files nobody keeps."""


@dataclass(frozen=True)
class EditedText:
    """What a post said at a moment, and what it says now."""

    before: str
    now: str


_PARENT = alias_of(Post)
_REPLY = alias_of(Post)
_STATUS = ("deleted_at", "hidden_at", "held_at", "private_to_id", "byline")
_SHOWN = ("address", "html", "created_at", *_STATUS)
"""What is shown of a post beside those of the student."""
_ABOVE = "above_"


def list_posts_in_context(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, hides_names: bool = False
) -> list[PostInContext]:
    """All posts of a student in a discussion, oldest first, deleted ones included (two statements).

    With `hides_names`, those of other posts have no author, and files do not say who took them.

    Graders see deleted text, so that nobody can erase what has been graded. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    kind, values = viewer_kind(actor, discussion).in_any_group, {**viewer_values(actor, discussion), "of_id": person_id}
    rows = fetch_rows(session, _own_posts(kind), values)
    replies: dict[int, list[RelatedPost]] = {}
    for row in fetch_rows(session, _replies(kind), values):
        replies.setdefault(row.answered_id, []).append(_related(row, "" if hides_names else row.author))
    hides_authors = hides_names or discussion.hides_names_from(actor)
    return [
        PostInContext(
            id=row.id,
            address=row.address,
            title=row.title,
            html=row.html,
            words=row.words,
            quotes=tuple(row.quotes),
            created_at=row.created_at,
            edited_at=row.edited_at,
            is_deleted=(status := status_of(row)).is_deleted,
            is_hidden=status.is_hidden,
            is_held=status.is_held,
            is_private=status.is_private,
            parent=_parent(row, "" if hides_names else row.author),
            replies=tuple(replies.get(row.id, ())),
            events=_events(row),
            attachments=() if status.is_deleted else shown_files(row.attachments, hides_author=hides_authors),
        )
        for row in rows
    ]


@cache
def _own_posts(kind: ViewerKind) -> Select[Any]:
    """A student's posts, and of each the one that it answers."""
    own = [getattr(Post, name) for name in ("id", "title", "words", "quotes", "attachments", "edited_at", "split_at")]
    return (
        select(
            *own,
            Post.placed_at.label("placed_at"),
            *(getattr(Post, name).label(name) for name in _SHOWN),
            *(getattr(_PARENT, name).label(f"{_ABOVE}{name}") for name in _SHOWN),
            author_name_for(_PARENT, kind).label("author"),
        )
        .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
        .outerjoin(Person, Person.id == _PARENT.author_id)
        .where(Post.discussion_id == DISCUSSION, Post.author_id == bindparam("of_id"))
        .order_by(Post.number)
    )


@cache
def _replies(kind: ViewerKind) -> Select[Any]:
    """The replies to a student's posts, those that were split off included."""
    own = (_PARENT.discussion_id == DISCUSSION, _PARENT.author_id == bindparam("of_id"))
    # `answered_id` by columns that have an index: a handful of posts is read, not the discussion.
    answering = union_all(
        select(_REPLY.id).join(_PARENT, _PARENT.id == _REPLY.parent_id).where(*own),
        select(_REPLY.id)
        .join(_PARENT, _PARENT.id == _REPLY.split_from_id)
        .where(_REPLY.split_from_id.is_not(None), _REPLY.answered_id == _PARENT.id, *own),
    )
    return (
        select(
            Post.answered_id.label("answered_id"),
            *(getattr(Post, name).label(name) for name in _SHOWN),
            author_name_for(Post, kind).label("author"),
        )
        .join(Person, Person.id == Post.author_id)
        .where(Post.id.in_(answering))
        .order_by(Post.number)
    )


def collect_edited_texts(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, since: datetime
) -> dict[str, EditedText]:
    """By address, the posts of a student that stood at that moment and were edited later (one statement).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Post.address, Revision.title, Revision.text, Post.title, Post.text)
        .join(Revision, Revision.post_id == Post.id)
        .where(Post.discussion_id == discussion.id, Post.author_id == person_id)
        .where(Post.edited_at > since, Revision.written_at <= since)
        .order_by(Post.id, Revision.version)
    )
    # Of several versions from before, the last one is what stood there.
    return {
        address: EditedText(_with_title(title, text), _with_title(title_now, text_now))
        for address, title, text, title_now, text_now in rows
    }


def _with_title(title: str, text: str) -> str:
    return f"{title}\n\n{text}" if title else text


def _events(row: Any) -> tuple[PostEvent, ...]:
    moments = {kind: getattr(row, column.key) for kind, column in MOMENTS.items()}
    return tuple(PostEvent(row.address, kind, at) for kind, at in moments.items() if at is not None)


def _parent(row: Any, author: str) -> RelatedPost | None:
    above = {name: getattr(row, f"{_ABOVE}{name}") for name in _SHOWN}
    return None if above["address"] is None else _related(SimpleNamespace(**above), author)


def _related(row: Any, author: str) -> RelatedPost:
    status = status_of(row)
    return RelatedPost(
        address=row.address,
        author=author,
        html=row.html,
        created_at=row.created_at,
        is_deleted=status.is_deleted,
        is_hidden=status.is_hidden,
        is_held=status.is_held,
        is_private=status.is_private,
    )
