"""How far everybody is in the discussions of a course, derived anew only where something has changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.participation.changes.queries import Change, DerivedResults
from lti_app.participation.matrix.rules.course import CourseCells, cell_of
from lti_app.participation.progress.queries import collect_course_work, sources_for

MOST_CELLS = 60_000
"""That one process keeps: some eight courses of 500 students and 15 discussions, or two hundred of 20; about 20 MB, or
half as much again where all of them give points."""


def size_of(cells: CourseCells) -> int:
    """How many cells are kept for a discussion."""
    return len(cells.of_people) + 1


_derived: DerivedResults[CourseCells] = DerivedResults(MOST_CELLS, size_of)


def collect_course_cells(
    session: Session, actor: Actor, views: Sequence[DiscussionView], *, now: datetime
) -> dict[int, CourseCells]:
    """How far everybody is in each of these discussions, by discussion id (one statement; one more if anybody has an
    extension, and one more than `collect_course_work` has where anything has changed).

    The views are those of staff, with their readings. Nobody is named in it. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)

    def derive(changes: Mapping[int, Change[CourseCells]]) -> dict[int, CourseCells]:
        extended = {each: change.basis.extended for each, change in changes.items()}
        work = collect_course_work(
            session, actor, [change.basis.view for change in changes.values()], extended=extended
        )
        return {each: CourseCells(*work[each].told(change, cell_of)) for each, change in changes.items()}

    return _derived.collect(session, views, sources_for, derive, now=now)
