"""What a process keeps of a discussion is what the database has, for everybody who looks, whatever has happened."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Enum, select, update

from lti_app.core.db import UtcDateTime
from lti_app.core.errors import ColloquyError
from lti_app.core.recent import RecentlyUsed
from lti_app.course.groups.actions import make_group, place_students
from lti_app.course.groups.queries import list_groups
from lti_app.discussion.changes.queries import collect_marks
from lti_app.discussion.changes.rules import Source
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.moderation.actions import change_post, reply_privately, split_thread
from lti_app.discussion.moderation.rules import TIMESTAMP_CHANGES, ModerationAction
from lti_app.discussion.outlines import queries
from lti_app.discussion.outlines.queries import get_outline
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.read_state.actions import mark_posts_read
from lti_app.discussion.read_state.rules import PostNumbers, Sort
from lti_app.discussion.threads.queries import get_overview, read_thread
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.statements import columns_read, count_statements

STEPS = 60
ALONG = {"post.latest_at", "post.latest_number", "post.descendants"}
"""Only change together with what a mark changes with, which the random walk below looks at."""
KEYS = {"post.id", "post.discussion_id"}
"""Which are never changed."""


@pytest.fixture(autouse=True)
def outlines(monkeypatch):
    """Those of this test alone."""
    kept = RecentlyUsed(queries.MOST_POSTS)
    monkeypatch.setattr(queries, "_OUTLINES", kept)
    return kept


@pytest.fixture(params=[Structure.WHOLE_CLASS, Structure.GROUPS])
def lived_in(request, session, cast, clock):
    """A discussion of the whole class or of two groups, open to all at once."""
    groups = [make_group(session, cast.ines, name) for name in ("One", "Two")]
    members = zip((cast.ana, cast.ben, cast.chi), (groups[0], groups[0], groups[1]), strict=True)
    place_students(session, cast.ines, {student.person_id: group for student, group in members})
    made = set_up(session, cast.ines, clock(), post_first=False, structure=request.param)
    session.commit()
    return made


def look(session, actor, discussion_id, now):
    """All that an outline tells an actor."""
    discussion = get_discussion(session, actor, discussion_id, now=now)
    overview = get_overview(session, actor, discussion)
    here = circumstances_of(session, actor, discussion)
    pages = [
        read_thread(
            session,
            actor,
            discussion,
            circumstances=here,
            sort=sort,
            unread=overview.unread.by_thread,
            outline=overview.outline,
        )
        for sort in Sort
    ]
    told = replace(overview, outline=None)
    return told, [([line.address for line in page.lines], page.counts, page.next) for page in pages]


def expected(session, actor, discussion_id, now, monkeypatch):
    """The same from the database."""
    with monkeypatch.context() as patch:
        patch.setattr(queries, "_OUTLINES", RecentlyUsed(0))
        return look(session, actor, discussion_id, now)


class Walk:
    """Random things that happen in a discussion."""

    def __init__(self, session, cast, discussion, clock):
        self.session, self.cast, self.discussion, self.clock = session, cast, discussion, clock
        self.groups = [line.id for line in list_groups(session, cast.ines)]
        self.chance = random.Random(7)
        self.posts = []
        self.write()

    def step(self):
        happens = (self.write, self.write, self.write, self.moderate, self.moderate, self.delete, self.split)
        more = (self.reply_privately, self.read, self.move)
        self.chance.choice((*happens, *more))()
        self.clock.move(minutes=1)
        self.session.commit()

    def write(self):
        author = self.chance.choice((*self.cast.students, self.cast.tariq))
        below = [post for post in self.posts if self.chance.random() < 0.3]
        to = below[0] if below else None
        self._try(
            lambda _post: self.posts.append(write(self.session, author, self.discussion, to=to, now=self.clock()))
        )

    def moderate(self):
        self._try(
            lambda post: change_post(
                self.session,
                self.cast.ines,
                self.discussion,
                post.id,
                self.chance.choice(list(TIMESTAMP_CHANGES)),
                reason="Not here.",
                now=self.clock(),
            )
        )

    def delete(self):
        self._try(lambda post: delete_post(self.session, self.cast.ines, self.discussion, post.id, now=self.clock()))

    def split(self):
        self._try(lambda post: split_thread(self.session, self.cast.ines, self.discussion, post.id, now=self.clock()))

    def reply_privately(self):
        self._try(
            lambda post: reply_privately(
                self.session, self.cast.ines, self.discussion, post.id, f"{self.clock()}", now=self.clock()
            )
        )

    def read(self):
        reader = self.chance.choice(self.cast.students)
        self._try(lambda post: mark_posts_read(self.session, reader, self.discussion, PostNumbers.of([post.number])))

    def move(self):
        student = self.chance.choice(self.cast.students)
        group = self.chance.choice(self.groups)
        self._try(lambda _post: place_students(self.session, self.cast.ines, {student.person_id: group}))

    def _try(self, happens):
        """Whoever may not do it there does nothing."""
        with suppress(ColloquyError), self.session.begin_nested():
            happens(self.chance.choice(self.posts) if self.posts else None)


@pytest.fixture
def walk(session, cast, lived_in, clock):
    return Walk(session, cast, lived_in, clock)


def test_what_is_kept_is_what_the_database_has(database, walk, monkeypatch, outlines):
    seen = set()
    for _ in range(STEPS):
        walk.step()
        for actor in (*walk.cast.students, walk.cast.ines):
            with database.read() as reader:
                told = look(reader, actor, walk.discussion.id, walk.clock())
                assert told == look(reader, actor, walk.discussion.id, walk.clock())
                assert told == expected(reader, actor, walk.discussion.id, walk.clock(), monkeypatch)
            seen.add(repr(told))
    assert len(seen) > STEPS
    assert outlines.taken


def statements(database, actor, discussion_id, now):
    """How many an overview takes, the gate aside."""
    with database.read() as reader:
        discussion = get_discussion(reader, actor, discussion_id, now=now)
        with count_statements(database.engine) as sent:
            get_overview(reader, actor, discussion)
    return len(sent)


def test_it_is_read_once_for_all_who_see_the_same(database, session, cast, discussion, clock):
    def asked(actor):
        return statements(database, actor, discussion.id, clock())

    posts = [write(session, each, discussion, now=clock()) for each in cast.students]
    session.commit()
    assert [asked(actor) for actor in (cast.ana, cast.ana, cast.ben, cast.chi)] == [2, 1, 1, 1]
    assert [asked(actor) for actor in (cast.ines, cast.tariq)] == [2, 1]
    change_post(session, cast.ines, discussion, posts[0].id, ModerationAction.HOLD, now=clock())
    session.commit()
    assert [asked(actor) for actor in (cast.ben, cast.chi, cast.ana, cast.ana)] == [2, 1, 2, 1]


def test_what_is_written_and_given_up_is_not_kept(database, session, cast, discussion, clock):
    write(session, cast.ana, discussion, now=clock())
    session.commit()
    with database.write() as writer:
        write(writer, cast.ben, discussion, now=clock())
        assert get_outline(writer, cast.ana, discussion).outline.size == 2
        writer.rollback()
    with database.read() as reader:
        assert get_outline(reader, cast.ana, discussion).outline.size == 1


def test_another_group_is_another_outline(database, session, cast, clock):
    one, two = (make_group(session, cast.ines, name) for name in ("One", "Two"))
    place_students(session, cast.ines, {cast.ana.person_id: one, cast.ben.person_id: two})
    made = set_up(session, cast.ines, clock(), post_first=False, structure=Structure.GROUPS)
    write(session, cast.ana, made, now=clock())
    session.commit()

    def size(actor):
        with database.read() as reader:
            return get_outline(reader, actor, get_discussion(reader, actor, made.id, now=clock())).outline.size

    assert [size(actor) for actor in (cast.ana, cast.ben, cast.ines)] == [1, 0, 1]
    place_students(session, cast.ines, {cast.ben.person_id: one})
    session.commit()
    assert size(cast.ben) == 1


def another(value, column, now):
    """Another value that the column may have."""
    if isinstance(column.type, UtcDateTime):
        return value + timedelta(hours=1) if value else now
    if isinstance(value, bool):
        return not value
    if isinstance(column.type, Enum):
        return next(member for member in column.type.enum_class if member is not value)
    return value + 1 if isinstance(value, int) else f"{value or ''}x"


def test_everything_that_is_read_changes_the_mark(database, session, cast, discussion, clock):
    first = write(session, cast.ana, discussion, now=clock())
    reply = write(session, cast.ines, discussion, to=first, now=clock())
    others = {
        "post.author_id": cast.chi.person_id,
        "post.private_to_id": cast.chi.person_id,
        "post.parent_id": None,
        "post.root_id": None,
        "post.split_from_id": first.id,
        "post.group_id": make_group(session, cast.ines, "One"),
    }
    named = columns_read(database.engine, lambda: get_outline(session, cast.ana, discussion))
    read = {name: column for name, column in named.items() if column.table is Post.__table__}
    assert read.keys() >= {"post.path", "post.pinned_at", "post.undated", "post.held_at", *ALONG}

    def marks():
        return collect_marks(session, {discussion.id: [Source.POSTS]})

    for name in sorted(read.keys() - ALONG - KEYS):
        column, before = read[name], marks()
        value = session.scalar(select(column).where(Post.id == reply.id))
        new = others[name] if name in others else another(value, column, clock())
        nested = session.begin_nested()
        session.execute(update(Post.__table__).where(Post.id == reply.id).values({column: new}))
        assert marks() != before, f"{name} is read for an outline, and the mark does not change with it"
        nested.rollback()
