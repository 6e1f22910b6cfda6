"""What can go wrong with a post. Each comes back with the text intact."""

from lti_app.core.errors import Conflict, Refused


class PostEmpty(Refused):
    """There is no text."""

    code = "post_empty"


class PostTooLong(Refused):
    """The text has more than `limit` characters."""

    code = "post_too_long"


class DiscussionShut(Refused):
    """The discussion is not open for writing; `state` says which state it is in."""

    code = "discussion_shut"


class PostFirst(Refused):
    """Replies come after one's own first post."""

    code = "post_first"


class ParentGone(Refused):
    """The post to be answered has been deleted."""

    code = "parent_gone"


class TooDeep(Refused):
    """The post to be answered is as deep in its thread as posts go."""

    code = "too_deep"


class AlreadyPosted(Conflict):
    """The same text was posted here a moment ago; `address` says where it stands."""

    code = "already_posted"


class PostChanged(Conflict):
    """The post was edited elsewhere since this page was opened."""

    code = "post_changed"
