"""Who reviews whose posts in a discussion."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion


class ReviewAssignment(Base):
    """One person is to review the posts of another, or their own. What they write is a Review of `grading.reviews`."""

    __tablename__ = "review_assignment"
    __table_args__ = (
        UniqueConstraint("discussion_id", "reviewer_id", "author_id"),
        UniqueConstraint("discussion_id", "key"),
        Index(None, "course_id", "reviewer_id"),
        Index(None, "reviewer_id"),
        Index(None, "author_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    key: Mapped[str]
    "Random: what the reviewer's address has instead of an id, which would tell the author or the order."
    author_key: Mapped[str]
    "Random: the same for the author, so that neither address leads to the other."
    assigned_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    "Since when the reviewer has a draft."
    submitted_at: Mapped[datetime | None]
    "When it was first submitted."
    withdrawn_at: Mapped[datetime | None]
    "Since when nobody waits for it: its author or reviewer has left, or it was assigned to somebody else."
