"""Copying rubrics."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.discussion.discussions.actions.linking import copy_discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.rules import DEFAULT_RUBRIC, CriterionPlan


def copy_graded_discussion(session: Session, discussion_id: int, *, title: str, now: datetime) -> int:
    """Create a discussion with the settings, readings and rubric of this one; returns its id."""
    copy_id = copy_discussion(session, discussion_id, title=title, now=now)
    original = select(Rubric.id).where(Rubric.discussion_id == discussion_id).scalar_subquery()
    criteria = session.scalars(select(Criterion).where(Criterion.rubric_id == original).order_by(Criterion.position))
    levels: dict[int, list[tuple[Decimal, str]]] = {}
    of_original = select(Criterion.id).where(Criterion.rubric_id == original)
    for level in session.scalars(select(Level).where(Level.criterion_id.in_(of_original)).order_by(Level.position)):
        levels.setdefault(level.criterion_id, []).append((level.points, level.title))
    plans = [CriterionPlan(c.title, c.description, c.evidence, tuple(levels.get(c.id, ()))) for c in criteria]
    if plans:
        _store(session, copy_id, plans)
    return copy_id


def copy_rubric(
    session: Session, discussion: DiscussionView, criteria: Sequence[CriterionPlan] = DEFAULT_RUBRIC
) -> None:
    """Copy a rubric into a discussion, unless it has one, so that later changes of the original do not change old
    grades.
    """
    if session.scalar(select(Rubric.id).where(Rubric.discussion_id == discussion.id)):
        return
    _store(session, discussion.id, criteria)


def _store(session: Session, discussion_id: int, criteria: Sequence[CriterionPlan]) -> None:
    rubric = Rubric(discussion_id=discussion_id)
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
