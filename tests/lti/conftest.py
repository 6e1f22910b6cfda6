"""The tool with one registered LMS, and a browser between the two."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from huey.api import MemoryHuey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_app.app import Colloquy, assemble, create_app
from lti_app.core.db import Base, Database
from lti_app.core.http import Outgoing
from lti_app.core.key_value import DatabaseStore, KeyValueStore
from lti_app.core.settings import load_settings
from lti_app.course.courses.models import Visit
from lti_app.course.courses.rules import Role
from lti_app.jobs.worker import make_jobs
from lti_app.lti import platform_keys
from lti_app.lti.placing import new_selection
from lti_app.lti.platform_keys import PlatformKeys
from lti_app.lti.registrations import add_platform
from tests.lti.fake_lms import BASE_URL, Browser, FakeLms, KeyPair, KeyServer, TestClock
from tests.lti.open_course import OpenCourse

LITTLE_PATIENCE, MUCH_PATIENCE = 1.5, 60.0
"""Seconds that an LMS may take to answer."""
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

Tool = tuple[Colloquy, Flask]

Refused = Callable[[TestResponse, str, int], None]
Arrived = Callable[[TestResponse, Role], str]


@pytest.fixture
def patience(request: pytest.FixtureRequest) -> float:
    """In seconds: an LMS that hangs is given up on soon, and any other has all the time that a busy machine takes."""
    return LITTLE_PATIENCE if request.node.get_closest_marker("hangs") else MUCH_PATIENCE


@pytest.fixture(autouse=True)
def key_sets_may_take(patience: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no LMS hangs, launches wait for key sets as long."""
    if patience == MUCH_PATIENCE:
        monkeypatch.setattr(platform_keys, "FETCH_SECONDS", patience)
        monkeypatch.setattr(platform_keys, "WAIT_SECONDS", patience)


@pytest.fixture(scope="session")
def lms_key() -> KeyPair:
    return KeyPair.make("key-1")


@pytest.fixture(scope="session")
def other_key() -> KeyPair:
    """A key that the LMS has not published, unless a test does so."""
    return KeyPair.make("key-2")


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    with KeyServer().running() as server:
        yield server


@pytest.fixture(scope="session")
def clock_of_all() -> TestClock:
    return TestClock(NOON)


@pytest.fixture
def clock(clock_of_all: TestClock) -> TestClock:
    """The tool's clock, back at its beginning."""
    clock_of_all.now = NOON
    return clock_of_all


@pytest.fixture
def register(database: Database, clock: TestClock) -> Callable[[FakeLms], FakeLms]:
    def register(lms: FakeLms) -> FakeLms:
        with database.writing() as session:
            add_platform(
                session,
                issuer=lms.issuer,
                client_id=lms.client_id,
                deployment_ids=[lms.deployment_id],
                now=clock(),
                **lms.urls,
            )
        lms.publish()
        return lms

    return register


@pytest.fixture
def lms(register: Callable[[FakeLms], FakeLms], key_server: KeyServer, lms_key: KeyPair, clock: TestClock) -> FakeLms:
    return register(FakeLms(key_server, lms_key, clock))


@pytest.fixture
def store_of_edge() -> KeyValueStore | None:
    """Where the launch states are, unless in the database."""
    return None


@pytest.fixture(scope="session")
def tools() -> dict[tuple[str, float], Tool]:
    """By the database's address and the patience with the LMS, what is made once: it takes longer than most tests."""
    return {}


@pytest.fixture
def lasting(databases: dict[str, Database], database: Database, database_url: str) -> Database:
    """The database as the application has it, which outlives the test; this test's own is opened beside it."""
    return databases[database_url]


@pytest.fixture
def tool(
    tools: dict[tuple[str, float], Tool],
    lasting: Database,
    clock: TestClock,
    store_of_edge: KeyValueStore | None,
    patience: float,
) -> Tool:
    outgoing = Outgoing(read_seconds=patience, rest_seconds=0)
    if store_of_edge:
        return assemble_tool(lasting, clock, store_of_edge, outgoing)
    kind = (address_of(lasting), patience)
    if kind not in tools:
        tools[kind] = assemble_tool(lasting, clock, DatabaseStore(lasting, clock), outgoing)
    tools[kind][0].jobs.huey.flush()
    return tools[kind]


def address_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def assemble_tool(database: Database, clock: TestClock, store: KeyValueStore, outgoing: Outgoing) -> Tool:
    """The tool as it is in use, but nobody takes from the queue."""
    environ = {"BASE_URL": BASE_URL, "DATABASE_URL": address_of(database), "SECRET_KEY": "for tests only " * 3}
    settings = load_settings({f"COLLOQUY_{name}": value for name, value in environ.items()})
    whole = assemble(settings, database=database, clock=clock)
    edge = replace(whole.edge, store=store, outgoing=outgoing, platform_keys=PlatformKeys(store, outgoing))
    jobs = make_jobs(
        MemoryHuey("tests"), database=database, store=store, outgoing=outgoing, storage=whole.storage, clock=clock
    )
    parts = replace(whole, edge=edge, jobs=jobs)
    return parts, create_app(parts)


@pytest.fixture
def parts(tool: Tool) -> Colloquy:
    """The tool's parts."""
    return tool[0]


@pytest.fixture
def app(tool: Tool) -> Flask:
    return tool[1]


@pytest.fixture
def visitor(app: Flask, lms: FakeLms) -> Browser:
    return Browser(app, lms)


@pytest.fixture
def course(app: Flask, visitor: Browser, database: Database, clock) -> OpenCourse:
    return OpenCourse(app, visitor, database, clock)


@pytest.fixture
def chosen() -> str:
    """The key of one choice in deep linking."""
    return new_selection(Decimal("12.5"))


@pytest.fixture
def refused(database: Database) -> Refused:
    """Checks that an answer is a refusal in plain words, and has left neither a visit nor a session behind."""

    def check(answer: TestResponse, reason: str, status: int) -> None:
        assert (answer.status_code, reason in answer.text) == (status, True), f"{answer.status} {answer.text}"
        assert "<h1>" in answer.text
        assert "Reference: " in answer.text
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
        assert not any(cookie.startswith("__Host-colloquy=") for cookie in answer.headers.getlist("Set-Cookie"))
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(Visit)) == 0

    return check


@pytest.fixture
def arrived(database: Database) -> Arrived:
    """Checks that an answer leads to a page of ours, and that the session cookie opens the only visit, of this role."""

    def check(answer: TestResponse, role: Role) -> str:
        assert answer.status_code == 303, answer.text
        cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-colloquy="))
        assert {"Secure", "HttpOnly", "Partitioned", "SameSite=None"} <= set(cookie.split("; "))
        with database.read() as session:
            visit = session.scalars(select(Visit)).one()
        assert visit.role is role
        assert answer.headers["Location"].startswith(f"/courses/{visit.course_id}/")
        return answer.headers["Location"]

    return check


@pytest.fixture
def rows(database: Database):
    """All rows of a table, oldest first."""

    def rows(table: type[Base]) -> list[Any]:
        with database.read() as session:
            return list(session.scalars(select(table).order_by(*table.__table__.primary_key)))

    return rows
