"""Colloquy and a practice LMS as an operator runs them: by their commands, each a process, over one database."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import requests
from redis import Redis
from sqlalchemy import create_engine, select, text, update

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.jobs.passbacks import LEASE
from lti_app.jobs.read_backs import LEASE as READ_LEASE
from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.lms import PracticeLms
from tests.factories.demonstration import register_and_seed
from tests.resilience.processes import COLLOQUY, Program, answers_at, environment, free_port, says
from tests.resilience.words import Passback, PassbackState

SCORE_SECONDS = 1.0


class Installation:
    """All processes of one installation. `worker` is None where it is embedded in `web`."""

    def __init__(self, folder: Path, database_url: str, redis_url: str | None = None, *, processes: int = 1) -> None:
        ports = free_port(), free_port()
        self.tool_url, self.lms_url = f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
        self.lms_config = PracticeConfig.for_tool(self.tool_url, folder / "lms.db", base_url=self.lms_url)
        self.database = Database.at(database_url)
        self._redis_url = redis_url
        environ = environment(BASE_URL=self.tool_url, DATABASE_URL=database_url, REDIS_URL=redis_url)
        serve = (*COLLOQUY, "serve", "--port", str(ports[0]), "--processes", str(processes))
        lms = (sys.executable, "-m", "lti_app.practice_lms", "--port", str(ports[1]), "--tool-url", self.tool_url)
        lms_ready, web_ready = answers_at(f"{self.lms_url}/jwks"), answers_at(f"{self.tool_url}/healthz")
        self.lms = Program(
            *lms, "--state", str(folder / "lms.db"), environ=environ, log=folder / "lms.log", ready=lms_ready
        )
        self.web = Program(*serve, environ=environ, log=folder / "web.log", ready=web_ready)
        self.worker: Program | None = None
        if redis_url or not database_url.startswith("sqlite"):
            work = (*COLLOQUY, "worker")
            self.worker = Program(*work, environ=environ, log=folder / "worker.log", ready=says("worker_started"))

    @property
    def programs(self) -> list[Program]:
        """Everything that runs."""
        return [program for program in (self.lms, self.web, self.worker) if program is not None]

    def register_and_seed(self) -> None:
        """Make the LMS known, and put the demonstration course into the migrated database."""
        register_and_seed(self.database, self.lms_config, now=system_clock())

    def start(self, *, lms_is_slow: bool = True) -> None:
        """Start everything, and wait until it is ready."""
        for program in self.programs:
            program.start()
        for program in self.programs:
            program.await_ready()
        if lms_is_slow:
            self.slow_down_the_lms()

    def slow_down_the_lms(self) -> None:
        """Let it take its time over each score, so that the worker rarely dies without one in its hands."""
        self.lms.await_ready()
        fault = {"service": "scores", "kind": "slow", "seconds": str(SCORE_SECONDS)}
        requests.post(f"{self.lms_url}/faults", data=fault, timeout=30, allow_redirects=False).raise_for_status()

    def is_sending(self) -> bool:
        """Whether a worker has claimed scores."""
        with self.database.read() as session:
            claimed = select(Passback.id).where(
                Passback.state == PassbackState.PENDING, Passback.lease_until.is_not(None)
            )
            return session.scalar(claimed.limit(1)) is not None

    def let_leases_end(self, died_at: datetime) -> None:
        """As if two minutes had passed since a worker died: what it had claimed, and its lock, are free again."""
        claimed = Passback.lease_until <= died_at + LEASE
        with self.database.writing() as session:
            session.execute(update(Passback).where(claimed).values(lease_until=died_at))
            session.execute(text("DELETE FROM key_value WHERE key LIKE 'lineitem:%'"))
        if self._redis_url:
            with Redis.from_url(self._redis_url) as redis:
                for key in redis.scan_iter("colloquy:lti:lineitem:*"):
                    redis.delete(key)

    def let_pauses_end(self) -> None:
        """As if the hour had passed after which a failed score is tried again at the latest."""
        with self.database.writing() as session:
            pending = update(Passback).where(Passback.state == PassbackState.PENDING)
            session.execute(pending.values(due_at=system_clock()))

    def is_reading(self) -> bool:
        """Whether a worker has claimed a column to be read."""
        now = system_clock()
        claimed = Passback.check_due_at.between(now + READ_LEASE - timedelta(minutes=1), now + READ_LEASE)
        with self.database.read() as session:
            return session.scalar(select(Passback.id).where(claimed).limit(1)) is not None

    def let_checks_be_due(self) -> None:
        """As if the days had passed after which accepted scores are read back, whoever had claimed them."""
        with self.database.writing() as session:
            accepted = update(Passback).where(Passback.state == PassbackState.SENT)
            session.execute(accepted.values(check_due_at=system_clock()))

    @contextmanager
    def looking_at_the_lms(self) -> Iterator[PracticeLms]:
        """What the LMS has stored; its process must have ended."""
        lms = PracticeLms(self.lms_config)
        try:
            yield lms
        finally:
            lms.close()

    def end(self) -> None:
        """End every process and connection."""
        for program in self.programs:
            program.end()
        self.database.engine.dispose()


def is_whole(sqlite_file: Path) -> bool:
    """Whether a SQLite database has no damage."""
    engine = create_engine(f"sqlite:///{sqlite_file}")
    try:
        with engine.connect() as connection:
            return connection.scalar(text("PRAGMA integrity_check")) == "ok"
    finally:
        engine.dispose()
