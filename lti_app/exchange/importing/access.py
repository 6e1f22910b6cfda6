"""Who may import posts into a discussion."""

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


def may_import(actor: Actor) -> bool:
    """Whether the actor may import posts in their course: instructors may."""
    return actor.role is Role.INSTRUCTOR


def require_import(actor: Actor) -> None:
    """Raise Forbidden for those who may not import posts."""
    if not may_import(actor):
        raise Forbidden
