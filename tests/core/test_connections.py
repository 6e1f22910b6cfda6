"""Connections to PostgreSQL that broke while nobody used them, and what a request of one statement costs there."""

import time

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from lti_app.core.connections import QUIET_SECONDS
from lti_app.core.db import Database

NUMBER = text("SELECT pg_backend_pid()")


@pytest.fixture
def database(postgresql_url):
    database = Database.at(postgresql_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def pings(database, monkeypatch):
    """Each time that the server was asked whether it is there."""
    asked = []
    ping = database.engine.dialect.do_ping
    monkeypatch.setattr(database.engine.dialect, "do_ping", lambda connection: asked.append(1) or ping(connection))
    return asked


def number_of_server_process(database):
    with database.read() as session:
        return session.scalar(NUMBER)


def end_all(url):
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_in_use_is_not_asked_for(database, pings):
    assert len({number_of_server_process(database) for _ in range(5)}) == 1
    assert pings == []


def test_what_the_server_has_ended_is_replaced_without_an_error(database, postgresql_url):
    sessions = [database.read() for _ in range(3)]
    before = {session.scalar(NUMBER) for session in sessions}
    for session in sessions:
        session.close()
    end_all(postgresql_url)
    sessions = [database.read() for _ in range(3)]
    after = {session.scalar(NUMBER) for session in sessions}
    for session in sessions:
        session.close()
    assert len(before) == len(after) == 3
    assert before.isdisjoint(after)


def test_what_was_quiet_for_long_is_asked_for(database, pings, monkeypatch):
    first = number_of_server_process(database)
    later = time.monotonic() + QUIET_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert number_of_server_process(database) == first
    assert pings == [1]
    assert number_of_server_process(database) == first
    assert pings == [1]


def test_a_glance_is_one_statement_and_leaves_nothing_behind(database):
    states = []

    def note(connection, _cursor, _statement, *_others):
        driver = connection.connection.driver_connection
        states.append((driver.autocommit, driver.info.transaction_status))

    event.listen(database.engine, "after_cursor_execute", note)
    with database.glance() as session:
        session.execute(NUMBER)
    with database.read() as session:
        session.execute(NUMBER)
    assert states == [(True, TransactionStatus.IDLE), (False, TransactionStatus.INTRANS)]
