"""Rubrics of discussions."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.rules import CriterionView, LevelView, RubricView

_CRITERIA = (
    select(Criterion, Level)
    .join(Rubric, Rubric.id == Criterion.rubric_id)
    .join(Level, Level.criterion_id == Criterion.id)
    .where(Rubric.discussion_id == bindparam("discussion_id"))
    .order_by(Criterion.position, Level.position)
)


def get_rubric(session: Session, discussion: DiscussionView) -> RubricView:
    """The rubric of a discussion (one statement); without criteria if there is none. A DiscussionView comes only from
    the gate.
    """
    rows = session.execute(_CRITERIA, {"discussion_id": discussion.id})
    levels: dict[int, list[LevelView]] = {}
    criteria: dict[int, Criterion] = {}
    for criterion, level in rows:
        criteria[criterion.id] = criterion
        levels.setdefault(criterion.id, []).append(LevelView(level.id, level.points, level.title))
    return RubricView(
        tuple(
            CriterionView(key, row.title, row.description, row.evidence, tuple(levels[key]))
            for key, row in criteria.items()
        )
    )
