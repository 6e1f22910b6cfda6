"""`colloquy upgrade` on PostgreSQL does not make a class wait for it."""

import pytest
from sqlalchemy import inspect, text

from lti_app import migrations
from lti_app.core.db import make_engine
from lti_app.migrations import limits
from tests.cli.conftest import Runner


@pytest.fixture
def engine(empty_postgresql_url: str):
    """A database from before the newest change of the table `revision`."""
    migrations.upgrade(empty_postgresql_url, "0012")
    engine = make_engine(empty_postgresql_url)
    yield engine
    engine.dispose()


def test_an_upgrade_that_would_wait_for_a_lock_gives_up_and_changes_nothing(
    runner: Runner, engine, empty_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "LOCK_LIMIT", "50ms")
    run = runner(DATABASE_URL=empty_postgresql_url)
    with engine.connect() as other:
        other.execute(text("SELECT count(*) FROM revision"))  # an open transaction that has read is enough
        result = run("upgrade")
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr == (
            "colloquy: the upgrade stopped at a time limit: others are using a table that it must change.\n"
            "Nothing was left half done (the database is at 0012). Run `colloquy upgrade` again.\n"
        )
        assert "title" not in {column["name"] for column in inspect(other).get_columns("revision")}
    assert run("upgrade").stdout == "The database is up to date.\n"


def test_a_statement_that_takes_too_long_is_ended(
    runner: Runner, engine, empty_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "STATEMENT_LIMIT", "50ms")
    with engine.connect() as other:
        other.execute(text("LOCK TABLE revision"))
        result = runner(DATABASE_URL=empty_postgresql_url)("upgrade")
    assert result.returncode == 1
    assert "a step took longer than it may hold others up" in result.stderr


def test_the_limits_are_those_of_the_revisions_alone(engine):
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "0"
    assert (limits.LOCK_LIMIT, limits.STATEMENT_LIMIT) == ("4s", "10min")
