"""The mail itself: heads that mail clients understand, plain text and HTML."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from lti_app.notices.outbox.rules.addressing import MailHeads

MAX_SUBJECT = 180
"""Characters."""
_WHOLE = frozenset({"list-unsubscribe", "list-id", "message-id", "in-reply-to", "references"})
"""Heads of ASCII without spaces: the standard library would encode a long one, which nobody could read."""


class _Heads(EmailPolicy):
    """Folds heads as the standard library does, except those that must stay whole."""

    def fold(self, name: str, value: Any) -> str:
        """The lines of one head."""
        return f"{name}: {value}{self.linesep}" if name.lower() in _WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("ascii") if name.lower() in _WHOLE else super().fold_binary(name, value)


_POLICY = _Heads(linesep="\r\n")


@dataclass(frozen=True)
class WrittenMail:
    """What a mail says."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class MailFrom:
    """What all mails of an installation have in common."""

    sender: str
    """The address, perhaps with a name before it (COLLOQUY_MAIL_FROM)."""
    unsubscribe_url: str
    """Of this person and course: opened by hand it asks, and takes a POST of mail clients (RFC 8058)."""
    list_id: str
    """What mail clients sort the mails of a course by: course-7.colloquy.example.edu."""


def compose_mail(heads: MailHeads, said: WrittenMail, origin: MailFrom, *, at: datetime) -> EmailMessage:
    """The whole mail. Line breaks and control characters in the subject become spaces, so that nothing written by
    people can add heads.
    """
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(origin.sender)
    message["From"] = Address(display_name=one_line(name), addr_spec=address)
    message["To"] = Address(addr_spec=heads.to)
    message["Subject"] = one_line(said.subject)[:MAX_SUBJECT]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{heads.message_id}>"
    if heads.thread:
        message["In-Reply-To"] = f"<{heads.thread}>"
        message["References"] = f"<{heads.thread}>"
    message["List-Id"] = f"<{origin.list_id}>"
    message["List-Unsubscribe"] = f"<{origin.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(said.text, cte="quoted-printable")
    message.add_alternative(said.html, subtype="html", cte="quoted-printable")
    return message


def one_line(text: str) -> str:
    """Text without line breaks and control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
