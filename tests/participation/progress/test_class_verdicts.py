"""What is kept of the results of a class is what an evaluation would find now, whatever happens meanwhile."""

import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.core.errors import Forbidden
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar, StanceQuestion
from lti_app.discussion.moderation.actions import change_post
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.stances.actions import answer_stance
from lti_app.library.readings.actions.progress import mark_read
from lti_app.participation.changes.queries import DerivedResults
from lti_app.participation.matrix.queries.tables import get_class_matrix
from lti_app.participation.progress import queries
from lti_app.participation.progress.queries import collect_class_verdicts, collect_class_work
from lti_app.participation.progress.rules import size_of
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.registry import to_stored
from tests.cast import Cast, FrozenClock
from tests.factories.discussions import WEEK, plan, set_up
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.factories.reviews import again, assign, plan_reviews, review, tasks_of
from tests.races import at_once
from tests.statements import count_statements

ASKED = {
    "first_post_words": 4,
    "replies_wanted": 1,
    "reply_words": 2,
    "threads_wanted": 1,
    "passages_wanted": 1,
    "reading_wanted": "all",
    "likes_wanted": 1,
    "position_wanted": "once",
    "days_wanted": 2,
}
POLL = StanceQuestion("Are leaders born?", "Born", "Made")
OTHER_PROCESS = """
import sys
from sqlalchemy import create_engine, text
with create_engine(sys.argv[1]).begin() as connection:
    connection.execute(text(sys.argv[2]))
"""


@dataclass
class Class:
    """A discussion that asks for everything, as it is kept and as it is found by an evaluation."""

    database: Database
    session: Session
    cast: Cast
    clock: FrozenClock
    id: int
    readings: tuple[int, ...]
    settings: object

    def view(self, session=None, who=None):
        return get_discussion(session or self.session, who or self.cast.ines, self.id, now=self.clock())

    def write(self, who, text="Leaders cope with change", to=None):
        return write(self.session, who, self.view(who=who), text=text, to=to, now=self.clock())

    def change(self, **changes):
        self.settings = replace(self.settings, **changes)
        version = self.view().version
        save_settings(self.session, self.cast.ines, self.id, settings=self.settings, version=version, now=self.clock())

    def kept(self, session):
        verdicts_of = collect_class_verdicts(session, self.cast.ines, self.view(session), now=self.clock())
        return {who.person_id: verdicts_of(who.person_id) for who in self.cast.students}

    def fresh(self, session):
        view = self.view(session)
        verdicts_of = collect_class_work(session, self.cast.ines, view).judged(view, now=self.clock())
        return {who.person_id: verdicts_of(who.person_id) for who in self.cast.students}

    def look(self):
        """In a session for reading, as a page does; also as the table of the discussion shows it."""
        with self.database.read() as reader:
            found = self.kept(reader)
            assert found == self.fresh(reader)
            matrix = get_class_matrix(reader, self.cast.ines, self.view(reader), now=self.clock())
            shown = {line.person_id: line.verdicts for line in matrix.lines}
            assert shown == {whose: verdicts.requirements for whose, verdicts in found.items()}
        return found

    def changed_by(self, work):
        """What is found after a piece of work that changes something."""
        before = self.look()
        work()
        self.session.commit()
        after = self.look()
        assert after != before
        return after

    def statements(self):
        with self.database.read() as reader:
            view = self.view(reader)
            with count_statements(self.database.engine) as statements:
                collect_class_verdicts(reader, self.cast.ines, view, now=self.clock())
        return len(statements)


@pytest.fixture
def here(database, session, cast, clock):
    readings = add_readings(session, cast.ines, clock())
    stored = to_stored(ASKED, None, EarlyRule(1))
    settings = replace(plan(post_first=False, reading_ids=readings, stance=POLL), requirements=stored)
    discussion = set_up(session, cast.ines, clock(), post_first=False)
    made = Class(database, session, cast, clock, discussion.id, readings, settings)
    made.change()
    session.commit()
    return made


@pytest.fixture
def derived(monkeypatch):
    """Notes every evaluation of the class."""
    found, collect = [], queries.collect_class_work

    def noted(session, actor, discussion, **more):
        found.append(discussion.id)
        return collect(session, actor, discussion, **more)

    monkeypatch.setattr(queries, "collect_class_work", noted)
    monkeypatch.setattr(queries, "_derived", DerivedResults(1000, size_of))
    return found


