"""Who may change the readings of a course, and whose reading progress is recorded and shown."""

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
    """Raise Forbidden unless the actor may see the students' progress."""
    if not actor.is_staff:
        raise Forbidden


def keeps_progress(actor: Actor) -> bool:
    """Whether the actor's reading progress is recorded: only that of students."""
    return actor.role is Role.STUDENT
