"""Notices as their reader may see them."""

from dataclasses import dataclass
from datetime import datetime

from lti_app.core.wording import Phrase
from lti_app.notices.feed.rules.kinds import NoticeKind


@dataclass(frozen=True)
class DigestPart:
    """A discussion in a weekly digest."""

    discussion_id: int
    title: str
    lines: tuple[Phrase, ...]


@dataclass(frozen=True)
class NoticeLine:
    """A notice as its reader may see it now."""

    id: int
    kind: NoticeKind
    at: datetime
    is_read: bool
    words: Phrase
    discussion_id: int | None
    discussion_title: str
    post_id: int | None
    root_id: int | None
    """The first post of the thread of that post."""
    address: str
    """Of the post; empty without one."""
    html: str
    """What the post says now, sanitized; empty without one."""
    subject: str
    """Of a message."""
    text: str
    """Of a message, as plain text."""
    digest: tuple[DigestPart, ...] = ()
    due: datetime | None = None
    """Of a reminder."""

    @property
    def thread_id(self) -> int | None:
        """What mails about one thread have in common."""
        return self.root_id or self.post_id


@dataclass(frozen=True)
class NoticePage:
    """Some notices, the newest first among the unread and then among the others."""

    unread: tuple[NoticeLine, ...]
    read: tuple[NoticeLine, ...]
    unread_count: int
    next: int | None
    """The next page has the notices with smaller ids than this; None on the last page."""
