"""Marking one criterion of a student, and nothing else."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import (
    as_read,
    for_student,
    limited,
    locked_or_new,
    refuse_while_blind,
    replace_marks,
)
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.errors import AssessmentChanged, MarkMissing
from lti_app.grading.assessments.queries.criterion import continued, list_passed
from lti_app.grading.assessments.queries.grades import collect_marks
from lti_app.grading.assessments.rules import MAX_CRITERION_COMMENT, SEED, GradeEventKind
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric, list_versions
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, RubricView


def mark_criterion(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    criterion_id: int,
    mark: CriterionMark,
    version: int,
    seed: str,
    now: datetime,
) -> None:
    """Save a student's mark of one criterion in the pass with this seed; the rest of the grade stays as it is.

    The grader has not seen the earlier mark, so its comment stays, and what they write is added to it; once the pass
    has marked the student, they have, and it is replaced. Raises MarkMissing without a level or points;
    AssessmentChanged if another grader has saved since `version`; MarkedIndependently; CommentTooLong; PlaceholderLeft;
    NotFound for a
    person who is not a student here, and for a criterion that is not of the rubric they are graded by; Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    lock_rubric(session, discussion)
    wanted = _criterion_of(session, discussion, criterion_id)
    (assessment,) = locked_or_new(session, actor, discussion, [person_id], now)
    refuse_while_blind(session, actor, discussion, person_id)
    rubric = get_rubric(session, discussion, version_id=assessment.rubric_id)
    criterion = continued(rubric, wanted)
    if criterion is None:
        raise NotFound
    before = collect_marks(session, rubric, [assessment.id]).get(assessment.id, {})
    is_passed = person_id in list_passed(session, actor, discussion, seed, person_ids=[person_id])
    old = before.get(criterion.id, CriterionMark())
    new = _settled(criterion, mark, CriterionMark() if is_passed else old)
    if new == old and is_passed:
        return  # also the second of two clicks
    if assessment.version != version:
        raise AssessmentChanged
    if new != old or not assessment.version:
        replace_marks(session, assessment, rubric, {**before, criterion.id: new})
        assessment.version += 1
        assessment.assessed_at, assessment.assessed_by_id = now, actor.person_id
    read = [{**each, SEED: seed} for each in as_read(rubric, {criterion.id: new})]
    record(session, actor, GradeEventKind.SAVED, [assessment], words="", marks={assessment.id: read}, now=now)


def _criterion_of(session: Session, discussion: DiscussionView, criterion_id: int) -> CriterionView:
    versions: list[RubricView] = list(list_versions(session, discussion).values())
    for each in (criterion for rubric in versions for criterion in rubric.criteria):
        if each.id == criterion_id:
            return each
    raise NotFound


def _settled(criterion: CriterionView, mark: CriterionMark, unseen: CriterionMark) -> CriterionMark:
    new = criterion.settled(mark)
    if new.points is None:
        raise MarkMissing
    comment = for_student(new.comment, MAX_CRITERION_COMMENT)
    if unseen.comment and comment != unseen.comment:
        comment = limited(f"{unseen.comment}\n{comment}", MAX_CRITERION_COMMENT)
    return replace(new, comment=comment)
