"""Reports, moderation actions, and the earlier addresses of moved posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.moderation.rules import ModerationAction, Outcome, ReportReason
from lti_app.discussion.posts.models import Post


class Report(Base):
    """A person asks the instructors to review a post: once for each person and post."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("post_id", "reporter_id"),
        Index(None, "course_id", "settled_at"),
        Index(None, "discussion_id", "settled_at"),
        Index(None, "reporter_id"),
        Index(None, "settled_by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    reporter_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    reason: Mapped[ReportReason] = mapped_column(stored_enum(ReportReason))
    words: Mapped[str]
    "What the reporter added."
    at: Mapped[datetime]
    outcome: Mapped[Outcome | None] = mapped_column(stored_enum(Outcome))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))


class ModerationRecord(Base):
    """Something was done to a post. Written once, never changed."""

    __tablename__ = "moderation_act"
    __table_args__ = (
        Index(None, "post_id"),
        Index(None, "discussion_id"),
        Index(None, "by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    "None: a rule held it."
    by_staff: Mapped[bool]
    kind: Mapped[ModerationAction] = mapped_column(stored_enum(ModerationAction))
    reason: Mapped[str]
    at: Mapped[datetime]


class MovedPost(Base):
    """The earlier address of a moved post. Addresses are never reused, so old links keep working."""

    __tablename__ = "moved_post"
    __table_args__ = (UniqueConstraint("discussion_id", "old_address"), Index(None, "post_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    old_address: Mapped[str]
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    at: Mapped[datetime]
