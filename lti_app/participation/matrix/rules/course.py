"""The table of students by the discussions of a course."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from lti_app.participation.matrix.rules.filters import POINTS, WORK, MatrixFilter
from lti_app.participation.matrix.rules.matrix import MatrixStudent, posts_of
from lti_app.participation.matrix.rules.states import (
    COMPLETE,
    DONE,
    LATE,
    MISSING,
    STARTED,
    excused_state,
    has_state,
    rank_of,
    state_of,
)
from lti_app.participation.progress.rules import ResultsOfPeople, standing_of
from lti_app.participation.requirements.base import MET
from lti_app.participation.requirements.evaluation import Verdicts


@dataclass(frozen=True)
class CourseColumn:
    """A discussion."""

    discussion_id: int
    title: str
    is_hidden: bool
    """Whether names are hidden from the reader, so that nothing of a named student is told."""

    @property
    def key(self) -> str:
        """Part of addresses."""
        return f"{self.discussion_id}"


class CourseCell(NamedTuple):
    """How far one student is in one discussion."""

    state: str
    """A state of `states`."""
    done: int
    """How many requirements are met."""
    asked: int
    address: str
    """The first post that counted; empty if none did."""
    points: tuple[Decimal, Decimal] | None = None
    """The points so far, and those that are possible; None where nothing has points."""

    @property
    def excused(self) -> "CourseCell":
        """The cell of a student who need not be graded, with no points to have or to miss."""
        return self._replace(state=excused_state(self.state), points=None)


class CourseCells(ResultsOfPeople[CourseCell]):
    """How far everybody is in one discussion."""


@dataclass(frozen=True)
class CourseLine:
    """One student over the term."""

    student: MatrixStudent
    cells: tuple[CourseCell | None, ...]
    """In the order of the columns; None where nothing is told."""

    @property
    def person_id(self) -> int:
        """Whose line it is."""
        return self.student.person_id

    @property
    def name(self) -> str:
        """How the student is called."""
        return self.student.name

    @cached_property
    def points(self) -> tuple[Decimal, Decimal] | None:
        """The points so far of all discussions together, and those that are possible; None where there are none."""
        told = [cell.points for cell in self.cells if cell is not None and cell.points]
        return (
            (sum((some for some, _all in told), Decimal(0)), sum((all_ for _some, all_ in told), Decimal(0)))
            if told
            else None
        )

    def count(self, *states: str) -> int:
        """In how many discussions the student has one of these states."""
        return sum(cell is not None and cell.state in states for cell in self.cells)


@dataclass(frozen=True)
class CourseMatrix:
    """The students of a course by its discussions."""

    columns: tuple[CourseColumn, ...]
    lines: tuple[CourseLine, ...]
    has_points: bool = False
    """Whether anything that is required in one of the discussions has points."""

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each column is, by key."""
        return {column.key: nth for nth, column in enumerate(self.columns)}

    def done(self) -> list[int]:
        """For each discussion, how many students are complete, on time or late."""
        return [
            len([1 for line in self.lines if (cell := line.cells[nth]) and cell.state in DONE])
            for nth in range(len(self.columns))
        ]

    def narrowed(self, wanted: MatrixFilter, members: Collection[int] | None) -> "CourseMatrix":
        """The same with the chosen students in the chosen order. Without a column, a state of any discussion counts."""
        lines = wanted.apply(self.lines, members=members, has_state=self._has_state, rank=self._rank)
        return replace(self, lines=tuple(lines))

    def _has_state(self, line: CourseLine, column: str, state: str) -> bool:
        nth = self.places.get(column)
        cells = line.cells if nth is None else (line.cells[nth],)
        return any(cell is not None and has_state(cell.state, state) for cell in cells)

    def _rank(self, line: CourseLine, column: str) -> tuple[int, ...]:
        nth = self.places.get(column)
        if column == POINTS and line.points:
            return (int(100 * line.points[0]),)
        if nth is None:
            return (-line.count(MISSING), -line.count(STARTED), line.count(COMPLETE, LATE)) if column == WORK else ()
        cell = line.cells[nth]
        return (rank_of(cell.state), cell.done) if cell else ()


def course_matrix_of(
    students: Sequence[MatrixStudent],
    columns: Sequence[CourseColumn],
    cells: Mapping[int, CourseCells],
    excused: Collection[tuple[int, int]],
) -> CourseMatrix:
    """The table of these students. `cells` are those of each discussion of which anything is told, by its id, and
    `excused` has the ids of a discussion and a student who need not be graded there.
    """
    people = [student.person_id for student in students]
    told: list[list[CourseCell | None]] = []
    for column in columns:
        if column.is_hidden:
            told.append([None] * len(people))
            continue
        found, freed = cells[column.discussion_id], {whose for where, whose in excused if where == column.discussion_id}
        told.append([found.of(each).excused if each in freed else found.of(each) for each in people])
    lines = map(CourseLine, students, zip(*told, strict=True) if told else [()] * len(people))
    return CourseMatrix(tuple(columns), tuple(lines), any(each.of_nothing.points for each in cells.values()))


def cell_of(verdicts: Verdicts) -> CourseCell:
    """What a table tells of one student in one discussion."""
    work = state_of(standing_of(verdicts, posts=posts_of(verdicts)))
    met = sum([verdict.standing in MET for verdict in verdicts.requirements])
    address = next((each for verdict in verdicts.requirements for each in verdict.addresses), "")
    points = (verdicts.points, verdicts.points_possible) if verdicts.points_of_all else None
    return CourseCell(work, met, len(verdicts.requirements), address, points)
