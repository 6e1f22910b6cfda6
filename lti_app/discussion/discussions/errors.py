"""What can go wrong with a discussion."""

from lti_app.core.errors import Conflict, Refused


class SettingsChanged(Conflict):
    """Another person has saved the settings since this page was opened."""

    code = "set_up_changed"


class NotRemovable(Conflict):
    """The discussion is set up, or somebody has posted in it."""

    code = "not_removable"


class DatesOutOfOrder(Refused):
    """Two dates of the calendar contradict each other: `earlier` comes after `later`."""

    code = "dates_out_of_order"


class UnknownReading(Refused):
    """A chosen reading is not one of this course."""

    code = "unknown_reading"


class NothingExtended(Refused):
    """The extension has no date."""

    code = "nothing_extended"


class NotLater(Refused):
    """The date called `name` is not later than the class's, or the class has no such date."""

    code = "not_later"
