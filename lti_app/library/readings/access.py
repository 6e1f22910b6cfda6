"""Who may change a course's readings, and whose progress in them is kept and seen."""

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


def may_edit(actor: Actor) -> bool:
    """Whether the actor may add and change readings."""
    return actor.role is Role.INSTRUCTOR


def require_edit(actor: Actor) -> None:
    """Raise Forbidden unless the actor may add and change readings."""
    if not may_edit(actor):
        raise Forbidden


def require_staff(actor: Actor) -> None:
    """Raise Forbidden unless the actor may see how far the students have got."""
    if not actor.is_staff:
        raise Forbidden


def keeps_progress(actor: Actor) -> bool:
    """Whether it is kept how far the actor has got: students read for the course, others look in."""
    return actor.role is Role.STUDENT
