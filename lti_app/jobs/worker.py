"""The worker: a separate process, or a thread of the web process."""

import threading
from typing import Any

import structlog
from huey.consumer import Consumer

from lti_app.core.clock import Clock, system_clock
from lti_app.core.db import Database
from lti_app.core.http import Outgoing
from lti_app.core.key_value import KeyValueStore, make_store
from lti_app.core.settings import Settings
from lti_app.jobs.bounces import make_bounce_reader
from lti_app.jobs.notices import make_mail_sender
from lti_app.jobs.passbacks import AT_ONCE, PassbackSender
from lti_app.jobs.queue import Jobs, make_huey
from lti_app.jobs.roster_line import ROSTERS_AT_ONCE
from lti_app.library.files.ports import Storage
from lti_app.lti.gradebook import LtiGradebook
from lti_app.lti.roster import LtiRoster
from lti_app.lti.services import LtiServices
from lti_app.storage.choosing import make_storage

log = structlog.get_logger()

STOP_SECONDS = 60
WORKERS = ROSTERS_AT_ONCE + 6
"""Threads for tasks: one sends grades, one reads them back, one sends mail, one reads what came back, one tells
activity streams, ROSTERS_AT_ONCE wait for class lists, one does the rest."""


class JobConsumer(Consumer):
    """Huey's consumer, made to run in a thread if needed and to stop the sender."""

    def __init__(self, jobs: Jobs, *, handle_signals: bool, workers: int) -> None:
        self._stopping = jobs.sender.stopping
        self._stopping.clear()
        self._handle_signals = handle_signals
        self._has_started = threading.Event()
        options = {"workers": workers, "max_delay": 1.0, "shutdown_timeout": STOP_SECONDS, "graceful_signal": "TERM"}
        super().__init__(jobs.huey, **options)  # type: ignore[no-untyped-call]

    def start(self) -> None:
        """Begin; from now on the signals that end it do so in good order."""
        super().start()  # type: ignore[no-untyped-call]
        self._has_started.set()
        log.info("worker_started")

    def stop(self, graceful: bool = True) -> None:
        """Stop after the current work: at most one score or one class list per thread."""
        self._stopping.set()
        self._has_started.wait(STOP_SECONDS)  # a thread that has not begun cannot be waited for
        super().stop(graceful=graceful)  # type: ignore[no-untyped-call]

    def _set_signal_handlers(self) -> None:
        if self._handle_signals:
            super()._set_signal_handlers()  # type: ignore[no-untyped-call]


class EmbeddedWorker:
    """The worker in threads of the web process, without signal handlers. Start it after any fork, not before."""

    def __init__(self, jobs: Jobs) -> None:
        self._consumer = JobConsumer(jobs, handle_signals=False, workers=WORKERS)
        self._thread = threading.Thread(target=self._consumer.run, name="colloquy-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the work in hand."""
        self._consumer.stop(graceful=True)
        self._thread.join(STOP_SECONDS)


def make_jobs(
    huey: Any,
    *,
    database: Database,
    store: KeyValueStore,
    storage: Storage,
    outgoing: Outgoing | None = None,
    clock: Clock = system_clock,
    scores_at_once: int = AT_ONCE,
    base_url: str = "",
    mail_settings: Settings | None = None,
) -> Jobs:
    """The tasks, wired to the LTI edge. Their requests are sent in the places of each kind of task, not in those that
    web pages need for theirs.
    """
    outgoing = outgoing or Outgoing()
    services = LtiServices(database=database, store=store, outgoing=outgoing, clock=clock)
    gradebook = LtiGradebook(database=database, services=services, base_url=base_url)
    sender = PassbackSender(database=database, gradebook=gradebook, clock=clock, at_once=scores_at_once)
    mail = bounces = None
    if mail_settings is not None:
        mail = make_mail_sender(mail_settings, database=database, clock=clock, stopping=sender.stopping)
        bounces = make_bounce_reader(mail_settings, database=database, clock=clock, stopping=sender.stopping)
    roster = LtiRoster(database=database, services=services)
    return Jobs(huey, sender=sender, roster=roster, storage=storage, base_url=base_url, mail=mail, bounces=bounces)


def run_worker(settings: Settings, *, workers: int = WORKERS) -> None:
    """Run the worker until SIGTERM or SIGINT (`colloquy worker`)."""
    database = Database.at(settings.database_url)
    store = make_store(settings, database, system_clock)
    jobs = make_jobs(
        make_huey(settings),
        database=database,
        store=store,
        storage=make_storage(settings),
        scores_at_once=settings.scores_at_once,
        base_url=settings.base_url,
        mail_settings=settings,
    )
    JobConsumer(jobs, handle_signals=True, workers=workers).run()  # type: ignore[no-untyped-call]
    log.info("worker_stopped")
