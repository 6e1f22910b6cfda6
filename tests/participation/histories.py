"""Random histories of a course: several people write, staff moderate, extend and change the rule, and time goes on."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import select

from lti_app.core.errors import ColloquyError
from lti_app.course.courses.actions import change_settings
from lti_app.course.courses.rules import CitationStyle, CourseSettings, Library
from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.actions.extensions import extend, remove_extension
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
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
from lti_app.discussion.reviewing.actions.assigning import assign_reviews, begin_review
from lti_app.discussion.reviewing.actions.settings import save_review_plan
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.discussion.reviewing.rules.plans import ReviewPlan
from lti_app.discussion.stances.actions import answer_stance
from lti_app.library.readings.actions.progress import mark_read
from lti_app.library.readings.actions.records import change_reading
from lti_app.library.readings.queries import get_reading
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.registry import FIELDS, KINDS, to_stored
from lti_app.participation.requirements.terms import OwnTerms
from tests.cast import MONDAY, FrozenClock, gather_cast
from tests.factories.discussions import ASKED, WEEK, plan, set_up
from tests.factories.posts import write
from tests.factories.readings import add_readings

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


class History(RuleBasedStateMachine):
    """What may happen in two discussions of a course. Invariants are those of the tests."""

    database = None

    def __init__(self):
        super().__init__()
        self.clock = FrozenClock()
        self.session = self.database.write()
        self.cast = gather_cast(self.session, self.clock())
        self.readings = add_readings(self.session, self.cast.ines, self.clock())
        self.other = set_up(self.session, self.cast.ines, self.clock(), title="Week 2", post_first=False)
        self.id = reserve_discussion(self.session, course_id=self.cast.course_id, title="", now=self.clock())
        self.version = 0
        self.posts: dict[int, str] = {}
        self.groups: list[int] = []
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

    def publish(self, name, text, move, parent_id, *, privately=False):
        actor, now = getattr(self.cast, name), self.clock.move(minutes=11)
        content = PostContent(text, move=move if parent_id else None)
        with self.session.begin_nested(), suppress(ColloquyError):
            where = {"parent_id": parent_id, "privately": privately}
            placed = create_post(self.session, actor, self.view(actor), content, **where, now=now)
            self.posts[placed.id] = name

    def chosen(self, data, *, of=None):
        ids = [post_id for post_id, author in self.posts.items() if of in (None, author)]
        return data.draw(st.sampled_from(ids)) if ids else None

    @rule(name=people, text=texts)
    def start(self, name, text):
        self.publish(name, text, None, None)

    @rule(name=people, text=texts, move=moves, privately=st.sampled_from([False, False, True]), data=st.data())
    def reply(self, name, text, move, privately, data):
        if parent_id := self.chosen(data):
            self.publish(name, text, move, parent_id, privately=privately)

    @rule(name=people, text=texts)
    def write_elsewhere(self, name, text):
        with suppress(ColloquyError):
            write(self.session, getattr(self.cast, name), self.other, text=text, now=self.clock.move(minutes=11))

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

    @rule(later=hours, names=st.lists(st.sampled_from(STUDENTS), unique=True))
    def extend_a_group(self, later, names):
        group_id = make_group(self.session, self.cast.ines, f"Group {len(self.groups) + 1}")
        self.groups.append(group_id)
        self.place(names, group_id)
        dates = Calendar(replies_due=WEEK.replies_due + timedelta(hours=later))
        with suppress(ColloquyError):
            view = self.view(self.cast.ines)
            extend(self.session, self.cast.ines, view, group_id=group_id, dates=dates, note="", now=self.clock())

    def place(self, names, group_id):
        moved = {getattr(self.cast, name).person_id: group_id for name in names}
        place_students(self.session, self.cast.ines, moved)

    @rule(names=st.lists(st.sampled_from(STUDENTS), unique=True), data=st.data())
    def change_groups(self, names, data):
        if self.groups:
            self.place(names, data.draw(st.none() | st.sampled_from(self.groups)))

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
        readings=st.tuples(st.sampled_from([(0, 1), (0, 1), (1, 0), (0,)]), st.sets(st.integers(0, 1))),
        due=st.sampled_from([OPEN_ENDED, WEEK, Calendar()]),
    )
    def change_the_requirements(self, asked, own, early, readings, due):
        reading_ids, required_ids = (tuple(self.readings[n] for n in chosen) for chosen in readings)
        chosen = {"reading_ids": reading_ids, "required_ids": frozenset(required_ids) & set(reading_ids)}
        requirements = to_stored(ASKED | asked, own, EarlyRule(early))
        with self.session.begin_nested(), suppress(ColloquyError):
            self.save(calendar=due, requirements=requirements, **chosen)

    @rule(which=st.integers(0, 1), year=st.integers(1970, 1999))
    def rename_a_reading(self, which, year):
        reading = get_reading(self.session, self.cast.ines, self.readings[which])
        csl = {**reading.csl, "issued": {"date-parts": [[year]]}}
        to = {"version": reading.version, "through_library": True}
        change_reading(self.session, self.cast.ines, self.readings[which], csl, **to)

    @rule(zone=st.sampled_from(["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"]))
    def move_the_course(self, zone):
        settings = CourseSettings(CitationStyle.HARVARD, Library.NONE, "", zone)
        change_settings(self.session, self.cast.ines, settings)

    @rule(peers=st.integers(0, 2), own=st.booleans())
    def plan_the_reviews(self, peers, own):
        view = self.view(self.cast.ines)
        plan = ReviewPlan(peers, own, due=WEEK.closes_at, posted_first=False, version=read_plan(view).version)
        with suppress(ColloquyError):
            save_review_plan(self.session, self.cast.ines, view, plan)

    @rule()
    def assign_the_reviews(self):
        assign_reviews(self.session, self.cast.ines, self.view(self.cast.ines), now=self.clock())

    @rule(submitted=st.booleans(), data=st.data())
    def write_a_review(self, submitted, data):
        if ids := list(self.session.scalars(select(ReviewAssignment.id).order_by(ReviewAssignment.id))):
            begin_review(self.session, data.draw(st.sampled_from(ids)), submitted=submitted, now=self.clock())

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

    @rule(due=st.sampled_from([WEEK.first_post_due, WEEK.replies_due, WEEK.closes_at]), seconds=st.integers(-1, 1))
    def wait_for_a_date(self, due, seconds):
        self.clock.now = max(self.clock(), due + timedelta(seconds=seconds))
