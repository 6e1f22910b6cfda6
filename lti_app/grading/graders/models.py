"""Who grades whom, and marks that graders give independently of one another."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.groups.models import Group
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.graders.rules.blind import Agreement, BlindOutcome, BlindPurpose, SecondMarkingMode


class GraderAssignment(Base):
    """A grader takes a section, a group or a single student: in one discussion, or in all of the course."""

    __tablename__ = "grader_assignment"
    __table_args__ = (
        Index(None, "course_id"),
        index_where_filled("discussion_id"),
        Index(None, "grader_id"),
        index_where_filled("group_id"),
        index_where_filled("person_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int | None] = mapped_column(ForeignKey(Discussion.id))
    "Empty where it is for every discussion of the course."
    grader_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    group_id: Mapped[int | None] = mapped_column(ForeignKey(Group.id, ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    "The student; either this or the group is filled."
    is_second: Mapped[bool] = mapped_column(server_default=false())
    "Whether the grader is the second marker."


class SecondMarking(Base):
    """How a discussion is marked a second time. Without a row it is not."""

    __tablename__ = "second_marking"

    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id), primary_key=True)
    mode: Mapped[SecondMarkingMode] = mapped_column(stored_enum(SecondMarkingMode))
    percent: Mapped[int]
    "How much of the class a sample has."
    seed: Mapped[str]
    "Decides which students a sample has."
    agreement: Mapped[Agreement] = mapped_column(stored_enum(Agreement))
    tolerance: Mapped[Decimal]
    "By how many points of the rubric two markings may differ to be agreed without a person."


class BlindMarking(Base):
    """A student whom several graders mark without seeing one another's marks."""

    __tablename__ = "blind_marking"
    __table_args__ = (
        UniqueConstraint("discussion_id", "person_id"),
        Index(None, "course_id"),
        Index(None, "person_id"),
        index_where_filled("settled_by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    purpose: Mapped[BlindPurpose] = mapped_column(stored_enum(BlindPurpose))
    outcome: Mapped[BlindOutcome | None] = mapped_column(stored_enum(BlindOutcome))
    "Empty while it is open: until then nobody sees the marks of another, and there is no grade."
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))


class Marking(Base):
    """The marks that one grader gave a student independently. They are no grade."""

    __tablename__ = "marking"
    __table_args__ = (UniqueConstraint("blind_marking_id", "grader_id"), Index(None, "grader_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    blind_marking_id: Mapped[int] = mapped_column(ForeignKey(BlindMarking.id))
    grader_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    rubric_version: Mapped[int]
    "The version of the discussion's rubric that the grader saw."
    marks: Mapped[dict[str, Any]]
    """By the key of the criterion, which is the same in every version of the rubric: the key of the level, the points
    as text, and the comment.
    """
    comment: Mapped[str]
    note: Mapped[str]
    version: Mapped[int]
    "Counts saves."
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    "When the grader submitted it first; empty for a draft."
