"""The versions of the rule by which participation is counted, and what new discussions of a course begin with."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, index_where_filled
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion


class RequirementVersion(Base):
    """What a discussion required from one change to the next. Written once, never changed."""

    __tablename__ = "requirement_version"
    __table_args__ = (UniqueConstraint("discussion_id", "number"), index_where_filled("made_by_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    number: Mapped[int]
    "Counts from 1."
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    "The stored form of versions.rules."
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    "Who made it; None for the rule before the first change that was recorded."
    made_at: Mapped[datetime | None]


class CourseRequirements(Base):
    """The requirements that new discussions of a course begin with."""

    __tablename__ = "course_requirements"
    __table_args__ = (Index(None, "saved_by_id"),)

    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True, autoincrement=False)
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    "In the stored form of a discussion, without dates."
    saved_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    saved_at: Mapped[datetime]
