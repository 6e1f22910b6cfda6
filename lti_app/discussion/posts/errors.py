"""What can go wrong with a post. Each comes back with the text intact."""

from lti_app.core.errors import Conflict, Refused


class PostEmpty(Refused):
    """There is no text."""

    code = "post_empty"


class PostTooLong(Refused):
    """The text has more than `limit` characters."""

    code = "post_too_long"


class PostTooComplex(Refused):
    """The elements of the text are nested so deeply that it would take too long to read."""

    code = "post_too_complex"


class DiscussionShut(Refused):
    """The discussion is not open for writing; `state` says which state it is in."""

    code = "discussion_shut"


class PostFirst(Refused):
    """The student must write a first post before replying."""

    code = "post_first"


class ParentGone(Refused):
    """The post to be answered has been deleted."""

    code = "parent_gone"


class ThreadLocked(Refused):
    """An instructor has closed the thread for writing."""

    code = "thread_locked"


class PostHidden(Refused):
    """An instructor has hidden the post."""

    code = "post_hidden"


class PostHeld(Refused):
    """The post to be answered waits for an instructor, and so would the answer."""

    code = "post_held"


class GroupLeft(Refused):
    """The post to be answered belongs to a group that the writer has left."""

    code = "group_left"


class TitleMissing(Refused):
    """A topic has no title."""

    code = "title_missing"


class NoGroup(Refused):
    """Groups discuss apart, and the writer is in none."""

    code = "no_group"


class WhichGroup(Refused):
    """Groups discuss apart, and none that the writer may write for was chosen."""

    code = "which_group"


class NamesChanged(Refused):
    """Who sees the writer's name is no longer what the page said when they wrote; `anonymity` is what holds now."""

    code = "names_changed"


class FileNamesAuthor(Refused):
    """Names are hidden here, and a file of this kind may contain its author's; `name` is the name of the file."""

    code = "file_names_author"


class EditingOver(Refused):
    """The post can no longer be edited."""

    code = "editing_over"


class TooDeep(Refused):
    """The post to be answered is as deep in its thread as posts go."""

    code = "too_deep"


class AlreadyPosted(Conflict):
    """The same text was posted here a moment ago; `address` is the address of that post."""

    code = "already_posted"


class PostChanged(Conflict):
    """The post was edited elsewhere since this page was opened."""

    code = "post_changed"
