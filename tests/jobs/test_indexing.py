"""Posts that were indexed by nobody, or by an earlier version, are indexed by the worker in batches of their own."""

from threading import Event

import pytest
from sqlalchemy import text

from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.search import models
from lti_app.discussion.search.actions import index_stale
from lti_app.discussion.search.queries import search_posts
from lti_app.jobs.indexing import BATCH, PostIndexer
from tests.cast import FrozenClock
from tests.factories.discussions import set_up
from tests.factories.posts import write

MANY = 2 * BATCH + 3


@pytest.fixture
def clock():
    """Within the dates of a discussion, unlike that of the other tasks."""
    return FrozenClock()


@pytest.fixture
def found(database, session, cast, clock):
    """More posts than two batches hold, none of them indexed; answers how many a query finds."""
    discussion = set_up(session, cast.ines, clock(), post_first=False)
    for n in range(MANY):  # the same words again would be taken for a second click
        write(session, cast.ana, discussion, text=f"Straße {n}", now=clock())
    table = "post_search_words" if session.get_bind().dialect.name == "sqlite" else "post_search"
    nothing = "words = '', joined = ''" if session.get_bind().dialect.name == "sqlite" else "words = '', body = ''"
    session.execute(text(f"UPDATE {table} SET version = 0, {nothing}"))
    session.commit()

    def found(query="strasse"):
        with database.read() as reader:
            count, below = 0, None
            while True:
                page = search_posts(reader, cast.ben, list_readable(reader, cast.ben, clock()), query, below=below)
                count += len(page.posts)
                if (below := page.older) is None:
                    return count

    return found


def test_all_are_indexed(database, found):
    assert found() == 0
    PostIndexer(database, Event()).index_stale()
    assert found() == MANY


def test_a_batch_is_bounded_and_the_next_run_goes_on(database, found):
    with database.writing() as session:
        assert index_stale(session, limit=BATCH) == BATCH
    assert found() == BATCH
    PostIndexer(database, Event()).index_stale()
    assert found() == MANY
    with database.writing() as session:
        assert index_stale(session, limit=BATCH) == 0


def test_it_stops_when_the_worker_stops(database, found):
    stopping = Event()
    stopping.set()
    PostIndexer(database, stopping).index_stale()
    assert found() == 0


def test_a_newer_version_of_the_form_indexes_all_again(database, found, monkeypatch):
    PostIndexer(database, Event()).index_stale()
    monkeypatch.setattr("lti_app.discussion.search.actions.FOLDING", models.FOLDING + 1)
    with database.writing() as session:
        assert index_stale(session, limit=BATCH) == BATCH


def test_what_other_programs_write_is_found_after_the_next_run(database, found):
    PostIndexer(database, Event()).index_stale()
    with database.writing() as session:
        session.execute(text("UPDATE post SET text = 'Geänderte Worte' WHERE id = (SELECT min(id) FROM post)"))
    PostIndexer(database, Event()).index_stale()
    assert found() == MANY - 1
    assert found("geanderte") == 1
