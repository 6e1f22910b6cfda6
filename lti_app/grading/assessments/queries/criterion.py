"""One criterion across the class, for graders who mark everybody on it in one pass."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.models import Assessment, GradeEvent, Mark
from lti_app.grading.assessments.rules import SEED
from lti_app.grading.rubrics.queries import list_versions
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, RubricView


@dataclass(frozen=True)
class CriterionOfClass:
    """A criterion of the rubric in use, and the marks that students have for it by any version of the rubric."""

    criterion: CriterionView
    marks: dict[int, CriterionMark]
    """By person id, in levels of the rubric in use; a comment alone is no mark."""


def list_criteria(session: Session, actor: Actor, discussion: DiscussionView) -> list[CriterionOfClass]:
    """The criteria of the rubric in use with all marks of the class (two statements).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    versions = list_versions(session, discussion)
    if not versions:
        return []
    rows = session.execute(
        select(Assessment.person_id, Mark)
        .join(Mark, Mark.assessment_id == Assessment.id)
        .where(Assessment.discussion_id == discussion.id)
    ).all()
    given = {criterion.id: criterion for rubric in versions.values() for criterion in rubric.criteria}
    found: dict[int, dict[int, CriterionMark]] = {}
    newest = next(reversed(versions.values()))
    for person_id, row in rows:
        old = given.get(row.criterion_id)
        new = old and continued(newest, old)
        mark = _translated(old, new, row) if old and new else None
        if new and mark:
            found.setdefault(new.id, {})[person_id] = mark
    return [CriterionOfClass(each, found.get(each.id, {})) for each in newest.criteria]


def get_criterion(session: Session, actor: Actor, discussion: DiscussionView, criterion_id: int) -> CriterionOfClass:
    """One of them (two statements). Raises NotFound if the rubric in use has no such criterion, Forbidden."""
    for each in list_criteria(session, actor, discussion):
        if each.criterion.id == criterion_id:
            return each
    raise NotFound


def continued(rubric: RubricView, criterion: CriterionView) -> CriterionView | None:
    """What a criterion of another version is in this one; None where it is missing."""
    return next((each for each in rubric.criteria if each.key == criterion.key), None)


def _translated(old: CriterionView, new: CriterionView, row: Mark) -> CriterionMark | None:
    """A mark by the old version in levels of the new one; None for a comment alone."""
    level = old.level(row.level_id)
    points = level.points if row.points is None and level else row.points
    if points is None:
        return None
    same = next((each for each in new.levels if level and each.key == level.key), None)
    return CriterionMark(same.id if same else None, points, row.comment)


def list_passed(
    session: Session, actor: Actor, discussion: DiscussionView, seed: str, *, person_ids: Collection[int] | None = None
) -> set[int]:
    """The students whom the actor has marked in the pass with this seed, or which of these (one statement).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    wanted = (
        select(Assessment.person_id)
        .join(GradeEvent, GradeEvent.assessment_id == Assessment.id)
        .where(Assessment.discussion_id == discussion.id, GradeEvent.by_id == actor.person_id)
        .where(GradeEvent.marks[(0, SEED)].as_string() == seed)
    )
    if person_ids is not None:
        wanted = wanted.where(Assessment.person_id.in_(person_ids))
    return set(session.scalars(wanted))
