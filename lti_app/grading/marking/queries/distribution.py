"""How the grades of each grader are distributed, for instructors."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.models import Assessment, Mark
from lti_app.grading.marking.rules.distribution import Distribution, GivenGrade, distributions
from lti_app.grading.rubrics.queries import list_versions
from lti_app.grading.rubrics.rules.points import scaled


def list_distributions(session: Session, actor: Actor, discussion: DiscussionView) -> list[Distribution]:
    """The distribution of the complete grades that each grader saved last, in points of the rubric in use (two
    statements).

    Raises Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    versions = list_versions(session, discussion)
    if not versions:
        return []
    rows = session.execute(
        select(Assessment, Mark)
        .outerjoin(Mark, Mark.assessment_id == Assessment.id)
        .where(Assessment.discussion_id == discussion.id, Assessment.is_complete, Assessment.excused_at.is_(None))
        .order_by(Assessment.assessed_by_id, Assessment.id)
    ).all()
    newest = next(reversed(versions.values()))
    keys = {
        each.id: (criterion.key, each.key)
        for view in versions.values()
        for criterion in view.criteria
        for each in criterion.levels
    }
    grades: dict[int, Assessment] = {}
    levels: dict[int, dict[int, int]] = {}
    for grade, mark in rows:
        grades[grade.id] = grade
        found = keys.get(mark.level_id or 0) if mark else None
        if found:
            levels.setdefault(grade.id, {})[found[0]] = found[1]
    given = [
        GivenGrade(
            grader_id=grade.assessed_by_id,
            total=scaled(
                grade.total, out_of=versions.get(grade.rubric_id or newest.id, newest).maximum, to=newest.maximum
            ),
            levels=levels.get(grade.id, {}),
        )
        for grade in grades.values()
    ]
    return distributions(given, newest.criteria, newest.maximum)
