"""The scores that the LMS must learn."""

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
    """The score of one person in one discussion as the LMS must learn it: the newest one wanted, and what became of it.

    Written in the transaction that releases the grade, so that no crash loses it. A worker claims it by a lease, sends
    it outside any transaction, and writes back only while the lease is still its own.
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
    "Grows with each release; what is sent counts only while it is still the one wanted."
    sent_version: Mapped[int]
    "The newest version that the LMS is known to have accepted; 0 before the first."
    sent_comment: Mapped[str | None]
    "The comment of that version: some platforms append a comment each time they get it."
    state: Mapped[PassbackState] = mapped_column(stored_enum(PassbackState))
    attempts: Mapped[int]
    "Tries of the wanted version."
    due_at: Mapped[datetime]
    "When to try next, while pending."
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    score_timestamp: Mapped[datetime | None]
    "The AGS timestamp of the newest try, stored before it is sent."
    error_code: Mapped[str | None]
    "As in passbacks.ports; of the newest try, also while it will be tried again."
    error_detail: Mapped[str]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
