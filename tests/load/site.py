"""Databases full of courses, one after the other, each with the trials that are made over it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from lti_app import migrations
from lti_app.core.db import Database
from lti_app.core.settings import Settings, load_settings
from tests.load.building import Shape, build, connect_lms
from tests.load.crowd import Crowd
from tests.load.figures import Trial
from tests.load.mix import works
from tests.load.trial import House, Load, house
from tests.lti.fake_lms import FakeLms
from tests.services import postgres
from tests.services.redis import redis_url

SECRET = "load" * 10
AT_ONCE = 12
"""People who ask as fast as they are answered."""
PACED = 60
"""People who together ask half as often as the server could answer."""
CALM = 0.5
RUSH_SECONDS = 60
AFTERWARDS_SECONDS = 20
"""For those who came last in a rush."""


class LoadedSite:
    """One database with its courses, until it is left."""

    def __init__(self, settings: Settings, database: Database, crowd: Crowd, folder: Path) -> None:
        self._settings, self._database, self._crowd, self._folder = settings, database, crowd, folder

    def mixed(self, shape: Shape, seconds: int) -> Iterator[Trial]:
        """The mix with one process and with two, as fast as it goes; then at half of that."""
        whole = Load("Course", AT_ONCE, seconds, AT_ONCE)
        with self._house(1) as served:
            yield served.trial(f"{shape.name}, at full speed", whole, 1)
        with self._house(2) as served:
            fast = served.trial(f"{shape.name}, at full speed", whole, 2)
            yield fast
            calm = Load("Course", PACED, seconds, PACED, pace=pace_of(fast, PACED))
            yield served.trial(f"{shape.name}, at half speed", calm, 2)

    def rush(self) -> tuple[Trial, int]:
        """A class launches within a minute, and posts; with the number of posts that are there afterwards."""
        students = len(self._crowd.student_ids)
        load = Load("Rushing", students, RUSH_SECONDS + AFTERWARDS_SECONDS, students / RUSH_SECONDS)
        with self._house(2) as served:
            trial = served.trial(f"rush: {students} students within a minute", load, 2)
        return trial, self.count("post", f"WHERE discussion_id = {self._crowd.deadline_id}")

    def count(self, table: str, where: str = "") -> int:
        """The rows of a table."""
        with self._database.engine.connect() as connection:
            return int(connection.scalar(text(f"SELECT count(*) FROM {table} {where}")) or 0)

    @contextmanager
    def _house(self, processes: int) -> Iterator[House]:
        def crowd(url: str) -> Crowd:
            return replace(self._crowd, url=url)

        with house(self._settings, self._database.engine, crowd, self._folder, processes) as served:
            yield served


@contextmanager
def loaded_site(
    shape: Shape, folder: Path, lms: FakeLms, key_file: Path, say: Callable[[str], None]
) -> Iterator[LoadedSite]:
    """Make the courses, in a database that is the only one with so many: it is removed afterwards."""
    say(f"{shape.name}: {shape.posts:,} posts are being made …")
    server = postgres.lasting_server_url()
    url = postgres.create_database("load", server)
    migrations.upgrade(url)
    environ = {"BASE_URL": "http://localhost", "DATABASE_URL": url, "SECRET_KEY": SECRET}
    environ |= {"FILES": str(folder / "files"), "REDIS_URL": redis_url()}
    settings = load_settings({f"COLLOQUY_{key}": value for key, value in environ.items()})
    database = Database.at(url)
    crowd = build(database, shape, say)
    connect_lms(database, lms.urls["jwks_url"])
    crowd = replace(crowd, secret=SECRET, key_id=lms.key.kid, key_file=str(key_file))
    try:
        yield LoadedSite(settings, database, crowd, folder)
    finally:
        database.engine.dispose()


def pace_of(fast: Trial, people: int) -> float:
    """How many kinds of work a second each of so many people does, who together do half of what a trial has done."""
    seconds = fast.requests / fast.per_second if fast.per_second else 1.0
    return CALM * sum(works(fast.done).values()) / seconds / people
