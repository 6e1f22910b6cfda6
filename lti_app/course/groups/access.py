"""Who may do what with groups."""

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


def may_manage(actor: Actor) -> bool:
    """Whether the actor may make groups and put students into them."""
    return actor.role is Role.INSTRUCTOR


def require_manage(actor: Actor) -> None:
    """Raise Forbidden unless the actor may."""
    if not may_manage(actor):
        raise Forbidden
