"""The mail that the tool sends to people of the practice LMS: received by SMTP, and only shown, never delivered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import delete, insert, select

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.store import Store, mails

LARGEST_MAIL = 1_000_000
"""Bytes."""
KEPT = 500
SHOWN_HEADS = (
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
)


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as the outbox page shows it."""

    id: int
    at: datetime
    recipient: str
    subject: str
    heads: tuple[tuple[str, str], ...]
    text: str
    html: str
    message_id: str
    is_repeat: bool
    """Whether a mail with the same Message-ID came before it: mail programs show such a mail once."""


class Mailbox:
    """All mail that has come, the newest first; older ones than KEPT are forgotten."""

    def __init__(self, store: Store, config: PracticeConfig) -> None:
        self._store = store
        self._config = config

    def receive(self, recipient: str, content: bytes) -> None:
        """Keep one mail for one recipient."""
        values = {"at": self._config.clock().isoformat(), "recipient": recipient, "content": content}
        with self._store.writing() as connection:
            key = connection.execute(insert(mails).values(**values)).inserted_primary_key
            connection.execute(delete(mails).where(mails.c.id <= (key[0] if key else 0) - KEPT))

    def all(self) -> list[ReceivedMail]:
        """What has come, the newest first."""
        with self._store.reading() as connection:
            rows = connection.execute(select(mails).order_by(mails.c.id)).all()
        seen: set[str] = set()
        found = []
        for row in rows:
            mail = _mail(row, seen)
            seen.add(mail.message_id)
            found.append(mail)
        return found[::-1]

    def clear(self) -> None:
        """Forget all of it."""
        with self._store.writing() as connection:
            connection.execute(delete(mails))


class _Receiver:
    """What aiosmtpd asks."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def take(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep a mail for each of its recipients."""
        for recipient in envelope.rcpt_tos:
            self._mailbox.receive(recipient, envelope.content)
        return "250 Kept"

    handle_DATA = take


@contextmanager
def receiving(mailbox: Mailbox, host: str, port: int) -> Iterator[None]:
    """Take mail at this address until the block ends."""
    controller = Controller(_Receiver(mailbox), hostname=host, port=port, data_size_limit=LARGEST_MAIL)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def _mail(row: Any, seen: set[str]) -> ReceivedMail:
    message = message_from_bytes(row.content, policy=policy.default)
    message_id = str(message["Message-ID"] or "")
    return ReceivedMail(
        id=row.id,
        at=datetime.fromisoformat(row.at),
        recipient=row.recipient,
        subject=str(message["Subject"] or ""),
        heads=tuple((name, str(message[name])) for name in SHOWN_HEADS if message[name]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        message_id=message_id,
        is_repeat=bool(message_id) and message_id in seen,
    )


def _body(message: Any, kind: str) -> str:
    part = message.get_body((kind,)) if isinstance(message, EmailMessage) else None
    return str(part.get_content()) if part is not None else ""
