"""Posts, what they said before, and what they cite."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    false,
    func,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from lti_app.core.db import Base, Id, SortPath, index_where_filled, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion, Pseudonym
from lti_app.discussion.discussions.queries import DiscussionView
from lti_app.discussion.discussions.rules import Move, Structure
from lti_app.discussion.posts.rules.formats import Format
from lti_app.library.files.models import File
from lti_app.library.readings.models import Passage

_IS_FIRST = text("parent_id IS NULL")
_IS_HELD = text("held_at IS NOT NULL")


class Post(Base):
    """A first post or a reply. Never deleted from the table: a tombstone keeps the work and the replies' place."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("discussion_id", "path"),
        UniqueConstraint("discussion_id", "number"),
        UniqueConstraint("discussion_id", "origin"),
        Index(None, "root_id"),
        Index(None, "discussion_id", "latest_number", postgresql_where=_IS_FIRST, sqlite_where=_IS_FIRST),
        Index(None, "discussion_id", "author_id"),
        Index(None, "author_id", "course_id"),
        Index(None, "parent_id"),
        Index(None, "course_id", postgresql_where=_IS_HELD, sqlite_where=_IS_HELD),
        *map(index_where_filled, ("group_id", "private_to_id", "split_from_id", "hidden_by_id", "deleted_by_id")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    by_staff: Mapped[bool]
    "Whether the author taught in the course when writing."
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    "The first post of its thread; None for a first post."
    group_id: Mapped[int | None] = mapped_column(ForeignKey(Group.id))
    "The group whose discussion it is part of, where groups discuss apart."
    number: Mapped[int]
    "The nth post of the discussion in the order of writing: what is new, and what has been seen, goes by it."
    path: Mapped[str] = mapped_column(SortPath)
    "Sorts the whole thread depth first: one fixed-width part a level."
    address: Mapped[str]
    "The speakable address: 2.3.1."
    depth: Mapped[int]
    "0 for a first post."
    reply_count: Mapped[int] = mapped_column(default=0)
    "How many replies were ever made to it: the number of the newest one."
    descendants: Mapped[int] = mapped_column(default=0)
    "Of a first post: how many posts were ever made below it."
    latest_number: Mapped[int]
    "Of a first post: the number of the newest post in its thread."
    latest_at: Mapped[datetime]
    "Of a first post: when the newest post in its thread was made."
    title: Mapped[str] = mapped_column(server_default="")
    "Of a first post where students begin topics; else empty."
    format: Mapped[Format] = mapped_column(stored_enum(Format), server_default=Format.TEXT.value)
    "What its author wrote it in: plain text is edited as `text`, rich text as `html`."
    text: Mapped[str]
    "Its words, of rich text as one would have typed them."
    html: Mapped[str]
    "Sanitised when written."
    words: Mapped[int]
    reading_ids: Mapped[list[int]] = mapped_column(JSON)
    "The readings that the text cites now."
    move: Mapped[Move | None] = mapped_column(stored_enum(Move))
    attachments: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    "What is shown of the files attached to it, so that a page of posts need not look at them."
    quotes: Mapped[list[Any]] = mapped_column(JSON, server_default="[]")
    "What became of each longer quotation when it was looked for in the readings' texts; derived."
    byline: Mapped[str | None]
    "Of a post brought in from elsewhere: the name it is shown under."
    origin: Mapped[str | None]
    "Of a post brought in from elsewhere: where from, so that it is brought in once."
    announcement: Mapped[bool] = mapped_column(server_default=false())
    private_to_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    "Only this person and staff see it."
    appreciations: Mapped[int] = mapped_column(default=0, server_default="0")
    "How many people appreciate it."
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    "Of a first post that was a reply: what it answered, and counts as answering, before it was split off."
    split_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    exemplary_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    "When it was accepted as the answer to the question above it."
    locked_at: Mapped[datetime | None]
    "Of a first post: when its thread was closed for writing."
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    hidden_reason: Mapped[str] = mapped_column(default="", server_default="")
    held_at: Mapped[datetime | None]
    "Since when it waits for an instructor; only its author and staff see it."
    held_reasons: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    version: Mapped[int]


class Revision(Base):
    """What a post said before an edit: written at `written_at`, replaced by the next revision or the post itself."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "version"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(server_default="")
    format: Mapped[Format] = mapped_column(stored_enum(Format), server_default=Format.TEXT.value)
    text: Mapped[str]
    html: Mapped[str]
    words: Mapped[int]
    reading_ids: Mapped[list[int]] = mapped_column(JSON)
    written_at: Mapped[datetime]


class Citation(Base):
    """A post argues from a passage."""

    __tablename__ = "citation"
    __table_args__ = (UniqueConstraint("post_id", "passage_id"), Index(None, "passage_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    passage_id: Mapped[int] = mapped_column(ForeignKey(Passage.id))


class Mention(Base):
    """A post names a person after an @."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("post_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))


