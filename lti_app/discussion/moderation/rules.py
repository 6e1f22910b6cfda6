"""Moderation actions, the reasons for reports and for holding posts, and what becomes of reports."""

from dataclasses import dataclass
from enum import StrEnum

from lti_app.core.prose import clean_text
from lti_app.discussion.moderation.errors import ReasonMissing, ReasonTooLong

MAX_REASON = 1000
"""Characters."""


class ModerationAction(StrEnum):
    """What staff can do to a post, each with the action that undoes it."""

    PIN = "pin"
    UNPIN = "unpin"
    MARK = "mark"
    """Mark as exemplary."""
    UNMARK = "unmark"
    CLOSE = "close"
    """Close its thread: nobody but staff can post in it."""
    REOPEN = "reopen"
    HIDE = "hide"
    RESTORE = "restore"
    HOLD = "hold"
    APPROVE = "release"
    ACCEPT = "accept"
    """Accept it as the answer to the question above it."""
    UNACCEPT = "unaccept"
    SPLIT = "split"
    """Move it, with the replies below it, to a new thread."""
    DISMISS = "dismiss"
    """Leave the post as it is and close the reports about it."""
    REPLY_PRIVATELY = "reply_privately"


ONE_CLICK_ACTIONS = frozenset(ModerationAction) - {
    ModerationAction.HIDE,
    ModerationAction.SPLIT,
    ModerationAction.REPLY_PRIVATELY,
}
"""The actions that take no reason or title: one button each."""


class ReportReason(StrEnum):
    """Why a person reports a post."""

    DISRESPECT = "disrespect"
    PRIVACY = "privacy"
    WORRY = "worry"
    """About the person who wrote the post."""
    SPAM = "spam"
    COPIED = "copied"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of a report."""

    HIDDEN = "hidden"
    HELD = "held"
    KEPT = "kept"
    """Reviewed, and left as it is."""


class HeldReason(StrEnum):
    """Why a post is held for review."""

    INSTRUCTOR = "instructor"
    """An instructor held it."""
    SIMILAR = "similar"
    """It is nearly the same as another post of the course."""
    SELLER = "seller"
    """It links to a site that sells essays."""
    ADVERT = "advert"
    """It reads like an advertisement for essays, and is its author's first post in the course."""
    LINKS = "links"
    """It is mostly links, and its author's first post in the course."""


@dataclass(frozen=True)
class TimestampChange:
    """Which timestamp of a post a moderation action sets or clears."""

    column: str
    sets: bool


TIMESTAMP_CHANGES = {
    ModerationAction.PIN: TimestampChange("pinned_at", sets=True),
    ModerationAction.UNPIN: TimestampChange("pinned_at", sets=False),
    ModerationAction.MARK: TimestampChange("exemplary_at", sets=True),
    ModerationAction.UNMARK: TimestampChange("exemplary_at", sets=False),
    ModerationAction.CLOSE: TimestampChange("locked_at", sets=True),
    ModerationAction.REOPEN: TimestampChange("locked_at", sets=False),
    ModerationAction.HIDE: TimestampChange("hidden_at", sets=True),
    ModerationAction.RESTORE: TimestampChange("hidden_at", sets=False),
    ModerationAction.HOLD: TimestampChange("held_at", sets=True),
    ModerationAction.APPROVE: TimestampChange("held_at", sets=False),
    ModerationAction.ACCEPT: TimestampChange("accepted_at", sets=True),
    ModerationAction.UNACCEPT: TimestampChange("accepted_at", sets=False),
}
"""The actions that set or clear one timestamp."""

OUTCOMES = {
    ModerationAction.HIDE: Outcome.HIDDEN,
    ModerationAction.HOLD: Outcome.HELD,
    ModerationAction.APPROVE: Outcome.KEPT,
    ModerationAction.DISMISS: Outcome.KEPT,
}
"""What becomes of the open reports about a post, for the actions that decide it."""


def clean_reason(text: str, *, required: bool) -> str:
    """The reason in its stored form; raises ReasonMissing and ReasonTooLong."""
    reason = clean_text(text)
    if required and not reason:
        raise ReasonMissing
    if len(reason) > MAX_REASON:
        raise ReasonTooLong(limit=MAX_REASON, length=len(reason))
    return reason
