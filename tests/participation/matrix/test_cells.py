"""What is kept of the term is what an evaluation would find now, whatever happens meanwhile."""

from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.changes.queries import DerivedResults
from lti_app.participation.matrix.queries import cells
from lti_app.participation.matrix.queries.tables import get_course_term, list_begun
from lti_app.participation.matrix.rules.course import cell_of
from lti_app.participation.progress.queries import collect_class_work
from tests.cast import MONDAY, Cast, FrozenClock
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.races import at_once
from tests.statements import count_statements


@dataclass
class Term:
    """Two discussions with a post in each, what is told of them, and what is found by an evaluation."""

    database: Database
    session: Session
    cast: Cast
    clock: FrozenClock
    one: DiscussionView
    other: DiscussionView

    def write(self, who, where, text=""):
        write(self.session, who, where, text=text, now=self.clock())

    def kept(self, session):
        """For each discussion, the cell of each student."""
        term = get_course_term(session, self.cast.ines, now=self.clock()).matrix
        return {
            column.discussion_id: {line.person_id: line.cells[nth] for line in term.lines}
            for nth, column in enumerate(term.columns)
        }

    def fresh(self, session):
        """The same, evaluated now."""
        found = {}
        for view in list_begun(session, self.cast.ines, now=self.clock()):
            verdicts = collect_class_work(session, self.cast.ines, view).judged(view, now=self.clock())
            found[view.id] = {who.person_id: cell_of(verdicts(who.person_id)) for who in self.cast.students}
        return found

    def look(self):
        """In a session for reading, as a page does."""
        with self.database.read() as reader:
            found = self.kept(reader)
            assert found == self.fresh(reader)
        return found

    def statements(self):
        with self.database.read() as reader, count_statements(self.database.engine) as statements:
            self.kept(reader)
        return len(statements)


@pytest.fixture
def term(database, session, cast, clock, discussion):
    other = set_up(session, cast.ines, clock(), title="Week 2", post_first=False)
    made = Term(database, session, cast, clock, discussion, other)
    made.write(cast.ana, discussion)
    made.write(cast.ben, other)
    session.commit()
    return made


@pytest.fixture
def derived(monkeypatch):
    """The discussions whose cells were derived, in the order in which they were."""
    found, collect = [], cells.collect_course_work

    def noted(session, actor, views, **more):
        found.extend(view.id for view in views)
        return collect(session, actor, views, **more)

    monkeypatch.setattr(cells, "collect_course_work", noted)
    monkeypatch.setattr(cells, "_derived", DerivedResults(1000, cells.size_of))
    return found


def test_only_what_has_changed_is_derived_again(term, cast, derived):
    first = term.look()
    assert sorted(derived) == sorted([term.one.id, term.other.id])
    derived.clear()
    term.clock.move(minutes=1)
    assert term.look() == first
    assert derived == []
    term.write(cast.chi, term.other)
    term.session.commit()
    second = term.look()
    assert derived == [term.other.id]
    assert second[term.one.id] == first[term.one.id]
    assert second[term.other.id] != first[term.other.id]


def test_a_look_at_what_is_unchanged_takes_four_statements(term, cast, derived):
    assert [term.statements(), term.statements()] == [6, 4]
    term.write(cast.chi, term.one)
    term.session.commit()
    assert [term.statements(), term.statements()] == [6, 4]
    dates = Calendar(replies_due=MONDAY + timedelta(days=9))
    extend(term.session, cast.ines, term.one, person_id=cast.chi.person_id, dates=dates, note="", now=term.clock())
    term.session.commit()
    assert [term.statements(), term.statements()] == [7, 5]


@pytest.mark.parametrize("name", ["first_post_due", "replies_due", "closes_at"])
def test_a_date_that_passes_is_seen(term, derived, name):
    moment = getattr(term.one.calendar, name)
    for seconds in (-2, -1, 0, 1, 2, -3):
        term.clock.now = moment + timedelta(seconds=seconds)
        term.look()


