"""`colloquy activity-stream …`: what operators turn on, look at and turn off."""

from pathlib import Path

import pytest
from sqlalchemy import select

from lti_app.core.db import Database
from lti_app.exchange.streaming.models import ActivityStream
from tests.cli.conftest import Run
from tests.cli.test_platforms import MOODLE, add

ADDRESS = "https://lrs.example.edu/xapi"
HERE = ("1", "--deployment-id", "1")
ON = ("activity-stream", "on", *HERE, "--format", "xapi", "--address", ADDRESS)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("key:a very long secret\n".replace(" ", "-"))
    return path


def test_on_status_retry_and_off(run: Run, token_file: Path):
    assert add(run, MOODLE).returncode == 0
    assert run("activity-stream", "status").stdout == "There are no activity streams.\n"
    on = run(*ON, "--token-file", str(token_file))
    assert (on.returncode, on.stderr) == (0, "")
    assert on.stdout == f"On. Activities go to {ADDRESS}/statements, with pseudonyms for people and without grades.\n"
    status = run("activity-stream", "status").stdout.splitlines()
    assert status[0] == "platform 1, deployment 1"
    assert status[1].endswith(f"xapi to {ADDRESS}/statements, pseudonyms, without grades")
    assert status[2] == "  0 waiting, 0 sent, 0 refused"
    assert "secret" not in "".join(status)
    assert run("activity-stream", "retry", *HERE).stdout.endswith("Refused activities to send again: 0.\n")
    assert run("activity-stream", "off", *HERE).stdout == "Off. Activities discarded: 0.\n"
    assert run("activity-stream", "status").stdout.splitlines()[1].startswith("  off since ")


def test_choices_are_told_and_stored(run: Run, database_url: str, token_file: Path):
    assert add(run, MOODLE).returncode == 0
    on = run(*ON, "--token-file", str(token_file), "--grades", "--lms-user-ids")
    assert on.stdout.endswith("with LMS user ids for people and with grades.\n")
    database = Database.at(database_url)
    with database.read() as session:
        stream = session.scalars(select(ActivityStream)).one()
        assert stream.token == "key:a-very-long-secret"
        assert stream.names_lms_users
        assert stream.grades_since is not None
    database.engine.dispose()


def test_turning_on_again_changes_it(run_on_sqlite: Run):
    assert add(run_on_sqlite, MOODLE).returncode == 0
    assert run_on_sqlite(*ON).returncode == 0
    other = ("--format", "caliper", "--address", "https://caliper.example.edu/in")
    assert run_on_sqlite("activity-stream", "on", *HERE, *other).returncode == 0
    (line,) = [line for line in run_on_sqlite("activity-stream", "status").stdout.splitlines() if " to " in line]
    assert "caliper to https://caliper.example.edu/in," in line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*ON[:-1], "http://lrs.example.edu"), "the address must be an https address (http only on localhost)"),
        (("activity-stream", "off", *HERE), "this deployment has no activity stream"),
        (("activity-stream", "retry", *HERE), "this deployment has no activity stream"),
        (("activity-stream", "off", "1", "--deployment-id", "7"), "there is no such deployment"),
        (("activity-stream", "off", "9", "--deployment-id", "1"), "there is no such platform"),
    ],
)
def test_what_cannot_be(run_on_sqlite: Run, arguments: tuple[str, ...], told: str):
    assert add(run_on_sqlite, MOODLE).returncode == 0
    result = run_on_sqlite(*arguments)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("colloquy: ")
    assert told in result.stderr


def test_token_with_two_lines_is_refused(run_on_sqlite: Run, token_file: Path):
    assert add(run_on_sqlite, MOODLE).returncode == 0
    token_file.write_text("one\ntwo\n")
    result = run_on_sqlite(*ON, "--token-file", str(token_file))
    assert result.returncode == 1
    assert "the token must be one line" in result.stderr
    assert run_on_sqlite("activity-stream", "status").stdout == "There are no activity streams.\n"


def test_stream_that_is_off_cannot_be_retried(run_on_sqlite: Run):
    assert add(run_on_sqlite, MOODLE).returncode == 0
    assert run_on_sqlite(*ON).returncode == 0
    assert run_on_sqlite("activity-stream", "off", *HERE).returncode == 0
    assert "is off" in run_on_sqlite("activity-stream", "retry", *HERE).stderr
