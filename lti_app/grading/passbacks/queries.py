"""The state of scores for the LMS."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, null, or_, select
from sqlalchemy.orm import Session

from lti_app.core.wording import Phrase
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.passbacks.models import TABLES, GradebookColumns, Passback, ScoreRow, accepted_by_lms, pair
from lti_app.grading.passbacks.rules.columns import read_columns, settled
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns, read_parts
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.passbacks.rules.states import TO_REPORT, GradebookStanding, PassbackState, ReadBack, ScoreKind
from lti_app.grading.passbacks.rules.wording import ADVICE, problem_of


@dataclass(frozen=True)
class GradebookProblem:
    """What stands in the way of so many scores of a discussion."""

    course_id: int
    discussion_id: int
    course: str
    discussion: str
    standing: GradebookStanding
    error_code: str | None
    count: int
    since: datetime
    """When the first of them was released."""
    kind: ScoreKind = ScoreKind.GRADE

    @property
    def words(self) -> Phrase | None:
        """The sentence that instructors read."""
        return problem_of(self.error_code) if self.error_code else ADVICE.get(self.standing)


def get_passback(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> PassbackReport | None:
    """The state of one person's score; None before the first release. Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    row = session.scalar(
        select(Passback).where(Passback.discussion_id == discussion.id, Passback.person_id == person_id)
    )
    return report_of(row) if row is not None else None


def get_column_plan(session: Session, discussion: DiscussionView) -> ColumnPlan:
    """Which columns the grades of a discussion go to (one statement). A DiscussionView comes only from the gate."""
    return column_plan_of(session, discussion.id)


def column_plan_of(session: Session, discussion_id: int) -> ColumnPlan:
    """The same for a discussion that nobody has opened (one statement)."""
    row = session.get(GradebookColumns, discussion_id)
    if row is None:
        return ColumnPlan()
    first_post, replies = row.names
    return ColumnPlan(row.columns, frozenset(row.reply_criteria), (first_post, replies))


def get_columns_to_choose(session: Session, discussion: DiscussionView) -> GradeColumns | None:
    """Which columns the grades of a discussion go to; None once a grade was released, so that they cannot be changed
    (one statement).
    """
    is_in_use = exists().where(Passback.discussion_id == discussion.id)
    chosen = select(GradebookColumns.columns).where(GradebookColumns.discussion_id == discussion.id)
    row = session.execute(select(is_in_use, chosen.scalar_subquery())).one()
    return None if row[0] else GradeColumns(row[1] or GradeColumns.ONE)


def has_scores(session: Session, discussion: DiscussionView) -> bool:
    """Whether any grade of the discussion was released, so that its columns cannot be changed."""
    return session.scalar(select(Passback.id).where(Passback.discussion_id == discussion.id).limit(1)) is not None


def next_passback_due(session: Session) -> datetime | None:
    """When the next pending score is due and not leased by a worker; None if nothing is pending (one statement)."""

    def earliest(table: type[ScoreRow]) -> Any:
        held = table.lease_until > table.due_at
        free_at: ColumnElement[datetime] = case((held, table.lease_until), else_=table.due_at)
        return _earliest(free_at, table.state == PassbackState.PENDING)

    return _first(session, earliest)


def next_check_due(session: Session) -> datetime | None:
    """When the next accepted score is to be read back; None for none (one statement)."""

    def earliest(table: type[ScoreRow]) -> Any:
        is_wanted = table.check_due_at.is_not(None) & (table.state == PassbackState.SENT)
        return _earliest(table.check_due_at, is_wanted)

    return _first(session, earliest)


def _earliest(moment: Any, is_wanted: ColumnElement[bool]) -> Any:
    return select(func.min(moment)).where(is_wanted).scalar_subquery()


def _first(session: Session, earliest: Callable[[type[ScoreRow]], Any]) -> datetime | None:
    """The earliest moment over the scores of all kinds."""
    found = session.execute(select(*(earliest(table) for table in TABLES.values()))).one()
    return min((moment for moment in found if moment is not None), default=None)


def list_problems(session: Session) -> list[GradebookProblem]:
    """What stands in the way of scores in all courses, the largest number first: for whoever runs the tool (one
    statement for each kind of score).
    """
    found = [problem for kind in TABLES for problem in _problems_of(session, kind)]
    return sorted(found, key=lambda problem: (-problem.count, problem.discussion_id))


def _problems_of(session: Session, kind: ScoreKind) -> list[GradebookProblem]:
    table = TABLES[kind]
    is_behind = (table.state == PassbackState.PENDING) & table.error_code.is_not(None)
    is_elsewhere = (table.state == PassbackState.SENT) & table.read_back.in_(TO_REPORT)
    stopped = table.state.in_((PassbackState.REFUSED, PassbackState.HELD))
    # What the LMS showed of an earlier score says nothing about one that was not accepted.
    read_back: ColumnElement[ReadBack | None] = case((table.state == PassbackState.SENT, table.read_back), else_=null())
    found = (table.course_id, table.discussion_id, table.state, read_back, table.error_code)
    rows = session.execute(
        select(*found, Course.title, Discussion.title, func.count(), func.min(table.queued_at))
        .join(Course, Course.id == table.course_id)
        .join(Discussion, Discussion.id == table.discussion_id)
        .where(or_(is_behind, is_elsewhere, stopped))
        .group_by(*found, Course.title, Discussion.title)
    )
    return [
        GradebookProblem(
            course_id=course_id,
            discussion_id=discussion_id,
            course=course,
            discussion=discussion,
            standing=GradebookStanding(shown.value if shown else state.value),
            error_code=code,
            count=count,
            since=since,
            kind=kind,
        )
        for course_id, discussion_id, state, shown, code, course, discussion, count, since in rows
    ]


def reported_of(table: type[ScoreRow]) -> tuple[Any, ...]:
    """The columns of a table of scores that `report_of` reads: for a class, they cost half of what whole rows do."""
    return (
        *(table.state, table.read_back, table.given, table.possible),
        *(table.shown_given, table.shown_possible, table.columns, table.error_code, table.error_detail),
        *(table.attempts, table.due_at, table.queued_at, table.sent_at, table.checked_at),
        *(table.sent_given, table.sent_possible, table.sent_version, table.wanted_version, table.parts),
    )


REPORTED = reported_of(Passback)
"""These columns of the grades."""


def report_of(row: Any) -> PassbackReport:
    """What graders are told of a score, from a row of its table or from one with the columns of `reported_of`."""
    return PassbackReport(
        state=row.state,
        read_back=row.read_back,
        given=row.given,
        possible=row.possible,
        shown=pair(row.shown_given, row.shown_possible),
        error_code=row.error_code,
        error_detail=row.error_detail,
        attempts=row.attempts,
        due_at=row.due_at,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
        checked_at=row.checked_at,
        columns=settled(read_columns(row.columns), row.read_back),
        accepted=accepted_by_lms(row),
        version=row.wanted_version,
        parts=read_parts(row.parts),
    )
