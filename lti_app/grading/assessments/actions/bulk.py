"""What graders do for several students at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_text
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import as_read, locked_or_new, replace_marks
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.rules import MAX_COMMENT, GradeEventKind
from lti_app.grading.comments.rules.saved import check_for_student
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark


def give_lowest(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    comment: str,
    now: datetime,
) -> int:
    """Save the lowest level of every criterion as a draft for these students; returns for how many.

    Students with marks or an excuse are left as they are, and so are those whom graders mark independently, and
    whoever is not an active student here. Raises PlaceholderLeft, Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    lock_rubric(session, discussion)
    check_for_student(comment)
    rubric = get_rubric(session, discussion)
    lowest = {each.id: min(each.levels, key=lambda level: level.points) for each in rubric.criteria if each.levels}
    marks = {key: CriterionMark(level.id, level.points) for key, level in lowest.items()}
    locked, blind = (
        locked_students(session, actor, discussion, person_ids, now),
        list_blind(session, actor, discussion),
    )
    ungraded = [
        each for each in locked if not each.version and each.excused_at is None and not blind.is_open(each.person_id)
    ]
    for assessment in ungraded if marks else ():
        replace_marks(session, assessment, rubric, marks)
        assessment.comment = clean_text(comment)[:MAX_COMMENT]
        assessment.version = 1
        assessment.assessed_at, assessment.assessed_by_id = now, actor.person_id
    shown = {each.id: as_read(rubric, marks) for each in ungraded}
    record(session, actor, GradeEventKind.LOWEST, ungraded if marks else (), marks=shown, now=now)
    return len(ungraded) if marks else 0


def excuse(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    is_excused: bool,
    now: datetime,
) -> int:
    """Excuse these students from being graded here, or have them graded after all; returns how many it changed.

    A grade that a student has seen already stays what it is. Raises Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    changed = switched(session, actor, discussion, person_ids, "excused_at", is_on=is_excused, now=now)
    kind = GradeEventKind.EXCUSED if is_excused else GradeEventKind.NOT_EXCUSED
    record(session, actor, kind, changed, words="", now=now)
    return len(changed)


def switched(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    since: Literal["excused_at", "withheld_at", "late_waived_at"],
    *,
    is_on: bool,
    now: datetime,
) -> list[Assessment]:
    """Turn on or off what is stored by since when it is so, for these students; the rows that it changed."""
    changed = [
        each
        for each in locked_students(session, actor, discussion, person_ids, now)
        if (getattr(each, since) is not None) != is_on
    ]
    for assessment in changed:
        setattr(assessment, since, now if is_on else None)
    return changed


def locked_students(
    session: Session, actor: Actor, discussion: DiscussionView, person_ids: Collection[int], now: datetime
) -> list[Assessment]:
    """The rows of those who are active students here, locked, always in the same order; created where needed."""
    students = session.scalars(
        select(Enrollment.person_id)
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(Enrollment.person_id)
    )
    wanted = [person_id for person_id in students if person_id in set(person_ids)]
    return locked_or_new(session, actor, discussion, wanted, now) if wanted else []
