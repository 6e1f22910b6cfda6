"""What can go wrong with an extension."""

from lti_app.core.errors import Refused


class NothingExtended(Refused):
    """No date is given."""

    code = "nothing_extended"


class NotLater(Refused):
    """The date called `name` is not later than the class's, or the class has no such date."""

    code = "not_later"
