"""Changing the rubric of a discussion, and what becomes of the marks that were given by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import as_read, locked_assessments, replace_marks, with_points
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.errors import RubricInUse
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.given import basis_of, given_now, is_timed
from lti_app.grading.assessments.queries.grades import collect_marks
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.reviews.queries.overview import collect_used_versions
from lti_app.grading.rubrics.actions.library import valid
from lti_app.grading.rubrics.actions.store import forget_versions, lock_rubric, store_rubric
from lti_app.grading.rubrics.errors import RubricChanged
from lti_app.grading.rubrics.queries import list_versions, newest_rubric
from lti_app.grading.rubrics.rules.continuing import carried, continuing, settled
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, CriterionMark, RubricView
from lti_app.grading.rubrics.rules.plans import RubricPlan, plan_of
from lti_app.participation.progress.queries import collect_class_verdicts


class Regrading(StrEnum):
    """What becomes of work that is graded already when the rubric changes."""

    RESCORE = "rescore"
    """Its marks are carried over to the new version."""
    UNGRADED_ONLY = "ungraded_only"
    """It keeps the version that it was graded by."""


@dataclass(frozen=True)
class RescoredLine:
    """What a change of the rubric would do to the grade of one student."""

    name: str
    """As the grading desk shows it: a pseudonym in blind grading."""
    total: Decimal
    maximum: Decimal
    new_total: Decimal
    new_maximum: Decimal
    becomes_incomplete: bool
    given: Decimal
    """In points of the gradebook column, as `new_given` is."""
    new_given: Decimal
    is_released: bool

    @property
    def is_same(self) -> bool:
        """Whether the grade would stay as it is."""
        return (self.total, self.given, self.becomes_incomplete) == (self.new_total, self.new_given, False)


def change_rubric(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    plan: RubricPlan,
    *,
    version: int,
    regrading: Regrading | None = None,
    now: datetime,
) -> None:
    """Store a new version of a discussion's rubric. Released grades stay as students see them.

    `version` is that of the rubric the instructor saw, 0 for none. Raises RubricInUse if anybody is graded and
    `regrading` does not say what becomes of it; RubricChanged, RubricInvalid, Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    plan = valid(plan)
    lock_rubric(session, discussion, to_change=True)
    versions = list_versions(session, discussion)
    before = next(reversed(versions.values()), NO_RUBRIC)
    if before.version != version:
        raise RubricChanged
    plan = continuing(plan, before)
    if plan == plan_of(before):
        return
    assessments = session.scalars(locked_assessments(discussion)).all()
    graded = [each for each in assessments if each.version]
    if graded and regrading is None:
        raise RubricInUse
    for assessment in graded:
        assessment.rubric_id = assessment.rubric_id or before.id
    stored = store_rubric(session, plan, discussion_id=discussion.id, version=before.version + 1)
    if regrading is Regrading.RESCORE:
        shown = _rescore(session, discussion, graded, versions)
        record(session, actor, GradeEventKind.RESCORED, graded, marks=shown, now=now)
    session.flush()
    kept = {each.rubric_id for each in graded if each.rubric_id} | collect_used_versions(session, discussion)
    forget_versions(session, discussion, kept=kept | {stored})


def _rescore(
    session: Session, discussion: DiscussionView, graded: list[Assessment], versions: Mapping[int, RubricView]
) -> dict[int, list[dict[str, str | bool]]]:
    """Carry the marks over to the newest version; returns them as the history shows them, by assessment id."""
    after, shown = newest_rubric(session, discussion.id), {}
    for rubric_id, rubric in versions.items():
        own = [each for each in graded if each.rubric_id == rubric_id]
        marks = collect_marks(session, rubric, [each.id for each in own])
        for assessment in own:
            new = carried(rubric, after, marks.get(assessment.id, {}))
            replace_marks(session, assessment, after, new)
            assessment.version += 1
            shown[assessment.id] = as_read(after, new)
    return shown


def preview_rescoring(
    session: Session, actor: Actor, discussion: DiscussionView, plan: RubricPlan, *, now: datetime
) -> list[RescoredLine]:
    """What re-scoring by this rubric would do to each student who is graded, in the order of class lists.

    Its cost does not depend on how many they are. Raises Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    versions = list_versions(session, discussion)
    newest = next(reversed(versions.values()), NO_RUBRIC)
    after = continuing(settled(plan), newest).numbered()
    rows = session.scalars(_graded(discussion)).all()
    bases = {row.person_id: basis_of(row) for row in rows}
    is_late = is_timed(discussion, bases)
    verdicts_of = collect_class_verdicts(session, actor, discussion, now=now) if is_late else None

    def given_by(row: Assessment, rubric: RubricView, total: Decimal) -> Decimal:
        verdicts = verdicts_of(row.person_id) if verdicts_of else None
        return given_now(discussion, replace(bases[row.person_id], total=total), rubric, verdicts).given

    lines = []
    for version_id, before in versions.items():
        own = [row for row in rows if (row.rubric_id or newest.id) == version_id]
        marks = collect_marks(session, before, [row.id for row in own])
        lines += [(row.person_id, _line(row, before, after, marks.get(row.id, {}), given_by)) for row in own]
    found = dict(lines)
    students = list_desk(session, actor, discussion)
    return [replace(found[each.person_id], name=each.name) for each in students if each.person_id in found]


def _line(
    row: Assessment,
    before: RubricView,
    after: RubricView,
    marks: Mapping[int, CriterionMark],
    given_by: Callable[[Assessment, RubricView, Decimal], Decimal],
) -> RescoredLine:
    new = carried(before, after, marks)
    total = after.total(new)
    return RescoredLine(
        name="",
        total=row.total,
        maximum=before.maximum,
        new_total=total,
        new_maximum=after.maximum,
        becomes_incomplete=row.is_complete and not after.is_complete(with_points(new)),
        given=given_by(row, before, row.total),
        new_given=given_by(row, after, total),
        is_released=row.released_version is not None,
    )


def _graded(discussion: DiscussionView) -> Select[Assessment]:
    return select(Assessment).where(Assessment.discussion_id == discussion.id, Assessment.version > 0)


def is_graded(session: Session, discussion: DiscussionView) -> bool:
    """Whether anybody in the discussion has marks."""
    return session.scalar(_graded(discussion).limit(1)) is not None
