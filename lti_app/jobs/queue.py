"""The queue, its tasks, and the bell that rings them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

from huey.api import MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from huey.storage import PostgresStorage
from sqlalchemy.engine import make_url

from lti_app.core.later import LaterModule
from lti_app.core.places import Stay
from lti_app.core.private_files import create_private_file
from lti_app.core.settings import Settings
from lti_app.course.courses.actions import close_expired_visits
from lti_app.jobs.bounces import BounceReader
from lti_app.jobs.faults import faults_apart
from lti_app.jobs.indexing import PostIndexer
from lti_app.jobs.notices import MailSender, NoticeGatherer
from lti_app.jobs.pages import PageReader
from lti_app.jobs.passbacks import PassbackSender
from lti_app.jobs.read_backs import GradebookReader
from lti_app.jobs.references import ReferenceRenderer
from lti_app.jobs.reviews import ReviewAssigner
from lti_app.jobs.roster_line import RosterLine
from lti_app.jobs.streams import ActivityTeller, HttpEndpoint
from lti_app.library.files.actions import sweep
from lti_app.library.files.ports import Storage
from lti_app.lti.roster import LtiRoster, courses_to_refresh, platforms_listing

if TYPE_CHECKING:
    import redis
else:
    redis = LaterModule("redis")


SCHEMA_LOCK = 7_031_965_201
"""Any number that no other program uses as an advisory lock in the same database."""

SWEPT_AT_ONCE = 100
TOLD_AFTER = 1.0
"""Seconds from a post to waking the worker for its notices."""


class Jobs:
    """The tasks on one queue. The web process rings them; the worker, a process or a thread, runs them."""

    def __init__(
        self,
        huey: Any,
        *,
        sender: PassbackSender,
        roster: LtiRoster,
        storage: Storage,
        base_url: str = "",
        mail: MailSender | None = None,
        bounces: BounceReader | None = None,
    ) -> None:
        self.huey = huey
        self.sender = sender
        self._roster = roster
        self._storage = storage
        self._next_runs: dict[str, datetime] = {}
        self._rosters = RosterLine()
        self.reader = GradebookReader(sender.database, sender.gradebook, sender.clock, sender.stopping, sender.pauses)
        references = ReferenceRenderer(sender.database, sender.stopping)
        self.send_passbacks = self._task("send_passbacks", self._send_passbacks)
        self.read_gradebooks = self._task("read_gradebooks", self._read_gradebooks)
        self.refresh_roster = self._task("refresh_roster", self._refresh_roster)
        self.render_references = self._task("render_references", references.render_stale)
        self._task("index_posts", PostIndexer(sender.database, sender.stopping).index_stale, every=crontab(minute="*"))
        pages = PageReader(sender.database, storage, sender.stopping)
        self._task("read_pages", pages.read_new, every=crontab(minute="*"))
        self._task("sweep_passbacks", self._send_passbacks, every=crontab(minute="*"))
        self._task("sweep_gradebooks", self._read_gradebooks, every=crontab(minute="*"))
        self._task("sweep_references", references.render_stale, every=crontab(minute="*/5"))
        self._reviews = ReviewAssigner(sender.database, sender.clock)
        self._task("assign_reviews", self._assign_reviews, every=crontab(minute="*/10"))
        self.teller = ActivityTeller(
            sender.database, sender.clock, sender.stopping, base_url, HttpEndpoint(sender.clock)
        )
        self._task("tell_activities", self.teller.tell, every=crontab(minute="*"))
        self._gatherer = NoticeGatherer(sender.database, sender.clock, sender.stopping)
        self._mail = mail
        self.tell = self._task("tell", self._tell)
        self._task("sweep_notices", self._tell, every=crontab(minute="*"))
        if bounces is not None:
            self._task("read_bounces", bounces.read_new, every=crontab(minute="*/5"))
        self.remind = self._task("remind", self._remind, every=crontab(minute="*/10"))
        self._task("refresh_rosters", self._refresh_rosters, every=crontab(minute="17"))
        self._task("clear_away", self._clear_away, every=crontab(minute="41", hour="3"))
        self._task("sweep_files", self._sweep_files, every=crontab(minute="53", hour="3"))

    def _task(self, name: str, work: Callable[..., Any], every: Callable[..., bool] | None = None) -> Any:
        def run(*arguments: Any) -> None:
            _do(name, work, *arguments)

        decorate = self.huey.task(name=name) if every is None else self.huey.periodic_task(every, name=name)
        return decorate(run)

    def _send_passbacks(self) -> None:
        self.sender.send_due()
        self._come_back(self.send_passbacks, self.sender.seconds_to_next())
        self._come_back(self.read_gradebooks, self.reader.seconds_to_next())

    def _read_gradebooks(self) -> None:
        """Read what is due, send what a column has lost, and come back when more is due."""
        if self.reader.read_due():
            self.send_passbacks()
        self._come_back(self.read_gradebooks, self.reader.seconds_to_next())

    def _come_back(self, task: Any, seconds: float | None) -> None:
        """Run a task when something is due, without waiting for the sweep, unless that is already planned."""
        now = self.sender.clock()
        if seconds is not None and now >= self._next_runs.get(task.name, now) and not self.huey.immediate:
            self._next_runs[task.name] = now + timedelta(seconds=seconds)
            task.schedule(delay=seconds)

    def _refresh_rosters(self) -> None:
        with self.sender.database.read() as session:
            course_ids = courses_to_refresh(session, self.sender.clock())
        for course_id in course_ids:
            if not self.sender.stopping.is_set():
                self._refresh_roster(course_id, is_awaited=False)

    def _refresh_roster(self, course_id: int, *, is_awaited: bool = True) -> None:
        """Fetch a class list now, or leave it to those who have the places, who fetch the next when they are done."""
        with self.sender.database.read() as session:
            platform_ids = platforms_listing(session, course_id)
        self._rosters.join(course_id, platform_ids, is_awaited=is_awaited)
        while not self.sender.stopping.is_set() and (turn := self._rosters.next()):
            self._fetch_roster(*turn)

    def _fetch_roster(self, course_id: int, stay: Stay[int]) -> None:
        with stay.held():
            _do("refresh_roster", self._roster.refresh, course_id)

    def _assign_reviews(self) -> None:
        for discussion_id in self._reviews.list_due():
            if not self.sender.stopping.is_set():
                _do("assign_reviews", self._reviews.assign, discussion_id)

    def _tell(self) -> None:
        """Write notices of what is new, and mail what is due."""
        self._gatherer.gather_new()
        if self._mail is not None:
            self._mail.send_due()
            self._come_back(self.tell, self._mail.seconds_to_next())

    def _remind(self) -> None:
        self._gatherer.remind_due()
        self._gatherer.write_digests()

    def _clear_away(self) -> None:
        with self.sender.database.writing() as session:
            close_expired_visits(session, self.sender.clock())
        self.teller.forget_old()
        self._gatherer.forget_old()

    def _sweep_files(self) -> None:
        """Erase forgotten files, some at a time, so that no transaction is long."""
        erased = SWEPT_AT_ONCE
        while erased == SWEPT_AT_ONCE and not self.sender.stopping.is_set():
            with self.sender.database.writing() as session:
                erased = sweep(session, self._storage, now=self.sender.clock(), limit=SWEPT_AT_ONCE)


class HueyBell:
    """Implements the bells of passbacks, readings and rosters. To be rung after the commit, never before."""

    def __init__(self, jobs: Jobs, *, timer: Callable[[float, Callable[[], None]], Timer] = Timer) -> None:
        self._jobs = jobs
        self._timer = timer
        self._lock = Lock()
        self._is_about_to_tell = False

    def ring(self) -> None:
        """Say that passbacks may be due."""
        self._enqueue(self._jobs.send_passbacks)

    def ring_check(self) -> None:
        """Say that a gradebook is to be read."""
        self._enqueue(self._jobs.read_gradebooks)

    def ring_notices(self) -> None:
        """Say that somebody may have something to be told of.

        Beside the request, which does not wait for the queue, and once for all that is written within a second.
        """
        with self._lock:
            if self._is_about_to_tell:
                return
            self._is_about_to_tell = True
        timer = self._timer(TOLD_AFTER, self._tell)
        timer.daemon = True
        timer.start()

    def _tell(self) -> None:
        with self._lock:
            self._is_about_to_tell = False
        self._enqueue(self._jobs.tell)

    def ring_references(self) -> None:
        """Say that references may have to be rendered again."""
        self._enqueue(self._jobs.render_references)

    def ring_roster(self, course_id: int) -> None:
        """Say that a member of the staff has opened this course."""
        self._enqueue(self._jobs.refresh_roster, course_id)

    def _enqueue(self, task: Callable[..., Any], *arguments: int) -> None:
        with faults_apart("bell_failed"):  # no queue is no reason to fail a request: the sweep will find the work
            task(*arguments)


def _do(task: str, work: Callable[..., Any], *arguments: Any) -> None:
    """Do some work; a fault of ours in it keeps nothing else back."""
    with faults_apart("task_failed", task=task):
        work(*arguments)


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
        pool = redis.ConnectionPool.from_url(settings.redis_url, socket_timeout=10, socket_connect_timeout=3)
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
