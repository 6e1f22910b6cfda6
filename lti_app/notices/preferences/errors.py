"""What can go wrong with somebody's choices."""

from lti_app.core.errors import Refused


class InvalidQuietHours(Refused):
    """Quiet hours need a beginning and an end, both hours of the day, and not the same."""

    code = "quiet_hours"
