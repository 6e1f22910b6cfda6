"""The permission that each moderation action needs."""

from lti_app.discussion.moderation.rules import Deed
from lti_app.discussion.posts.access import Permission

NEEDS = {
    Deed.PIN: Permission.PIN,
    Deed.UNPIN: Permission.PIN,
    Deed.MARK: Permission.MARK,
    Deed.UNMARK: Permission.MARK,
    Deed.CLOSE: Permission.CLOSE,
    Deed.REOPEN: Permission.CLOSE,
    Deed.HIDE: Permission.HIDE,
    Deed.RESTORE: Permission.HIDE,
    Deed.HOLD: Permission.HOLD,
    Deed.RELEASE: Permission.RELEASE,
    Deed.ACCEPT: Permission.ACCEPT,
    Deed.UNACCEPT: Permission.ACCEPT,
    Deed.SPLIT: Permission.SPLIT,
    Deed.DISMISS: Permission.MODERATE,
    Deed.REPLY_PRIVATELY: Permission.REPLY_PRIVATELY,
}
"""Of posts.access, for everything that can be done to a post."""
