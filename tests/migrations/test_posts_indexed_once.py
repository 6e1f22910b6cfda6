"""Before and after posts are indexed once, on SQLite: what was found is found, and what has no words is no part of the
index.
"""

import pytest
from sqlalchemy import text

from lti_app import migrations
from lti_app.core.db import make_engine

WORDS = "UPDATE post_search_words SET words = :words, joined = '', version = 2 WHERE post_id = :post"
FOUND = "SELECT rowid FROM post_search WHERE post_search MATCH :word ORDER BY rowid"
INDEXED = "SELECT id FROM post_search_docsize ORDER BY id"


@pytest.fixture
def url(empty_database_url):
    if not empty_database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL has another index")
    migrations.upgrade(empty_database_url, "0049")
    return empty_database_url


@pytest.fixture
def connection(url):
    engine = make_engine(url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")  # what is indexed is asked for, without the posts themselves
        yield connection
    engine.dispose()


def column(connection, statement, **values):
    found = list(connection.execute(text(statement), values).scalars())
    connection.execute(text("INSERT INTO post_search(post_search) VALUES ('integrity-check')"))
    connection.commit()
    return found


def put(connection, post, words):
    connection.execute(text(WORDS), {"post": post, "words": words})
    connection.commit()


def test_the_index_holds_what_has_words_whatever_changes(url, connection):
    connection.execute(text("INSERT INTO post_search_words (post_id) VALUES (1), (2), (3)"))
    first, *others = column(connection, "SELECT post_id FROM post_search_words ORDER BY post_id")
    put(connection, first, "leaders")
    assert column(connection, INDEXED) == [first, *others]
    migrations.upgrade(url, "0050")
    assert (column(connection, INDEXED), column(connection, FOUND, word="leaders")) == ([first], [first])
    put(connection, first, "managers")
    assert column(connection, FOUND, word="leaders") == []
    assert column(connection, FOUND, word="managers") == [first]
    put(connection, first, "")
    assert column(connection, INDEXED) == []
    put(connection, first, "leaders")
    put(connection, first, "leaders")
    assert column(connection, FOUND, word="leaders") == [first]
    migrations.downgrade(url, "0049")
    assert (column(connection, INDEXED), column(connection, FOUND, word="leaders")) == ([first, *others], [first])
    migrations.upgrade(url, "0050")
    connection.execute(text("DELETE FROM post_search_words"))
    assert column(connection, INDEXED) == []
