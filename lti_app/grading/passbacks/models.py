"""Scores for the gradebook of the LMS."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.rules.columns import read_columns
from lti_app.grading.passbacks.rules.parts import GradeColumns, read_parts
from lti_app.grading.passbacks.rules.results import Known
from lti_app.grading.passbacks.rules.states import InColumn, PassbackState, ReadBack, ScoreKind, Shown


class GradebookColumns(Base):
    """Which columns of the gradebook the grades of a discussion go to, where it is not one for the whole."""

    __tablename__ = "gradebook_columns"

    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id), primary_key=True, autoincrement=False)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), index=True)
    columns: Mapped[GradeColumns] = mapped_column(stored_enum(GradeColumns))
    reply_criteria: Mapped[list[Any]] = mapped_column(JSON)
    "The keys of the criteria whose points go to the column of the replies; the others go to that of the first post."
    names: Mapped[list[Any]] = mapped_column(JSON)
    "What the columns of the first post and of the replies are called."


class ScoreRow(Base):
    """The newest score of one person in one discussion for the LMS, and its state.

    Written in the transaction that releases the score, so that a crash does not lose it. A worker claims it with a
    lease, sends it outside of any transaction, and records the result only if it still holds the lease.

    Each kind of score has a table with these columns. One table for all would need another unique key than the release
    before this one inserts by, and that release's worker, which runs beside this one during an upgrade, would send
    points as grades.
    """

    __abstract__ = True

    @declared_attr.directive
    def __table_args__(self) -> tuple[Any, ...]:
        """The key by which a score replaces an earlier one, and what workers look for."""
        return (
            UniqueConstraint("discussion_id", "person_id"),
            Index(None, "state", "due_at"),
            index_where_filled("check_due_at"),
        )

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
    sent_given: Mapped[Decimal | None]
    "The points that the LMS accepted last; empty before the first, and for scores of before they were stored."
    sent_possible: Mapped[Decimal | None]
    parts: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    "The parts that go to columns of their own (rules.parts); None where the whole goes to one."
    sent_parts: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    "The parts that the LMS accepted last."
    sent_submitted_at: Mapped[datetime | None]
    "The time of handing in that the LMS accepted last."
    sends_unseen: Mapped[bool] = mapped_column(server_default=false())
    """Whether the next attempt goes out without a look at what the LMS shows: that may be ours, from an attempt that
    ended without an answer, or an instructor has chosen our grade.
    """
    read_back: Mapped[ReadBack] = mapped_column(stored_enum(ReadBack), server_default=ReadBack.UNCHECKED.value)
    shown_given: Mapped[Decimal | None]
    "What the LMS showed when it was last asked, in the points of its column; of several columns, the worst one."
    shown_possible: Mapped[Decimal | None]
    columns: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    "What each column showed where there are several (rules.columns); None where there is one."
    checked_at: Mapped[datetime | None]
    check_due_at: Mapped[datetime | None]
    "When to read the score back; while a worker does so, when another may."
    checks: Mapped[int] = mapped_column(server_default="0")
    "Readings since the score was sent."
    resends: Mapped[int] = mapped_column(server_default="0")
    "How often the newest version was sent again because its column had lost it."

    @property
    def shown(self) -> Shown | None:
        """What the LMS showed when it was last asked."""
        return pair(self.shown_given, self.shown_possible)

    @property
    def sent(self) -> Shown | None:
        """What the LMS accepted last. None before the first; a row of an earlier release may not say."""
        return accepted_by_lms(self)

    @property
    def known(self) -> Known | None:
        """What we know of the accepted score; None before the first."""
        if self.sent is None:
            return None
        return Known(self.sent, self.read_back, self.shown, self.resends, self.in_columns, read_parts(self.sent_parts))

    @property
    def in_columns(self) -> tuple[InColumn, ...]:
        """What each of several columns showed when it was last read."""
        return read_columns(self.columns)


class Passback(ScoreRow):
    """A released grade for the LMS."""

    __tablename__ = "passback"


class PointsPassback(ScoreRow):
    """The points of participation requirements for a gradebook column of their own.

    `given` and `possible` are what the column gets: where something was excused, the points in proportion to the points
    of all requirements, so that every student's score has the same maximum.
    """

    __tablename__ = "points_passback"

    earned: Mapped[Decimal]
    "The points as they were counted."
    countable: Mapped[Decimal]
    "The points that the student could have: fewer than `possible` where something was excused."
    rule_version: Mapped[int]
    "The version of the rule that counted them; 0 before the first was recorded."


TABLES: dict[ScoreKind, type[ScoreRow]] = {ScoreKind.GRADE: Passback, ScoreKind.POINTS: PointsPassback}
"""Where the scores of each kind are."""


def accepted_by_lms(row: Any) -> Shown | None:
    """What the LMS accepted last, from a Passback or from its columns."""
    if row.sent_given is None and 0 < row.sent_version == row.wanted_version:
        return Shown(row.given, row.possible)
    return pair(row.sent_given, row.sent_possible)


def pair(given: Decimal | None, possible: Decimal | None) -> Shown | None:
    """Points with their maximum, where both are known."""
    return None if given is None or possible is None else Shown(given, possible)
