"""Who may do what with the rubrics of a course."""

from enum import StrEnum

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


class RubricPermission(StrEnum):
    """What one may do with rubrics: staff see them, instructors change them."""

    SEE = "see"
    EDIT = "edit"


def may(actor: Actor, permission: RubricPermission) -> bool:
    """Whether the actor has this permission in their course."""
    return actor.is_staff if permission is RubricPermission.SEE else actor.role is Role.INSTRUCTOR


def require(actor: Actor, permission: RubricPermission) -> None:
    """Raise Forbidden unless the actor has this permission."""
    if not may(actor, permission):
        raise Forbidden
