"""The application as a browser meets it, on every kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lti_app.app import Colloquy, assemble, create_app
from lti_app.core.db import Database
from lti_app.core.settings import load_settings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from tests.cast import MONDAY, Cast, FrozenClock, gather_cast
from tests.rows import Rows, put_rows, take_rows
from tests.web.browser import BASE
from tests.web.site import Site


@pytest.fixture(scope="session")
def houses() -> Iterator[dict[str, Colloquy]]:
    """By kind of database, what is made once: engines that know their statements, and with them the application."""
    houses: dict[str, Colloquy] = {}
    yield houses
    for house in houses.values():
        house.database.engine.dispose()


@pytest.fixture
def house(houses: dict[str, Colloquy], database_kind: str, database_url: str, sqlite_path: Path) -> Iterator[Colloquy]:
    """The parts of the application. The queue is in memory, since only the bell is of interest here."""
    if database_kind not in houses:
        environ = {"BASE_URL": BASE, "DATABASE_URL": "sqlite:///:memory:", "SECRET_KEY": "for tests only " * 3}
        environ["FILES"] = str(sqlite_path.parent / "files")
        settings = load_settings({f"COLLOQUY_{name}": value for name, value in environ.items()})
        houses[database_kind] = assemble(settings, database=Database.at(database_url), clock=FrozenClock())
    yield houses[database_kind]
    houses[database_kind].database.engine.dispose()


@pytest.fixture(scope="session")
def apps() -> dict[str, Flask]:
    return {}


@pytest.fixture
def app(apps: dict[str, Flask], house: Colloquy, database_kind: str) -> Flask:
    """The whole application."""
    if database_kind not in apps:
        apps[database_kind] = create_app(house)
    return apps[database_kind]


@pytest.fixture
def database(house: Colloquy) -> Database:
    return house.database


@pytest.fixture
def clock(house: Colloquy) -> FrozenClock:
    """The application's clock, back at its beginning."""
    assert isinstance(house.clock, FrozenClock)
    house.clock.now = MONDAY
    return house.clock


@pytest.fixture(scope="session")
def gathered() -> dict[str, tuple[Cast, Rows]]:
    """By kind of database, the cast and the rows that it left."""
    return {}


@pytest.fixture
def cast(gathered: dict[str, tuple[Cast, Rows]], database: Database, database_kind: str, clock: FrozenClock) -> Cast:
    """Gathered once through the actions of life; after that its rows are put back, which takes a tenth of the time."""
    if database_kind in gathered:
        cast, rows = gathered[database_kind]
        put_rows(database, rows)
        return cast
    with database.writing() as session:
        cast = gather_cast(session, clock())
    gathered[database_kind] = cast, take_rows(database)
    return cast


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
