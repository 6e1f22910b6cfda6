"""Statements that are prepared answer what SQLAlchemy would, and fail as it does."""

import enum
import gc
import weakref
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from lti_app.core import statements
from lti_app.core.db import Database, Id, Points, UtcDateTime, stored_enum
from lti_app.core.statements import fetch_row, fetch_rows, fetch_stored, fetch_tuples
from lti_app.course.people.models import Person

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FETCHES = (fetch_rows, fetch_tuples, lambda *asked: fetch_stored(*asked).read_all())


class Colour(enum.Enum):
    """Stored by value."""

    RED = "red"
    BLUE = "blue"


THINGS = Table(
    "thing_of_this_test",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("colour", stored_enum(Colour)),
    Column("made_at", UtcDateTime),
    Column("points", Points),
    Column("about", JSON),
    Column("is_new", Boolean),
)
ROWS = [
    (1, "one", Colour.RED, NOON, Decimal("1.50"), {"a": [1]}, True),
    (2, "two 100%", Colour.BLUE, None, None, None, False),
    (3, "three", None, NOON, Decimal("0.00"), [], None),
]


@pytest.fixture
def things(session):
    """A session with a table that has columns of most types."""
    THINGS.create(session.connection())
    names = [column.name for column in THINGS.columns]
    session.connection().execute(THINGS.insert(), [dict(zip(names, row, strict=True)) for row in ROWS])
    return session


def since(*columns):
    """A new statement with a value of its own and one that is asked for."""
    found = select(*(columns or THINGS.columns)).where(THINGS.c.id >= bindparam("first"), THINGS.c.name != "nobody")
    return found.order_by(THINGS.c.id)


def times(session, statement, values, fetch=fetch_rows, often=3):
    """What it answers the first time, and each time after."""
    return [list(map(tuple, fetch(session, statement, values))) for _ in range(often)]


@pytest.mark.parametrize("fetch", FETCHES)
@pytest.mark.parametrize("first", [1, 2, 4])
def test_each_time_the_rows_are_what_sqlalchemy_answers(things, fetch, first):
    expected = [tuple(row) for row in things.execute(since(), {"first": first})]
    assert expected == ROWS[first - 1 :]
    assert times(things, since(), {"first": first}, fetch) == [expected] * 3
    statement = since()
    for number in (1, 2, 3, first):
        fetch(things, statement, {"first": number})
    assert times(things, statement, {"first": first}, fetch) == [expected] * 3


def test_columns_are_found_by_their_names(things):
    statement = since(THINGS.c.name, func.upper(THINGS.c.name).label("loud"), literal(value=True).label("is_here"))
    found = [fetch_row(things, statement, {"first": 3}) for _ in range(3)]
    assert [(row.name, row.loud, row.is_here) for row in found] == [("three", "THREE", True)] * 3
    assert [fetch_row(things, statement, {"first": 9}) for _ in range(3)] == [None] * 3


def test_values_are_converted_for_the_driver_each_time(things):
    asked = since(THINGS.c.id).where(
        THINGS.c.made_at == bindparam("when", type_=UtcDateTime),
        THINGS.c.points.in_([Decimal("1.50"), Decimal("7.00")]),
        THINGS.c.colour == bindparam("colour", type_=THINGS.c.colour.type),
        THINGS.c.made_at < NOON + timedelta(days=1),
    )
    values = {"first": 1, "when": NOON.astimezone(ZoneInfo("Asia/Tokyo")), "colour": Colour.RED}
    assert times(things, asked, values) == [[(1,)]] * 3
    too_large = select(literal(value=True)).where(bindparam("number", type_=Id).is_(None))
    assert times(things, too_large, {"number": 2**63}) == [[(True,)]] * 3


