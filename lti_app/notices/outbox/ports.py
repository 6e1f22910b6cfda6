"""What sending mail needs: something that writes the mail, and a server that takes it."""

from dataclasses import dataclass
from typing import Protocol

from lti_app.notices.feed.rules.lines import NoticeLine
from lti_app.notices.outbox.rules.addressing import MailHeads


@dataclass(frozen=True)
class MailDraft:
    """What a mail is written from: only what its reader may see now."""

    heads: MailHeads
    locale: str
    """The reader's language as the LMS names it; empty if unknown."""
    time_zone: str
    course_id: int
    person_id: int
    course_title: str
    lines: tuple[NoticeLine, ...]
    """At least one."""
    is_bundle: bool


class MailRefused(Exception):
    """The server rejects this mail for good (5xx).

    `is_address` if it rejects the recipient, to whom then nothing more is sent. `code` is one of: address, sender,
    content, login, tls, no_utf8. `detail` is the server's code, never its text, which may name the recipient.
    """

    def __init__(self, code: str, detail: str = "", *, is_address: bool = False) -> None:
        self.code, self.detail, self.is_address = code, detail, is_address
        super().__init__(code)


class MailDelayed(Exception):
    """The server cannot be reached or asks to wait (4xx): try again later.

    `code` is one of: timeout, unreachable, busy, login, tls. `is_general` if no other mail can be sent now either.
    """

    def __init__(self, code: str, detail: str = "", *, is_general: bool = False) -> None:
        self.code, self.detail, self.is_general = code, detail, is_general
        super().__init__(code)


class Postman(Protocol):
    """Writes mails and hands them to a mail server."""

    def send(self, draft: MailDraft, *, return_path: str = "") -> None:
        """Write and send one mail; returns when the server has accepted it. Raises MailRefused or MailDelayed.

        `return_path` is where it goes if it comes back; empty for the address that it is from.
        """

    def close(self) -> None:
        """End the connection to the server, if there is one."""
