"""What can go wrong with a stance."""

from lti_app.core.errors import Refused


class OffTheScale(Refused):
    """No place on the scale was chosen."""

    code = "off_the_scale"


class NoSuchPost(Refused):
    """The post said to have moved the person is not there for them, or is their own."""

    code = "no_such_post"
