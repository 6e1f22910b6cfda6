"""What can go wrong when several people grade."""

from lti_app.core.errors import Conflict


class MarkedIndependently(Conflict):
    """Graders are marking this student independently, so there is no grade to change or to release yet."""

    code = "marked_independently"
