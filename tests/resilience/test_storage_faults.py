"""A database that cannot be written or reached: whoever writes gets the text back, and nothing is lost silently."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, event, select
from sqlalchemy.engine import make_url

from lti_app.discussion.posts.models import Post
from tests.resilience.halves import Halves, running_halves
from tests.resilience.visitor import Visitor
from tests.resilience.words import PassbackState

BUSY_MILLISECONDS = 300
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
TEXT = "A long thought that must not be lost. " * 300


@pytest.fixture
def halves(sqlite_url: str, tmp_path: Path) -> Iterator[Halves]:
    """On SQLite, with the little patience for locks that a test can afford."""
    with running_halves(sqlite_url, tmp_path) as halves:
        on_connect(halves.parts.database.engine, f"busy_timeout={BUSY_MILLISECONDS}")
        yield halves


def on_connect(engine: Engine, pragma: str) -> None:
    """Set this in every connection from now on."""

    def set_pragma(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", set_pragma)
    engine.dispose()


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.kill()


def composer(halves: Halves, visitor: Visitor) -> tuple[str, dict[str, str]]:
    """Where a reply goes, and what is in its form."""
    (campus,) = halves.campuses
    with halves.parts.database.read() as session:
        in_it = (Post.discussion_id == campus.discussion_id, Post.parent_id.is_(None))
        root = session.scalars(select(Post.id).where(*in_it)).first()
    path = f"{campus.path}/posts"
    return halves.tool_url + path, visitor.form(f"{halves.tool_url}{path}/{root}/reply", path)


def times_there(halves: Halves) -> int:
    with halves.parts.database.read() as session:
        return len(session.scalars(select(Post.id).where(Post.text == TEXT.strip())).all())


def check_given_back(halves: Halves, visitor: Visitor, address: str, fields: dict[str, str]) -> None:
    answer = visitor.send("POST", address, fields | {"text": TEXT})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert TEXT.strip() in answer.text
    assert "not saved" in answer.text


def check_accepted(halves: Halves, visitor: Visitor, address: str, fields: dict[str, str]) -> None:
    assert visitor.send("POST", address, fields | {"text": TEXT}).status_code == 303
    assert times_there(halves) == 1


def test_database_held_by_another_process(halves: Halves, tmp_path: Path):
    (campus,) = halves.campuses
    dana = halves.enter(campus, "dana")
    address, fields = composer(halves, dana)
    with held_by_another_process(tmp_path / "colloquy.db"):
        check_given_back(halves, dana, address, fields)
        assert dana.page(halves.tool_url + campus.path)[0] == 200, "reading goes on"
        assert halves.visitor(campus, "hana").launch().status_code == 503
    assert times_there(halves) == 0
    check_accepted(halves, dana, address, fields)
    dana.close()


def test_full_disk(halves: Halves):
    (campus,) = halves.campuses
    dana = halves.enter(campus, "dana")
    address, fields = composer(halves, dana)
    engine = halves.parts.database.engine
    engine.dispose()
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as connection:
        connection.execute("VACUUM")  # no page that was used before is free for the post
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    on_connect(engine, f"max_page_count={pages}")
    check_given_back(halves, dana, address, fields)
    assert times_there(halves) == 0
    on_connect(engine, "max_page_count=1000000")
    check_accepted(halves, dana, address, fields)
    dana.close()


def test_worker_goes_on_when_the_database_can_be_written_again(halves: Halves, tmp_path: Path):
    (campus,) = halves.campuses
    halves.enter(campus, "miriam").close()
    assert halves.release(campus, "first", list(campus.students.values())[:2]) == 2
    with held_by_another_process(tmp_path / "colloquy.db"):
        halves.parts.jobs.send_passbacks.call_local()
        assert halves.states(campus) == {PassbackState.PENDING: 2}
    halves.parts.jobs.send_passbacks.call_local()
    assert halves.states(campus) == {PassbackState.SENT: 2}


def test_server_that_is_gone_and_comes_back(postgresql_url: str, tmp_path: Path):
    with running_halves(postgresql_url, tmp_path) as halves:
        (campus,) = halves.campuses
        dana = halves.enter(campus, "dana")
        address, fields = composer(halves, dana)
        with shut(postgresql_url):
            check_given_back(halves, dana, address, fields)
            assert dana.page(halves.tool_url + campus.path)[0] == 503
            assert halves.visitor(campus, "hana").launch().status_code == 503
            halves.parts.jobs.send_passbacks.call_local()
        check_accepted(halves, dana, address, fields)
        dana.close()


@contextmanager
def shut(url: str) -> Iterator[None]:
    """No connection to this database, old or new, while the block runs."""
    database = make_url(url)
    server = database.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name = sql.Identifier(database.database or "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.database]
            )
            yield
        finally:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
