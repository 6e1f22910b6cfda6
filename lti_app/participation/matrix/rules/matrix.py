"""The table of students by the requirements of one discussion."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from lti_app.participation.matrix.rules.filters import POINTS, WORK, MatrixFilter
from lti_app.participation.matrix.rules.states import COMPLETE, LATE, has_state, rank_of, state_of
from lti_app.participation.progress.rules import keyed, standing_of
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.participation.requirements.facts import DELETED


@dataclass(frozen=True)
class MatrixStudent:
    """A student of the class, under the name that the reader may see."""

    person_id: int
    name: str
    """Empty where neither a name nor a pseudonym is known."""
    key: str
    """Stands for the student in addresses of the desk."""
    joined_at: datetime | None = None
    """When the student came into the course, as far as class lists tell."""


@dataclass(frozen=True)
class MatrixColumn:
    """A requirement, or one of several things that a requirement asks for, such as one reading."""

    key: str
    """The same as long as the requirement is; part of addresses."""
    of_nothing: Verdict
    """The verdict on somebody who has done nothing."""

    @property
    def kind(self) -> str:
        """The kind of requirement."""
        return self.of_nothing.kind


@dataclass(frozen=True)
class MatrixLine:
    """One student: the verdict in each column, and the state of the whole."""

    student: MatrixStudent
    verdicts: tuple[Verdict | None, ...]
    """In the order of the columns; None where a requirement does not apply to the student."""
    work: str
    """A state of `states`."""
    posts: int
    """How many posts are not deleted."""
    is_excused: bool
    points: tuple[Decimal, Decimal] | None = None
    """The points so far, and those that are possible; None where nothing has points."""
    joined_late: datetime | None = None
    """When the student came into the course, if that was after something was due that is missing."""

    @property
    def person_id(self) -> int:
        """Whose line it is."""
        return self.student.person_id

    @property
    def name(self) -> str:
        """How the student is called here."""
        return self.student.name

    def state_at(self, nth: int) -> str:
        """The state in one column; empty where the requirement does not apply."""
        verdict = self.verdicts[nth]
        return state_of(verdict.standing, is_excused=self.is_excused) if verdict else ""


@dataclass(frozen=True)
class ClassMatrix:
    """The students of a discussion by its requirements."""

    columns: tuple[MatrixColumn, ...]
    lines: tuple[MatrixLine, ...]
    has_points: bool = False
    """Whether anything that is required has points."""

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each column is, by key."""
        return {column.key: nth for nth, column in enumerate(self.columns)}

    def counts(self) -> list[Counter[str]]:
        """For each column, how many students have each state."""
        return [Counter(line.state_at(nth) for line in self.lines) for nth in range(len(self.columns))]

    def done(self) -> list[int]:
        """For each column, how many students have done it, on time or late."""
        return [count[COMPLETE] + count[LATE] for count in self.counts()]

    def narrowed(self, wanted: MatrixFilter, members: Collection[int] | None) -> "ClassMatrix":
        """The same with the chosen students in the chosen order; a column that is not here chooses nothing."""
        lines = wanted.apply(self.lines, members=members, has_state=self._has_state, rank=self._rank)
        return replace(self, lines=tuple(lines))

    def _has_state(self, line: MatrixLine, column: str, state: str) -> bool:
        nth = self.places.get(column)
        return has_state(line.work if nth is None else line.state_at(nth), state)

    def _rank(self, line: MatrixLine, column: str) -> tuple[int, ...]:
        nth = self.places.get(column)
        if column == POINTS and line.points:
            return (int(100 * line.points[0]),)
        if nth is None:
            return (rank_of(line.work), line.posts) if column == WORK else ()
        verdict = line.verdicts[nth]
        return (rank_of(line.state_at(nth)), verdict.have if verdict else 0)


def columns_of(of_nothing: Verdicts) -> tuple[MatrixColumn, ...]:
    """A column for each verdict on somebody who has done nothing."""
    return tuple(MatrixColumn(key, verdict) for key, verdict in keyed(of_nothing.requirements))


def line_of(
    student: MatrixStudent,
    verdicts: Verdicts,
    columns: Sequence[MatrixColumn],
    *,
    is_excused: bool,
    has_points: bool = False,
) -> MatrixLine:
    """The line of one student."""
    told: tuple[Verdict | None, ...] = verdicts.requirements
    if [verdict.requirement.kind for verdict in verdicts.requirements] != [column.kind for column in columns]:
        known = dict(keyed(verdicts.requirements))
        told = tuple(known.get(column.key) for column in columns)
    posts = posts_of(verdicts)
    work = state_of(standing_of(verdicts, posts=posts), is_excused=is_excused)
    points = (verdicts.points, verdicts.points_possible) if has_points else None
    joined_late = student.joined_at if verdicts.missed_before(student.joined_at) else None
    return MatrixLine(student, told, work, posts, is_excused, points, joined_late)


def matrix_of(
    students: Sequence[MatrixStudent],
    of_nothing: Verdicts,
    verdicts_of: Callable[[int], Verdicts],
    excused: Collection[int],
) -> ClassMatrix:
    """The table of these students; `excused` are those who need not be graded in this discussion."""
    columns, has_points = columns_of(of_nothing), bool(of_nothing.points_of_all)
    lines = (
        line_of(
            each,
            verdicts_of(each.person_id),
            columns,
            is_excused=each.person_id in excused,
            has_points=has_points,
        )
        for each in students
    )
    return ClassMatrix(columns, tuple(lines), has_points)


def posts_of(verdicts: Verdicts) -> int:
    """How many posts of a student are not deleted."""
    return sum(verdict.reason is not DELETED for verdict in verdicts.posts.values())
