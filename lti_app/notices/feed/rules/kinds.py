"""The kinds of notices, and the causes by which each is written once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

MAILED_WITHIN = timedelta(days=3)
"""A notice of something longer ago is only listed. So long a held post may wait for its approval, too."""
AHEAD = timedelta(hours=24)
"""How long before a due date those are told who still owe something."""


class NoticeKind(StrEnum):
    """What a notice is about."""

    REPLY = "reply"
    MENTION = "mention"
    FOLLOWED = "followed"
    """A new post in a discussion or thread that the person follows."""
    DUE_SOON = "due_soon"
    GRADED = "graded"
    HELD = "held"
    """The person's own post is held for review."""
    MODERATED = "moderated"
    """The person's own post was approved, hidden or shown again."""
    TO_REVIEW = "to_review"
    """For staff: a post is held by a rule, or reported."""
    DIGEST = "digest"
    """For staff: the week in a course."""
    MESSAGE = "message"
    """From an instructor."""


ABOUT_OTHERS = frozenset({NoticeKind.REPLY, NoticeKind.MENTION, NoticeKind.FOLLOWED})
"""About a post that the person may be able to read, or not any more."""
ABOUT_OWN = frozenset({NoticeKind.HELD, NoticeKind.MODERATED})
FOR_STAFF = frozenset({NoticeKind.TO_REVIEW, NoticeKind.DIGEST})
URGENT = frozenset({NoticeKind.DUE_SOON, NoticeKind.MESSAGE})
"""What is mailed at once to all who get mail: after a day it may be too late."""


@dataclass(frozen=True)
class NoticeDraft:
    """A notice to be written, unless its cause has led to one for this person before."""

    person_id: int
    course_id: int
    kind: NoticeKind
    cause: str
    """The same for the same event at each reading of the tables."""
    at: datetime
    discussion_id: int | None = None
    post_id: int | None = None
    message_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    """Numbers and words that its sentence needs; nothing personal."""


def of_post(post_id: int) -> str:
    """The cause of all notices that somebody gets of one new post: an answer that also mentions them is told once."""
    return f"post:{post_id}"


def of_release(release_id: int) -> str:
    """The cause of the notice of one release of a grade."""
    return f"release:{release_id}"


def of_moderation(record_id: int) -> str:
    """The cause of the notice of one moderation action."""
    return f"moderation:{record_id}"


def of_review(post_id: int) -> str:
    """The cause of the notice that a post needs review, however many report it."""
    return f"review:{post_id}"


def of_due(discussion_id: int, date: str, due: datetime) -> str:
    """The cause of a reminder; a date that is moved reminds again."""
    return f"due:{discussion_id}:{date}:{due.isoformat()}"


def of_week(year: int, week: int) -> str:
    """The cause of a weekly digest."""
    return f"digest:{year}-{week:02}"


def of_message(message_id: int) -> str:
    """The cause of the notice of an instructor's message."""
    return f"message:{message_id}"
