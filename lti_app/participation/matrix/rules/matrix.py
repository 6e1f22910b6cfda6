"""The table of students by the requirements of one discussion."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from lti_app.participation.matrix.rules.filters import POINTS, WORK, MatrixFilter
from lti_app.participation.matrix.rules.states import DONE, excused_state, has_state, rank_of, state_of
from lti_app.participation.progress.rules import ClassVerdicts, keyed, standing_of
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.participation.requirements.facts import DELETED


class MatrixStudent(NamedTuple):
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


class MatrixCell(NamedTuple):
    """What a table shows of one student in one column."""

    state: str
    """A state of `states`."""
    have: int
    want: int
    address: str
    """The first post that counted; empty if none did."""

    @property
    def excused(self) -> "MatrixCell":
        """The cell of a student who need not be graded."""
        return self._replace(state=excused_state(self.state))


class MatrixRecord(NamedTuple):
    """What a table shows of one student's work, whoever the student is."""

    verdicts: Verdicts
    told: tuple[Verdict | None, ...]
    """In the order of the columns; None where a requirement does not apply to the student."""
    cells: tuple[MatrixCell | None, ...]
    """The same as they are shown."""
    work: str
    """A state of `states`."""
    posts: int
    """How many posts are not deleted."""
    points: tuple[Decimal, Decimal] | None
    """The points so far, and those that are possible; None where nothing has points."""


@dataclass(frozen=True)
class MatrixRecords:
    """The columns of a table, and what it shows of the work of anybody."""

    columns: tuple["MatrixColumn", ...]
    has_points: bool
    """Whether anything that is required has points."""
    of_nothing: MatrixRecord
    """Of whoever has done nothing and has no extension."""
    of_people: Mapping[int, MatrixRecord]
    """Of all others, by person id."""


class MatrixLine(NamedTuple):
    """One student: what is in each column, and the state of the whole."""

    student: MatrixStudent
    record: MatrixRecord
    """As for somebody who is not excused."""
    cells: tuple[MatrixCell | None, ...]
    """In the order of the columns; None where a requirement does not apply to the student."""
    work: str
    """A state of `states`."""
    is_excused: bool
    joined_late: datetime | None = None
    """When the student came into the course, if that was after something was due that is missing."""

    @property
    def verdicts(self) -> tuple[Verdict | None, ...]:
        """The verdict in each column."""
        return self.record.told

    @property
    def posts(self) -> int:
        """How many posts are not deleted."""
        return self.record.posts

    @property
    def points(self) -> tuple[Decimal, Decimal] | None:
        """The points so far, and those that are possible; None where nothing has points."""
        return self.record.points

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
        cell = self.cells[nth]
        return cell.state if cell else ""


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

    @cached_property
    def done(self) -> tuple[int, ...]:
        """For each column, how many students have done it, on time or late."""
        columns = zip(*[line.cells for line in self.lines], strict=True) if self.lines else ([],) * len(self.columns)
        return tuple([len([1 for cell in column if cell and cell.state in DONE]) for column in columns])

    def narrowed(self, wanted: MatrixFilter, members: Collection[int] | None) -> "ClassMatrix":
        """The same with the chosen students in the chosen order; a column that is not here chooses nothing."""
        if members is None and not (wanted.narrows or wanted.sort):
            return self
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
        cell = line.cells[nth]
        return (rank_of(cell.state), cell.have) if cell else (rank_of(""), 0)


def columns_of(of_nothing: Verdicts) -> tuple[MatrixColumn, ...]:
    """A column for each verdict on somebody who has done nothing."""
    return tuple(MatrixColumn(key, verdict) for key, verdict in keyed(of_nothing.requirements))


def records_of(found: ClassVerdicts, before: MatrixRecords | None = None) -> MatrixRecords:
    """What a table shows of the results of a class. Those of `before` are used of whoever has the same result as then,
    if somebody who has done nothing has."""
    columns, has_points = columns_of(found.of_nothing), bool(found.of_nothing.points_of_all)
    kinds = [column.kind for column in columns]

    def record_of(verdicts: Verdicts) -> MatrixRecord:
        told: tuple[Verdict | None, ...] = verdicts.requirements
        if [verdict.requirement.kind for verdict in verdicts.requirements] != kinds:
            known = dict(keyed(verdicts.requirements))
            told = tuple(known.get(column.key) for column in columns)
        posts = posts_of(verdicts)
        points = (verdicts.points, verdicts.points_possible) if has_points else None
        work = state_of(standing_of(verdicts, posts=posts))
        return MatrixRecord(verdicts, told, tuple([_cell_of(each) for each in told]), work, posts, points)

    known = before.of_people if before and before.of_nothing.verdicts is found.of_nothing else {}
    of_people = {
        each: kept if (kept := known.get(each)) and kept.verdicts is verdicts else record_of(verdicts)
        for each, verdicts in found.of_people.items()
    }
    return MatrixRecords(columns, has_points, record_of(found.of_nothing), of_people)


def line_of(student: MatrixStudent, record: MatrixRecord, *, is_excused: bool) -> MatrixLine:
    """The line of one student."""
    cells, work, joined_at = record.cells, record.work, student.joined_at
    if is_excused:
        cells, work = tuple([cell and cell.excused for cell in cells]), excused_state(work)
    joined_late = joined_at if joined_at and record.verdicts.missed_before(joined_at) else None
    return MatrixLine(student, record, cells, work, is_excused, joined_late)


def matrix_of(students: Sequence[MatrixStudent], records: MatrixRecords, excused: Collection[int]) -> ClassMatrix:
    """The table of these students; `excused` are those who need not be graded in this discussion."""
    of_people, of_nothing = records.of_people, records.of_nothing
    lines = [
        line_of(each, of_people.get(each.person_id, of_nothing), is_excused=each.person_id in excused)
        for each in students
    ]
    return ClassMatrix(records.columns, tuple(lines), records.has_points)


def _cell_of(verdict: Verdict | None) -> MatrixCell | None:
    if verdict is None:
        return None
    return MatrixCell(state_of(verdict.standing), verdict.have, verdict.want, next(iter(verdict.addresses), ""))


def posts_of(verdicts: Verdicts) -> int:
    """How many posts of a student are not deleted."""
    return sum(verdict.reason is not DELETED for verdict in verdicts.posts.values())
