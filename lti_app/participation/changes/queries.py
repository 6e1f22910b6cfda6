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
Before_co = TypeVar("Before_co", covariant=True)


@dataclass(frozen=True)
class Basis:
    """Everything that participation in a discussion follows from, apart from the moment."""

    view: DiscussionView
    """Its rule, dates and readings, and the time zone of the course; without the moment of the view, and without the
    numbers of posts, which change with every one."""
    extended: Mapping[int, Calendar]
    """The dates of those who have an extension, by person id."""
    marks: frozenset[str]
    """Of everything that people have done there."""


@dataclass(frozen=True)
class _Derived(Generic[Result]):
    basis: Basis
    moment: WatchedMoment
    result: Result

    def is_for(self, basis: Basis, now: datetime) -> bool:
        """Whether it is the result that follows from this basis at this moment."""
        return self.basis == basis and self.moment.holds_at(now)

    def serves(self, basis: Basis, now: datetime) -> bool:
        """Whether it is still right of those who have the same dates as before and have done the same."""
        return self.basis.view == basis.view and self.moment.holds_at(now)


@dataclass(frozen=True)
class Change(Generic[Before_co]):
    """What to derive a result from, where something has changed."""

    basis: Basis
    moment: WatchedMoment
    """The moment to judge by."""
    before: Before_co | None
    """The last result, where nothing has changed but extensions and what people have done, and the moment decides
    alike: it is still right of those who have the same dates as before and have done the same."""


def _change_after(known: _Derived[Result] | None, basis: Basis, now: datetime) -> Change[Result]:
    """The change that leads from a kept result, if there is any, to this basis."""
    moment = WatchedMoment.of(now)
    if known is None or not known.serves(basis, now):
        return Change(basis, moment, None)
    return Change(basis, moment.going_on(known.moment), known.result)


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
        derive: Callable[[Mapping[int, Change[Result]]], Mapping[int, Result]],
        *,
        now: datetime,
    ) -> dict[int, Result]:
        """The result of each of these discussions, by its id (one statement; one more if anybody has an extension, and
        one and those of `derive` where anything has changed). Called with views that a gate for graders has answered
        with.

        `derive` reads the facts and judges by the moment of each change. The marks come before the facts that they
        are of, and are looked at once more after them; results are kept only if they are still the same. In a session
        for reading they always are, since all its statements see one moment. Where each statement sees what was
        committed last, as in a session for writing on PostgreSQL, facts may be newer than the marks of before.
        """
        wanted = {view.id: sources_of(view) for view in views}
        extended, marks = collect_later_dates_in(session, views), collect_marks(session, wanted)
        bases = {view.id: Basis(_without_posts(view), extended.get(view.id, {}), marks[view.id]) for view in views}
        kept = {each: self._kept.get(each) for each in bases}
        found = {each: known.result for each, known in kept.items() if known and known.is_for(bases[each], now)}
        changes = {each: _change_after(kept[each], bases[each], now) for each in bases if each not in found}
        if not changes:
            return found
        derived = derive(changes)
        after = collect_marks(session, {each: wanted[each] for each in changes})
        for each, change in changes.items():
            if after[each] == change.basis.marks:
                result = _Derived(change.basis, change.moment, derived[each])
                self._kept.put(each, result, self._size_of(derived[each]))
        return {**found, **derived}


def _without_posts(view: DiscussionView) -> DiscussionView:
    """A discussion apart from what has been written in it, and from the moment of the view."""
    return replace(view, as_of=None, root_count=0, post_count=0)
