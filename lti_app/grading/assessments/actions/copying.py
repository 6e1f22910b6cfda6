"""Copying the grade of one student to other members of a group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import collect_members
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.bulk import locked_students
from lti_app.grading.assessments.actions.grading import as_read, replace_marks
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.grades import collect_marks
from lti_app.grading.assessments.rules import GradeEventKind, GradingStatus, StudentLine
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric


@dataclass(frozen=True)
class CopyPreview:
    """Whose grade would be copied to whom."""

    source: StudentLine
    others: tuple[StudentLine, ...]
    """The other members of the group who can be graded, in the order of class lists."""

    @property
    def total(self) -> Decimal:
        """The rubric total that is copied."""
        return self.source.total or Decimal(0)


def preview_copy(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, group_id: int
) -> CopyPreview:
    """Whose marks would be replaced if this student's were copied to the group (two statements).

    Raises NotFound for a student who has no marks or is not in the group, Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    members = collect_members(session, actor, group_id)
    lines = [each for each in list_desk(session, actor, discussion) if each.person_id in members]
    source = next((each for each in lines if each.person_id == person_id and each.is_graded), None)
    if source is None:
        raise NotFound
    others = [
        each for each in lines if each is not source and each.status is not GradingStatus.EXCUSED and not each.is_blind
    ]
    return CopyPreview(source, tuple(others))


def copy_grade(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    group_id: int,
    version: int,
    seen_versions: Mapping[int, int],
    now: datetime,
) -> int:
    """Give the marks and the comment of one student to these members of the group; returns how many it changed.

    `version` is that of the copied grade that the grader saw, and `seen_versions` has those of the grades that it
    replaces, by person id; nobody else is changed. Lateness and curves stay each student's own. Released grades stay as
    students see them. Raises AssessmentChanged, with nothing copied, if any of them has changed; NotFound for a student
    who has no marks or is not in the group; Forbidden for all but graders.
    """
    preview = preview_copy(session, actor, discussion, person_id, group_id=group_id)
    lock_rubric(session, discussion)
    chosen = {each.person_id for each in preview.others} & seen_versions.keys()
    locked = locked_students(session, actor, discussion, [person_id, *chosen], now)
    source = next(each for each in locked if each.person_id == person_id)
    targets = [each for each in locked if each.person_id != person_id]
    if source.version != version or any(each.version != seen_versions[each.person_id] for each in targets):
        raise AssessmentChanged
    rubric = get_rubric(session, discussion, version_id=source.rubric_id)
    marks = collect_marks(session, rubric, [source.id]).get(source.id, {})
    for assessment in targets:
        replace_marks(session, assessment, rubric, marks)
        assessment.comment = source.comment
        assessment.version += 1
        assessment.assessed_at, assessment.assessed_by_id = now, actor.person_id
    shown = {each.id: as_read(rubric, marks) for each in targets}
    record(session, actor, GradeEventKind.COPIED, targets, marks=shown, now=now)
    return len(targets)
