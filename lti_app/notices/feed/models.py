"""Notices, the messages of instructors, and how far the tables have been read for new causes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.models import Post
from lti_app.notices.feed.rules.kinds import NoticeKind


class InstructorMessage(Base):
    """What an instructor or assistant wrote to students; each of them has a notice of it."""

    __tablename__ = "instructor_message"
    __table_args__ = (Index(None, "course_id"), Index(None, "sender_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    sender_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    subject: Mapped[str]
    text: Mapped[str]
    sent_at: Mapped[datetime]


class Notice(Base):
    """Something that one person is told. It says nothing by itself: what it is about is looked up for each reading."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "cause"),
        Index(None, "course_id", "person_id", "id"),
        *map(index_where_filled, ("discussion_id", "post_id", "message_id", "mail_at")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[NoticeKind] = mapped_column(stored_enum(NoticeKind))
    cause: Mapped[str]
    "With the person it is unique, so that the same event is never told twice."
    discussion_id: Mapped[int | None] = mapped_column(ForeignKey(Discussion.id))
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id))
    message_id: Mapped[int | None] = mapped_column(ForeignKey(InstructorMessage.id))
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    "When it happened."
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]
    "From when it is to be put into a mail; empty once it is in one, or if it never will be."


class GatheringMark(Base):
    """How far one table has been read for new causes of notices."""

    __tablename__ = "gathering_mark"

    source: Mapped[str] = mapped_column(primary_key=True)
    last_id: Mapped[int] = mapped_column(Id)
    "All rows up to this one have been read. Newer ones are read again, and lead to nothing twice."
