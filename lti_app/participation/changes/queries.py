"""Results of discussions that are derived anew only where something has changed that they follow from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from lti_app.core.recent import RecentlyUsed
from lti_app.core.watched import WatchedMoment
from lti_app.discussion.changes.queries import collect_marks
from lti_app.discussion.changes.rules import Source
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.extensions import collect_later_dates_in
from lti_app.discussion.discussions.rules import Calendar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Basis:
    """Everything that participation in a discussion follows from, apart from the moment."""

    view: DiscussionView
    """Its rule, dates and readings, and the time zone of the course; without the moment of the view."""
    extended: Mapping[int, Calendar]
    """The dates of those who have an extension, by person id."""
    marks: frozenset[str]
    """Of everything that people have done there."""


@dataclass(frozen=True)
class _Derived(Generic[Result]):
    basis: Basis
    moment: WatchedMoment
    result: Result


class DerivedResults(Generic[Result]):
    """The results that one process keeps, by discussion id; threads share them.

    Nothing has to be forgotten when something is written: a result is used for as long as its basis equals what the
    database has, and the moment decides alike.
    """

    def __init__(self, room: int, size_of: Callable[[Result], int]) -> None:
        """`room` is the size of all of them together."""
        self._kept: RecentlyUsed[int, _Derived[Result]] = RecentlyUsed(room)
        self._size_of = size_of

    @property
    def taken(self) -> int:
        """The size of all results together."""
        return self._kept.taken

    def collect(
        self,
        session: Session,
        views: Sequence[DiscussionView],
        sources_of: Callable[[DiscussionView], Collection[Source]],
        derive: Callable[[Mapping[int, Basis], Mapping[int, WatchedMoment]], Mapping[int, Result]],
        *,
        now: datetime,
    ) -> dict[int, Result]:
        """The result of each of these discussions, by its id (one statement; one more if anybody has an extension, and
        one and those of `derive` where anything has changed). Called with views that a gate for graders has answered
        with.

        `derive` reads the facts and judges by the moment of each discussion. The marks come before the facts that they
        are of, and are looked at once more after them; results are kept only if they are still the same. In a session
        for reading they always are, since all its statements see one moment. Where each statement sees what was
        committed last, as in a session for writing on PostgreSQL, facts may be newer than the marks of before.
        """
        wanted = {view.id: sources_of(view) for view in views}
        extended, marks = collect_later_dates_in(session, views), collect_marks(session, wanted)
        bases = {view.id: Basis(replace(view, as_of=None), extended.get(view.id, {}), marks[view.id]) for view in views}
        found = {each: kept.result for each, basis in bases.items() if (kept := self._find(each, basis, now))}
        changed = {each: basis for each, basis in bases.items() if each not in found}
        if not changed:
            return found
        moments = {each: WatchedMoment.of(now) for each in changed}
        derived = derive(changed, moments)
        after = collect_marks(session, {each: wanted[each] for each in changed})
        for each, basis in changed.items():
            if after[each] == basis.marks:
                kept = _Derived(basis, moments[each], derived[each])
                self._kept.put(each, kept, self._size_of(derived[each]))
        return {**found, **derived}

    def _find(self, discussion_id: int, basis: Basis, now: datetime) -> _Derived[Result] | None:
        known = self._kept.get(discussion_id)
        return known if known and known.basis == basis and known.moment.holds_at(now) else None