def test_every_kind_of_change_is_seen(here, cast, derived):
    session, clock, ana, ben = here.session, here.clock, cast.ana, cast.ben
    posts = []
    here.changed_by(lambda: posts.append(here.write(ana)))
    clock.move(minutes=20)
    here.changed_by(lambda: posts.append(here.write(ben, "That is so", to=posts[0])))
    here.changed_by(lambda: here.write(ben))
    content = PostContent("Leaders align people [Kotter, p. 104]")
    here.changed_by(lambda: edit_post(session, ana, here.view(who=ana), posts[0].id, content, version=1, now=clock()))
    here.changed_by(lambda: set_like(session, ben, here.view(who=ben), posts[0].id, wanted=True, now=clock()))
    here.changed_by(lambda: set_like(session, ben, here.view(who=ben), posts[0].id, wanted=False, now=clock()))
    for reading_id in here.readings[:1]:
        here.changed_by(lambda reading_id=reading_id: mark_read(session, ana, reading_id, clock(), read=True))
    here.changed_by(lambda: answer_stance(session, cast.chi, here.view(who=cast.chi), 4, again=False, now=clock()))
    hide = {"reason": "Off topic.", "now": clock()}
    here.changed_by(lambda: change_post(session, cast.ines, here.view(), posts[1].id, ModerationAction.HIDE, **hide))
    here.changed_by(lambda: change_post(session, cast.ines, here.view(), posts[1].id, ModerationAction.RESTORE, **hide))
    here.changed_by(lambda: delete_post(session, ben, here.view(who=ben), posts[1].id, now=clock()))
    dates = Calendar(replies_due=WEEK.replies_due + timedelta(days=2))
    person = {"person_id": cast.chi.person_id, "dates": dates, "note": "", "now": clock()}
    here.changed_by(lambda: extend(session, cast.ines, here.view(), **person))
    here.changed_by(lambda: here.change(requirements=to_stored({**ASKED, "first_post_words": 50}, None, EarlyRule(1))))
    later = replace(WEEK, first_post_due=WEEK.first_post_due + timedelta(hours=1))
    here.changed_by(lambda: here.change(calendar=later))


def test_a_review_is_seen(here, cast, derived):
    session, clock = here.session, here.clock
    here.change(requirements=to_stored({**ASKED, "reviews_counted": "yes"}))
    for student in cast.students:
        here.write(student)
    planned = plan_reviews(session, cast.ines, here.view(), peers=1)
    clock.now = WEEK.closes_at + timedelta(minutes=1)
    here.changed_by(lambda: assign(session, cast.ines, again(session, cast.ines, planned, now=clock()), now=clock()))
    (task,) = tasks_of(session, cast.ana, planned, now=clock())
    author = next(student for student in cast.students if student.person_id == task.author_id)
    here.changed_by(lambda: review(session, cast.ana, planned, author, now=clock()))


def test_what_another_process_writes_is_seen(here, cast, derived, database_url):
    posted = here.write(cast.ana)
    here.session.commit()
    sql = f"UPDATE post SET words = 1 WHERE id = {posted.id}"
    command = [sys.executable, "-c", OTHER_PROCESS, database_url, sql]
    here.changed_by(lambda: subprocess.run(command, check=True, timeout=60))


@pytest.mark.parametrize("name", ["first_post_due", "replies_due", "closes_at"])
def test_a_date_that_passes_is_seen(here, cast, derived, name):
    here.write(cast.ana)
    here.session.commit()
    moment = getattr(here.settings.calendar, name)
    for seconds in (-2, -1, 0, 1, 2, -3):
        here.clock.now = moment + timedelta(seconds=seconds)
        here.look()


def test_nothing_is_derived_again_until_a_date_passes(here, cast, derived):
    here.write(cast.ana)
    here.session.commit()
    here.look()
    derived.clear()
    here.clock.now = WEEK.first_post_due - timedelta(microseconds=1)
    here.look()
    assert derived == []
    here.clock.move(microseconds=2)
    here.look()
    assert derived == [here.id]


def test_whoever_waits_for_others_is_told_of_this_moment(here, cast, derived):
    """The proof for a student who posted early says until when there was too little to reply to: until now."""
    here.write(cast.ana)
    here.session.commit()
    for _ in range(3):
        here.clock.move(minutes=7)
        ana = here.look()[cast.ana.person_id]
        assert {each.proof.until for each in ana.requirements if each.proof} == set()
    here.clock.now = WEEK.replies_due + timedelta(hours=1)
    for _ in range(3):
        here.clock.move(minutes=7)
        ana = here.look()[cast.ana.person_id]
        assert {each.proof.until for each in ana.requirements if each.proof} == {here.clock()}
    assert derived == [here.id] * 2


def test_a_look_at_what_is_unchanged_takes_one_statement(here, cast, derived):
    here.write(cast.ana)
    here.session.commit()
    needed = 6
    assert [here.statements(), here.statements()] == [needed + 2, 1]
    dates = Calendar(replies_due=WEEK.replies_due + timedelta(days=2))
    person = {"person_id": cast.chi.person_id, "dates": dates, "note": "", "now": here.clock()}
    extend(here.session, cast.ines, here.view(), **person)
    here.session.commit()
    assert [here.statements(), here.statements()] == [needed + 3, 2]


