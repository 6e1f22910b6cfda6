"""Colloquy and a practice LMS, running in threads on two sites, over a database with the demonstration course."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer

from lti_app.app import Colloquy, assemble, create_app
from lti_app.core.clock import system_clock
from lti_app.core.settings import load_settings
from lti_app.jobs.worker import EmbeddedWorker
from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.mailbox import receiving
from lti_app.practice_lms.server import make_practice_server, running
from tests.bells import silence
from tests.factories.demonstration import register_and_seed


@dataclass
class MovableClock:
    """The clock of both halves: real time, to which a test may add."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def move(self, **by: float) -> None:
        """Let time pass (`minutes=2`)."""
        self.ahead += timedelta(**by)


@dataclass(frozen=True)
class Site:
    """Both halves, for a test to look at and to disturb."""

    tool_url: str
    lms_url: str
    parts: Colloquy
    lms: PracticeLms
    clock: MovableClock

    def remind(self) -> None:
        """Do at once what the worker does every ten minutes, and send the mail that is due."""
        self.parts.jobs.remind.call_local()
        self.parts.jobs.tell.call_local()

    def send_due(self) -> None:
        """Do at once what the worker would do when it is woken."""
        self.parts.jobs.sender.send_due()


@contextmanager
def running_site(
    database_url: str,
    folder: Path,
    *,
    with_worker: bool = True,
    redis_url: str | None = None,
    locale: str = "en",
    course_file: Path | None = None,
    mail_port: int | None = None,
) -> Iterator[Site]:
    """Serve both halves; the database is migrated and empty. Without a worker, scores wait for `send_due`.

    `locale` is the language in which everybody uses the LMS, `course_file` its course, if not the demonstration's. With
    a `mail_port`, mail goes out, and the LMS takes it there.
    """
    clock = MovableClock()
    # A page that is still open may ask for something until the server has ended: connections are closed after that.
    with ExitStack() as last, _serving() as server:
        tool_url = f"http://localhost:{server.port}"
        course = {"course_file": course_file} if course_file else {}
        config = PracticeConfig.for_tool(tool_url, folder / "lms.db", clock=clock, locale=locale, **course)
        with running(config) as practice:
            lms: PracticeLms = practice.extensions["practice_lms"]
            services = {"REDIS_URL": redis_url} if redis_url else {}
            if mail_port is not None:
                services |= mail_settings(mail_port)
            parts = _assemble(tool_url, clock, DATABASE_URL=database_url, FILES=str(folder / "files"), **services)
            last.callback(_close, parts)
            register_and_seed(parts.database, lms.config, now=parts.clock(), storage=parts.storage)
            server.app = create_app(parts)
            taken = receiving(lms.mailbox, "127.0.0.1", mail_port) if mail_port is not None else nullcontext()
            with taken, _working(parts) if with_worker else nullcontext():
                yield Site(tool_url, lms.config.base_url, parts, lms, clock)


def mail_settings(port: int) -> dict[str, str]:
    """The settings by which mail goes out to a port of this machine."""
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "Colloquy <colloquy@example.edu>",
    }


@contextmanager
def _serving() -> Iterator[BaseWSGIServer]:
    """A server on a free port; its application is put in when the other half's address is known."""
    server = make_practice_server("127.0.0.1", 0, Flask(__name__))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _assemble(tool_url: str, clock: MovableClock, **services: str) -> Colloquy:
    environ = {"BASE_URL": tool_url, "SECRET_KEY": "for tests only " * 3, **services}
    settings = load_settings({f"COLLOQUY_{name}": value for name, value in environ.items()})
    return assemble(settings, clock=clock)


def _close(parts: Colloquy) -> None:
    silence()
    parts.jobs.huey.storage.close()
    parts.database.engine.dispose()


@contextmanager
def _working(parts: Colloquy) -> Iterator[None]:
    worker = EmbeddedWorker(parts.jobs)
    try:
        yield
    finally:
        worker.stop()
