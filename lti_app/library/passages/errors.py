"""What can go wrong with a reading's text."""

from lti_app.core.errors import Refused


class TextTooShort(Refused):
    """There are too few words to find any quotation in."""

    code = "text_too_short"


class TextTooLong(Refused):
    """The text has more than `limit` characters, or too many pages."""

    code = "text_too_long"
