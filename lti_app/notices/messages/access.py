"""Who may write to students."""

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor


def require_sender(actor: Actor) -> None:
    """Raise Forbidden for all but instructors and assistants."""
    if not actor.is_staff:
        raise Forbidden
