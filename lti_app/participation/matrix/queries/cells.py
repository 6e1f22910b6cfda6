"""How far everybody is in the discussions of a course, derived anew only where something has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.core.recent import RecentlyUsed
from lti_app.core.watched import WatchedMoment
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.extensions import collect_later_dates_in
from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.changes.queries import collect_marks
from lti_app.participation.changes.rules import sources_of
from lti_app.participation.matrix.rules.course import CourseCells, course_cells_of
from lti_app.participation.progress.queries import collect_course_work, requirements_of

MOST_CELLS = 60_000
"""That one process keeps: some eight courses of 500 students and 15 discussions, or two hundred of 20; about 15 MB, or
twice that where all of them give points."""


@dataclass(frozen=True)
class _Basis:
    """Everything that the cells of a discussion follow from, apart from the moment."""

    view: DiscussionView
    """Its rule, dates and readings, and the time zone of the course; without the moment of the view."""
    extended: Mapping[int, Calendar]
    """The dates of those who have an extension, by person id."""
    marks: frozenset[str]
    """Of everything that people have done there."""


@dataclass(frozen=True)
class _Derived:
    basis: _Basis
    moment: WatchedMoment
    cells: CourseCells


_derived: RecentlyUsed[int, _Derived] = RecentlyUsed(MOST_CELLS)
"""By discussion id. Nothing has to be forgotten when something is written: what was derived is used for as long as its
basis equals what the database has, and the moment decides alike."""


def collect_course_cells(
    session: Session, actor: Actor, views: Sequence[DiscussionView], *, now: datetime
) -> dict[int, CourseCells]:
    """How far everybody is in each of these discussions, by discussion id (one statement; one more if anybody has an
    extension, and one more than `collect_course_work` has where anything has changed).

    The views are those of staff, with their readings. Nobody is named in it. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    bases = _collect_bases(session, views)
    found = {each: cells for each, basis in bases.items() if (cells := _kept(each, basis, now)) is not None}
    changed = {each: basis for each, basis in bases.items() if each not in found}
    return found | (_derive(session, actor, changed, now) if changed else {})


def _collect_bases(session: Session, views: Sequence[DiscussionView]) -> dict[int, _Basis]:
    """The marks come before the facts that they are of, whose readers look at the marks once more."""
    extended = collect_later_dates_in(session, views)
    marks = collect_marks(session, {view.id: sources_of(requirements_of(view).needs) for view in views})
    return {view.id: _Basis(replace(view, as_of=None), extended.get(view.id, {}), marks[view.id]) for view in views}


def _kept(discussion_id: int, basis: _Basis, now: datetime) -> CourseCells | None:
    known = _derived.get(discussion_id)
    return known.cells if known and known.basis == basis and known.moment.holds_at(now) else None


def _derive(session: Session, actor: Actor, bases: Mapping[int, _Basis], now: datetime) -> dict[int, CourseCells]:
    """The cells that follow from the facts, kept if the marks are the same as before the facts were read.

    In a session for reading they always are, since all its statements see one moment. Where each statement sees what
    was committed last, as in a session for writing on PostgreSQL, facts may be newer than the marks; nothing is kept.
    """
    views = [basis.view for basis in bases.values()]
    work = collect_course_work(session, actor, views, extended={each: basis.extended for each, basis in bases.items()})
    unchanged = collect_marks(session, {view.id: sources_of(requirements_of(view).needs) for view in views})
    found = {}
    for each, basis in bases.items():
        moment = WatchedMoment.of(now)
        found[each] = course_cells_of(work[each].people, work[each].judged(basis.view, now=moment))
        if unchanged[each] == basis.marks:
            _derived.put(each, _Derived(basis, moment, found[each]), len(found[each].of_people) + 1)
    return found
