"""What is done to posts, why posts are reported and held, and what becomes of reports: values in, values out."""

from dataclasses import dataclass
from enum import StrEnum

from lti_app.core.prose import clean_text
from lti_app.discussion.moderation.errors import ReasonMissing, ReasonTooLong

MAX_REASON = 1000
"""Characters."""


class Deed(StrEnum):
    """What can be done to a post, each with what takes it back."""

    PIN = "pin"
    UNPIN = "unpin"
    MARK = "mark"
    """As exemplary."""
    UNMARK = "unmark"
    CLOSE = "close"
    """Its thread, for writing."""
    REOPEN = "reopen"
    HIDE = "hide"
    RESTORE = "restore"
    HOLD = "hold"
    RELEASE = "release"
    ACCEPT = "accept"
    """As the answer to the question above it."""
    UNACCEPT = "unaccept"
    SPLIT = "split"
    """Off, with all below it, into a first post of its own."""
    DISMISS = "dismiss"
    """Leave it as it is, and settle what was reported about it."""
    REPLY_PRIVATELY = "reply_privately"


SWITCHES = frozenset(Deed) - {Deed.HIDE, Deed.SPLIT, Deed.REPLY_PRIVATELY}
"""Deeds that need no words: one button each."""


class ReportReason(StrEnum):
    """Why a person reports a post."""

    DISRESPECT = "disrespect"
    PRIVACY = "privacy"
    WORRY = "worry"
    """About the person who wrote it."""
    SPAM = "spam"
    COPIED = "copied"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of a report."""

    HIDDEN = "hidden"
    HELD = "held"
    KEPT = "kept"
    """Looked at, and left as it is."""


class HeldReason(StrEnum):
    """Why a post waits for an instructor."""

    INSTRUCTOR = "instructor"
    """One of them wants to look at it."""
    SIMILAR = "similar"
    """To another post of the course."""
    SELLER = "seller"
    """It links to a site that sells essays."""
    LINKS = "links"
    """It is mostly links, and its author's first post in the course."""


@dataclass(frozen=True)
class Change:
    """Which timestamp of a post a moderation action sets or clears."""

    column: str
    sets: bool


CHANGES = {
    Deed.PIN: Change("pinned_at", sets=True),
    Deed.UNPIN: Change("pinned_at", sets=False),
    Deed.MARK: Change("exemplary_at", sets=True),
    Deed.UNMARK: Change("exemplary_at", sets=False),
    Deed.CLOSE: Change("locked_at", sets=True),
    Deed.REOPEN: Change("locked_at", sets=False),
    Deed.HIDE: Change("hidden_at", sets=True),
    Deed.RESTORE: Change("hidden_at", sets=False),
    Deed.HOLD: Change("held_at", sets=True),
    Deed.RELEASE: Change("held_at", sets=False),
    Deed.ACCEPT: Change("accepted_at", sets=True),
    Deed.UNACCEPT: Change("accepted_at", sets=False),
}
"""What the deeds do that are no more than a moment set or cleared."""

OUTCOMES = {
    Deed.HIDE: Outcome.HIDDEN,
    Deed.HOLD: Outcome.HELD,
    Deed.RELEASE: Outcome.KEPT,
    Deed.DISMISS: Outcome.KEPT,
}
"""The deeds that settle what was reported about a post, and as what."""


def clean_reason(text: str, *, required: bool) -> str:
    """The reason in its stored form; raises ReasonMissing and ReasonTooLong."""
    reason = clean_text(text)
    if required and not reason:
        raise ReasonMissing
    if len(reason) > MAX_REASON:
        raise ReasonTooLong(limit=MAX_REASON, length=len(reason))
    return reason