def test_a_list_that_is_asked_for_may_have_any_length_and_one_that_is_given_keeps_it(things):
    asked = select(THINGS.c.id).where(THINGS.c.id.in_(bindparam("ids", expanding=True))).order_by(THINGS.c.id)
    answers = [[row.id for row in fetch_rows(things, asked, {"ids": ids})] for ids in ([1], [1, 3], [], [2], [2, 3, 1])]
    assert answers == [[1], [1, 3], [], [2], [1, 2, 3]]
    given = since(THINGS.c.id).where(THINGS.c.id.in_([1, 3]), THINGS.c.id.not_in([]))
    assert times(things, given, {"first": 2}) == [[(3,)]] * 3


def test_a_statement_without_values_and_one_with_a_percent_sign(things):
    assert times(things, select(func.count()).select_from(THINGS), {}) == [[(3,)]] * 3
    like = since(THINGS.c.id).where(THINGS.c.name.like("%100%"), THINGS.c.name.op("||")("%%") != "")
    assert times(things, like, {"first": 1}) == [[(2,)]] * 3


def test_what_is_pending_is_written_first(session, cast):
    statement = select(Person.name).where(Person.id == bindparam("person_id"))
    for name in ("First", "Second", "Third"):
        session.get(Person, cast.ana.person_id).name = name
        assert fetch_row(session, statement, {"person_id": cast.ana.person_id}).name == name


def test_who_listens_hears_of_every_statement(things):
    statement, heard = since(THINGS.c.id), []
    times(things, statement, {"first": 1})
    engine = things.connection().engine

    def note(*_values):
        heard.append(1)

    event.listen(engine, "before_cursor_execute", note)
    times(things, statement, {"first": 1}, often=2)
    event.remove(engine, "before_cursor_execute", note)
    times(things, statement, {"first": 1}, often=2)
    assert heard == [1, 1]


def test_a_missing_value_is_an_error_each_time(things):
    statement = since(THINGS.c.id)
    for _ in range(4):
        with pytest.raises((StatementError, KeyError)):
            fetch_rows(things, statement, {"other": 1})
    assert times(things, statement, {"first": 3}) == [[(3,)]] * 3


def test_errors_are_those_of_sqlalchemy(database):
    statement = select(func.abs(bindparam("number", type_=BigInteger)).label("much"))
    kinds = []
    for number in (0, 0, 0, 1, -(2**63)):
        with database.read() as session:
            try:
                fetch_rows(session, statement, {"number": number})
            except DBAPIError as error:
                kinds.append((type(error), error.connection_invalidated))
    with database.read() as session, pytest.raises(DBAPIError) as raised:
        session.connection().execute(statement, {"number": -(2**63)})
    assert kinds[-1] == (raised.type, False)


def test_a_statement_made_for_once_is_forgotten(things):
    fetch_rows(things, since(), {"first": 1})  # SQLAlchemy holds on to the first of those that are alike
    statement = since()
    times(things, statement, {"first": 1})
    assert statements._prepared(statement, things.connection())
    kept = weakref.ref(statement)
    del statement
    gc.collect()
    assert kept() is None


def test_a_connection_that_ends_is_not_used_again(postgresql_url):
    database, here = Database.at(postgresql_url), bindparam("here", type_=Integer)
    statement = select(func.pg_backend_pid().label("pid")).where(here == 1)
    plain = make_url(postgresql_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with database.read() as session:
        before = times(session, statement, {"here": 1})
        with psycopg.connect(plain, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [before[0][0][0]])
        with pytest.raises(OperationalError) as raised:
            fetch_rows(session, statement, {"here": 1})
    assert raised.value.connection_invalidated
    with database.read() as session:
        assert times(session, statement, {"here": 1}) != before
    database.engine.dispose()


def test_a_reading_session_has_one_connection_for_a_transaction_and_another_for_the_next(database):
    session = database.read()
    first = session.connection()
    assert session.connection() is first
    assert session.connection(execution_options={}) is first
    session.close()
    assert first.closed
    second = session.connection()
    assert second is not first
    assert second.scalar(select(literal(7))) == 7
    session.rollback()
    assert session.connection().scalar(select(literal(8))) == 8
    session.close()
