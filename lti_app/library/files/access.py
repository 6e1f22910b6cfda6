"""Who may do what with files: a table over one-line predicates."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lti_app.core.errors import ColloquyError, Forbidden, NotFound
from lti_app.course.courses.rules import Actor, Role
from lti_app.library.files.rules import Purpose


class FilePermission(StrEnum):
    """What one may do with a file."""

    READ = "read"
    ATTACH = "attach"
    DELETE = "delete"


@dataclass(frozen=True)
class FileCircumstances:
    """Everything that permissions on a file depend on, apart from the actor."""

    purpose: Purpose
    is_owner: bool
    is_attached: bool


Predicate = Callable[[Actor, FileCircumstances], bool]


def _shown(_actor: Actor, c: FileCircumstances) -> bool:
    return c.is_attached or c.is_owner


def _within_reach(actor: Actor, c: FileCircumstances) -> bool:
    # Observers do not read posts, so they do not get what is attached to them either.
    return c.purpose is Purpose.READING or actor.role is not Role.OBSERVER


def _owner(_actor: Actor, c: FileCircumstances) -> bool:
    return c.is_owner


def _owner_or_staff(actor: Actor, c: FileCircumstances) -> bool:
    return c.is_owner or actor.is_staff


TABLE: dict[FilePermission, tuple[tuple[Predicate, type[ColloquyError]], ...]] = {
    FilePermission.READ: ((_shown, NotFound), (_within_reach, NotFound)),
    FilePermission.ATTACH: ((_shown, NotFound), (_within_reach, NotFound), (_owner, Forbidden)),
    FilePermission.DELETE: ((_shown, NotFound), (_within_reach, NotFound), (_owner_or_staff, Forbidden)),
}
"""Every condition in order, with the error that its failing is."""


def require(actor: Actor, permission: FilePermission, circumstances: FileCircumstances) -> None:
    """Raise the error of the first condition that fails."""
    for holds, error in TABLE[permission]:
        if not holds(actor, circumstances):
            raise error


def may_send(actor: Actor, purpose: Purpose) -> bool:
    """Whether the actor may send files in for this purpose."""
    return actor.role is Role.INSTRUCTOR if purpose is Purpose.READING else actor.role is not Role.OBSERVER


def require_sending(actor: Actor, purpose: Purpose) -> None:
    """Raise Forbidden unless the actor may send files in for this purpose."""
    if not may_send(actor, purpose):
        raise Forbidden
