"""Two upgrades of one database, as two containers that start together run them, are done one after the other."""

import subprocess
from threading import Event, Thread

import pytest

from lti_app import migrations
from lti_app.core.db import make_engine
from tests.resilience.processes import COLLOQUY, environment

DONE = "The database is up to date.\n"


@pytest.mark.programs
def test_processes_that_upgrade_at_once_all_succeed(empty_database_url, tmp_path):
    environ = environment(DATABASE_URL=empty_database_url)
    start = {"env": environ, "cwd": tmp_path, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = [subprocess.Popen([*COLLOQUY, "upgrade"], **start) for _ in range(2)]
    ended = [(*each.communicate(timeout=120), each.returncode) for each in running]
    assert [(errors, code) for _said, errors, code in ended] == [("", 0)] * 2
    assert all(said.endswith(DONE) for said, _errors, _code in ended)


def test_an_upgrade_waits_until_the_one_before_it_has_ended(empty_database_url, monkeypatch):
    told, order = Event(), []
    monkeypatch.setattr(migrations.command, "upgrade", lambda *_: order.append("second"))
    engine = make_engine(empty_database_url)
    second = Thread(target=migrations.upgrade, args=[empty_database_url], kwargs={"on_wait": told.set})
    with engine.connect() as connection, migrations.one_at_a_time(connection):
        second.start()
        assert told.wait(30)
        order.append("first")
    engine.dispose()
    second.join(30)
    assert order == ["first", "second"]


def test_an_upgrade_of_its_own_database_waits_for_nobody(empty_database_url, tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/other.db")
    with engine.connect() as connection, migrations.one_at_a_time(connection):
        migrations.upgrade(empty_database_url, on_wait=lambda: pytest.fail("waits"))
    engine.dispose()
