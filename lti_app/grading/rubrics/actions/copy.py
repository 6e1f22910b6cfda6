"""Copying rubrics."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.rules import DEFAULT_RUBRIC, CriterionPlan


def copy_rubric(
    session: Session, discussion: DiscussionView, criteria: Sequence[CriterionPlan] = DEFAULT_RUBRIC
) -> None:
    """Copy a rubric into a discussion, unless it has one, so that later changes of the original do not change old
    grades.
    """
    if session.scalar(select(Rubric.id).where(Rubric.discussion_id == discussion.id)):
        return
    rubric = Rubric(discussion_id=discussion.id)
    session.add(rubric)
    session.flush()
    rows = [
        Criterion(rubric_id=rubric.id, position=n, title=c.title, description=c.description, evidence=c.evidence)
        for n, c in enumerate(criteria)
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        Level(criterion_id=row.id, position=n, points=Decimal(points), title=title)
        for row, plan in zip(rows, criteria, strict=True)
        for n, (points, title) in enumerate(plan.levels)
    )
    session.flush()
