"""The application as a browser meets it, on every kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from lti_app.app import assemble, create_app
from lti_app.core.db import Database
from lti_app.core.settings import load_settings
from lti_app.discussions.queries import DiscussionView
from tests.cast import Cast, FrozenClock, gather_cast
from tests.web.browser import BASE
from tests.web.site import Site


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests."""
    folder: Path = tmp_path_factory.mktemp("templates")
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.at(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def app(database: Database, clock: FrozenClock, compiled_templates: FileSystemBytecodeCache) -> Flask:
    """The whole application. Its queue is in memory, since only the bell is of interest here."""
    environ = {"BASE_URL": BASE, "DATABASE_URL": "sqlite:///:memory:", "SECRET_KEY": "for tests only " * 3}
    settings = load_settings({f"COLLOQUY_{name}": value for name, value in environ.items()})
    app = create_app(assemble(settings, database=database, clock=clock))
    app.jinja_env.bytecode_cache = compiled_templates
    return app


@pytest.fixture
def cast(database: Database, clock: FrozenClock) -> Cast:
    with database.writing() as session:
        return gather_cast(session, clock())


@pytest.fixture
def site(app: Flask, database: Database, clock: FrozenClock, cast: Cast) -> Site:
    return Site(app, database, clock, cast)


@pytest.fixture
def discussion(site: Site) -> DiscussionView:
    """Open, with a post-first rule, small counts, no readings, and the default rubric."""
    return site.discussion()


@pytest.fixture
def with_readings(site: Site) -> DiscussionView:
    """The same with both readings required."""
    readings = site.readings()
    return site.discussion(reading_ids=readings, required_ids=frozenset(readings))


@pytest.fixture
def foreign(site: Site) -> DiscussionView:
    """A discussion of another course."""
    return site.discussion(site.cast.elsewhere)
