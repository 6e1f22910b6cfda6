"""What our cursor says of the columns of a result."""

import pytest
from sqlalchemy import literal, select

from lti_app.core import quick_cursor
from lti_app.core.db import Database

TWO = "SELECT 1 AS one, 'a'::varchar AS two"


@pytest.fixture
def connection(postgresql_url):
    database = Database.at(postgresql_url)
    with database.engine.connect() as connection:
        yield connection
    database.engine.dispose()


def test_it_is_what_psycopg_would_say(connection):
    ours = connection.exec_driver_sql(TWO).cursor
    said, theirs = ours.description, super(type(ours), ours).description
    assert isinstance(ours, quick_cursor.QuickCursor)
    assert [tuple(each) for each in said] == [tuple(each) for each in theirs] == [tuple(each) for each in said[:]]
    assert (len(said), said[-1].name, said[1][1]) == (2, "two", theirs[1].type_code)
    with pytest.raises(IndexError):
        said[2]


def test_a_statement_without_a_result_has_none(connection):
    assert connection.exec_driver_sql("SET LOCAL work_mem = '4MB'").cursor is None
    assert connection.connection.dbapi_connection.execute("SET LOCAL work_mem = '4MB'").description is None


def test_nothing_is_described_of_what_is_known(connection, monkeypatch):
    statement = select(literal(1), literal("a"))
    connection.execute(statement).all()
    monkeypatch.setattr(quick_cursor, "Column", None)
    assert connection.execute(statement).all() == [(1, "a")]
