"""What can go wrong with a message."""

from lti_app.core.errors import NotFound, Refused


class MessageEmpty(Refused):
    """A message needs words."""

    code = "message_empty"


class MessageTooLong(Refused):
    """`field` (subject or text) has more than `limit` characters."""

    code = "message_too_long"


class NobodyToWriteTo(NotFound):
    """None of the people is an active student of the course, or they are too many at once."""

    code = "message_to_nobody"
