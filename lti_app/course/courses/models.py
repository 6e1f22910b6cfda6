"""Courses, who is in them, and the visits that launches open."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.courses.rules import CitationStyle, Library, Role
from lti_app.course.people.models import Person


class Course(Base):
    """Everything a class does lives in one course; nothing is read across courses."""

    __tablename__ = "course"
    __table_args__ = (index_where_filled("tenant_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str]
    label: Mapped[str]
    time_zone: Mapped[str]
    "That of the instructor who came first, until somebody chooses one."
    is_zone_chosen: Mapped[bool] = mapped_column(server_default=true())
    citation_style: Mapped[CitationStyle] = mapped_column(
        stored_enum(CitationStyle), server_default=CitationStyle.HARVARD.value
    )
    "How references are written."
    library: Mapped[Library] = mapped_column(stored_enum(Library), server_default=Library.NONE.value)
    library_prefix: Mapped[str] = mapped_column(server_default="")
    "What goes before the address of a reading to reach it through the library; empty without one."
    created_at: Mapped[datetime]
    tenant_id: Mapped[int | None] = mapped_column(Id)
    "The installation of the LMS that it was first opened from: courses with the same may share rubrics."


class EarlierCourse(Base):
    """A course that another one was copied from, according to the LMS. Used only to find similar posts."""

    __tablename__ = "earlier_course"
    __table_args__ = (Index(None, "earlier_id"),)

    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True)
    earlier_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True)


class Enrollment(Base):
    """A person's part in a course. `role` decides who is listed as a student; power comes from the visit."""

    __tablename__ = "enrollment"
    __table_args__ = (UniqueConstraint("course_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    active: Mapped[bool]
    "False once a complete roster no longer names the person."
    listed_role: Mapped[Role | None] = mapped_column(stored_enum(Role))
    "The role in the newest complete roster; None if none has named the person since they came or came back."
    first_seen_at: Mapped[datetime]
    number: Mapped[int | None]
    "Tells people apart whose names the LMS withholds; None for those whose name came first."
    numbered_as: Mapped[Role | None] = mapped_column(stored_enum(Role))
    "The role in which the number was given: students are counted apart from others."
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Visit(Base):
    """One person's signed-in time in one course, opened by a launch; the cookie holds its token, we only its hash."""

    __tablename__ = "visit"
    __table_args__ = (
        Index(None, "expires_at"),
        Index(None, "person_id"),
        Index(None, "course_id", "expires_at"),
        Index(None, "created_at", "course_id"),
    )

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    "The role of this launch only: an instructor who previews as a student has a student's permissions."
    frame_origins: Mapped[str]
    "Space-separated origins of the LMS for the frame-ancestors directive."
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
