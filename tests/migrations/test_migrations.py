"""The database's history: from nothing to now and back, on both databases, and what is stored survives."""

from contextlib import contextmanager

import pytest
from alembic.util.exc import CommandError
from sqlalchemy import inspect, text

from lti_app import migrations
from lti_app.core.db import Base, make_engine
from lti_app.discussion.posts.models import Post
from lti_app.tables import ALL_MODELS
from tests.cast import gather_cast
from tests.factories.discussions import set_up
from tests.factories.grades import mark
from tests.factories.posts import write
from tests.factories.readings import add_readings

assert ALL_MODELS  # the tables that the metadata knows


@contextmanager
def connected(url):
    engine = make_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables(url):
    with connected(url) as connection:
        found = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {name for name in found if not name.startswith("post_search")}


def test_from_nothing_to_now_and_back_and_again(empty_database_url):
    url = empty_database_url
    assert tables(url) == set()
    with connected(url) as connection:
        assert not migrations.is_current(connection)
    for _ in range(2):
        migrations.upgrade(url)
        assert tables(url) == set(Base.metadata.tables)
        with connected(url) as connection:
            assert migrations.is_current(connection)
            migrations.check(connection)
        migrations.downgrade(url, "base")
        assert tables(url) == set()


def test_a_difference_between_models_and_database_is_found(empty_database_url):
    migrations.upgrade(empty_database_url)
    with connected(empty_database_url) as connection:
        connection.execute(text("ALTER TABLE post ADD COLUMN mood varchar"))
        connection.commit()
        with pytest.raises(CommandError, match="mood"):
            migrations.check(connection)


def test_every_constraint_has_the_name_that_the_models_give_it(database_url):
    with connected(database_url) as connection:
        found = inspect(connection)
        for table in Base.metadata.tables.values():
            wanted = {constraint.name for constraint in table.constraints} | {index.name for index in table.indexes}
            named = [
                found.get_pk_constraint(table.name),
                *found.get_unique_constraints(table.name),
                *found.get_foreign_keys(table.name),
                *found.get_indexes(table.name),
            ]
            assert wanted == {each["name"] for each in named}, table.name


@pytest.fixture
def filled(database, session, clock):
    """Rows in every table that the people of a course fill; answers what is stored."""
    cast = gather_cast(session, clock())
    readings = add_readings(session, cast.ines, clock())
    discussion = set_up(session, cast.ines, clock(), reading_ids=readings, required_ids=frozenset(readings))
    post = write(session, cast.ana, discussion, text="As [Kotter, p. 104] says: “so” 👍🏽", now=clock())
    write(session, cast.ines, discussion, to=post, now=clock())
    mark(session, cast.ines, discussion, cast.ana, now=clock())
    session.commit()

    def rows():
        with database.read() as reader:
            return {
                table.name: sorted(map(str, reader.execute(table.select()).all()))
                for table in Base.metadata.sorted_tables
            }

    return rows


def test_upgrading_again_changes_nothing(database_url, filled):
    before = filled()
    assert sum(len(rows) for rows in before.values()) > 40
    migrations.upgrade(database_url)
    assert filled() == before


def test_what_is_stored_obeys_its_foreign_keys(database_url, filled, session):
    filled()
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        session.execute(text("DELETE FROM course"))
    session.rollback()
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        session.execute(text("UPDATE post SET author_id = 999999"))
    session.rollback()


def test_sort_keys_sort_by_bytes(database_url, filled, session):
    paths = ["0001", "0001.0001", "0001.000a", "000a", "000a.0001", "00a0", "0z00", "zzzz"]
    first = session.query(Post).first()
    columns = {one.key: getattr(first, one.key) for one in inspect(Post).column_attrs if one.key != "id"}
    session.query(Post).update({Post.path: Post.path + "x"})
    session.add_all(Post(**{**columns, "path": path, "number": n}) for n, path in enumerate(reversed(paths), 1000))
    session.flush()
    assert [path for (path,) in session.query(Post.path).order_by(Post.path) if "x" not in path] == paths
