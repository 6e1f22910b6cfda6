"""Who may save comments to use again."""

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor


def require_grader(actor: Actor) -> None:
    """Raise Forbidden for all but graders. Each has saved comments of their own."""
    if not actor.is_staff:
        raise Forbidden
