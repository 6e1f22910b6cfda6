"""Marks and grades, for graders and for the graded student."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from lti_app.core.statements import fetch_tuples, row_type
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.curves import CurveLine
from lti_app.grading.adjustments.rules.given import GradeBasis
from lti_app.grading.adjustments.rules.late import LateLine
from lti_app.grading.adjustments.rules.stored import lines_from_stored
from lti_app.grading.assessments.models import Assessment, Mark, Release
from lti_app.grading.assessments.queries.given import basis_of
from lti_app.grading.assessments.queries.post_comments import PostCommentView, released_comments
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.queries import REPORTED, report_of
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, CriterionMark, RubricView

_OF_RELEASE = (
    *(Release.given, Release.possible, Release.comment, Release.comment_html, Release.marks),
    *(Release.post_comments, Release.total, Release.lines, Release.released_at),
)
_release_row = row_type(tuple(column.key for column in _OF_RELEASE))._make
_report_row = row_type(tuple(column.key for column in REPORTED))._make
_RELEASED: Select[Any] = (
    select(*_OF_RELEASE, *REPORTED)
    .join(Assessment, Assessment.id == Release.assessment_id)
    .outerjoin(
        Passback,
        (Passback.discussion_id == Assessment.discussion_id) & (Passback.person_id == Assessment.person_id),
    )
    .where(
        Assessment.discussion_id == bindparam("discussion_id"),
        Assessment.person_id == bindparam("person_id"),
        Release.version == Assessment.released_version,
    )
)


NOTHING_YET = GradeBasis(None, Decimal(0))


@dataclass(frozen=True)
class AssessmentView:
    """A student's marks, as graders see them."""

    marks: dict[int, CriterionMark]
    """By criterion id."""
    rubric: RubricView
    """The version of the rubric that they were given by; before the first save, the one in use."""
    comment: str
    note: str
    """For graders; the student never sees it."""
    total: Decimal
    is_complete: bool
    version: int
    """0 before the first save."""
    assessed_at: datetime | None
    assessed_by: str
    """The name of the grader who saved last; empty before the first save."""
    released_version: int | None
    released_given: Decimal | None
    released_at: datetime | None
    basis: GradeBasis = NOTHING_YET
    """What the given points depend on."""
    adjusted_at: datetime | None = None
    """When the late reduction or the curve was last changed."""
    is_held: bool = False
    """Whether it is held back from releases of several grades."""

    @property
    def changed_at(self) -> datetime | None:
        """When it was last changed in any way."""
        return max((at for at in (self.assessed_at, self.adjusted_at) if at), default=None)


@dataclass(frozen=True)
class ReleasedMark:
    """One criterion of a released grade, as it was then."""

    title: str
    level: str
    description: str
    """What the level means, where it has a name besides."""
    points: Decimal | None
    """Empty where there is a comment alone."""
    maximum: Decimal
    comment: str
    counts: bool
    comment_html: str = ""
    """The comment with its formatting; empty where it has none."""


@dataclass(frozen=True)
class ReleasedGrade:
    """A grade as the student sees it."""

    given: Decimal
    possible: Decimal
    comment: str
    marks: tuple[ReleasedMark, ...]
    released_at: datetime
    comment_html: str = ""
    """The comment with its formatting; empty where it has none."""
    post_comments: tuple[PostCommentView, ...] = ()
    delivery: PassbackReport | None = None
    """What became of it in the gradebook of the LMS."""
    total: Decimal | None = None
    """The rubric total; None for a grade that an earlier version of this software released."""
    late: LateLine | None = None
    curve: CurveLine | None = None


_OF_ASSESSMENT = (
    *(Assessment.comment, Assessment.note, Assessment.total, Assessment.is_complete, Assessment.version),
    *(Assessment.assessed_at, Assessment.released_version, Assessment.released_given, Assessment.released_at),
    *(Assessment.rubric_id, Assessment.late_waived_at, Assessment.curve, Assessment.late_rule),
    *(Assessment.adjusted_at, Assessment.withheld_at),
)
_OF_MARK = (Mark.criterion_id, Mark.level_id, Mark.points, Mark.comment)
_assessment_row = row_type(tuple(column.key for column in _OF_ASSESSMENT))._make
_mark_row = row_type(tuple(column.key for column in _OF_MARK))._make
_MARKED: Select[Any] = (
    select(Person.name, *_OF_ASSESSMENT, *_OF_MARK)
    .select_from(Assessment)
    .join(Person, Person.id == Assessment.assessed_by_id)
    .outerjoin(Mark, Mark.assessment_id == Assessment.id)
    .where(
        Assessment.discussion_id == bindparam("discussion_id"),
        Assessment.person_id == bindparam("person_id"),
    )
)