def test_between_two_dates_nothing_is_derived_again(term, derived):
    term.look()
    derived.clear()
    term.clock.now = term.one.calendar.first_post_due - timedelta(microseconds=1)
    term.look()
    assert derived == []
    term.clock.move(seconds=1)
    term.look()
    assert sorted(derived) == sorted([term.one.id, term.other.id])
    term.clock.move(days=2)
    term.look()
    assert len(derived) == 2


def test_an_extension_of_a_group_goes_with_its_members(term, cast, derived):
    one, session, chi = term.one, term.session, cast.chi.person_id
    term.clock.now = one.calendar.replies_due + timedelta(hours=1)
    assert term.look()[one.id][chi].state == "missing"
    derived.clear()
    group_id = make_group(session, cast.ines, "Late starters")
    place_students(session, cast.ines, {chi: group_id})
    dates = Calendar(first_post_due=one.calendar.closes_at, replies_due=one.calendar.closes_at)
    extend(session, cast.ines, one, group_id=group_id, dates=dates, note="", now=term.clock())
    session.commit()
    assert term.look()[one.id][chi].state == "nothing"
    place_students(session, cast.ines, {chi: None})
    session.commit()
    assert term.look()[one.id][chi].state == "missing"
    assert derived == [one.id, one.id]


def test_what_is_rolled_back_leaves_nothing(term, cast):
    session = term.session
    before = term.kept(session)
    nested = session.begin_nested()
    term.write(cast.chi, term.one)
    during = term.kept(session)
    assert during == term.fresh(session) != before
    nested.rollback()
    session.expire_all()
    assert term.kept(session) == before
    session.rollback()
    assert term.look() == before
    term.write(cast.chi, term.one)
    session.commit()
    assert term.look() == during


def test_facts_that_are_newer_than_their_marks_are_not_kept(term, cast, derived, monkeypatch):
    """Each statement of a session for writing may see what was committed last. The marks are looked at once more."""
    session, collect = term.session, cells.collect_course_work

    def interrupted(reader, actor, views, **more):
        monkeypatch.setattr(cells, "collect_course_work", collect)
        term.write(cast.chi, term.one)
        session.flush()
        return collect(reader, actor, views, **more)

    monkeypatch.setattr(cells, "collect_course_work", interrupted)
    newer = term.kept(session)
    session.rollback()
    session.expire_all()
    assert term.look() != newer


def test_two_moments_of_the_database_are_told_apart(term, cast, derived):
    """A page that began before a change was committed goes on with what was true then, and one after it does not."""
    with term.database.read() as early:
        before = term.kept(early)
        term.write(cast.chi, term.one)
        term.session.commit()
        after = term.look()
        assert after != before
        assert term.kept(early) == before == term.fresh(early)
    assert term.look() == after


def test_no_more_is_kept_than_fits(term, cast, monkeypatch):
    monkeypatch.setattr(cells, "_derived", DerivedResults(3, cells.size_of))
    for nth in range(3):
        further = set_up(term.session, cast.ines, term.clock(), title=f"Week {nth + 3}")
        for who in cast.students[: nth + 1]:
            term.write(who, further)
    term.session.commit()
    for _ in range(2):
        term.look()
        assert 0 < cells._derived.taken <= 3


def test_readers_and_writers_at_once(term, cast, derived):
    done = Event()

    def read():
        seen = 0
        while not done.is_set() or not seen:
            term.look()
            seen += 1
        return seen

    def change():
        try:
            for nth in range(6):
                for where in (term.one, term.other):
                    with term.database.writing() as session:
                        text = f"Thought {nth} of many words."
                        write(session, cast.students[nth % 3], where, text=text, now=term.clock())
        finally:
            done.set()

    *seen, nothing = at_once([read, read, change])
    assert nothing is None
    assert all(isinstance(each, int) for each in seen), seen
    term.look()
