"""The secret addresses of calendars."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person


class CalendarAddress(Base):
    """One person's calendar of one course has an address. A new serial number makes every earlier address invalid."""

    __tablename__ = "calendar_address"
    __table_args__ = (UniqueConstraint("person_id", "course_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    serial: Mapped[str]
    "A random word that the signed address has too."
    is_active: Mapped[bool]
    events: Mapped[dict[str, Any]]
    "What was last told of each event, by its UID, so that programs learn what has changed (rules.StoredEvent)."
    created_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    "When a program last asked for it, to the hour."
