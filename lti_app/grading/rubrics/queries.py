"""Rubrics of discussions, and those of libraries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import Forbidden, NotFound
from lti_app.core.statements import fetch_rows
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.rubrics.access import RubricPermission, require
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, CriterionView, LevelView, RubricView, Scoring

SHARED_AT_ONCE = 50
"""How many rubrics of other courses a list shows; words narrow it down."""
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


_OF_RUBRIC = (Rubric.id, Rubric.title, Rubric.version, Rubric.scoring, Rubric.pass_mark)
_OF_CRITERION = (
    *(Criterion.id, Criterion.title, Criterion.description, Criterion.evidence, Criterion.uses_range),
    *(Criterion.counts, Criterion.weight, Criterion.preselects, func.coalesce(Criterion.key, Criterion.id)),
)
_OF_LEVEL = (Level.id, Level.points, Level.name, Level.description, func.coalesce(Level.key, Level.id))
_ENDS = (len(_OF_RUBRIC), len(_OF_RUBRIC) + len(_OF_CRITERION))
_COLUMNS: tuple[Any, ...] = (*_OF_RUBRIC, *_OF_CRITERION, *_OF_LEVEL)
_ROWS: Select[Any] = (
    select(*(column.label(f"at_{n}") for n, column in enumerate(_COLUMNS)))
    .outerjoin(Criterion, Criterion.rubric_id == Rubric.id)
    .outerjoin(Level, Level.criterion_id == Criterion.id)
    .order_by(Rubric.id, Criterion.position, Level.position)
)
"""Columns and no objects: every page of a discussion reads its rubric, and objects would cost three times as much."""
_IN_USE = _ROWS.where(Rubric.id == _newest())
_BY_ID = _ROWS.where(Rubric.id == bindparam("rubric_id"), Rubric.discussion_id == bindparam("discussion_id"))
_VERSIONS = _ROWS.where(Rubric.discussion_id == bindparam("discussion_id"))


def get_rubric(session: Session, discussion: DiscussionView, *, version_id: int | None = None) -> RubricView:
    """The rubric that a discussion is graded by, or one of its versions (one statement); NO_RUBRIC if there is none.

    A DiscussionView comes only from the gate. Raises NotFound for a version that is not of this discussion.
    """
    if version_id is None:
        return newest_rubric(session, discussion.id)
    found = _rubrics(session, _BY_ID, {"discussion_id": discussion.id, "rubric_id": version_id})
    if not found:
        raise NotFound
    return found[0]


def newest_rubric(session: Session, discussion_id: int) -> RubricView:
    """The rubric that a discussion is graded by (one statement), for actions on a discussion that nobody has opened."""
    return next(iter(_rubrics(session, _IN_USE, {"discussion_id": discussion_id})), NO_RUBRIC)


def _rubrics(session: Session, statement: Select[Any], values: Mapping[str, object]) -> tuple[RubricView, ...]:
    """Rubrics from the rows of a statement made of `_ROWS`."""
    return _rubrics_of(tuple(fetch_rows(session, statement, values)))


@lru_cache(maxsize=256)
def _rubrics_of(rows: tuple[Sequence[Any], ...]) -> tuple[RubricView, ...]:
    """Rubrics from rows that come by rubric, criterion and level, made once of the same ones."""
    rubrics: dict[int, Sequence[Any]] = {}
    criteria: dict[int, dict[int, Sequence[Any]]] = {}
    levels: dict[int, list[LevelView]] = {}
    for row in rows:
        rubric, criterion, level = row[: _ENDS[0]], row[_ENDS[0] : _ENDS[1]], row[_ENDS[1] :]
        rubrics[rubric[0]] = rubric
        if criterion[0] is not None:
            criteria.setdefault(rubric[0], {})[criterion[0]] = criterion
        if level[0] is not None:
            levels.setdefault(criterion[0], []).append(LevelView(*level))
    return tuple(
        RubricView(
            criteria=tuple(
                _criterion(each, tuple(levels.get(each[0], ()))) for each in criteria.get(rubric_id, {}).values()
            ),
            id=rubric_id,
            title=title,
            version=version,
            scoring=scoring,
            pass_mark=pass_mark,
        )
        for rubric_id, title, version, scoring, pass_mark in rubrics.values()
    )


def _criterion(row: Sequence[Any], levels: tuple[LevelView, ...]) -> CriterionView:
    criterion_id, title, description, evidence, uses_range, counts, weight, preselects, key = row
    return CriterionView(
        id=criterion_id,
        title=title,
        description=description,
        evidence=evidence,
        levels=levels,
        uses_range=uses_range,
        counts=counts,
        weight=weight,
        preselects=preselects,
        key=key,
    )


@dataclass(frozen=True)
class LibraryLine:
    """A rubric in a list."""

    id: int
    title: str
    scoring: Scoring
    criteria: int
    maximum: Decimal
    is_shared: bool
    course_title: str
    """Of a rubric that another course shares; empty for the course's own."""


