"""The permission that each moderation action needs."""

from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.access import PostPermission

PERMISSIONS = {
    ModerationAction.PIN: PostPermission.PIN,
    ModerationAction.UNPIN: PostPermission.PIN,
    ModerationAction.MARK: PostPermission.MARK,
    ModerationAction.UNMARK: PostPermission.MARK,
    ModerationAction.CLOSE: PostPermission.CLOSE,
    ModerationAction.REOPEN: PostPermission.CLOSE,
    ModerationAction.HIDE: PostPermission.HIDE,
    ModerationAction.RESTORE: PostPermission.HIDE,
    ModerationAction.HOLD: PostPermission.HOLD,
    ModerationAction.APPROVE: PostPermission.APPROVE,
    ModerationAction.ACCEPT: PostPermission.ACCEPT,
    ModerationAction.UNACCEPT: PostPermission.ACCEPT,
    ModerationAction.SPLIT: PostPermission.SPLIT,
    ModerationAction.DISMISS: PostPermission.MODERATE,
    ModerationAction.REPLY_PRIVATELY: PostPermission.REPLY_PRIVATELY,
}
