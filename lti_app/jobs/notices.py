"""Writing notices of what has happened, and mailing them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.core.mail import MailServer, SmtpConnection, SmtpProblem
from lti_app.core.settings import Settings
from lti_app.jobs.bounces import make_return_paths
from lti_app.jobs.faults import faults_apart
from lti_app.jobs.sweeps import seconds_until
from lti_app.notices.bounces.rules.return_paths import ReturnPaths
from lti_app.notices.feed.actions.gathering import gather, sources
from lti_app.notices.feed.actions.reminding import list_digest_courses, list_due_courses, remind, write_digest
from lti_app.notices.feed.actions.writing import forget_notices
from lti_app.notices.outbox.actions.planning import plan_mails
from lti_app.notices.outbox.actions.sending import (
    ClaimedMail,
    claim_mails,
    delay_mail,
    finish_mail,
    forget_mails,
    postpone_mail,
    refuse_mail,
)
from lti_app.notices.outbox.ports import MailDelayed, MailDraft, MailRefused, Postman
from lti_app.notices.outbox.queries import PreparedMail, next_mail_due, prepare_mail
from lti_app.notices.outbox.rules.addressing import mail_host
from lti_app.notices.outbox.rules.composing import MailFrom, compose_mail
from lti_app.web.notices.mail_writer import MailWriter, UnsubscribeTokens

log = structlog.get_logger()

PLANNED_AT_ONCE = 100
"""Notices between two commits."""
CLAIMED_AT_ONCE = 10
LEASE = timedelta(minutes=15)
"""Longer than CLAIMED_AT_ONCE mails take, each at most a minute (`core.mail.MAIL_SECONDS`)."""
PAUSE = timedelta(minutes=2)
"""How long a server that does not answer is left alone."""
NOTICES_KEPT = timedelta(days=180)
MAILS_KEPT = timedelta(days=30)


@dataclass
class NoticeGatherer:
    """Finds in the tables what people are to be told of, and writes it down, batch by batch.

    What a run that was killed has not written, the next one writes; of two at the same time each waits for the other.
    """

    database: Database
    clock: Clock
    stopping: threading.Event

    def gather_new(self) -> int:
        """Go through what is new of each kind; returns how many batches were read."""
        batches = 0
        for source in sources():
            after: int | None = 0
            while after is not None and not self.stopping.is_set():
                with self.database.writing() as session:
                    after = gather(session, source, after=after, now=self.clock())
                batches += 1
        return batches

    def remind_due(self) -> None:
        """Remind those who still owe something that is due in the next day, course by course."""
        self._each_course("reminders_written", list_due_courses, remind)

    def write_digests(self) -> None:
        """Write the week's digest where it is due, course by course."""
        self._each_course("digests_written", list_digest_courses, write_digest)

    def forget_old(self) -> None:
        """Delete what nobody needs any more: mails first, then the notices that they told."""
        now = self.clock()
        with self.database.writing() as session:
            forget_mails(session, before=now - MAILS_KEPT)
        with self.database.writing() as session:
            forget_notices(session, before=now - NOTICES_KEPT)

    def _each_course(self, event: str, find: Callable[..., list[int]], write: Callable[..., int]) -> None:
        with self.database.read() as session:
            course_ids = find(session, now=self.clock())
        for course_id in course_ids:
            if self.stopping.is_set():
                return
            count = 0
            with faults_apart("notice_fault", course_id=course_id), self.database.writing() as session:
                count = write(session, course_id, now=self.clock())
            if count:
                log.info(event, course_id=course_id, count=count)


@dataclass
class SmtpPostman:
    """Writes mails and hands them to a mail server. For one thread at a time."""

    writer: MailWriter
    connection: SmtpConnection
    sender: str
    clock: Clock

    def send(self, draft: MailDraft, *, return_path: str = "") -> None:
        """Write and send one mail; raises MailRefused or MailDelayed."""
        now = self.clock()
        host = draft.heads.message_id.rpartition("@")[2]
        origin = MailFrom(
            sender=self.sender,
            unsubscribe_url=self.writer.unsubscribe_url(draft.course_id, draft.person_id),
            list_id=f"course-{draft.course_id}.{host}",
        )
        message = compose_mail(draft.heads, self.writer.write(draft, now=now), origin, at=now)
        try:
            sender = return_path or message["From"].addresses[0].addr_spec
            self.connection.send(message, sender=sender, recipient=draft.heads.to)
        except SmtpProblem as problem:
            if problem.is_final:
                raise MailRefused(problem.code, problem.status, is_address=problem.code == "address") from None
            raise MailDelayed(problem.code, problem.status, is_general=problem.is_general) from None

    def close(self) -> None:
        """Take leave of the server."""
        self.connection.close()


