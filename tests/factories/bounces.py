"""Delivery reports as mail servers write them, other things that come to return paths, and mails that come back."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.jobs.bounces import BounceTaker
from lti_app.notices.bounces.rules.return_paths import ReturnPaths
from lti_app.notices.outbox.models import OutgoingMail
from lti_app.notices.outbox.queries import AddressReport, get_address_report
from lti_app.notices.outbox.rules.retries import MailState
from tests.cast import Cast, FrozenClock
from tests.factories.notices import give_addresses

ANA, SECRET = "ana@students.example.edu", "a secret of at least 32 characters"

MAIL = "From: Colloquy <colloquy@example.edu>\r\nTo: ana@students.example.edu\r\nSubject: Re: Leaders\r\n\r\nHello.\r\n"


def report(to: str, *recipients: tuple[str, str], diagnostic: str = "smtp; 550 no", heads: str = "") -> bytes:
    """A report to a return path with an action and a status for each recipient."""
    blocks = "\r\n".join(
        "Original-Recipient: rfc822; ana@students.example.edu\r\nFinal-Recipient: rfc822; ana@students.example.edu\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: {diagnostic}\r\n"
        for action, status in recipients
    )
    return (
        f"{heads}Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.edu\r\nTo: {to}\r\nSubject: Undelivered\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="B1/mx"\r\n\r\n'
        "--B1/mx\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nYour mail did not arrive.\r\n\r\n"
        "--B1/mx\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example.edu\r\nArrival-Date: Mon, 2 Nov 2026 09:00:00 +0000\r\n\r\n{blocks}\r\n"
        f"--B1/mx\r\nContent-Type: message/rfc822\r\n\r\n{MAIL}\r\n--B1/mx--\r\n"
    ).encode()


GONE, FULL, POLICY, DELAYED = ("failed", "5.1.1"), ("failed", "5.2.2"), ("failed", "5.7.1"), ("delayed", "4.4.1")


def out_of_office(to: str) -> bytes:
    """An automatic reply (RFC 3834), which quotes a report in its words."""
    return (
        f"From: ana@students.example.edu\r\nTo: {to}\r\nAuto-Submitted: auto-replied\r\nSubject: Out of office\r\n"
        "Content-Type: text/plain\r\n\r\nI am away. Action: failed\r\nStatus: 5.1.1\r\n"
    ).encode()


def receipt(to: str) -> bytes:
    """A disposition notification (RFC 8098): the mail was displayed, or deleted unread."""
    said = report(to, GONE).replace(b"report-type=delivery-status", b"report-type=disposition-notification")
    return said.replace(b"message/delivery-status", b"message/disposition-notification")


def store_mail(session: Session, cast: Cast, *, state: MailState = MailState.SENT, now: datetime) -> OutgoingMail:
    """A mail to Ana that the server has accepted, unless it has another state."""
    count = session.scalar(select(func.count()).select_from(OutgoingMail))
    row = OutgoingMail(
        course_id=cast.course_id,
        person_id=cast.ana.person_id,
        token=f"{count:032x}",
        is_bundle=False,
        is_open=False,
        state=state,
        due_at=now,
        attempts=1,
        error_detail="",
        created_at=now,
        ended_at=now if state is MailState.SENT else None,
    )
    session.add(row)
    session.flush()
    return row


class Returns:
    """Ana's mails, and the taker of what comes back."""

    def __init__(self, database: Database, session: Session, cast: Cast, clock: FrozenClock) -> None:
        self.database, self.session, self.cast, self.clock = database, session, cast, clock
        self.paths = ReturnPaths("bounces@example.edu", SECRET)
        self.taker = BounceTaker(database, self.paths, clock)
        give_addresses(session, cast)
        session.commit()

    def sent(self, *, state: MailState = MailState.SENT) -> str:
        """Another mail has been sent; where it comes back to."""
        with self.database.writing() as session:
            row = store_mail(session, self.cast, state=state, now=self.clock())
            return self.paths.make(row.id, row.token, ANA)

    def take(self, raw: bytes, *, sent_to: str = "") -> bool:
        """A minute later something comes back."""
        self.clock.move(minutes=1)
        return self.taker.take(raw, sent_to=sent_to)

    def stopped(self) -> AddressReport:
        """What becomes of Ana's address."""
        with self.database.read() as session:
            return get_address_report(session, self.cast.ana, ANA)

    def mails(self) -> list[OutgoingMail]:
        """All mails, the oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))
