"""Scores for the gradebook of the LMS."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.rules import PassbackState


class Passback(Base):
    """The newest score of one person in one discussion for the LMS, and its state.

    Written in the transaction that releases the grade, so that a crash does not lose it. A worker claims it with a
    lease, sends it outside of any transaction, and records the result only if it still holds the lease.
    """

    __tablename__ = "passback"
    __table_args__ = (UniqueConstraint("discussion_id", "person_id"), Index(None, "state", "due_at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), index=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    given: Mapped[Decimal]
    possible: Mapped[Decimal]
    comment: Mapped[str]
    submitted_at: Mapped[datetime | None]
    wanted_version: Mapped[int]
    "Counts releases. The result of sending a score counts only if no newer one was released."
    sent_version: Mapped[int]
    "The newest version that the LMS accepted; 0 before the first."
    sent_comment: Mapped[str | None]
    "The comment of that version: some platforms append every comment that they receive."
    state: Mapped[PassbackState] = mapped_column(stored_enum(PassbackState))
    attempts: Mapped[int]
    "Attempts for the newest version."
    due_at: Mapped[datetime]
    "When the next attempt is due, while pending."
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    score_timestamp: Mapped[datetime | None]
    "The AGS timestamp of the newest attempt, stored before it is sent."
    error_code: Mapped[str | None]
    "The error of the newest attempt (codes: passbacks.ports), also if it will be tried again."
    error_detail: Mapped[str]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
