"""Posts, what they said before, and what they cite."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    case,
    false,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from lti_app.core.db import Base, Id, SortPath, index_where_filled, stored_enum
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.rules.attached import without_file_names
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.visibility.models import PostVisibility
from lti_app.library.files.models import File
from lti_app.library.readings.models import Passage

_IS_FIRST = text("parent_id IS NULL")
_IS_REPLY = text("root_id IS NOT NULL")
_IS_HELD = text("held_at IS NOT NULL")
MAX_BYLINE = 300
"""Letters of the name of an imported post, which an index has to hold."""
_MOSTLY_EMPTY = (
    "parent_id",  # asked for with a value: SQLite takes all first posts for a handful with the same one
    *("group_id", "private_to_id", "split_from_id", "hidden_by_id", "deleted_by_id"),
)
FIRST_POSTS = (
    *("discussion_id", "latest_number", "latest_at", "path", "address", "descendants", "pinned_at", "announcement"),
    *("held_at", "private_to_id", "author_id", "group_id"),
)
"""What the threads of a discussion are put in order by."""
REPLIES = (
    *("root_id", "path", "address", "discussion_id", "parent_id", "author_id", "byline", "created_at", "undated"),
    *("deleted_at", "hidden_at", "held_at", "private_to_id", "group_id"),
)
"""What a thread is put in order by, and counted from, without going through its texts."""
AT_A_GLANCE = (
    *("discussion_id", "author_id", "parent_id", "root_id", "number", "by_staff", "deleted_at", "hidden_at"),
    *("held_at", "private_to_id", "group_id", "byline", "move", "announcement", "split_from_id"),
)
"""What the numbers of a discussion are counted from, so that nobody has to go through its texts for them."""


class Written(TypeDecorator[str]):
    """What a post says, as text or HTML. Whatever reads it gets addresses of files that do not contain the names of the
    files, so no page has to think of posts that were stored with such addresses.
    """

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """The same with the addresses that files have now."""
        return None if value is None else without_file_names(value)


class Post(PostVisibility, Base):
    """A first post or a reply. Rows are never deleted: a deleted post keeps its text for graders and the place of
    its replies.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("discussion_id", "path"),
        UniqueConstraint("discussion_id", "number"),
        UniqueConstraint("discussion_id", "origin"),
        Index("ix_post_first_posts", *FIRST_POSTS, postgresql_where=_IS_FIRST, sqlite_where=_IS_FIRST),
        Index(None, "latest_at", "course_id", postgresql_where=_IS_FIRST, sqlite_where=_IS_FIRST),
        Index("ix_post_replies", *REPLIES, postgresql_where=_IS_REPLY, sqlite_where=_IS_REPLY),
        Index("ix_post_at_a_glance", *AT_A_GLANCE),
        Index(None, "author_id", "course_id"),
        Index(None, "course_id", postgresql_where=_IS_HELD, sqlite_where=_IS_HELD),
        *map(index_where_filled, _MOSTLY_EMPTY),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    "The first post of its thread; None for a first post."
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
    text: Mapped[str] = mapped_column(Written)
    "Its words, of rich text as one would have typed them."
    html: Mapped[str] = mapped_column(Written)
    "Sanitised when written."
    words: Mapped[int]
    reading_ids: Mapped[list[int]] = mapped_column(JSON)
    "The readings that the text cites now."
    move: Mapped[Move | None] = mapped_column(stored_enum(Move))
    attachments: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    "What is shown of the files attached to it, so that a page of posts need not look at them."
    quotes: Mapped[list[Any]] = mapped_column(JSON, server_default="[]")
    "What became of each longer quotation when it was looked for in the readings' texts; derived."
    origin: Mapped[str | None]
    "Of a post brought in from elsewhere: where from, so that it is brought in once."
    announcement: Mapped[bool] = mapped_column(server_default=false())
    likes: Mapped[int] = mapped_column("appreciations", default=0, server_default="0")
    split_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    exemplary_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    "When it was accepted as the answer to the question above it."
    locked_at: Mapped[datetime | None]
    "Of a first post: when its thread was closed for writing."
    placed_at: Mapped[datetime] = mapped_column("created_at")
    "When it was written; of an imported post without a date, where it stands in time among the others."
    undated: Mapped[bool] = mapped_column(default=False, server_default=false())
    "Whether nobody knows when it was written."
    edited_at: Mapped[datetime | None]
    version: Mapped[int]

    @hybrid_property
    def created_at(self) -> datetime | None:
        """When it was written; None if nobody knows."""
        return None if self.undated else self.placed_at

    @created_at.inplace.expression
    @classmethod
    def _created_at(cls) -> ColumnElement[datetime | None]:
        return case((cls.undated.is_(False), cls.placed_at))

    @hybrid_property
    def answered_id(self) -> int | None:
        """The post that it answers, also after it was split off: a reply goes on counting as what it was."""
        return self.parent_id or self.split_from_id

    @answered_id.inplace.expression
    @classmethod
    def _answered_id(cls) -> ColumnElement[int | None]:
        return func.coalesce(cls.parent_id, cls.split_from_id)


class Revision(Base):
    """What a post said before an edit: written at `written_at`, replaced by the next revision or the post itself."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "version"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(server_default="")
    format: Mapped[Format] = mapped_column(stored_enum(Format), server_default=Format.TEXT.value)
    text: Mapped[str] = mapped_column(Written)
    html: Mapped[str] = mapped_column(Written)
    words: Mapped[int]
    reading_ids: Mapped[list[int]] = mapped_column(JSON)
    written_at: Mapped[datetime]


class Citation(Base):
    """A post cites a passage."""

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
