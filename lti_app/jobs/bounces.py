"""Mail that came back: handed over by a mail server, or read from a mailbox."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO

import structlog

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.core.imap import ImapFolder, ImapProblem, ImapServer, imap_folder, imap_server_at
from lti_app.core.settings import Settings
from lti_app.jobs.faults import faults_apart
from lti_app.notices.bounces.actions import take_returned
from lti_app.notices.bounces.rules.reports import MOST_BYTES, read_returned
from lti_app.notices.bounces.rules.return_paths import ReturnPaths

log = structlog.get_logger()

CHUNK = 65_536
READ_AT_ONCE = 20
"""Mails between two changes of the folder."""
MOST_IN_A_VISIT = 500
PAUSES = {"login": timedelta(hours=1)}
"""How long a mailbox is left alone: many servers lock an account that fails to log in again and again."""


@dataclass(frozen=True)
class BounceTaker:
    """Takes messages that came to return paths. The same one twice has no effect."""

    database: Database
    paths: ReturnPaths
    clock: Clock

    def take(self, raw: bytes, *, sent_to: str = "") -> bool:
        """Take one message, however odd; returns whether it came to a return path, ours or made up.

        `sent_to` is the recipient of its envelope, where that is known. The transaction ends with the call.
        """
        message = None
        with faults_apart("bounce_fault"):
            message = read_returned(raw)
        if message is None:
            log.info("bounce_ignored", reason="unreadable")
            return False
        message = message.came_to(sent_to)
        named = self.paths.find(message.sent_to)
        if not message.fates or not named:
            log.info("bounce_ignored", reason="no_return_path" if not named else "no_report")
            return bool(named)
        with self.database.writing() as session:
            taken = take_returned(session, self.paths, message, now=self.clock())
        if taken is None:
            log.info("bounce_ignored", reason="no_effect")
        else:
            log.info("mail_bounced", **vars(taken))
        return True


def read_bounded(stream: BinaryIO) -> bytes:
    """The beginning of a message of any length. The rest is read too, as a mail server takes a closed pipe for a
    failure.
    """
    kept = stream.read(MOST_BYTES)
    while stream.read(CHUNK):
        pass
    return kept


@dataclass
class BounceReader:
    """Reads a mailbox. Any number of readers may do so, in any number of processes.

    What came to return paths is deleted once it is recorded, in this order: a crash in between reads it again, without
    effect. All other mail is left in the folder as read. No transaction is open while the server is spoken to.
    """

    taker: BounceTaker
    server: ImapServer
    stopping: threading.Event
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _rests_until: datetime | None = None

    def read_new(self) -> int:
        """Read what has come; returns how many mails. Does nothing while another thread reads."""
        now = self.taker.clock()
        if (self._rests_until and now < self._rests_until) or not self._reading.acquire(blocking=False):
            return 0
        try:
            return self._visit()
        except ImapProblem as problem:
            log.warning("bounces_not_read", code=problem.code)
            self._rests_until = now + PAUSES.get(problem.code, timedelta(0))
            return 0
        finally:
            self._reading.release()

    def _visit(self) -> int:
        count = 0
        with imap_folder(self.server) as folder:
            new = folder.list_new(MOST_IN_A_VISIT)
            while new and not self.stopping.is_set():
                some, new = new[:READ_AT_ONCE], new[READ_AT_ONCE:]
                self._read(folder, some)
                count += len(some)
        return count

    def _read(self, folder: ImapFolder, uids: list[str]) -> None:
        done: dict[bool, list[str]] = {True: [], False: []}
        for uid in uids:
            done[self.taker.take(folder.fetch(uid, MOST_BYTES))].append(uid)
        folder.delete(done[True])
        folder.mark_read(done[False])


def make_return_paths(settings: Settings) -> ReturnPaths | None:
    """Where the mail of this installation comes back to; None where no address is set for that."""
    if not settings.mail_bounces:
        return None
    return ReturnPaths(settings.mail_bounces, settings.secret_key.get_secret_value())


def make_bounce_taker(settings: Settings, *, database: Database, clock: Clock) -> BounceTaker | None:
    """What takes mail that came back; None where no address is set for that."""
    paths = make_return_paths(settings)
    return BounceTaker(database, paths, clock) if paths else None


def make_bounce_reader(
    settings: Settings, *, database: Database, clock: Clock, stopping: threading.Event
) -> BounceReader | None:
    """What reads the mailbox of this installation; None where none is set."""
    taker = make_bounce_taker(settings, database=database, clock=clock)
    if taker is None or not settings.bounces_imap_url or settings.bounces_imap_password is None:
        return None
    password = settings.bounces_imap_password.get_secret_value()
    return BounceReader(taker, imap_server_at(settings.bounces_imap_url, password), stopping)
