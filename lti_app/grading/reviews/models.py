"""What reviewers say of the posts of classmates, and of their own."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.people.models import Person
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.grading.reviews.rules.events import ReviewEventKind
from lti_app.grading.rubrics.models import Criterion, Level, Rubric


class Review(Base):
    """One review by the rubric: a draft until it is submitted, which the assignment says."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("assignment_id"),
        Index(None, "rubric_id"),
        index_where_filled("excluded_by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey(ReviewAssignment.id))
    rubric_id: Mapped[int] = mapped_column(ForeignKey(Rubric.id))
    "The version of the rubric that it was written by."
    comment: Mapped[str]
    total: Mapped[Decimal]
    "In points of that rubric."
    version: Mapped[int]
    "Counts saves, so that a reviewer does not overwrite what they wrote in another tab."
    saved_at: Mapped[datetime]
    excluded_at: Mapped[datetime | None]
    "Since when it counts for nothing, and its author does not see it."
    excluded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    excluded_reason: Mapped[str]
    helpful_at: Mapped[datetime | None]
    "Since when its author has marked it as helpful."
    reported_at: Mapped[datetime | None]
    "Since when its author has reported it, and nobody has decided."


class ReviewMark(Base):
    """What a reviewer chose for one criterion."""

    __tablename__ = "review_mark"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id"),
        Index(None, "criterion_id"),
        Index(None, "level_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id))
    criterion_id: Mapped[int] = mapped_column(ForeignKey(Criterion.id))
    level_id: Mapped[int | None] = mapped_column(ForeignKey(Level.id))
    points: Mapped[Decimal | None]
    comment: Mapped[str]


class ReviewEvent(Base):
    """What somebody did with a review. Written once, never changed."""

    __tablename__ = "review_event"
    __table_args__ = (Index(None, "review_id"), Index(None, "by_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id))
    kind: Mapped[ReviewEventKind] = mapped_column(stored_enum(ReviewEventKind))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    words: Mapped[str]
    "The reason, where there is one."