def test_what_is_rolled_back_leaves_nothing(here, cast, derived):
    session = here.session
    before = here.kept(session)
    nested = session.begin_nested()
    here.write(cast.chi)
    during = here.kept(session)
    assert during == here.fresh(session) != before
    nested.rollback()
    session.expire_all()
    assert here.kept(session) == before
    session.rollback()
    assert here.look() == before


def test_facts_that_are_newer_than_their_marks_are_not_kept(here, cast, derived, monkeypatch):
    """Each statement of a session for writing may see what was committed last. The marks are looked at once more."""
    session, collect = here.session, queries.collect_class_work

    def interrupted(reader, actor, discussion, **more):
        monkeypatch.setattr(queries, "collect_class_work", collect)
        here.write(cast.chi)
        session.flush()
        return collect(reader, actor, discussion, **more)

    monkeypatch.setattr(queries, "collect_class_work", interrupted)
    newer = here.kept(session)
    session.rollback()
    session.expire_all()
    assert here.look() != newer


def test_only_those_who_have_done_something_are_judged_again(here, cast, derived, monkeypatch):
    judged, judge = [], queries.evaluate

    def noted(requirements, posts, *others, **more):
        judged.append([post.address for post in posts])
        return judge(requirements, posts, *others, **more)

    def judged_after(work):
        work()
        here.session.commit()
        with here.database.read() as reader:
            judged.clear()
            here.kept(reader)
            return sorted(judged)

    monkeypatch.setattr(queries, "evaluate", noted)
    here.change(requirements=to_stored(ASKED))
    posts = []
    assert judged_after(lambda: posts.extend([here.write(cast.ana), here.write(cast.ben)])) == [[], ["1"], ["2"]]
    assert judged_after(lambda: here.write(cast.ben, "That is so", to=posts[0])) == [["2", "1.1"]]
    viewer = here.view(who=cast.chi)
    like = {"wanted": True, "now": here.clock()}
    assert judged_after(lambda: set_like(here.session, cast.chi, viewer, posts[0].id, **like)) == [[]]
    assert len(judged_after(lambda: here.change(calendar=replace(WEEK, closes_at=None)))) == 4
    here.look()


def test_what_is_left_as_it_was_is_not_kept_beyond_its_dates(here, cast, derived):
    """Whoever is judged again has other dates than those whose results are left as they were."""
    here.change(requirements=to_stored(ASKED))
    later = {name: getattr(WEEK, name) + timedelta(days=20) for name in ("first_post_due", "replies_due")}
    person = {"person_id": cast.ben.person_id, "dates": Calendar(**later), "note": "", "now": here.clock()}
    extend(here.session, cast.ines, here.view(), **person)
    here.changed_by(lambda: here.write(cast.ana))
    before = here.changed_by(lambda: here.write(cast.ben))
    here.clock.now = WEEK.replies_due + timedelta(minutes=1)
    after = here.look()
    assert not before[cast.chi.person_id].any_missed
    assert after[cast.chi.person_id].any_missed
    assert not after[cast.ben.person_id].any_missed


def test_two_moments_of_the_database_are_told_apart(here, cast, derived):
    """A page that began before a change was committed goes on with what was true then, and one after it does not."""
    with here.database.read() as early:
        before = here.kept(early)
        here.write(cast.chi)
        here.session.commit()
        after = here.look()
        assert after != before
        assert here.kept(early) == before == here.fresh(early)
    assert here.look() == after


def test_what_is_kept_opens_no_gate(here, cast, derived):
    here.look()
    with here.database.read() as reader, pytest.raises(Forbidden):
        collect_class_verdicts(reader, cast.ana, here.view(reader), now=here.clock())


def test_no_more_is_kept_than_fits(here, cast, monkeypatch):
    monkeypatch.setattr(queries, "_derived", DerivedResults(3, size_of))
    for who in cast.students:
        here.write(who)
        here.session.commit()
        here.look()
        here.look()
        assert queries._derived.taken <= 3


def test_readers_and_writers_at_once(here, cast, derived):
    done = Event()

    def read():
        seen = 0
        while not done.is_set() or not seen:
            here.look()
            seen += 1
        return seen

    def change():
        try:
            for nth in range(8):
                with here.database.writing() as session:
                    view, words = here.view(session, cast.students[nth % 3]), f"Thought {nth} of many words."
                    write(session, cast.students[nth % 3], view, text=words, now=here.clock())
        finally:
            done.set()

    *seen, nothing = at_once([read, read, change])
    assert nothing is None
    assert all(isinstance(each, int) for each in seen), seen
    here.look()
