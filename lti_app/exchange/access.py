"""Who may take what out of a discussion, and bring what in: a table over one-line predicates."""

from collections.abc import Callable
from enum import StrEnum

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


class Permission(StrEnum):
    """What one may do with a discussion's posts as a whole."""

    BRING_IN = "bring_in"
    TAKE_OUT_OWN = "take_out_own"
    """One's own posts, in every form."""
    TAKE_OUT_READABLE = "take_out_readable"
    """To be read, what one can read here; who can is the posts' own affair."""
    TAKE_OUT_CLASS = "take_out_class"
    """Everybody's posts as data, anybody's alone, and the discussion as the class sees it."""


def _takes_part(actor: Actor) -> bool:
    return actor.role is not Role.OBSERVER


def _staff(actor: Actor) -> bool:
    return actor.is_staff


def _instructor(actor: Actor) -> bool:
    return actor.role is Role.INSTRUCTOR


TABLE: dict[Permission, Callable[[Actor], bool]] = {
    Permission.BRING_IN: _instructor,
    Permission.TAKE_OUT_OWN: _takes_part,
    Permission.TAKE_OUT_READABLE: _takes_part,
    Permission.TAKE_OUT_CLASS: _staff,
}


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor has this permission in their course."""
    return TABLE[permission](actor)


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless the actor has this permission."""
    if not may(actor, permission):
        raise Forbidden
