"""Discussions: the prompt, its readings, its calendar and what it requires."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.courses.models import Course  # noqa: F401 -- the tables that the foreign keys name
from lti_app.readings.models import Reading  # noqa: F401


class Discussion(Base):
    """A prompt and its readings. Reserved when a placement is first launched; open once an instructor has set it up."""

    __tablename__ = "discussion"
    __table_args__ = (Index(None, "course_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    title: Mapped[str]
    prompt: Mapped[str]
    "As the instructor wrote it."
    prompt_html: Mapped[str]
    "Sanitised when written."
    points: Mapped[Decimal]
    "What the LMS's gradebook column is out of."
    opens_at: Mapped[datetime | None]
    "From when students see it; None: as soon as it is set up."
    first_post_words: Mapped[int]
    first_post_due: Mapped[datetime | None]
    replies_wanted: Mapped[int]
    "To how many different classmates."
    reply_words: Mapped[int]
    replies_due: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    "From when nobody but staff can write; None: never."
    post_first: Mapped[bool]
    "Students see others' posts only after their own first post."
    prepared_at: Mapped[datetime | None]
    "When it was first set up; None while it is only reserved."
    version: Mapped[int]
    "Grows with each change of the set-up, so that two instructors cannot overwrite each other unseen."
    root_count: Mapped[int]
    "How many first posts were ever made: the number of the newest one."
    created_at: Mapped[datetime]


class DiscussionReading(Base):
    """A reading assigned in a discussion."""

    __tablename__ = "discussion_reading"
    __table_args__ = (UniqueConstraint("discussion_id", "reading_id"), Index(None, "reading_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"))
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    position: Mapped[int]
    required: Mapped[bool]
    "Whether each student must cite it."
