"""Posts, what they said before, and what they cite."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, SortPath
from lti_app.discussions.models import Discussion  # noqa: F401 -- the tables that the foreign keys name
from lti_app.people.models import Person  # noqa: F401
from lti_app.readings.models import Passage  # noqa: F401


class Post(Base):
    """A first post or a reply. Never deleted from the table: a tombstone keeps the work and the replies' place."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("discussion_id", "path"),
        Index(None, "discussion_id", "author_id"),
        Index(None, "parent_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_staff: Mapped[bool]
    "Whether the author taught in the course when writing."
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    path: Mapped[str] = mapped_column(SortPath)
    "Sorts the whole thread depth first: one fixed-width part a level."
    address: Mapped[str]
    "The speakable address: 2.3.1."
    depth: Mapped[int]
    "0 for a first post."
    reply_count: Mapped[int]
    "How many replies were ever made to it: the number of the newest one."
    text: Mapped[str]
    html: Mapped[str]
    "Sanitised when written."
    words: Mapped[int]
    reading_ids: Mapped[list[int]] = mapped_column(JSON)
    "The readings that the text cites now."
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]


class Revision(Base):
    """What a post said before an edit: written at `written_at`, replaced by the next revision or the post itself."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "version"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    version: Mapped[int]
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
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    passage_id: Mapped[int] = mapped_column(ForeignKey("passage.id"))