@dataclass(frozen=True)
class LibraryRubric:
    """A rubric of a library as the actor may see it."""

    rubric: RubricView
    is_shared: bool
    course_title: str
    """Of a rubric that another course shares; empty for the course's own."""

    @property
    def is_own(self) -> bool:
        """Whether it is in the library of the actor's course."""
        return not self.course_title


_OWNER = alias_of(Course)


def _is_shared_with(course_id: int) -> ColumnElement[bool]:
    """Whether another course of the tenant of this one shares the rubric."""
    tenant = select(_OWNER.tenant_id).where(_OWNER.id == course_id).scalar_subquery()
    return and_(Rubric.is_shared, Course.tenant_id == tenant, Rubric.course_id != course_id)


def list_library(session: Session, actor: Actor) -> list[LibraryLine]:
    """The rubrics in the library of the actor's course, by title (two statements).

    Raises Forbidden for all but staff.
    """
    require(actor, RubricPermission.SEE)
    found = session.scalars(_by_title(Rubric.course_id == actor.course_id)).all()
    views = _views(session, found)
    return [_line(row, views[row.id], "") for row in found]


def list_shared(session: Session, actor: Actor, *, words: str = "", limit: int = SHARED_AT_ONCE) -> list[LibraryLine]:
    """The first `limit` rubrics that other courses of the same tenant share, by title (two statements).

    With `words`, only those with these in their title or that of their course. Raises Forbidden for all but staff.
    """
    require(actor, RubricPermission.SEE)
    wanted = _by_title(_is_shared_with(actor.course_id)).join(Course, Course.id == Rubric.course_id)
    if words:
        fits = [func.lower(column).contains(words.lower(), autoescape=True) for column in (Rubric.title, Course.title)]
        wanted = wanted.where(or_(*fits))
    found = session.execute(wanted.add_columns(Course.title).limit(limit)).all()
    views = _views(session, [row for row, _ in found])
    return [_line(row, views[row.id], title or row.title) for row, title in found]


def get_library_rubric(
    session: Session, actor: Actor, rubric_id: int, *, need: RubricPermission = RubricPermission.SEE
) -> LibraryRubric:
    """A rubric of the course's library, or one that another course of the tenant shares (two statements).

    Raises NotFound for all others; Forbidden for all but staff, and for changing one of another course.
    """
    require(actor, need)
    own = Rubric.course_id == actor.course_id
    found = session.execute(
        select(Rubric, Course.title)
        .join(Course, Course.id == Rubric.course_id)
        .where(Rubric.id == rubric_id, or_(own, _is_shared_with(actor.course_id)))
    ).one_or_none()
    if found is None:
        raise NotFound
    row, title = found
    is_own = row.course_id == actor.course_id
    if need is RubricPermission.EDIT and not is_own:
        raise Forbidden
    return LibraryRubric(_views(session, [row])[row.id], row.is_shared, "" if is_own else title or row.title)


def _by_title(wanted: ColumnElement[bool]) -> Select[Rubric]:
    return select(Rubric).where(wanted).order_by(func.lower(Rubric.title), Rubric.id)


def _views(session: Session, rows: Sequence[Rubric]) -> dict[int, RubricView]:
    wanted = _ROWS.where(Rubric.id.in_([row.id for row in rows]))
    return {view.id: view for view in _rubrics(session, wanted, {})} if rows else {}


def _line(row: Rubric, view: RubricView, course_title: str) -> LibraryLine:
    return LibraryLine(row.id, row.title, row.scoring, len(view.criteria), view.maximum, row.is_shared, course_title)


def list_versions(session: Session, discussion: DiscussionView) -> dict[int, RubricView]:
    """All versions of the rubric of a discussion by id, the newest last (one statement)."""
    return {view.id: view for view in _rubrics(session, _VERSIONS, {"discussion_id": discussion.id})}


def count_library(session: Session, actor: Actor) -> int:
    """How many rubrics the library of the actor's course has."""
    return session.scalar(select(func.count()).where(Rubric.course_id == actor.course_id)) or 0
