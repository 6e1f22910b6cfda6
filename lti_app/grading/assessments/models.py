"""Marks, grades and releases."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.models import Post
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.rubrics.models import Criterion, Level, Rubric

_IS_EXCUSED = text("excused_at IS NOT NULL")


class Assessment(Base):
    """One student's marks in one discussion, as graders see them. The student sees the newest Release."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("discussion_id", "person_id"),
        Index(None, "person_id"),
        Index(None, "assessed_by_id"),
        Index(None, "course_id", postgresql_where=_IS_EXCUSED, sqlite_where=_IS_EXCUSED),
        index_where_filled("rubric_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    rubric_id: Mapped[int | None] = mapped_column(ForeignKey(Rubric.id))
    "The version of the rubric that it was marked with; empty for the one in use, in rows of an earlier release."
    comment: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    "For graders; the student never sees it."
    total: Mapped[Decimal]
    "The sum of the marks so far, in points of the rubric."
    is_complete: Mapped[bool]
    "Whether every criterion that counts is marked."
    version: Mapped[int]
    "Counts saves, so that a grader does not overwrite the marks of another unknowingly."
    assessed_at: Mapped[datetime]
    assessed_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    released_version: Mapped[int | None]
    "The version that is released; None before the first release."
    released_given: Mapped[Decimal | None]
    released_at: Mapped[datetime | None]
    excused_at: Mapped[datetime | None]
    "Since when the student need not be graded here; empty for everybody else."
    late_waived_at: Mapped[datetime | None]
    "Since when lateness takes nothing off this grade."
    late_rule: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    "The late rule of before that stays with this grade, as `{'rule': …}`; empty where that of the discussion applies."
    curve: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    "The curve that changes the grade, in the stored form of `adjustments`."
    withheld_at: Mapped[datetime | None]
    "Since when the grade is held back from releases of several grades."
    adjusted_at: Mapped[datetime | None]
    "When the late reduction or the curve was last changed."


class Mark(Base):
    """What a grader chose for one criterion."""

    __tablename__ = "mark"
    __table_args__ = (
        UniqueConstraint("assessment_id", "criterion_id"),
        Index(None, "criterion_id"),
        Index(None, "level_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(Assessment.id))
    criterion_id: Mapped[int] = mapped_column(ForeignKey(Criterion.id))
    level_id: Mapped[int | None] = mapped_column(ForeignKey(Level.id))
    "Empty where there is a comment alone."
    points: Mapped[Decimal | None]
    "Empty where there is a comment alone, and in rows of an earlier release, whose points are those of the level."
    comment: Mapped[str] = mapped_column(server_default="")


class Release(Base):
    """A released grade: when, by whom, with which comment. Written once, never changed."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("assessment_id", "version"),
        Index(None, "released_by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(Assessment.id))
    version: Mapped[int]
    "The version of the assessment when it was released."
    given: Mapped[Decimal]
    "The maximum of the gradebook column."
    possible: Mapped[Decimal]
    comment: Mapped[str]
    "In plain text, as the LMS gets it."
    comment_html: Mapped[str | None]
    "With its formatting, sanitized; empty if it has none, and in rows of an earlier release."
    marks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """The criteria at that time: title, level, points and maximum, with points as text; in newer rows also the
    level's description, the comment in plain text and as HTML where it is formatted, and whether it counts.
    """
    post_comments: Mapped[list[Any] | None] = mapped_column(JSON)
    "The comments on posts at that time, as in PostComment; empty in rows of an earlier release."
    total: Mapped[Decimal | None]
    "The rubric total; empty in rows of an earlier release."
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    "What changed the grade after the rubric total: lateness and the curve, as they were then."
    rule_version: Mapped[int | None]
    "The version of the rule by which participation was counted; empty in rows of an earlier release."
    released_at: Mapped[datetime]
    released_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))


class PostComment(Base):
    """A grader's comment on words of a post of the student, found again as in comments.rules.anchors.Anchor.

    A draft like the rest of the assessment: each release has a copy of its own.
    """

    __tablename__ = "post_comment"
    __table_args__ = (Index(None, "assessment_id"), Index(None, "post_id"), Index(None, "by_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(Assessment.id))
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    post_version: Mapped[int]
    "The version of the post that the grader saw."
    exact: Mapped[str]
    "The quoted words; empty for the post as a whole."
    prefix: Mapped[str]
    suffix: Mapped[str]
    text: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    written_at: Mapped[datetime]


class GradeEvent(Base):
    """What somebody did with a grade. Written once, never changed."""

    __tablename__ = "grade_event"
    __table_args__ = (Index(None, "assessment_id"), Index(None, "by_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(Assessment.id))
    kind: Mapped[GradeEventKind] = mapped_column(stored_enum(GradeEventKind))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    version: Mapped[int]
    "The version of the assessment after it."
    total: Mapped[Decimal | None]
    "The total after it, in points of the rubric; of a release, the points of the gradebook column."
    words: Mapped[str]
    "The comment to the student, or the reason."
    marks: Mapped[list[Any]] = mapped_column(JSON)
    "As in Release, where it changed them."
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    "As in Release, of a release and of a curve."


class SecondLook(Base):
    """A student asks for a second look at a released grade, and what a grader answered."""

    __tablename__ = "second_look"
    __table_args__ = (Index(None, "assessment_id"), index_where_filled("answered_by_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(Assessment.id))
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
