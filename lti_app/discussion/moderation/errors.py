"""What can go wrong with what is done to posts. The form comes back with what was typed."""

from lti_app.core.errors import Refused


class ReasonMissing(Refused):
    """This asks for a reason."""

    code = "reason_missing"


class ReasonTooLong(Refused):
    """The reason has more than `limit` characters."""

    code = "reason_too_long"


class NoRoomForThread(Refused):
    """The discussion has as many threads as it can have."""

    code = "no_room_for_thread"
