"""The tables of what each student has done, in one discussion and over the term."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.core.made_once import MadeOnce
from lti_app.core.recent import RecentlyUsed
from lti_app.course.courses.queries import MOST_STUDENTS
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.course import list_views, with_readings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.participation.matrix.queries.cells import collect_course_cells
from lti_app.participation.matrix.queries.students import list_matrix_students, list_named_students
from lti_app.participation.matrix.rules.course import CourseColumn, CourseMatrix, course_matrix_of
from lti_app.participation.matrix.rules.matrix import ClassMatrix, MatrixRecords, matrix_of, records_of
from lti_app.participation.progress.queries import MOST_VERDICTS, collect_class_results
from lti_app.participation.progress.rules import ClassVerdicts, size_of


@dataclass(frozen=True)
class CourseTerm:
    """The term of a class: its discussions, and what each student has done in them."""

    views: tuple[DiscussionView, ...]
    """Those that have begun, in the order of the course."""
    matrix: CourseMatrix


_records: RecentlyUsed[int, tuple[ClassVerdicts, MatrixRecords]] = RecentlyUsed(MOST_VERDICTS)
"""By discussion id, with the results of the class that they are made of; used as long as these are the same object."""


def get_class_matrix(
    session: Session, actor: Actor, discussion: DiscussionView, *, excused: Collection[int] = (), now: datetime
) -> ClassMatrix:
    """Every active student by every requirement of a discussion (one statement and those of
    `collect_class_results`).

    `excused` are the ids of students who need not be graded here. While names are hidden, students are called by their
    pseudonyms; the name is empty for one who has none. Raises Forbidden for all but graders.
    """
    students = list_matrix_students(session, actor, discussion)
    found = collect_class_results(session, actor, discussion, now=now)
    known = _records.get(discussion.id)
    records = known[1] if known and known[0] is found else _recorded(discussion.id, found, known[1] if known else None)
    absent = frozenset(excused)
    basis = (students, records, absent)
    return _matrices.of(discussion.id, basis, lambda: matrix_of(students, records, absent), size=len(students))


_matrices: MadeOnce[int, ClassMatrix] = MadeOnce(MOST_STUDENTS)
"""By discussion id."""


def _recorded(discussion_id: int, found: ClassVerdicts, before: MatrixRecords | None) -> MatrixRecords:
    records = records_of(found, before)
    _records.put(discussion_id, (found, records), size_of(found))
    return records


def get_course_term(
    session: Session, actor: Actor, *, excused: Collection[tuple[int, int]] = (), now: datetime
) -> CourseTerm:
    """Every active student by every discussion that has begun (four statements; one more if anybody has an extension,
    and those of `collect_course_cells` where anything has changed).

    `excused` has the ids of a discussion and a student who need not be graded there. Of a discussion that hides names
    from the actor nothing is told, since students have their names here. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    views = list_begun(session, actor, now=now)
    told = [view for view in views if not view.hides_names_from(actor)]
    cells = collect_course_cells(session, actor, told, now=now)
    columns = [CourseColumn(view.id, view.title, view.id not in cells) for view in views]
    matrix = course_matrix_of(list_named_students(session, actor), columns, cells, excused)
    return CourseTerm(tuple(views), matrix)


def list_begun(session: Session, actor: Actor, *, now: datetime) -> Sequence[DiscussionView]:
    """The discussions of the actor's course in which students can take part or could, with their readings, in the order
    of the course (two statements).
    """
    begun = [view for view in list_views(session, actor, now) if view.state.has_begun]
    return with_readings(session, begun)
