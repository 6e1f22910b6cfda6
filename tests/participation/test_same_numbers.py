"""Whatever happens in a discussion, every place that shows participation shows the same."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from lti_app.core.errors import ColloquyError
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.actions.extensions import extend, remove_extension
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.course import list_views, with_readings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.queries.extensions import list_extensions
from lti_app.discussion.discussions.rules import Calendar, Move, StanceQuestion
from lti_app.discussion.moderation.actions import change_post, split_thread
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.stances.actions import answer_stance
from lti_app.library.readings.actions.progress import mark_read
from lti_app.participation.matrix.queries.own import list_own_work
from lti_app.participation.matrix.queries.tables import get_class_matrix, get_course_term
from lti_app.participation.matrix.rules.course import cell_of
from lti_app.participation.progress.queries import (
    collect_class_verdicts,
    collect_term_verdicts,
    get_participation,
)
from lti_app.participation.progress.rules import keyed
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.registry import FIELDS, KINDS, to_stored
from lti_app.participation.requirements.terms import OwnTerms
from tests.cast import MONDAY, FrozenClock, gather_cast
from tests.factories.discussions import ASKED, WEEK, plan, set_up
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.factories.reviews import again, assign, plan_reviews, review, tasks_of

OPEN_ENDED = replace(WEEK, closes_at=None)
STUDENTS = ("ana", "ben", "chi")
people = st.sampled_from([*STUDENTS, "ana", "ben", "ines", "tariq"])
words = st.sampled_from(["Leaders", "cope", "with change", "[Kotter, p. 104]", "[Zaleznik]", "> quoted\n", "and"])
texts = st.lists(words, min_size=1, max_size=8).map(" ".join)
moves = st.sampled_from([None, None, Move.QUESTION, Move.COUNTER])
hours = st.integers(1, 60)
actions = st.sampled_from(
    [ModerationAction.HIDE, ModerationAction.RESTORE, ModerationAction.HOLD, ModerationAction.APPROVE]
)


def values_of(field):
    """Values of a field of a requirement that can be met, or not, in a short history."""
    if field.choices:
        return st.sampled_from([value for value, _ in field.choices])
    return st.integers(field.least, 8 if field.input.endswith("words") else 3)


asked = st.fixed_dictionaries({}, optional={field.input: values_of(field) for field in FIELDS})
own_terms = st.builds(
    OwnTerms,
    due=st.none() | hours.map(lambda after: MONDAY + timedelta(hours=after)),
    is_optional=st.booleans(),
    points=st.sampled_from([Decimal(0), Decimal("2.5")]),
)


def lines(verdicts):
    """All that any page shows of requirements."""
    return [
        (
            *(verdict.kind, verdict.standing, verdict.have, verdict.want, verdict.due, verdict.met_at, verdict.late),
            *(verdict.addresses, verdict.counted_at, verdict.reading.id if verdict.reading else None, verdict.proof),
        )
        for verdict in verdicts
    ]


def compared(verdicts):
    """All that any page shows of an evaluation."""
    posts = {post_id: (judged.reason.key, judged.counts, judged.late) for post_id, judged in verdicts.posts.items()}
    return lines(verdicts.requirements), posts


def everywhere(session, cast, discussion_id, name, now):
    """The participation of one student by every way there is to it."""
    actor, ines = getattr(cast, name), cast.ines
    found = {}
    for who in (actor, ines):
        view = get_discussion(session, who, discussion_id, now=now)
        own = get_participation(session, who, view, actor.person_id, now=now)
        found[f"the page of {who.person_id}"] = compared(own.verdicts)
        student = replace(who, person_id=actor.person_id, role=Role.STUDENT, teaches=False)
        views = with_readings(session, list_views(session, student, now))
        of_term = collect_term_verdicts(session, who, views, actor.person_id, now=now)
        found[f"the term of {who.person_id}"] = compared(of_term[discussion_id])
    view = get_discussion(session, ines, discussion_id, now=now)
    verdicts = collect_class_verdicts(session, ines, view, now=now)(actor.person_id)
    found["the class list"] = compared(verdicts)
    assert_tables_agree(session, cast, view, actor, verdicts, now=now)
    return found


def assert_tables_agree(session, cast, view, actor, verdicts, *, now):
    """The tables of the discussion and of the term, and the student's own overview, show the same verdicts."""
    matrix = get_class_matrix(session, cast.ines, view, now=now)
    (line,) = [each for each in matrix.lines if each.person_id == actor.person_id]
    shown = {column.key: verdict for column, verdict in zip(matrix.columns, line.verdicts, strict=True) if verdict}
    assert lines(shown.values()) == lines(verdict for key, verdict in keyed(verdicts.requirements) if key in shown)
    assert {key for key, _ in keyed(verdicts.requirements)} == shown.keys()
    term = get_course_term(session, cast.ines, now=now)
    (of_term,) = [each for each in term.matrix.lines if each.person_id == actor.person_id]
    assert of_term.cells[term.matrix.places[f"{view.id}"]] == cell_of(verdicts)
    (own,) = [
        *(work.verdicts for work in list_own_work(session, actor, list_views(session, actor, now), now=now)),
        *([] if verdicts.requirements else [verdicts]),
    ]
    assert lines(own.requirements) == lines(verdicts.requirements)


