"""Who may do what with a discussion: a table over one-line predicates."""

from collections.abc import Callable
from enum import StrEnum

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


class DiscussionPermission(StrEnum):
    """What one may do with a discussion as a whole."""

    SEE = "see"
    EDIT_SETTINGS = "edit_settings"
    GRADE = "grade"


def _anyone(_actor: Actor) -> bool:
    return True


def _staff(actor: Actor) -> bool:
    return actor.is_staff


def _instructor(actor: Actor) -> bool:
    return actor.role is Role.INSTRUCTOR


TABLE: dict[DiscussionPermission, Callable[[Actor], bool]] = {
    DiscussionPermission.SEE: _anyone,
    DiscussionPermission.EDIT_SETTINGS: _instructor,
    DiscussionPermission.GRADE: _staff,
}


def may(actor: Actor, permission: DiscussionPermission) -> bool:
    """Whether the actor has this permission in their course."""
    return TABLE[permission](actor)


def require(actor: Actor, permission: DiscussionPermission) -> None:
    """Raise Forbidden unless the actor has this permission."""
    if not may(actor, permission):
        raise Forbidden
