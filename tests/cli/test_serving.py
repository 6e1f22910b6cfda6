"""`colloquy upgrade`, `serve` and `worker`: how they start, what they refuse, how they end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import create_engine, select, text

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from tests.cli.conftest import Run, Runner
from tests.grading.passbacks.passbacks import Class
from tests.resilience.processes import COLLOQUY, Program, answers_at, colloquy, environment, free_port, says
from tests.resilience.waiting import eventually
from tests.resilience.words import Passback, PassbackState

ENDS_WITHIN = 10.0
"""Seconds; a service manager grants more."""


@contextmanager
def running(program: Program) -> Iterator[Program]:
    try:
        program.start()
        program.await_ready()
        yield program
    finally:
        program.end()


def serving(folder: Path, database_url: str, **settings: str) -> tuple[Program, str]:
    port = free_port()
    environ = environment(DATABASE_URL=database_url, BASE_URL=f"http://localhost:{port}", **settings)
    command = (*COLLOQUY, "serve", "--port", str(port), "--processes", "2")
    url = f"http://127.0.0.1:{port}"
    return Program(*command, environ=environ, log=folder / "web.log", ready=answers_at(f"{url}/healthz")), url


def working(folder: Path, database_url: str, **settings: str) -> Program:
    environ = environment(DATABASE_URL=database_url, **settings)
    return Program(*COLLOQUY, "worker", environ=environ, log=folder / "worker.log", ready=says("worker_started"))


def test_upgrade_twice(runner: Runner, empty_database_url: str):
    run = runner(DATABASE_URL=empty_database_url)
    for _ in range(2):
        result = run("upgrade")
        assert (result.returncode, result.stdout, result.stderr) == (0, "The database is up to date.\n", "")
    assert run("platform", "list").returncode == 0


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_outdated_database_is_refused_with_the_command_to_run(run: Run, database_url: str, command: str):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        stamp = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = 'long_ago'"))
    try:
        result = run(command)
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :stamp"), {"stamp": stamp})
        engine.dispose()
    assert (result.returncode, result.stdout) == (2, "")
    refusal = result.stderr.splitlines()[-1]
    assert refusal.startswith("colloquy: COLLOQUY_DATABASE_URL ")
    assert "run `colloquy upgrade`" in refusal


def test_serve_answers_and_ends_gracefully(database_url: str, tmp_path: Path):
    web, url = serving(tmp_path, database_url)
    with running(web):
        assert requests.get(f"{url}/lti/jwks", timeout=10).json()["keys"]
        began = time.monotonic()
        assert web.stop() == 0
        assert time.monotonic() - began < ENDS_WITHIN
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}/healthz", timeout=5)
    assert "Traceback" not in web.said()


def test_worker_ends_gracefully(database_url: str, redis_url: str, tmp_path: Path):
    with running(working(tmp_path, database_url, REDIS_URL=redis_url)) as worker:
        began = time.monotonic()
        assert worker.stop() == 0
        assert time.monotonic() - began < ENDS_WITHIN
        assert "worker_stopped" in worker.said()
        assert "Traceback" not in worker.said()


def test_embedded_worker_runs_within_serve(sqlite_url: str, tmp_path: Path):
    """A score without a placement is refused by whoever works: nothing else looks at it."""
    database = leave_a_score(sqlite_url)
    web, _url = serving(tmp_path, sqlite_url)
    with running(web):
        assert len(web.children()) == 1, "SQLite gets one web process whatever was asked for"
        eventually(lambda: state_of(database) is PassbackState.REFUSED, "the embedded worker takes the score")
        assert web.stop() == 0
    database.engine.dispose()


def test_scaled_serve_leaves_the_work_to_the_worker(postgresql_url: str, redis_url: str, tmp_path: Path):
    database = leave_a_score(postgresql_url)
    web, _url = serving(tmp_path, postgresql_url, REDIS_URL=redis_url)
    with running(web):
        eventually(lambda: len(web.children()) == 2, "both web processes are there")
        assert state_of(database) is PassbackState.PENDING
        with running(working(tmp_path, postgresql_url, REDIS_URL=redis_url)):
            eventually(lambda: state_of(database) is PassbackState.REFUSED, "the worker takes the score")
    database.engine.dispose()


def test_address_that_is_taken_is_told(sqlite_url: str, tmp_path: Path):
    web, url = serving(tmp_path, sqlite_url)
    with running(web):
        result = colloquy("serve", "--port", url.rpartition(":")[2], environ=web.environ, cwd=tmp_path)
        assert result.returncode == 1
        assert "in use" in result.stderr


def leave_a_score(database_url: str) -> Database:
    database = Database.at(database_url)
    school_class = Class(database, students=1)
    school_class.release(school_class.students[0], 10, system_clock())
    return database


def state_of(database: Database) -> PassbackState | None:
    with database.read() as session:
        return session.scalars(select(Passback.state)).one()
