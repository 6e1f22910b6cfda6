"""What can go wrong with a draft. Whatever it is, the window that sent it still has its text."""

from lti_app.core.errors import Conflict, Refused


class DraftElsewhere(Conflict):
    """Another window has saved or posted this draft since then; `version` is the newest, if there is one."""

    code = "draft_elsewhere"


class DraftTooSoon(Refused):
    """The last save was less than a moment ago."""

    code = "draft_too_soon"


class DraftTooLong(Refused):
    """It is more than a post may be."""

    code = "draft_too_long"
