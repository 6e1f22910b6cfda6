"""The queue, its tasks, and the bell that rings them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from huey.api import MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from huey.storage import PostgresStorage
from redis import ConnectionPool
from sqlalchemy.engine import make_url

from lti_app.core.private_files import create_private_file
from lti_app.core.settings import Settings
from lti_app.course.courses.actions import close_expired_visits
from lti_app.jobs.faults import log_fault
from lti_app.jobs.passbacks import PassbackSender
from lti_app.jobs.references import ReferenceRenderer
from lti_app.library.files.actions import sweep
from lti_app.library.files.ports import Storage
from lti_app.lti.roster import LtiRoster, courses_to_refresh

SCHEMA_LOCK = 7_031_965_201
"""Any number that no other program uses as an advisory lock in the same database."""

SWEPT_AT_ONCE = 100
ROSTERS_AT_ONCE = 2
ROSTER_PAUSE_SECONDS = 5


class Jobs:
    """The tasks on one queue. The web process rings them; the worker, a process or a thread, runs them."""

    def __init__(self, huey: Any, *, sender: PassbackSender, roster: LtiRoster, storage: Storage) -> None:
        self.huey = huey
        self.sender = sender
        self._roster = roster
        self._storage = storage
        self._next_wake: datetime | None = None
        self._rosters = BoundedSemaphore(ROSTERS_AT_ONCE)
        references = ReferenceRenderer(sender.database, sender.stopping)
        self.send_passbacks = self._task("send_passbacks", self._send_passbacks)
        self.refresh_roster = self._task("refresh_roster", self._refresh_roster)
        self.render_references = self._task("render_references", references.render_stale)
        self._task("sweep_passbacks", self._send_passbacks, every=crontab(minute="*"))
        self._task("sweep_references", references.render_stale, every=crontab(minute="*/5"))
        self._task("refresh_rosters", self._refresh_rosters, every=crontab(minute="17"))
        self._task("clear_away", self._clear_away, every=crontab(minute="41", hour="3"))
        self._task("sweep_files", self._sweep_files, every=crontab(minute="53", hour="3"))

    def _task(self, name: str, work: Callable[..., Any], every: Callable[..., bool] | None = None) -> Any:
        def run(*arguments: Any) -> None:
            try:
                work(*arguments)
            except Exception as error:  # noqa: BLE001 -- Huey would log the whole error, values included
                log_fault("task_failed", error, task=name)

        decorate = self.huey.task(name=name) if every is None else self.huey.periodic_task(every, name=name)
        return decorate(run)

    def _send_passbacks(self) -> None:
        self.sender.send_due()
        seconds = self.sender.seconds_to_next()
        now = self.sender.clock()
        already = self._next_wake is not None and now < self._next_wake
        if seconds is not None and not already and not self.huey.immediate:
            self._next_wake = now + timedelta(seconds=seconds)
            self.send_passbacks.schedule(delay=seconds)

    def _refresh_rosters(self) -> None:
        with self.sender.database.read() as session:
            course_ids = courses_to_refresh(session, self.sender.clock())
        for course_id in course_ids:
            if not self.sender.stopping.is_set():
                self._refresh_roster(course_id)

    def _refresh_roster(self, course_id: int) -> None:
        """Fetch a class list, or later where others are being fetched: those of slow LMSs must not hold up grades."""
        if self._rosters.acquire(blocking=False):
            try:
                self._roster.refresh(course_id)
            finally:
                self._rosters.release()
        else:
            self.refresh_roster.schedule((course_id,), delay=ROSTER_PAUSE_SECONDS)

    def _clear_away(self) -> None:
        with self.sender.database.writing() as session:
            close_expired_visits(session, self.sender.clock())

    def _sweep_files(self) -> None:
        """Erase forgotten files, some at a time, so that no transaction is long."""
        erased = SWEPT_AT_ONCE
        while erased == SWEPT_AT_ONCE and not self.sender.stopping.is_set():
            with self.sender.database.writing() as session:
                erased = sweep(session, self._storage, now=self.sender.clock(), limit=SWEPT_AT_ONCE)


class HueyBell:
    """Implements the bells of passbacks, readings and rosters. To be rung after the commit, never before."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def ring(self) -> None:
        """Say that passbacks may be due."""
        self._enqueue(self._jobs.send_passbacks)

    def ring_references(self) -> None:
        """Say that references may have to be rendered again."""
        self._enqueue(self._jobs.render_references)

    def ring_roster(self, course_id: int) -> None:
        """Say that a member of the staff has opened this course."""
        self._enqueue(self._jobs.refresh_roster, course_id)

    def _enqueue(self, task: Callable[..., Any], *arguments: int) -> None:
        try:
            task(*arguments)
        except Exception as error:  # noqa: BLE001 -- no queue is no reason to fail a request: the sweep will find the work
            log_fault("bell_failed", error)


class LockedPostgresStorage(PostgresStorage):
    """PostgreSQL as a queue; one process at a time creates its tables.

    `create table if not exists` fails for one of two web processes that start together.
    """

    def initialize_schema(self) -> None:
        """Make the tables where they are missing."""
        self.ddl = [f"select pg_advisory_xact_lock({SCHEMA_LOCK})", *self.ddl]
        super().initialize_schema()  # type: ignore[no-untyped-call]


def make_huey(settings: Settings, *, immediate: bool = False) -> Any:
    """The queue: in Redis if the settings name one, else in the PostgreSQL database, else in a file beside the SQLite
    one.

    Messages are signed because Huey pickles them: write access to the queue must not mean running code.
    """
    key = settings.secret_key.get_secret_value()
    common: dict[str, Any] = {
        "name": "colloquy",
        "results": False,
        "immediate": immediate,
        "serializer": SignedSerializer(secret=key, salt="colloquy-jobs"),
    }
    if settings.redis_url:
        pool = ConnectionPool.from_url(settings.redis_url, socket_timeout=10, socket_connect_timeout=3)
        return RedisHuey(connection_pool=pool, **common)
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(dsn=dsn, storage_class=LockedPostgresStorage, **common)
    if not url.database or url.database == ":memory:":
        return MemoryHuey(**common)
    queue = f"{url.database}.queue"
    create_private_file(Path(queue))
    return SqliteHuey(filename=queue, **common)
