"""Rubrics of discussions."""

from collections.abc import Iterable

from sqlalchemy import Row, ScalarSelect, bindparam, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, CriterionView, LevelView, RubricView

_NEWEST = alias_of(Rubric)


def _newest() -> ScalarSelect[int]:
    """The id of the version that a discussion is graded by."""
    return (
        select(_NEWEST.id)
        .where(_NEWEST.discussion_id == bindparam("discussion_id"))
        .order_by(_NEWEST.version.desc())
        .limit(1)
        .scalar_subquery()
    )


_ROWS = (
    select(Rubric, Criterion, Level)
    .outerjoin(Criterion, Criterion.rubric_id == Rubric.id)
    .outerjoin(Level, Level.criterion_id == Criterion.id)
    .order_by(Rubric.id, Criterion.position, Level.position)
)
_IN_USE = _ROWS.where(Rubric.id == _newest())
_BY_ID = _ROWS.where(Rubric.id == bindparam("rubric_id"), Rubric.discussion_id == bindparam("discussion_id"))


def get_rubric(session: Session, discussion: DiscussionView, *, version_id: int | None = None) -> RubricView:
    """The rubric that a discussion is graded by, or an earlier version of it (one statement); NO_RUBRIC if there is
    none. A DiscussionView comes only from the gate.
    """
    if version_id is None:
        return newest_rubric(session, discussion.id)
    rows = session.execute(_BY_ID, {"discussion_id": discussion.id, "rubric_id": version_id})
    return next(iter(rubrics_of(rows.all())), NO_RUBRIC)


def newest_rubric(session: Session, discussion_id: int) -> RubricView:
    """The rubric that a discussion is graded by (one statement), for actions on a discussion that nobody has opened."""
    rows = session.execute(_IN_USE, {"discussion_id": discussion_id})
    return next(iter(rubrics_of(rows.all())), NO_RUBRIC)


def rubrics_of(rows: Iterable[Row[Rubric, Criterion, Level]]) -> list[RubricView]:
    """Rubrics from their rows, which come by rubric, criterion and level."""
    found: dict[int, Rubric] = {}
    criteria: dict[int, dict[int, Criterion]] = {}
    levels: dict[int, list[LevelView]] = {}
    for rubric, criterion, level in rows:
        found[rubric.id] = rubric
        if criterion is not None:
            criteria.setdefault(rubric.id, {})[criterion.id] = criterion
        if level is not None:
            view = LevelView(level.id, level.points, level.name, level.description, level.key or level.id)
            levels.setdefault(level.criterion_id, []).append(view)
    return [
        RubricView(
            criteria=tuple(
                CriterionView(
                    id=each.id,
                    title=each.title,
                    description=each.description,
                    evidence=each.evidence,
                    levels=tuple(levels.get(each.id, ())),
                    uses_range=each.uses_range,
                    counts=each.counts,
                    weight=each.weight,
                    preselects=each.preselects,
                    key=each.key or each.id,
                )
                for each in criteria.get(rubric.id, {}).values()
            ),
            id=rubric.id,
            title=rubric.title,
            version=rubric.version,
            scoring=rubric.scoring,
            pass_mark=rubric.pass_mark,
        )
        for rubric in found.values()
    ]
