"""Comments that graders have saved to use again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person


class SavedComment(Base):
    """A comment that one grader uses again in one course. Nobody else sees it before it is part of a grade."""

    __tablename__ = "saved_comment"
    __table_args__ = (Index(None, "course_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    "The grader."
    text: Mapped[str]
    "May have placeholders in braces."
    criterion: Mapped[str]
    "The title of the criterion that it is for; empty for any, and for the comment on the work as a whole."
    level: Mapped[str]
    "The level of that criterion that it is for; empty for any."
    saved_at: Mapped[datetime]
