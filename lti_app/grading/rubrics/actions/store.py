"""Writing and removing the rows of rubrics."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.discussion.discussions.queries.discussion import DiscussionView, lock_discussion
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


def delete_criteria(session: Session, *rubric_ids: int) -> None:
    """Delete the criteria and levels of rubrics by which nobody is marked. The ids come from a gate or a lock."""
    of_rubrics = select(Criterion.id).where(Criterion.rubric_id.in_(rubric_ids))
    session.execute(delete(Level).where(Level.criterion_id.in_(of_rubrics)))
    session.execute(delete(Criterion).where(Criterion.rubric_id.in_(rubric_ids)))


def lock_rubric(session: Session, discussion: DiscussionView, *, to_change: bool = False) -> None:
    """Lock the rubric that a discussion is graded by until the transaction ends, so that it does not change while
    marks are saved. Graders do not wait for one another, only for somebody who changes it.

    A DiscussionView comes only from the gate.
    """
    versions = select(Rubric.id).where(Rubric.discussion_id == discussion.id).order_by(Rubric.id)
    found = session.scalars(versions.with_for_update(read=not to_change)).all()
    if to_change and not found:
        lock_discussion(session, discussion)


def forget_versions(session: Session, discussion: DiscussionView, *, kept: Collection[int]) -> None:
    """Delete the versions of a discussion's rubric that are not among these, and by which nobody is marked."""
    unused = (Rubric.discussion_id == discussion.id, Rubric.id.not_in(kept))
    gone = session.scalars(select(Rubric.id).where(*unused)).all()
    if gone:
        delete_criteria(session, *gone)
        session.execute(delete(Rubric).where(Rubric.id.in_(gone)))
