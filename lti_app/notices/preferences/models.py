"""The choices of each person in each course."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.notices.preferences.rules import Frequency


class NoticePreference(Base):
    """How often one person gets mail from one course. Without a row, the defaults of MailPreferences apply."""

    __tablename__ = "notice_preference"
    __table_args__ = (UniqueConstraint("person_id", "course_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    frequency: Mapped[Frequency] = mapped_column(stored_enum(Frequency))
    quiet_from: Mapped[int | None]
    "The hour of the day, by the person's clock; empty for no quiet hours."
    quiet_to: Mapped[int | None]
    changed_at: Mapped[datetime]
