"""The queue on each of its engines: it wakes the worker, and nothing depends on it."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from huey.api import PostgresHuey, RedisHuey, SqliteHuey
from pydantic import SecretStr

from lti_app import migrations
from lti_app.core.db import make_engine
from lti_app.core.settings import Settings
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.jobs.passbacks import PassbackSender
from lti_app.jobs.queue import HueyBell, Jobs, make_huey
from lti_app.jobs.roster_line import ROSTERS_AT_ONCE
from lti_app.jobs.worker import EmbeddedWorker
from lti_app.storage.folder import FolderStorage
from tests.factories.passbacks import count_passbacks

SECRET = "a secret of more than thirty-two characters"
PATIENCE = 20.0
# Huey leaves the connection on which a thread listens to the garbage collector, which psycopg remarks upon.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function BaseConnection.__del__:pytest.PytestUnraisableExceptionWarning"
)


class RecordingRoster:
    """Remembers whose roster was to be refreshed."""

    def __init__(self) -> None:
        self.refreshed: list[int] = []
        self.done = threading.Event()
        self.before: Callable[[], object] = lambda: None

    def refresh(self, course_id: int) -> bool:
        self.refreshed.append(course_id)
        self.before()
        self.done.set()
        return True


@pytest.fixture
def roster() -> RecordingRoster:
    return RecordingRoster()


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


@pytest.fixture
def jobs_on(
    sender: PassbackSender, roster: RecordingRoster, storage: FolderStorage
) -> Iterator[Callable[[Settings], Jobs]]:
    made = []

    def make(settings: Settings, *, immediate: bool = False) -> Jobs:
        made.append(Jobs(make_huey(settings, immediate=immediate), sender=sender, roster=roster, storage=storage))
        return made[-1]

    yield make
    for jobs in made:
        jobs.huey.storage.close()


def settings_for(database_url: str, redis_url: str | None = None) -> Settings:
    return Settings(secret_key=SecretStr(SECRET), database_url=database_url, redis_url=redis_url)


def run_until(event: threading.Event, jobs: Jobs, then: Callable[[], object] = lambda: None) -> None:
    worker = EmbeddedWorker(jobs)
    try:
        assert event.wait(PATIENCE)
    finally:
        then()
        worker.stop()


@pytest.mark.parametrize("with_redis", [False, True])
def test_bell_wakes_the_worker(with_redis, request, database_url, jobs_on, roster):
    redis_url = request.getfixturevalue("redis_url") if with_redis else None
    jobs = jobs_on(settings_for(database_url, redis_url))
    HueyBell(jobs).ring_roster(7)
    run_until(roster.done, jobs)
    assert roster.refreshed == [7]


class WaitingTimer(threading.Timer):
    """Goes off when the test says so."""

    started: ClassVar[list["WaitingTimer"]] = []

    def start(self) -> None:
        self.started.append(self)


def test_those_who_write_at_once_wake_the_worker_once_and_nobody_after_them_is_forgotten(database_url, jobs_on):
    jobs, tellings = jobs_on(settings_for(database_url)), list[int]()
    jobs.tell = lambda: tellings.append(len(WaitingTimer.started))
    WaitingTimer.started.clear()
    bell = HueyBell(jobs, timer=WaitingTimer)
    for _ in range(3):
        bell.ring_notices()
    (first,) = WaitingTimer.started
    assert (first.daemon, tellings) == (True, [])
    first.function()
    bell.ring_notices()
    _first, second = WaitingTimer.started
    second.function()
    assert tellings == [1, 2]


def test_worker_finds_what_nobody_rang_for(database_url, jobs_on, school_class, gradebook, clock):
    sent = threading.Event()
    gradebook.after = lambda _score: sent.set()
    school_class.release(school_class.students[0], 12, clock())
    run_until(sent, jobs_on(settings_for(database_url)))
    with school_class.database.read() as session:
        assert count_passbacks(session) == {PassbackState.SENT: 1}


def test_class_lists_that_hang_keep_no_grade_waiting(database_url, jobs_on, school_class, roster, *, gradebook, clock):
    """Of any number of them, ROSTERS_AT_ONCE are waited for; the others come when these are done."""
    sent, answers, were_asked = threading.Event(), threading.Event(), list[int]()
    roster.before, gradebook.after = lambda: answers.wait(PATIENCE), lambda _score: sent.set()
    jobs = jobs_on(settings_for(database_url))
    bell = HueyBell(jobs)
    for course_id in range(ROSTERS_AT_ONCE * 5):
        bell.ring_roster(course_id)
    school_class.release(school_class.students[0], 12, clock())
    bell.ring()
    run_until(sent, jobs, then=lambda: (were_asked.extend(roster.refreshed), answers.set()))
    assert len(were_asked) == ROSTERS_AT_ONCE


def test_immediate_queue_does_its_work_in_place(database_url, jobs_on, school_class, gradebook, clock):
    school_class.release(school_class.students[0], 12, clock())
    HueyBell(jobs_on(settings_for(database_url), immediate=True)).ring()
    assert gradebook.tries == 1


def test_files_that_were_forgotten_go_every_day(database_url, jobs_on, monkeypatch):
    """As many at a time as one transaction may hold, until none is left."""
    left = [250]

    def sweep(_session, _storage, *, now, limit):
        gone = min(left[0], limit)
        left[0] -= gone
        return gone

    monkeypatch.setattr("lti_app.jobs.queue.sweep", sweep)
    jobs = jobs_on(settings_for(database_url), immediate=True)
    night = datetime(2026, 9, 8, 3, 53, tzinfo=UTC)
    due = [task for task in jobs.huey.read_periodic(night) if task.name == "sweep_files"]
    assert [jobs.huey.execute(task) for task in due] == [None]
    assert left == [0]
    assert "sweep_files" not in {task.name for task in jobs.huey.read_periodic(night.replace(hour=4))}


def test_engine_follows_the_settings(sqlite_url, postgresql_url, redis_url):
    assert isinstance(make_huey(settings_for(sqlite_url)), SqliteHuey)
    assert isinstance(make_huey(settings_for(postgresql_url)), PostgresHuey)
    assert isinstance(make_huey(settings_for(postgresql_url, redis_url)), RedisHuey)


def test_bell_without_a_queue_raises_nothing(sender, roster, storage):
    nowhere = settings_for("sqlite:///unused.db", "redis://127.0.0.1:1/0")
    HueyBell(Jobs(make_huey(nowhere), sender=sender, roster=roster, storage=storage)).ring()


def test_many_processes_may_make_the_queue_at_once(postgresql_url):
    """PostgreSQL's `create table if not exists` fails for one of two that run at the same moment."""
    ready, made = threading.Barrier(8), []

    def make() -> None:
        ready.wait(PATIENCE)
        made.append(make_huey(settings_for(postgresql_url)))
        made[-1].storage.close()

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8


def test_tables_of_the_queue_are_no_business_of_the_migrations(postgresql_url):
    make_huey(settings_for(postgresql_url)).storage.close()
    engine = make_engine(postgresql_url)
    with engine.connect() as connection:
        migrations.check(connection)
    engine.dispose()
