"""Who may export what of a discussion: a table over one-line predicates."""

from collections.abc import Callable
from enum import StrEnum

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor, Role


class ExportPermission(StrEnum):
    """What one may do with a discussion's posts as a whole."""

    EXPORT_OWN = "export_own"
    """One's own posts, in every format."""
    EXPORT_READABLE = "export_readable"
    """To be read, what one can read here; who can is for the posts to say."""
    EXPORT_CLASS = "export_class"
    """Everybody's posts as data, one student's posts, and the discussion as the class sees it."""


def _takes_part(actor: Actor) -> bool:
    return actor.role is not Role.OBSERVER


def _staff(actor: Actor) -> bool:
    return actor.is_staff


TABLE: dict[ExportPermission, Callable[[Actor], bool]] = {
    ExportPermission.EXPORT_OWN: _takes_part,
    ExportPermission.EXPORT_READABLE: _takes_part,
    ExportPermission.EXPORT_CLASS: _staff,
}


def may_export(actor: Actor, permission: ExportPermission) -> bool:
    """Whether the actor has this permission in their course."""
    return TABLE[permission](actor)


def require_export(actor: Actor, permission: ExportPermission) -> None:
    """Raise Forbidden unless the actor has this permission."""
    if not may_export(actor, permission):
        raise Forbidden
