"""Rubrics of discussions, and those of libraries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import Forbidden, NotFound
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


_ROWS = (
    select(Rubric, Criterion, Level)
    .outerjoin(Criterion, Criterion.rubric_id == Rubric.id)
    .outerjoin(Level, Level.criterion_id == Criterion.id)
    .order_by(Rubric.id, Criterion.position, Level.position)
)
_IN_USE = _ROWS.where(Rubric.id == _newest())
_BY_ID = _ROWS.where(Rubric.id == bindparam("rubric_id"), Rubric.discussion_id == bindparam("discussion_id"))
_VERSIONS = _ROWS.where(Rubric.discussion_id == bindparam("discussion_id"))


def get_rubric(session: Session, discussion: DiscussionView, *, version_id: int | None = None) -> RubricView:
    """The rubric that a discussion is graded by, or one of its versions (one statement); NO_RUBRIC if there is none.

    A DiscussionView comes only from the gate. Raises NotFound for a version that is not of this discussion.
    """
    if version_id is None:
        return newest_rubric(session, discussion.id)
    rows = session.execute(_BY_ID, {"discussion_id": discussion.id, "rubric_id": version_id})
    found = rubrics_of(rows.all())
    if not found:
        raise NotFound
    return found[0]


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
    return {view.id: view for view in rubrics_of(session.execute(wanted).all())} if rows else {}


def _line(row: Rubric, view: RubricView, course_title: str) -> LibraryLine:
    return LibraryLine(row.id, row.title, row.scoring, len(view.criteria), view.maximum, row.is_shared, course_title)


def list_versions(session: Session, discussion: DiscussionView) -> dict[int, RubricView]:
    """All versions of the rubric of a discussion by id, the newest last (one statement)."""
    rows = session.execute(_VERSIONS, {"discussion_id": discussion.id}).all()
    return {view.id: view for view in rubrics_of(rows)}


def count_library(session: Session, actor: Actor) -> int:
    """How many rubrics the library of the actor's course has."""
    return session.scalar(select(func.count()).where(Rubric.course_id == actor.course_id)) or 0
