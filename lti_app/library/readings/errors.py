"""What can go wrong with readings."""

from lti_app.core.errors import Conflict, Refused


class ReadingInUse(Refused):
    """A discussion assigns it, a post cites it, or its text is being checked against: it cannot be deleted."""

    code = "reading_in_use"


class ReadingChanged(Conflict):
    """Another person has changed the record since it was opened."""

    code = "reading_changed"
