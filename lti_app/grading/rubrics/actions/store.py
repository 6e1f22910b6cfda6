"""Writing a rubric's rows."""

from sqlalchemy.orm import Session

from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.rules.plans import CriterionPlan, RubricPlan


def store_rubric(
    session: Session,
    plan: RubricPlan,
    *,
    course_id: int | None = None,
    discussion_id: int | None = None,
    version: int = 1,
) -> int:
    """Store a rubric in a course's library, or as a version of a discussion's; returns its id."""
    rubric = Rubric(
        course_id=course_id,
        discussion_id=discussion_id,
        version=version,
        title=plan.title,
        scoring=plan.scoring,
        pass_mark=plan.pass_mark,
    )
    session.add(rubric)
    session.flush()
    store_criteria(session, rubric, plan.criteria)
    return rubric.id


def store_criteria(session: Session, rubric: Rubric, criteria: tuple[CriterionPlan, ...]) -> None:
    """Store the criteria of a rubric that has none."""
    rows = [
        Criterion(
            rubric_id=rubric.id,
            position=position,
            title=plan.title,
            description=plan.description,
            evidence=plan.evidence,
            uses_range=plan.uses_range,
            counts=plan.counts,
            weight=plan.weight,
            preselects=plan.preselects,
            key=plan.key or None,
        )
        for position, plan in enumerate(criteria)
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        Level(
            criterion_id=row.id,
            position=position,
            points=level.points,
            name=level.name,
            description=level.description,
            key=level.key or None,
        )
        for row, plan in zip(rows, criteria, strict=True)
        for position, level in enumerate(plan.levels)
    )
    session.flush()
