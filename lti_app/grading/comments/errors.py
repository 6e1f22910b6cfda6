"""What can go wrong with comments to students."""

from lti_app.core.errors import Refused


class BankFull(Refused):
    """A grader has as many saved comments in the course as lists can show."""

    code = "bank_full"


class SavedCommentEmpty(Refused):
    """A saved comment has no words."""

    code = "saved_comment_empty"


class SavedCommentTooLong(Refused):
    """A saved comment has more than `limit` characters."""

    code = "saved_comment_too_long"


class PlaceholderUnknown(Refused):
    """A saved comment has placeholders in braces that stand for nothing: `names`."""

    code = "placeholder_unknown"


class PlaceholderLeft(Refused):
    """A comment to a student still has placeholders in braces: `names`."""

    code = "placeholder_left"
