"""`colloquy mail bounced`: what mail servers hand over on standard input."""

import io
import sys

import pytest

from lti_app import cli
from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.core.settings import load_settings
from lti_app.jobs.bounces import make_return_paths
from lti_app.notices.outbox.models import RefusedAddress
from tests.cast import gather_cast
from tests.factories.bounces import ANA, GONE, out_of_office, report, store_mail
from tests.factories.notices import give_addresses
from tests.resilience.processes import environment

RETURNS = {"MAIL_BOUNCES": "bounces@example.edu"}


@pytest.fixture
def returned(monkeypatch):
    """`returned(raw)` puts a message on standard input. Logs stay as the other tests of this process need them."""
    monkeypatch.setattr(cli, "configure_logs", lambda: None)

    def put(raw):
        stdin = io.TextIOWrapper(io.BytesIO(raw))
        monkeypatch.setattr(sys, "stdin", stdin)
        return stdin.buffer

    return put


@pytest.fixture
def where(database_url):
    """Where a mail to Ana comes back to."""
    database, now = Database.at(database_url), system_clock()
    paths = make_return_paths(load_settings(environment(DATABASE_URL=database_url, **RETURNS)))
    with database.writing() as session:
        cast = gather_cast(session, now)
        give_addresses(session, cast)
        row = store_mail(session, cast, now=now)
        address = paths.make(row.id, row.token, ANA)
    yield address
    database.engine.dispose()


def stopped(database_url):
    database = Database.at(database_url)
    with database.read() as session:
        count = session.query(RefusedAddress).count()
    database.engine.dispose()
    return count


@pytest.mark.parametrize("told", ["by its heads", "by the mail server"])
def test_a_report_stops_the_address(run, returned, where, database_url, told):
    returned(report(where if told == "by its heads" else "someone@example.edu", GONE))
    arguments = ("--to", where) if told == "by the mail server" else ()
    result = run("mail", "bounced", *arguments, **RETURNS)
    assert (result.returncode, result.stderr) == (0, "")
    assert stopped(database_url) == 1
    assert "@" not in result.stdout


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe" * 100_000, out_of_office("bounces@example.edu"), b"x" * 50_000_000],
    ids=["nothing", "bytes", "out of office", "50 MB"],
)
def test_whatever_else_comes_is_taken_and_does_nothing(run_on_sqlite, returned, raw):
    stream = returned(raw)
    result = run_on_sqlite("mail", "bounced", **RETURNS)
    assert (result.returncode, result.stderr) == (0, "")
    assert stream.read() == b""


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "COLLOQUY_MAIL_BOUNCES is missing"),
        ({**RETURNS, "SECRET_KEY": "short"}, "COLLOQUY_SECRET_KEY must have"),
        ({**RETURNS, "DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/none"}, "the database can’t be used"),
    ],
    ids=["no address", "wrong settings", "no database"],
)
def test_what_an_operator_must_repair_keeps_the_message_at_the_mail_server(run_on_sqlite, returned, settings, told):
    returned(report(f"bounces+1-{'a' * 20}@example.edu", GONE))
    result = run_on_sqlite("mail", "bounced", **settings)
    assert result.returncode == 75
    assert told in result.stderr
    assert "hunter2" not in result.stderr + result.stdout
