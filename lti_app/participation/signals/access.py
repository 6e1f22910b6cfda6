"""Who sees signals, and who decides about them."""

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


def require_see(actor: Actor) -> None:
    """Raise Forbidden for all but staff."""
    if not actor.is_staff:
        raise Forbidden


def may_change(actor: Actor) -> bool:
    """Whether the actor may change the rules and dismiss signals: instructors."""
    return actor.role is Role.INSTRUCTOR


def require_change(actor: Actor) -> None:
    """Raise Forbidden for all but instructors."""
    if not may_change(actor):
        raise Forbidden
