"""The kind of worker that `config/gunicorn.py` names."""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType, ModuleType
from typing import Any, cast

from gunicorn.workers.base import Worker
from sqlalchemy.dialects import registry

from lti_app.core.settings import Settings, load_settings
from lti_app.server.limits import ConnectionLimits
from lti_app.server.loop import FrontLoop

LARGEST_REQUEST = "LARGEST_REQUEST"
"""Where the application has the number of bytes of the largest body that it takes, among its settings."""
FILES = 8192
"""Open files that a process may need: three for each connection, and the application's own."""


class BufferingWorker(Worker):
    """One process of gunicorn, with waitress's loop in front of its threads."""

    alive: bool
    _loop: FrontLoop | None = None

    @classmethod
    def setup(cls) -> None:
        """Prepare a process that will load the application; gunicorn calls this in the one that forks the others."""
        _leave_out_unused(load_settings())

    def run(self) -> None:
        """Serve until told to stop, or until it is time for a fresh process."""
        _allow_open_files()
        limits = ConnectionLimits(largest_body=self.wsgi.config[LARGEST_REQUEST])
        sockets = [each.sock for each in self.sockets]
        loop = self._loop = FrontLoop(self._application, sockets, threads=self.cfg.threads, limits=limits)
        while self.alive and self.ppid == os.getppid():
            self.notify()
            loop.turn()
            if loop.is_stuck():
                self.log.error(
                    "A request has taken more than %d seconds; its process is replaced.", limits.request_seconds
                )
                self.alive = False
        ends = time.monotonic() + self.cfg.graceful_timeout
        loop.stop_accepting()
        while not loop.is_done() and time.monotonic() < ends:
            self.notify()
            loop.turn()
        loop.close()

    def handle_exit(self, _signal: int, _frame: FrameType | None) -> None:
        """Begin to stop."""
        self.alive = False
        if self._loop is not None:
            self._loop.wake()

    def _application(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("This process has served its time.")
            self.alive = False
        answer: Iterable[bytes] = self.wsgi(environ, start_response)
        return answer


def _leave_out_unused(settings: Settings) -> None:
    """Keep out of memory what other packages import wherever it is installed: clients of servers that these settings do
    not name (huey), colours for terminals (structlog), and a second guesser of encodings (requests, which has chardet).
    """
    for name in ("rich", "charset_normalizer"):  # 5 MB, 2 MB
        sys.modules.setdefault(name, cast(ModuleType, None))
    if settings.redis_url is None:
        sys.modules.setdefault("redis", cast(ModuleType, None))  # 16 MB
    is_on_sqlite = settings.database_url.startswith("sqlite")
    if is_on_sqlite:
        sys.modules.setdefault("psycopg", cast(ModuleType, None))  # 6 MB
    # An index with a condition names it for both databases, and SQLAlchemy would load both to check the word; 2 MB.
    registry.register("postgresql" if is_on_sqlite else "sqlite", "sqlalchemy.engine.default", "DefaultDialect")


def _allow_open_files() -> None:
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
