"""Who may do what with posts: a table over one-line predicates."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lti_app.core.errors import ColloquyError, Forbidden
from lti_app.courses.rules import Actor, Role
from lti_app.discussions.rules import State
from lti_app.posts.errors import DiscussionShut, ParentGone, PostFirst, TooDeep


class Permission(StrEnum):
    """What one may do with posts."""

    READ = "read"
    START = "start"
    REPLY = "reply"
    EDIT = "edit"
    DELETE = "delete"


@dataclass(frozen=True)
class Circumstances:
    """All that permissions on posts depend on, besides the actor."""

    state: State
    post_first: bool
    has_posted: bool
    """Whether the actor has a first post of their own that is not deleted."""
    is_author: bool = False
    """Whether the post in question is the actor's."""
    is_deleted: bool = False
    """Whether the post in question is."""
    is_deepest: bool = False
    """Whether the post in question is as deep in its thread as posts go."""


Predicate = Callable[[Actor, Circumstances], bool]


def _takes_part(actor: Actor, _c: Circumstances) -> bool:
    return actor.role is not Role.OBSERVER


def _has_begun(actor: Actor, c: Circumstances) -> bool:
    return actor.is_staff or c.state in (State.OPEN, State.CLOSED)


def _is_open(actor: Actor, c: Circumstances) -> bool:
    return c.state is State.OPEN or (actor.is_staff and c.state is not State.UNPREPARED)


def _past_the_gate(actor: Actor, c: Circumstances) -> bool:
    return actor.is_staff or not c.post_first or c.has_posted


def _reads(actor: Actor, c: Circumstances) -> bool:
    # Once it is closed nobody can write any more, so the gate would only lock out those who missed it.
    return _past_the_gate(actor, c) or c.state is State.CLOSED


def _is_author(_actor: Actor, c: Circumstances) -> bool:
    return c.is_author


def _author_or_staff(actor: Actor, c: Circumstances) -> bool:
    return c.is_author or actor.is_staff


def _stands(_actor: Actor, c: Circumstances) -> bool:
    return not c.is_deleted


def _has_room(_actor: Actor, c: Circumstances) -> bool:
    return not c.is_deepest


TABLE: dict[Permission, tuple[tuple[Predicate, type[ColloquyError]], ...]] = {
    Permission.READ: ((_takes_part, Forbidden), (_has_begun, DiscussionShut), (_reads, PostFirst)),
    Permission.START: ((_takes_part, Forbidden), (_is_open, DiscussionShut)),
    Permission.REPLY: (
        (_takes_part, Forbidden),
        (_is_open, DiscussionShut),
        (_past_the_gate, PostFirst),
        (_stands, ParentGone),
        (_has_room, TooDeep),
    ),
    Permission.EDIT: (
        (_takes_part, Forbidden),
        (_is_author, Forbidden),
        (_is_open, DiscussionShut),
        (_stands, Forbidden),
    ),
    Permission.DELETE: (
        (_takes_part, Forbidden),
        (_author_or_staff, Forbidden),
        (_is_open, DiscussionShut),
        (_stands, Forbidden),
    ),
}
"""Every condition in order, with the error that its failing is."""


def may(actor: Actor, permission: Permission, circumstances: Circumstances) -> bool:
    """Whether the actor has this permission here and now."""
    return all(holds(actor, circumstances) for holds, _error in TABLE[permission])


def require(actor: Actor, permission: Permission, circumstances: Circumstances) -> None:
    """Raise the error of the first condition that fails: Forbidden, or one of posts.errors."""
    for holds, error in TABLE[permission]:
        if not holds(actor, circumstances):
            raise error(state=circumstances.state.value)
