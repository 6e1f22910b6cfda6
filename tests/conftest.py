"""What every test may ask for: a database on SQLite and on PostgreSQL, a course with its people, a Redis, a browser."""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
import redis
from sqlalchemy.orm import Session

from lti_app import migrations
from lti_app.core.db import Base, Database
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from tests.cast import Cast, FrozenClock, gather_cast
from tests.factories.discussions import set_up
from tests.services import postgres
from tests.services.network import forbid_outside_connections
from tests.services.programs import CHROMIUM, find_or_install
from tests.services.redis import redis_url as url_of_redis
from tests.services.run import service_run

DATABASES = ("sqlite", "postgresql")
SERVICES = {
    *("database_kind", "sqlite_url", "empty_sqlite_url", "postgresql_url", "empty_postgresql_url"),
    *("redis_url", "chromium"),
}
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
LONGEST_FIRST = (
    "resilience/test_killing",
    "browser/test_every_page",
    "browser/test_thread",
    "browser/test_week",
    "resilience/test_lms_faults",
    "jobs/test_worker_process",
    "cli/test_serving",
    "browser/test_moderation",
    "browser/test_path",
    "browser/test_right_to_left",
    "browser/test_composing",
    "resilience/test_large_class",
    "browser",
    "resilience",
    "cli",
    "practice_lms/test_demo",
    "jobs",
    "grading/passbacks",
    "lti/test_arrival",
)
"""Files and folders whose tests take longest; what comes last should be short, so that all processes end together."""
_run = ExitStack()

# The same examples each time, so that a check that was green stays green; no limit of time, since machines differ.
hypothesis.settings.register_profile("checks", derandomize=True, deadline=None, max_examples=60)
hypothesis.settings.register_profile("unit", parent=hypothesis.settings.get_profile("checks"), max_examples=15)
hypothesis.settings.load_profile("checks")

forbid_outside_connections()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database sqlite` is for quick work at one's desk; the checks run with both."""
    parser.addoption("--database", choices=[*DATABASES, "all"], default="all", help="databases to test on")
    parser.addoption("--attack", action="store_true", help="the attacks that take minutes, and nothing else")
    parser.addoption("--unit", action="store_true", help="what needs no database, browser or program, briefly")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--unit"):
        hypothesis.settings.load_profile("unit")
    _run.enter_context(service_run())


def pytest_unconfigure() -> None:
    _run.close()


def pytest_collection_finish() -> None:
    """What stands now stays to the end: the garbage collector need not go through it again and again."""
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        metafunc.parametrize("database_kind", DATABASES if chosen == "all" else [chosen])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The files with the longest tests come first; in a file the order stays."""
    items.sort(key=_turn)
    wanted = config.getoption("--attack")
    left_out = [item for item in items if (item.get_closest_marker("attack") is not None) != wanted]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]
    if config.getoption("--unit"):
        others = {item for item in items if needs_a_service(item)}
        config.hook.pytest_deselected(items=list(others))
        items[:] = [item for item in items if item not in others]


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(Path(__file__).parent).with_suffix("").as_posix()
    matching = (n for n, first in enumerate(LONGEST_FIRST) if path == first or path.startswith(f"{first}/"))
    return next(matching, len(LONGEST_FIRST))


def needs_a_service(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(names & SERVICES) or item.get_closest_marker("programs") is not None


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """A migrated database without rows. A test that uses it runs on every kind of database."""
    kind = "shared_sqlite" if database_kind == "sqlite" else database_kind
    return str(request.getfixturevalue(f"{kind}_url"))


@pytest.fixture(scope="session")
def databases() -> dict[str, Database]:
    """By address, what is opened once, so that a statement is compiled once for all tests."""
    return {}


@pytest.fixture
def database(databases: dict[str, Database], database_url: str) -> Iterator[Database]:
    """The same, opened. What a test listens to, or sets, on its engine ends with the test."""
    if database_url not in databases:
        databases[database_url] = Database.at(database_url)
    engine = databases[database_url].engine
    yield Database(engine.execution_options())
    engine.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One writing session; what a test leaves uncommitted is given up."""
    with database.write() as session:
        yield session


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return gather_cast(session, clock())


@pytest.fixture
def discussion(session: Session, cast: Cast, clock: FrozenClock) -> DiscussionView:
    """Open, with a post-first rule, no readings and the default rubric."""
    return set_up(session, cast.ines, clock())


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """A database without tables, for tests of the migrations, on every kind of database."""
    return str(request.getfixturevalue(f"empty_{database_kind}_url"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copyfile(sqlite_template, tmp_path / "colloquy.db")
    return f"sqlite:///{tmp_path}/colloquy.db"


@pytest.fixture(scope="session")
def sqlite_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("database") / "colloquy.db"


@pytest.fixture
def shared_sqlite_url(sqlite_template: Path, sqlite_path: Path) -> str:
    """As sqlite_url, but at one address for all tests, each of which finds a new file and an empty queue there."""
    for left_over in sqlite_path.parent.glob(f"{sqlite_path.name}*"):
        left_over.unlink()
    shutil.copyfile(sqlite_template, sqlite_path)
    return f"sqlite:///{sqlite_path}"


@pytest.fixture
def postgresql_url(migrated_postgresql_url: str) -> str:
    postgres.clear(migrated_postgresql_url, (table.name for table in reversed(Base.metadata.sorted_tables)))
    return migrated_postgresql_url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/empty.db"


@pytest.fixture
def empty_postgresql_url() -> str:
    return postgres.create_database(f"colloquy_empty_{WORKER}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to copy; migrating anew for each test would take most of the time."""
    path = tmp_path_factory.mktemp("template") / "colloquy.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql_url() -> str:
    """This worker's database, emptied before each test; the migrations themselves put no rows into it."""
    url = postgres.create_database(f"colloquy_{WORKER}")
    migrations.upgrade(url)
    return url


@pytest.fixture
def redis_url() -> str:
    """An empty Redis or Valkey database, this worker's own."""
    url = url_of_redis(int(WORKER.removeprefix("gw")))
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    return find_or_install(CHROMIUM)