def assert_agreed(found):
    first = next(iter(found.values()))
    assert {name for name, each in found.items() if each != first} == set()


class SameNumbers(RuleBasedStateMachine):
    """Several people write, staff moderate, extend and change the requirements, and time goes on."""

    database = None

    def __init__(self):
        super().__init__()
        self.clock = FrozenClock()
        self.session = self.database.write()
        self.cast = gather_cast(self.session, self.clock())
        self.readings = add_readings(self.session, self.cast.ines, self.clock())
        reserved = reserve_discussion(self.session, course_id=self.cast.course_id, title="", now=self.clock())
        self.id = reserved
        self.version = 0
        self.posts: dict[int, str] = {}
        self.save()

    def teardown(self):
        self.session.rollback()
        self.session.close()

    def save(self, **changes):
        poll = StanceQuestion("Are leaders born?", "Born", "Made")
        chosen = plan(post_first=False, reading_ids=self.readings, calendar=OPEN_ENDED, stance=poll)
        chosen = replace(chosen, **changes)
        save_settings(self.session, self.cast.ines, self.id, settings=chosen, version=self.version, now=self.clock())
        self.version += 1

    def view(self, actor):
        return get_discussion(self.session, actor, self.id, now=self.clock())

    def publish(self, name, text, move, parent_id):
        actor, now = getattr(self.cast, name), self.clock.move(minutes=11)
        content = PostContent(text, move=move if parent_id else None)
        with self.session.begin_nested(), suppress(ColloquyError):
            placed = create_post(self.session, actor, self.view(actor), content, parent_id=parent_id, now=now)
            self.posts[placed.id] = name

    def chosen(self, data, *, of=None):
        ids = [post_id for post_id, author in self.posts.items() if of in (None, author)]
        return data.draw(st.sampled_from(ids)) if ids else None

    @rule(name=people, text=texts)
    def start(self, name, text):
        self.publish(name, text, None, None)

    @rule(name=people, text=texts, move=moves, data=st.data())
    def reply(self, name, text, move, data):
        if parent_id := self.chosen(data):
            self.publish(name, text, move, parent_id)

    @rule(name=people, text=texts, data=st.data())
    def edit(self, name, text, data):
        if post_id := self.chosen(data, of=name):
            actor, now = getattr(self.cast, name), self.clock.move(minutes=11)
            version = self.session.scalars(select(Post.version).where(Post.id == post_id)).one()
            with self.session.begin_nested(), suppress(ColloquyError):
                edit_post(self.session, actor, self.view(actor), post_id, PostContent(text), version=version, now=now)

    @rule(data=st.data())
    def delete(self, data):
        if post_id := self.chosen(data):
            actor = getattr(self.cast, self.posts[post_id])
            with suppress(ColloquyError):
                delete_post(self.session, actor, self.view(actor), post_id, now=self.clock.move(minutes=1))

    @rule(action=actions, data=st.data())
    def moderate(self, action, data):
        if post_id := self.chosen(data):
            view = self.view(self.cast.ines)
            with suppress(ColloquyError):
                change_post(self.session, self.cast.ines, view, post_id, action, reason="Off topic.", now=self.clock())

    @rule(data=st.data())
    def split(self, data):
        if post_id := self.chosen(data):
            with suppress(ColloquyError):
                split_thread(self.session, self.cast.ines, self.view(self.cast.ines), post_id, now=self.clock())

    @rule(name=st.sampled_from(STUDENTS), later=hours)
    def extend_one(self, name, later):
        view, by = self.view(self.cast.ines), timedelta(hours=later)
        with suppress(ColloquyError):
            extend(
                self.session,
                self.cast.ines,
                view,
                person_id=getattr(self.cast, name).person_id,
                dates=Calendar(replies_due=WEEK.replies_due + by, first_post_due=WEEK.first_post_due + by),
                note="",
                now=self.clock(),
            )

    @rule(data=st.data())
    def take_an_extension_back(self, data):
        view = self.view(self.cast.ines)
        if lines := list_extensions(self.session, self.cast.ines, view):
            line = data.draw(st.sampled_from(lines))
            remove_extension(self.session, self.cast.ines, view, line.id)

    @rule(
        asked=asked,
        own=st.dictionaries(st.sampled_from([kind.kind for kind in KINDS]), own_terms, max_size=3),
        early=st.sampled_from([0, 0, 1, 2]),
        required=st.sets(st.integers(0, 1)),
        due=st.sampled_from([OPEN_ENDED, Calendar()]),
    )
    def change_the_requirements(self, asked, own, early, required, due):
        required_ids = frozenset(self.readings[n] for n in required)
        requirements = to_stored(ASKED | asked, own, EarlyRule(early))
        self.save(calendar=due, required_ids=required_ids, requirements=requirements)

    @rule(name=people, wanted=st.booleans(), data=st.data())
    def like(self, name, wanted, data):
        if post_id := self.chosen(data):
            actor = getattr(self.cast, name)
            with suppress(ColloquyError):
                set_like(self.session, actor, self.view(actor), post_id, wanted=wanted, now=self.clock())

    @rule(name=st.sampled_from(STUDENTS), which=st.integers(0, 1), read=st.booleans())
    def mark_a_reading(self, name, which, read):
        mark_read(self.session, getattr(self.cast, name), self.readings[which], self.clock(), read=read)

    @rule(name=st.sampled_from(STUDENTS), value=st.integers(1, 5), again=st.booleans())
    def take_a_position(self, name, value, again):
        actor = getattr(self.cast, name)
        with suppress(ColloquyError):
            answer_stance(self.session, actor, self.view(actor), value, again=again, now=self.clock())

    @rule(by=hours)
    def wait(self, by):
        self.clock.move(hours=by)

    @invariant()
    def all_places_agree(self):
        self.session.expire_all()
        for name in STUDENTS:
            assert_agreed(everywhere(self.session, self.cast, self.id, name, self.clock()))


def test_any_history(database):
    class OnThisDatabase(SameNumbers):
        pass

    OnThisDatabase.database = database
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(max_examples=12, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow]),
    )


def test_reviews_count_everywhere(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), reviews_counted="yes")
    for student in cast.students:
        write(session, student, discussion, now=clock())
    here = plan_reviews(session, cast.ines, discussion, peers=1)
    clock.now = MONDAY + timedelta(days=8)
    assign(session, cast.ines, again(session, cast.ines, here, now=clock()), now=clock())
    (task,) = tasks_of(session, cast.ana, here, now=clock())
    author = next(student for student in cast.students if student.person_id == task.author_id)
    review(session, cast.ana, here, author, now=clock())
    for name in STUDENTS:
        found = everywhere(session, cast, discussion.id, name, clock())
        assert_agreed(found)
        (counted,) = [each for each in found["the class list"][0] if each[0] == "reviews"]
        assert counted[2] == int(name == "ana")
