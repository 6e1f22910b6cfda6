"""Who may do what with a discussion: a table over one-line predicates."""

from collections.abc import Callable
from enum import StrEnum

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


class Permission(StrEnum):
    """What one may do with a discussion as a whole."""

    SEE = "see"
    SET_UP = "set_up"
    GRADE = "grade"


def _anyone(_actor: Actor) -> bool:
    return True


def _staff(actor: Actor) -> bool:
    return actor.is_staff


def _instructor(actor: Actor) -> bool:
    return actor.role is Role.INSTRUCTOR


TABLE: dict[Permission, Callable[[Actor], bool]] = {
    Permission.SEE: _anyone,
    Permission.SET_UP: _instructor,
    Permission.GRADE: _staff,
}


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor has this permission in their course."""
    return TABLE[permission](actor)


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless the actor has this permission."""
    if not may(actor, permission):
        raise Forbidden
