"""What can go wrong with addresses."""

from lti_app.core.errors import Refused


class UnusableAddress(Refused):
    """The LMS sends no address for this person, or one to which no mail can be sent."""

    code = "address"