@dataclass
class MailSender:
    """Puts notices into mails and sends those that are due. Any number of senders may run, in any number of processes.

    What a mail tells is read anew when it is sent, in a transaction that ends before the server is spoken to. After the
    server has accepted a mail, a crash before our commit sends it again: at least once, under the same Message-ID, so
    that mail programs show it once. The other order would lose mails.
    """

    database: Database
    postman: Postman
    clock: Clock
    stopping: threading.Event
    host: str
    """The right side of Message-IDs."""
    per_minute: int = 120
    return_paths: ReturnPaths | None = None
    """Where mails come back to; None for the address that they are from."""
    _sending: threading.Lock = field(default_factory=threading.Lock)
    _sent_at: list[float] = field(default_factory=list)

    def send_due(self) -> int:
        """Plan and send until nothing is due or enough is sent for this minute; returns how many were sent. Does
        nothing while another thread sends.
        """
        if not self._sending.acquire(blocking=False):
            return 0
        try:
            self._plan()
            return self._send()
        finally:
            self.postman.close()
            self._sending.release()

    def seconds_to_next(self) -> float | None:
        """In how many seconds something is due, when that is before the next sweep; else None."""
        with self.database.read() as session:
            return seconds_until(next_mail_due(session), self.clock())

    def _plan(self) -> None:
        count = PLANNED_AT_ONCE
        while count == PLANNED_AT_ONCE and not self.stopping.is_set():
            with self.database.writing() as session:
                count = plan_mails(session, now=self.clock(), limit=PLANNED_AT_ONCE)

    def _send(self) -> int:
        sent = 0
        while not self.stopping.is_set() and (allowed := min(self._allowed(), CLAIMED_AT_ONCE)):
            with self.database.writing() as session:
                claimed = claim_mails(session, self.clock(), limit=allowed, lease=LEASE)
            if not claimed:
                break
            for position, each in enumerate(claimed):
                try:
                    sent += self._deliver(each)
                except MailDelayed as delay:
                    self._return([each, *claimed[position + 1 :]], delay)
                    return sent
        return sent

    def _deliver(self, claimed: ClaimedMail) -> bool:
        """Send one mail and record it; raises MailDelayed if no other can be sent now either."""
        prepared, problem = PreparedMail(), None
        with faults_apart("mail_fault", **_ids(claimed)) as fault:
            try:
                prepared = self._prepared(claimed)
                if prepared.draft is not None:
                    self._sent_at.append(self.clock().timestamp())
                    self.postman.send(prepared.draft, return_path=self._return_path(claimed, prepared.draft))
            except (MailRefused, MailDelayed) as error:
                problem = error
        if fault.happened:
            self._record(delay_mail, claimed, code="internal_error")
            return False
        if problem is not None:
            self._fail(claimed, problem, prepared.draft)
            return False
        if prepared.wait_until is not None:
            with self.database.writing() as session:
                postpone_mail(session, claimed, until=prepared.wait_until)
            return False
        told = [line.id for line in prepared.draft.lines] if prepared.draft else []
        self._record(finish_mail, claimed, told=told)
        log.info("mail_sent" if told else "mail_dropped", notices=len(told), **_ids(claimed))
        return bool(told)

    def _fail(self, claimed: ClaimedMail, problem: MailRefused | MailDelayed, draft: MailDraft | None) -> None:
        """Record what the server said; raises MailDelayed again if no other mail can be sent now either."""
        said = {"code": problem.code, "detail": problem.detail}
        if isinstance(problem, MailRefused):
            log.warning("mail_refused", **said, **_ids(claimed))
            address = draft.heads.to if draft and problem.is_address else ""
            self._record(refuse_mail, claimed, **said, address=address)
            return
        log.warning("mail_delayed", **said, **_ids(claimed))
        if problem.is_general:
            raise problem
        self._record(delay_mail, claimed, **said)

    def _return_path(self, claimed: ClaimedMail, draft: MailDraft) -> str:
        return self.return_paths.make(claimed.id, claimed.token, draft.heads.to) if self.return_paths else ""

    def _prepared(self, claimed: ClaimedMail) -> PreparedMail:
        with self.database.read() as session:
            return prepare_mail(
                session,
                course_id=claimed.course_id,
                person_id=claimed.person_id,
                token=claimed.token,
                is_bundle=claimed.is_bundle,
                notice_ids=claimed.notice_ids,
                host=self.host,
                now=self.clock(),
            )

    def _return(self, claimed: list[ClaimedMail], delay: MailDelayed) -> None:
        """The first was tried and failed; the others wait until the server may answer again."""
        with self.database.writing() as session:
            delay_mail(session, claimed[0], code=delay.code, detail=delay.detail, now=self.clock())
            for each in claimed[1:]:
                postpone_mail(session, each, until=self.clock() + PAUSE)

    def _record(self, record: Callable[..., None], claimed: ClaimedMail, **values: object) -> None:
        with self.database.writing() as session:
            record(session, claimed, **values, now=self.clock())

    def _allowed(self) -> int:
        """How many more mails may go out in this minute."""
        since = self.clock().timestamp() - 60
        self._sent_at[:] = [moment for moment in self._sent_at if moment > since]
        return max(0, self.per_minute - len(self._sent_at))


def _ids(claimed: ClaimedMail) -> dict[str, int]:
    """What logs tell of a mail: never an address."""
    return {"mail_id": claimed.id, "course_id": claimed.course_id, "person_id": claimed.person_id}


def make_mail_sender(
    settings: Settings, *, database: Database, clock: Clock, stopping: threading.Event
) -> MailSender | None:
    """What sends the mail of this installation; None where no server is set."""
    if not settings.smtp_host:
        return None
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    server = MailServer(settings.smtp_host, settings.smtp_port, settings.smtp_tls, settings.smtp_user, password)
    tokens = UnsubscribeTokens(settings.secret_key.get_secret_value())
    writer = MailWriter(base_url=settings.base_url, tokens=tokens, quotes_posts=settings.mail_post_text)
    postman = SmtpPostman(writer, SmtpConnection(server), settings.mail_from, clock)
    return MailSender(
        database,
        postman,
        clock,
        stopping,
        mail_host(settings.base_url),
        per_minute=settings.mails_per_minute,
        return_paths=make_return_paths(settings),
    )
