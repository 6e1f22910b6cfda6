"""What can go wrong in moderation. The form comes back with the entered text."""

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
