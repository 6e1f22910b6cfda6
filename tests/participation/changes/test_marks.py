"""Marks change with everything that participation is counted from, whoever writes it and however."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

import pytest
from sqlalchemy import delete, insert, select, text, update

from lti_app.core.db import UtcDateTime
from lti_app.course.groups.models import Group
from lti_app.course.groups.rules import GroupKind
from lti_app.discussion.changes.queries import collect_marks
from lti_app.discussion.changes.rules import Source
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.rules import Move, StanceQuestion
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.stances.actions import answer_stance
from lti_app.library.readings.actions.progress import mark_read, record_place
from lti_app.participation.changes.rules import SOURCES, sources_of
from lti_app.participation.progress.queries import collect_course_work, requirements_of
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.facts import Need
from lti_app.participation.requirements.registry import FIELDS, to_stored
from tests.factories.discussions import plan
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.factories.reviews import again, assign, plan_reviews
from tests.statements import columns_read

OF_THE_VIEW = {"discussion_reading"}
"""Read with the discussion, and compared as a part of it."""
KEYS = {"post.id", "passage.id"}
"""What other rows refer to: these are never changed."""
EVERYTHING = to_stored(
    {
        field.input: next(value for value, _ in field.choices if value) if field.choices else max(1, field.least)
        for field in FIELDS
    },
    early=EarlyRule(2),
)


@pytest.fixture
def filled(session, cast, clock):
    """Two discussions that ask for everything; in the first, everything has been done."""
    readings = add_readings(session, cast.ines, clock())
    here, other = (_discussion(session, cast, clock, readings) for _ in range(2))
    first = write(session, cast.ana, here, text="As [Kotter, p. 104] says.", now=clock())
    reply = write(session, cast.ben, here, to=first, now=clock())
    words = PostContent("As [Kotter, p. 104] and [Zaleznik, p. 70] say.")
    edit_post(session, cast.ana, here, first.id, words, version=1, now=clock.move(hours=1))
    edit_post(session, cast.ben, here, reply.id, PostContent("So?", move=Move.QUESTION), version=1, now=clock())
    write(session, cast.chi, other, text="As [Kotter, p. 105] says.", now=clock())
    session.execute(update(Post).where(Post.discussion_id == other.id).values(path="0009", number=9))
    set_like(session, cast.ben, here, first.id, wanted=True, now=clock())
    answer_stance(session, cast.ana, here, 4, again=False, now=clock())
    answer_stance(session, cast.ana, here, 2, again=True, now=clock.move(hours=1))
    mark_read(session, cast.ana, readings[0], clock(), read=True)
    record_place(session, cast.ben, readings[0], clock(), page="104")
    planned = plan_reviews(session, cast.ines, here, peers=1, posted_first=False)
    assign(session, cast.ines, planned, now=clock())
    session.add(Group(course_id=cast.course_id, kind=GroupKind.OWN, external_id="1", name="One"))
    session.commit()
    return tuple(again(session, cast.ines, each, now=clock()) for each in (here, other))


def _discussion(session, cast, clock, readings):
    reserved = reserve_discussion(session, course_id=cast.course_id, title="", now=clock())
    poll = StanceQuestion("Are leaders born?", "Born", "Made")
    chosen = plan(post_first=False, reading_ids=readings, required_ids=frozenset(readings), stance=poll)
    chosen = replace(chosen, requirements=EVERYTHING)
    return save_settings(session, cast.ines, reserved, settings=chosen, version=0, now=clock())


def marks(session, views, sources=tuple(Source)):
    session.flush()
    return collect_marks(session, {view.id: sources for view in views})


def columns_of(database, session, actor, views):
    """The columns of tables that a full evaluation reads."""
    return columns_read(database.engine, lambda: collect_course_work(session, actor, views, extended={}))


def another(session, column, value):
    """Another value that the column may have."""
    if key := next(iter(column.foreign_keys), None):
        return session.scalars(select(key.column).where(key.column != (value or 0)).order_by(key.column.desc())).first()
    if isinstance(value, Enum):
        return next(member for member in type(value) if member is not value)
    if isinstance(column.type, UtcDateTime):
        return (value or datetime.fromisoformat("2026-03-05T10:00:00+00:00")) + timedelta(hours=1)
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value, 4711]
    return value + 1 if isinstance(value, int) else f"{value or ''}x"


def test_everything_that_is_read_changes_them(database, session, cast, filled):
    here, _other = filled
    assert requirements_of(here).needs == set(Need)
    read = columns_of(database, session, cast.ines, filled)
    assert read.keys() >= {"post.hidden_at", "post.root_id", "revision.words", "citation.post_id", "passage.page"}
    before = marks(session, filled)
    for name in sorted(read.keys() - KEYS):
        column, keys = read[name], list(read[name].table.primary_key)
        if column.table.name in OF_THE_VIEW:
            continue
        row = session.execute(select(*keys, column).order_by(*keys).limit(1)).one()
        changing = update(column.table).where(*(key == value for key, value in zip(keys, row, strict=False)))
        nested = session.begin_nested()
        session.execute(changing.values({column: another(session, column, row[-1])}))
        after = marks(session, filled)
        nested.rollback()
        assert after[here.id] != before[here.id], f"{name} is read for an evaluation, and no mark changes with it"
    assert marks(session, filled) == before


def test_rows_that_come_and_go_change_them(database, session, cast, filled):
    here, _other = filled
    tables = {column.table for column in columns_of(database, session, cast.ines, filled).values()}
    for table in sorted(tables, key=lambda each: each.name):
        if table.name in {*OF_THE_VIEW, "passage"}:  # which is cited by none when it comes or goes
            continue
        keys = list(table.primary_key)
        row = session.execute(select(table).order_by(*keys).limit(1)).mappings().one()
        if table.name == "post":
            row = {**row, "id": 4711, "number": 4711, "path": "4711"}
        else:
            seen = marks(session, filled)
            session.execute(delete(table).where(*(key == row[key.name] for key in keys)))
            assert marks(session, filled)[here.id] != seen[here.id], table.name
        seen = marks(session, filled)
        session.execute(insert(table).values(dict(row)))
        assert marks(session, filled)[here.id] != seen[here.id], table.name
    seen = marks(session, filled)
    session.execute(delete(Post).where(Post.id == 4711))
    assert marks(session, filled)[here.id] != seen[here.id]


def test_each_kind_of_fact_has_its_own(session, cast, clock, filled):
    here, other = filled
    seen = {source: marks(session, filled, [source]) for source in Source}

    def changed():
        found = set()
        for source in Source:
            now = marks(session, filled, [source])
            found |= {(source, each.id == here.id) for each in filled if now[each.id] != seen[source][each.id]}
            seen[source] = now
        return found

    (post_id,) = session.scalars(select(Post.id).where(Post.discussion_id == other.id))
    set_like(session, cast.ana, other, post_id, wanted=True, now=clock())
    assert changed() == {(Source.LIKES, False)}
    answer_stance(session, cast.ben, here, 3, again=False, now=clock())
    assert changed() == {(Source.POSITIONS, True)}
    mark_read(session, cast.ben, here.readings[1].id, clock(), read=True)
    assert changed() == {(Source.READ_MARKS, True), (Source.READ_MARKS, False)}
    record_place(session, cast.ben, here.readings[1].id, clock(), page="70")
    record_place(session, cast.chi, here.readings[1].id, clock(), page="71")
    assert changed() == set()
    write(session, cast.chi, here, now=clock())
    assert changed() == {(Source.POSTS, True)}
    assert sources_of(()) == {Source.POSTS}
    assert SOURCES.keys() == set(Need)


def test_what_was_rolled_back_never_comes_again(session, cast, clock, filled):
    here, _other = filled
    seen = [marks(session, filled)[here.id]]
    for _ in range(3):
        nested = session.begin_nested()
        write(session, cast.chi, here, text="The same words.", now=clock())
        seen.append(marks(session, filled)[here.id])
        nested.rollback()
        assert marks(session, filled)[here.id] == seen[0]
    assert len(set(seen)) == len(seen)


@pytest.fixture
def hurried(database):
    """On PostgreSQL nobody waits for a lock; on SQLite one transaction writes at a time anyway."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("one transaction at a time")

    def session():
        made = database.write()
        made.execute(text("SET LOCAL lock_timeout = '1ms'"))
        return made

    return session


def test_those_who_change_something_at_once_do_not_wait(database, session, filled, hurried):
    here, _other = filled

    def of_posts():
        with database.read() as reader:
            return marks(reader, [here], [Source.POSTS])[here.id]

    states = [of_posts()]
    one, two, three = hurried(), hurried(), hurried()
    posts = list(session.scalars(select(Post.id).where(Post.discussion_id == here.id).order_by(Post.id)))
    for writer, post_id in zip((one, two), posts, strict=True):
        writer.execute(update(Post).where(Post.id == post_id).values(words=Post.words + 1))
    assert of_posts() == states[0]
    for writer in (two, one):
        writer.commit()
        states.append(of_posts())
    three.execute(update(Post).where(Post.id == posts[0]).values(words=Post.words + 1))
    three.commit()
    states.append(of_posts())
    assert len(set(states)) == len(states)
    assert [len(each) for each in states[1:]] == [2, 2, 1]
