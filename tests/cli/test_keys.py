"""`colloquy keys …`: our signing keys, listed and rotated."""

from datetime import timedelta

from sqlalchemy import update

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.lti.models import ToolKey
from tests.cli.conftest import Run


def test_rotation_keeps_the_earlier_key_published_and_signing_until_the_new_one_is_known(run: Run, database_url: str):
    assert run("keys", "list").stdout == ""
    assert run("keys", "rotate").returncode == 0
    (only,) = run("keys", "list").stdout.splitlines()
    assert only.endswith("\tsigns")
    make_older(database_url)
    assert run("keys", "rotate").returncode == 0
    newer, older = run("keys", "list").stdout.splitlines()
    assert older.split("\t")[0] == only.split("\t")[0] != newer.split("\t")[0]
    assert newer.endswith("\tpublished")
    assert "\tsigns, published until " in older


def test_key_that_has_become_known_is_withdrawn_at_once(run_on_sqlite: Run):
    assert run_on_sqlite("keys", "rotate").returncode == 0
    (known,) = run_on_sqlite("keys", "list").stdout.splitlines()
    assert run_on_sqlite("keys", "rotate", "--at-once").returncode == 0
    (only,) = run_on_sqlite("keys", "list").stdout.splitlines()
    assert only.endswith("\tsigns")
    assert only.split("\t")[0] != known.split("\t")[0]


def make_older(database_url: str) -> None:
    database = Database.at(database_url)
    with database.writing() as session:
        session.execute(update(ToolKey).values(created_at=system_clock() - timedelta(days=30)))
    database.engine.dispose()
