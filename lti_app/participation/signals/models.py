"""The rules of a course for its signals, and the signals that were dismissed. Signals themselves are never stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person


class SignalSettings(Base):
    """The rules of one course. A course without a row has the defaults."""

    __tablename__ = "signal_settings"

    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True)
    rules: Mapped[dict[str, Any]]
    "By kind, in the stored form of SignalRules."
    version: Mapped[int]
    "Counts changes, so that an instructor does not overwrite the change of another unknowingly."


class SignalDismissal(Base):
    """A signal that an instructor has dismissed. It comes back when what it says has changed."""

    __tablename__ = "signal_dismissal"
    __table_args__ = (UniqueConstraint("course_id", "key"), Index(None, "dismissed_by_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    key: Mapped[str]
    "The kind of signal, and the ids of the discussion, person and reading that it is about."
    state: Mapped[str]
    "What the signal said then."
    dismissed_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    dismissed_at: Mapped[datetime]