class Attachment(Base):
    """A file that a post shows: in its text as a picture, or below it."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("post_id", "file_id"), Index(None, "file_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id))


@dataclass(frozen=True)
class Sight:
    """How somebody looks at a discussion, apart from who they are and at which: on this the words of a statement
    depend, while `values_of` are its values. So a statement that every page needs is made once for each sight.
    """

    is_staff: bool
    is_narrowed: bool
    """To the posts of one group."""
    in_groups: bool
    hides_names: bool


READER: BindParameter[int] = bindparam("reader_id", type_=Id)
DISCUSSION: BindParameter[int] = bindparam("discussion_id", type_=Id)
GROUP: BindParameter[int] = bindparam("group_id", type_=Id)
_Number = int | BindParameter[int]


def sight_of(actor: Actor, discussion: DiscussionView) -> Sight:
    """How the actor looks at this discussion."""
    return Sight(
        is_staff=actor.is_staff,
        is_narrowed=discussion.shown_group_id is not None,
        in_groups=discussion.structure is Structure.GROUPS,
        hides_names=discussion.hides_names_from(actor),
    )


def values_of(actor: Actor, discussion: DiscussionView) -> dict[str, int | None]:
    """The values of READER, DISCUSSION and GROUP for this actor in this discussion."""
    return {"reader_id": actor.person_id, "discussion_id": discussion.id, "group_id": discussion.shown_group_id}


def visible(actor: Actor, discussion: DiscussionView) -> ColumnElement[bool]:
    """Which posts of the discussion exist for the actor. Every query for posts that people see has it.

    Not those that wait for an instructor, private answers to others, and what other groups write. Hidden posts and
    tombstones do exist: their place is seen, not what they say.
    """
    return _visible(sight_of(actor, discussion), actor.person_id, discussion.id, discussion.shown_group_id or 0)


def visible_by(sight: Sight) -> ColumnElement[bool]:
    """The same for whoever looks so; the statement is run with `values_of` them."""
    return _visible(sight, READER, DISCUSSION, GROUP)


def _visible(sight: Sight, reader: _Number, discussion: _Number, group: _Number) -> ColumnElement[bool]:
    own = Post.discussion_id == discussion
    if sight.is_narrowed:
        own = and_(own, or_(Post.group_id.is_(None), Post.group_id == group))
    if sight.is_staff:
        return own
    return and_(own, _open_to(reader), *([_for_own_group(reader)] if sight.in_groups else []))


def visible_in(actor: Actor, discussions: Collection[DiscussionView]) -> ColumnElement[bool]:
    """The same in several discussions that the actor may read, of those posts that say something."""
    own = Post.discussion_id.in_([discussion.id for discussion in discussions])
    says = (own, Post.deleted_at.is_(None))
    if actor.is_staff:
        return and_(*says)
    apart = [discussion.id for discussion in discussions if discussion.structure is Structure.GROUPS]
    in_group = [or_(Post.discussion_id.not_in(apart), _for_own_group(actor.person_id))] if apart else []
    is_shown = or_(Post.hidden_at.is_(None), Post.author_id == actor.person_id)
    return and_(*says, is_shown, _open_to(actor.person_id), *in_group)


def _open_to(reader: _Number) -> ColumnElement[bool]:
    mine = Post.author_id == reader
    return and_(
        or_(Post.held_at.is_(None), mine),
        or_(Post.private_to_id.is_(None), Post.private_to_id == reader, mine),
    )


def _for_own_group(reader: _Number) -> ColumnElement[bool]:
    return or_(_in_own_group(reader), Post.author_id == reader)


def _in_own_group(reader: _Number) -> ColumnElement[bool]:
    groups = select(GroupMember.group_id).where(GroupMember.person_id == reader)
    return or_(Post.group_id.is_(None), Post.group_id.in_(groups))


def elsewhere(sight: Sight, reader: _Number = READER) -> ColumnElement[bool]:
    """Which posts belong to a group that the reader is in no more, and are still seen by them as their author."""
    return not_(_in_own_group(reader)) if sight.in_groups and not sight.is_staff else false()


def shown_author(actor: Actor, *discussions: DiscussionView, post: type[Post] = Post) -> ColumnElement[str]:
    """The name under which the actor sees a post of these discussions: that of whoever wrote what was brought in, a
    pseudonym, the author's.

    The statement joins Person to the post's author. No other way leads from a post to a name.
    """
    hiding = [discussion.id for discussion in discussions if discussion.hides_names_from(actor)]
    if not hiding:
        return _named(post)
    return _pseudonymous(post, or_(post.by_staff, post.discussion_id.not_in(hiding)))


def author_by(sight: Sight, post: type[Post] = Post) -> ColumnElement[str]:
    """The same in one discussion, for whoever looks at it so."""
    return _pseudonymous(post, post.by_staff) if sight.hides_names else _named(post)


def _named(post: type[Post]) -> ColumnElement[str]:
    return func.coalesce(post.byline, Person.name)


def _pseudonymous(post: type[Post], is_named: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[str]:
    pseudonym = (
        select(Pseudonym.name)
        .where(Pseudonym.discussion_id == post.discussion_id, Pseudonym.person_id == post.author_id)
        .scalar_subquery()
    )
    return func.coalesce(post.byline, case((is_named, Person.name), else_=func.coalesce(pseudonym, "")))