def get_assessment(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    versions: dict[int, RubricView] | None = None,
) -> AssessmentView:
    """A student's marks, with version 0 before the first save, and the rubric they were given by (two statements; one
    if the `versions` of the discussion's rubric are known).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = fetch_tuples(session, _MARKED, {"discussion_id": discussion.id, "person_id": person_id})
    end = 1 + len(_OF_ASSESSMENT)
    row, found = _assessment_row(rows[0][1:end]) if rows else None, [each[end:] for each in rows]
    version_id = row.rubric_id if row else None
    if versions is None:
        rubric = get_rubric(session, discussion, version_id=version_id)
    else:
        rubric = versions[version_id] if version_id else next(reversed(versions.values()), NO_RUBRIC)
    if row is None:
        return AssessmentView({}, rubric, "", "", Decimal(0), False, 0, None, "", None, None, None)
    return AssessmentView(
        marks={mark.criterion_id: _mark(mark, rubric) for mark in map(_mark_row, found) if mark.criterion_id},
        rubric=rubric,
        comment=row.comment,
        note=row.note,
        total=row.total,
        is_complete=row.is_complete,
        version=row.version,
        assessed_at=row.assessed_at,
        assessed_by=rows[0][0],
        released_version=row.released_version,
        released_given=row.released_given,
        released_at=row.released_at,
        basis=basis_of(row),
        adjusted_at=row.adjusted_at,
        is_held=row.withheld_at is not None,
    )


def collect_marks(
    session: Session, rubric: RubricView, assessment_ids: Collection[int]
) -> dict[int, dict[int, CriterionMark]]:
    """The marks of assessments that were given by this rubric, by criterion id, by assessment id (one statement).

    Called with assessments that a gate or a lock has answered with.
    """
    marks: dict[int, dict[int, CriterionMark]] = {}
    for row in session.scalars(select(Mark).where(Mark.assessment_id.in_(assessment_ids))):
        marks.setdefault(row.assessment_id, {})[row.criterion_id] = _mark(row, rubric)
    return marks


def _mark(row: Any, rubric: RubricView) -> CriterionMark:
    level = next((found for each in rubric.criteria if (found := each.level(row.level_id))), None)
    points = level.points if row.points is None and level else row.points
    return CriterionMark(row.level_id, points, row.comment)


def get_released_grade(session: Session, actor: Actor, discussion: DiscussionView) -> ReleasedGrade | None:
    """The actor's own grade as last released; None before the first release (one statement)."""
    values = {"discussion_id": discussion.id, "person_id": actor.person_id}
    found = next(iter(fetch_tuples(session, _RELEASED, values)), None)
    if found is None:
        return None
    release, passback = found[: len(_OF_RELEASE)], found[len(_OF_RELEASE) :]
    return released_grade(_release_row(release), _report_row(passback) if any(passback) else None)


def released_grade(row: Any, passback: Any) -> ReleasedGrade:
    """A released grade as the student sees it, from its rows, or from rows with the columns that are read here."""
    marks = tuple(released_mark(mark) for mark in row.marks)
    delivery = report_of(passback) if passback is not None else None
    late, curve = lines_from_stored(row.lines)
    return ReleasedGrade(
        given=row.given,
        possible=row.possible,
        comment=row.comment,
        marks=marks,
        released_at=row.released_at,
        comment_html=row.comment_html or "",
        post_comments=released_comments(row.post_comments),
        delivery=delivery,
        total=row.total,
        late=late,
        curve=curve,
    )


def released_mark(mark: dict[str, Any]) -> ReleasedMark:
    """A mark as it was stored when it was given."""
    return ReleasedMark(
        title=mark["title"],
        level=mark["level"],
        description=mark.get("description", ""),
        points=Decimal(mark["points"]) if mark["points"] else None,
        maximum=Decimal(mark["maximum"]),
        comment=mark.get("comment", ""),
        counts=mark.get("counts", True),
        comment_html=mark.get("comment_html", ""),
    )
