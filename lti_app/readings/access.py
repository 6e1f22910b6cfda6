"""Who may change a course's readings."""

from lti_app.core.errors import Forbidden
from lti_app.courses.rules import Actor, Role


def require_edit(actor: Actor) -> None:
    """Raise Forbidden unless the actor may add and change readings."""
    if actor.role is not Role.INSTRUCTOR:
        raise Forbidden
