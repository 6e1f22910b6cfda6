"""What a post's own system says of who may see it, in the words that systems use for it."""

from lti_app.exchange.formats.entries import Fault

_WORDS = {
    "private": Fault.PRIVATE,
    "personal": Fault.PRIVATE,
    "draft": Fault.DRAFT,
    "auto-draft": Fault.DRAFT,
    "unpublished": Fault.DRAFT,
    "pending": Fault.PENDING,
    "unapproved": Fault.PENDING,
    "moderated": Fault.PENDING,
    "moderation": Fault.PENDING,
    "awaiting": Fault.PENDING,
    "hold": Fault.PENDING,
    "held": Fault.HELD,
    "future": Fault.SCHEDULED,
    "scheduled": Fault.SCHEDULED,
    "post_delayed": Fault.SCHEDULED,
    "delayed": Fault.SCHEDULED,
    "hidden": Fault.HIDDEN,
    "invisible": Fault.HIDDEN,
    "spam": Fault.SPAM,
    "password": Fault.PROTECTED,
    "protected": Fault.PROTECTED,
}
_GONE = frozenset({"trash", "trashed", "deleted", "removed", "soft_deleted"})
_STRICTEST = list(Fault)


def withheld_for(stated: str) -> Fault | None:
    """Why a post in this state is not for everybody; None if it is. Of several words the strictest counts."""
    found = [_WORDS[word] for word in stated.lower().replace(",", " ").split() if word in _WORDS]
    return min(found, key=_STRICTEST.index, default=None)


def is_gone(stated: str) -> bool:
    """Whether a post in this state was deleted."""
    return not _GONE.isdisjoint(stated.lower().replace(",", " ").split())
